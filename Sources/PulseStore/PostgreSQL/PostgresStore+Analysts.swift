import PulseDomain

/// What came of making a role an analyst.
package enum AnalystAccess: Sendable, Hashable {
    /// The role reads the tenant's tables and views from now on, and nothing else. One that was made for it has no
    /// password.
    case granted(isNewRole: Bool)
    /// It read the tenant before; nothing was changed.
    case readsAlready
    /// Somebody who may create roles has to do something first; then it is asked for again.
    case needsAdministrator(AnalystRequest)
    /// The role would see or change more than an analyst may.
    case refused(sentence: String)
}

/// What an administrator is asked for. Nothing was changed.
package struct AnalystRequest: Sendable, Hashable {
    /// What Pulse's role may not do, and why.
    package var sentence: String
    /// The database to be connected to.
    package var database: String
    /// Makes this role ready, a statement a line.
    package var sql: String
    /// Lets Pulse do it by itself from then on; `nil` where nothing is known to.
    package var lasting: String?
}

extension PostgresStore {
    /// Lets a role of the server read the store's tenant, with plain psql or any other tool, and change nothing.
    ///
    /// A role that is not there is created where the engine's role may do so, without a password: how it logs in is for
    /// the administrator to say. Audited, whatever came of it. Throws `StoreError`.
    package func addAnalyst(_ role: String, _ change: AdministrativeChange) async throws -> AnalystAccess {
        let access = try await letIn(role, change)
        let sentence: String
        switch access {
        case .granted, .readsAlready: return access
        case .needsAdministrator(let request): sentence = request.sentence
        case .refused(let because): sentence = because
        }
        _ = try await appendAudit(change.entry("add_analyst", role, sentence, isRefused: true))
        return access
    }

    private func letIn(_ role: String, _ change: AdministrativeChange) async throws -> AnalystAccess {
        let tenant = tenant
        do {
            return try await write { db in
                let standing = try AnalystStanding(of: role, db)
                if let sentence = standing.refusal { return .refused(sentence: sentence) }
                let missing = standing.missing
                if !missing.isEmpty {
                    guard standing.mayCreate else { return standing.request(missing) }
                    for statement in missing { try db.run(statement, []) }
                }
                try db.run(PostgresAnalysts.access, [])
                let added = try db.run(
                    "INSERT INTO analysts (tenant, role) VALUES (?, ?::text::name) ON CONFLICT DO NOTHING",
                    [tenant.rawValue, role])
                let outcome = added > 0 ? "\(role) reads \(tenant)." : "\(role) read \(tenant) before."
                try db.addAudit(change.entry("add_analyst", role, outcome), of: tenant)
                return added > 0 || !missing.isEmpty ? .granted(isNewRole: !standing.exists) : .readsAlready
            }
        } catch let error as StoreError {
            guard case .forbidden = error else { throw error }
            // The server did not let the engine's role do it after all, and nothing of it happened.
            let standing = try await read { db in try AnalystStanding(of: role, db) }
            guard !standing.missing.isEmpty else { throw error }
            return standing.request(standing.missing)
        }
    }

    /// Takes the tenant away from an analyst; the role stays. Whether he had it. One who has no tenant left is refused by
    /// the server with a sentence. Audited, whatever came of it. Throws `StoreError`.
    package func removeAnalyst(_ role: String, _ change: AdministrativeChange) async throws -> Bool {
        let tenant = tenant
        return try await write { db in
            let wasThere = try db.run("DELETE FROM analysts WHERE role = ?::text::name", [role]) > 0
            let outcome = wasThere ? "\(role) reads \(tenant) no longer." : "\(role) was no analyst of \(tenant)."
            try db.addAudit(change.entry("remove_analyst", role, outcome, isRefused: !wasThere), of: tenant)
            return wasThere
        }
    }

    /// Who reads the tenant, by name. Throws `StoreError`.
    package func analysts() async throws -> [String] {
        try await read { db in
            try db.rows("SELECT role::text AS role FROM analysts ORDER BY role", []).map { try $0["role"] }
        }
    }
}

/// What the server says about a role that is to be an analyst.
private struct AnalystStanding {
    let role: String
    let engine: String
    let database: String
    let mayCreate: Bool
    let hasGroup: Bool
    /// Whether it may make others members of the group: from PostgreSQL 16 on CREATEROLE is not enough where somebody
    /// else made it (manual, "CREATE ROLE").
    let mayGrant: Bool
    private let asksForAdmin: Bool
    let exists: Bool
    let isMember: Bool
    /// Whether the role finds the views without their schema's name, or was told otherwise by somebody.
    let hasSearchPath: Bool
    /// Whether it only reads unless it says otherwise, or was told otherwise by somebody.
    let hasReadOnly: Bool
    /// Whether row-level security does not hold for it.
    let isAboveRules: Bool
    /// Whether it can act as the engine's role, which writes.
    let isEngine: Bool

    init(of role: String, _ db: any SQLSession) throws {
        let found = try db.rows(
            """
            SELECT current_user::text AS engine, current_database()::text AS database,
                (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS may_create,
                EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '\(PostgresAnalysts.group)') AS has_group,
                coalesce((
                    SELECT current_setting('server_version_num')::bigint < 160000
                        OR pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')
                    FROM pg_roles WHERE rolname = '\(PostgresAnalysts.group)'), TRUE) AS may_grant,
                current_setting('server_version_num')::bigint AS version,
                EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ?1) AS is_there,
                EXISTS (
                    SELECT 1 FROM pg_auth_members
                    WHERE roleid::regrole::text = '\(PostgresAnalysts.group)'
                        AND member = (SELECT oid FROM pg_roles WHERE rolname = ?1)) AS is_member,
                \(Self.isSet("search_path")) AS has_path,
                \(Self.isSet("default_transaction_read_only")) AS has_read_only,
                coalesce((SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = ?1), FALSE) AS is_above,
                coalesce((SELECT pg_has_role(oid, current_user, 'MEMBER') FROM pg_roles WHERE rolname = ?1), FALSE)
                    AS is_engine
            """, [role])
        guard let row = found.first else { throw StoredValueError(description: "role \(role)") }
        self.role = role
        engine = try row["engine"]
        database = try row["database"]
        mayCreate = try row["may_create"]
        hasGroup = try row["has_group"]
        mayGrant = try row["may_grant"]
        asksForAdmin = try row["version"] as Int64 >= 160_000
        exists = try row["is_there"]
        isMember = try row["is_member"]
        hasSearchPath = try row["has_path"]
        hasReadOnly = try row["has_read_only"]
        isAboveRules = try row["is_above"]
        isEngine = try row["is_engine"]
    }

    /// SQL: whether the role was given a setting, here or in every database.
    private static func isSet(_ name: String) -> String {
        """
        EXISTS (
            SELECT 1 FROM pg_db_role_setting, unnest(setconfig) AS setting
            WHERE setrole = (SELECT oid FROM pg_roles WHERE rolname = ?1) AND setting LIKE '\(name)=%'
                AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
        """
    }

    var refusal: String? {
        if isAboveRules {
            return "The role \(role) is above row-level security: it would see every tenant. Choose one that is not a "
                + "superuser and has no BYPASSRLS."
        }
        if isEngine {
            return "The role \(role) can act as \(engine), which writes. Choose one that is not a member of it."
        }
        return nil
    }

    /// What has to be run by somebody who may create roles.
    var missing: [String] {
        let name = UnifiedTables.quoted(role)
        var statements: [String] = []
        if !hasGroup { statements.append("CREATE ROLE \(PostgresAnalysts.group) NOLOGIN") }
        let place = "ALTER ROLE \(name) IN DATABASE \(UnifiedTables.quoted(database)) SET"
        if !exists { statements.append("CREATE ROLE \(name) LOGIN") }
        if !hasSearchPath { statements.append("\(place) search_path = pulse") }
        if !hasReadOnly { statements.append("\(place) default_transaction_read_only = on") }
        if !isMember { statements.append("GRANT \(PostgresAnalysts.group) TO \(name)") }
        return statements
    }

    /// How Pulse could do it by itself from then on, without being a member of the group, which only reads.
    private var lasting: String? {
        let (engine, group) = (UnifiedTables.quoted(engine), PostgresAnalysts.group)
        var statements: [String] = []
        if !mayCreate { statements.append("ALTER ROLE \(engine) CREATEROLE;") }
        if asksForAdmin, hasGroup, !mayGrant {
            statements.append("GRANT \(group) TO \(engine) WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;")
        }
        return statements.isEmpty ? nil : statements.joined(separator: "\n")
    }

    func request(_ statements: [String]) -> AnalystAccess {
        let because =
            !mayCreate
            ? ": it has no CREATEROLE"
            : mayGrant ? "" : ": another role made \(PostgresAnalysts.group), and it has no ADMIN OPTION on it"
        return .needsAdministrator(
            AnalystRequest(
                sentence: "The role \(engine) may not make \(role) an analyst\(because). Nothing was changed.",
                database: database, sql: statements.map { $0 + ";" }.joined(separator: "\n"), lasting: lasting))
    }
}
