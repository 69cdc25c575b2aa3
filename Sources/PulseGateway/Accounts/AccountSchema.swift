import GRDB

/// The tables of the accounts' file. Migrations are numbered and only ever appended.
///
/// Times are microseconds since 1970; digests are SHA-256.
enum AccountSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in try db.execute(sql: first) }
        migrator.registerMigration("2") { db in try db.execute(sql: successors) }
        migrator.registerMigration("3") { db in try db.execute(sql: servedTenants) }
        return migrator
    }

    /// What the gateway served when it last started: who gives people a tenant is told where nothing is behind it.
    private static let servedTenants = """
        CREATE TABLE served_tenants (tenant TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;
        """

    /// By what a spent token's successor is made and known again (`RefreshSuccessor`).
    private static let successors = """
        ALTER TABLE refresh_tokens ADD COLUMN salt BLOB;
        ALTER TABLE refresh_tokens ADD COLUMN proof BLOB;
        ALTER TABLE refresh_tokens ADD COLUMN successor BLOB;
        """

    private static let first = """
        CREATE TABLE users (
            name TEXT PRIMARY KEY NOT NULL,
            password TEXT NOT NULL,
            must_change INTEGER NOT NULL,
            is_disabled INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            last_login_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE roles (
            user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
            tenant TEXT NOT NULL,
            role TEXT NOT NULL,
            PRIMARY KEY (user, tenant)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE refresh_families (
            id TEXT PRIMARY KEY NOT NULL,
            user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
            tenant TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            ended_at INTEGER,
            ended_because TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX refresh_families_by_user ON refresh_families(user);
        CREATE TABLE refresh_tokens (
            digest BLOB PRIMARY KEY NOT NULL,
            family TEXT NOT NULL REFERENCES refresh_families(id) ON DELETE CASCADE,
            spent_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX refresh_tokens_by_family ON refresh_tokens(family);
        CREATE TABLE personal_tokens (
            id TEXT PRIMARY KEY NOT NULL,
            digest BLOB NOT NULL UNIQUE,
            user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            scope TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            last_used_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX personal_tokens_by_user ON personal_tokens(user);
        CREATE TABLE login_failures (
            subject TEXT PRIMARY KEY NOT NULL,
            failures INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            blocked_until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE buckets (
            subject TEXT PRIMARY KEY NOT NULL,
            tokens REAL NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            principal TEXT NOT NULL,
            address TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            outcome TEXT NOT NULL,
            is_refused INTEGER NOT NULL,
            correlation TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_by_tenant ON audit(tenant, sequence);
        """
}
