import GRDB
import PulseDomain

extension SQLiteAccounts {
    package func users() async throws -> [User] {
        try await read { try Self.users(in: $0) }
    }

    package func user(_ name: String) async throws -> User? { try await read { try Self.user(name, in: $0) } }

    package func add(_ user: User) async throws -> Bool {
        try await write { db in
            guard try Self.user(user.name, in: db) == nil else { return false }
            try Self.put(user, in: db)
            return true
        }
    }

    package func change(
        _ name: String, _ change: @escaping @Sendable (inout User) -> Void
    ) async throws -> User? {
        try await write { db in
            guard let before = try Self.user(name, in: db) else { return nil }
            var user = before
            change(&user)
            try Self.keepAdministrators(from: before, to: user, in: db)
            try Self.put(user, in: db)
            return user
        }
    }

    package func remove(_ name: String) async throws -> Bool {
        try await write { db in
            guard let user = try Self.user(name, in: db) else { return false }
            try Self.keepAdministrators(from: user, to: nil, in: db)
            try db.execute(sql: "DELETE FROM users WHERE name = ?", arguments: [name])
            return true
        }
    }

    private static func keepAdministrators(from before: User, to after: User?, in db: Database) throws {
        let orphaned = try AdministratorRule.orphaned(from: before, to: after) {
            try users(in: db).filter { $0.name != before.name }
        }
        if let orphaned { throw AdministratorRule.failure(before.name, of: orphaned) }
    }

    private static func users(in db: Database) throws -> [User] {
        try String.fetchAll(db, sql: "SELECT name FROM users ORDER BY name").compactMap { try user($0, in: db) }
    }

    func serve(_ tenants: Set<TenantID>) async throws {
        try await write { db in
            try db.execute(sql: "DELETE FROM served_tenants")
            for tenant in tenants {
                try db.execute(sql: "INSERT INTO served_tenants (tenant) VALUES (?)", arguments: [tenant.rawValue])
            }
        }
    }

    func served() async throws -> [TenantID] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT tenant FROM served_tenants ORDER BY tenant").map {
                TenantID(rawValue: $0)
            }
        }
    }

    private static func user(_ name: String, in db: Database) throws -> User? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM users WHERE name = ?", arguments: [name]) else {
            return nil
        }
        guard let password = PasswordHash(text: row["password"]) else {
            throw Failure(
                .store, code: "accounts.damaged", "The password of \(name) is damaged in the gateway's accounts.",
                remedy: "Set a new one: pulse-server user password \(name).")
        }
        let roles = try Row.fetchAll(db, sql: "SELECT tenant, role FROM roles WHERE user = ?", arguments: [name])
        return User(
            name: name, password: password,
            roles: roles.reduce(into: [:]) { roles, row in
                roles[TenantID(rawValue: row["tenant"])] = Role(rawValue: row["role"])
            }, createdAt: Instant(microseconds: row["created_at"]), mustChangePassword: row["must_change"],
            isDisabled: row["is_disabled"],
            lastLoginAt: (row["last_login_at"] as Int64?).map { Instant(microseconds: $0) })
    }

    private static func put(_ user: User, in db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO users (name, password, must_change, is_disabled, created_at, last_login_at)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET password = excluded.password, must_change = excluded.must_change,
                    is_disabled = excluded.is_disabled, last_login_at = excluded.last_login_at
                """,
            arguments: [
                user.name, user.password.text, user.mustChangePassword, user.isDisabled, user.createdAt.microseconds,
                user.lastLoginAt?.microseconds,
            ])
        try db.execute(sql: "DELETE FROM roles WHERE user = ?", arguments: [user.name])
        for (tenant, role) in user.roles {
            try db.execute(
                sql: "INSERT INTO roles (user, tenant, role) VALUES (?, ?, ?)",
                arguments: [user.name, tenant.rawValue, role.rawValue])
        }
    }
}
