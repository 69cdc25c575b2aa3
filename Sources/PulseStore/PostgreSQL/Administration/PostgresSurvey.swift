package import PulseDomain
package import PulsePostgres

/// What a database and a role on it are like, found out without changing anything.
package struct PostgresSurvey: Sendable, Hashable {
    /// The schema that Pulse's tables are in.
    package struct Schema: Sendable, Hashable {
        package var owner: String
        /// Whether the role is the owner, a member of it, or a superuser: only those may change tables.
        package var isOwn: Bool
        /// Whether the role may read the tables or views for analysts and is no more than that.
        package var isReadable = false
        /// The number of the last migration; `nil` when there was none, or when it may not be read.
        package var version: Int64?
    }

    /// For people, without a password.
    package var location: String
    /// 150004 is 15.4.
    package var serverVersion: Int
    package var database: String
    package var role: String
    /// The database's: `UTF8`.
    package var encoding: String
    package var isReplica: Bool
    /// How far a replica is behind; `nil` for a server that leads, and for a replica that has replayed nothing yet.
    package var lag: Duration?
    /// The server's clock.
    package var serverTime: Instant
    /// Whether the role may make schemas in the database.
    package var mayCreate: Bool
    /// Whether row-level security does not hold the role: it sees every tenant.
    package var seesEveryTenant: Bool
    /// What to know of such a role; `nil` for one that is held.
    package var roleWarning: String? {
        guard seesEveryTenant else { return nil }
        return "\(role) is a superuser or bypasses row-level security: nothing keeps tenants apart. "
            + "Use a role of its own."
    }
    /// `nil` when Pulse was never here.
    package var schema: Schema?
    /// All, or at most the one that was asked for. By name; none where the role may not know.
    package var tenants: [TenantID]
    /// Since when engines of the tenant that was asked for run on it; `nil` when none does.
    package var engineSince: Instant?

    /// The number of the last migration that this Pulse knows.
    package static let knownVersion = PostgresStore.version
    static let oldestServer = 150_000

    /// Connects and looks; replicas will do. A server that does not answer is not waited for.
    ///
    /// - Parameter tenant: Whose presence is looked for; `nil`: of all that the role may see.
    /// Throws `PostgresAccessError` when there is no connection.
    package static func take(_ settings: PostgresSettings, tenant: TenantID?) async throws -> PostgresSurvey {
        var settings = settings
        settings.isForWriting = false
        // Which tenants there are may be known to whoever looks after the database.
        settings.sessionParameters["pulse.\(tenant == nil ? "upkeep" : "tenant")"] = tenant?.rawValue ?? "on"
        let location = settings.location
        let pool = PostgresPool(settings, limits: .init(connections: 1, patience: .zero))
        do {
            let survey = try await pool.withConnection { try look($0, location, tenant) }
            await pool.close()
            guard let survey else { throw StoreError.closed }
            return survey
        } catch {
            await pool.close()
            if let error = error as? PostgresError { throw PostgresAccessError(error, location: location) }
            throw error
        }
    }

    private static func look(
        _ connection: PostgresConnection, _ location: String, _ tenant: TenantID?
    ) throws -> PostgresSurvey {
        let session = PostgresSession(connection: connection, stopwatch: { .zero })
        guard
            let server = try session.row(
                """
                SELECT current_database()::text AS database, current_user::text AS role,
                    getdatabaseencoding()::text AS encoding, pg_is_in_recovery() AS is_replica,
                    clock_timestamp() AS now,
                    CASE WHEN pg_is_in_recovery() THEN
                        (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint
                    END AS lag,
                    has_database_privilege(current_database(), 'CREATE') AS may_create,
                    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS sees_all
                """, [])
        else { throw StoreError.unavailable(location: location, detail: "the server tells nothing of itself") }
        let lag: Int64? = try server["lag"]
        var survey = PostgresSurvey(
            location: location, serverVersion: connection.serverVersion, database: try server["database"],
            role: try server["role"], encoding: try server["encoding"], isReplica: try server["is_replica"],
            lag: lag.map { .microseconds($0) }, serverTime: try server["now"], mayCreate: try server["may_create"],
            seesEveryTenant: try server["sees_all"], schema: try schema(session), tenants: [],
            engineSince: try engine(session, of: tenant))
        let maySeeTenants: Bool? =
            survey.schema?.version == nil
            ? false : try session.value("SELECT has_table_privilege('pulse.tenants', 'SELECT')", [])
        if maySeeTenants == true {
            survey.tenants = try session.rows("SELECT tenant FROM pulse.tenants ORDER BY tenant", [])
                .map { TenantID(try $0["tenant"] as String) }
        }
        return survey
    }

    /// How the connections of a running engine are called, for all to see (manual, "pg_stat_activity").
    package static func engineName(of tenant: TenantID) -> String { "pulse engine \(tenant)" }

    private static func engine(_ session: PostgresSession, of tenant: TenantID?) throws -> Instant? {
        guard let tenant else { return nil }
        // Names are cut to 63 bytes, which is what the type does.
        return try session.value(
            """
            SELECT min(backend_start) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = (?::text)::name::text
            """, [engineName(of: tenant)])
    }

    private static func schema(_ session: PostgresSession) throws -> Schema? {
        guard
            let found = try session.row(
                """
                SELECT pg_get_userbyid(nspowner)::text AS owner, pg_has_role(nspowner, 'USAGE') AS is_own,
                    has_schema_privilege(oid, 'USAGE') AND EXISTS (
                        SELECT 1 FROM pg_class AS c WHERE c.relnamespace = pg_namespace.oid AND relname = 'v_work_items'
                            AND has_table_privilege(c.oid, 'SELECT')) AS is_readable,
                    has_schema_privilege(oid, 'USAGE') AND to_regclass('pulse.schema_version') IS NOT NULL AS has_version
                FROM pg_namespace WHERE nspname = 'pulse'
                """, [])
        else { return nil }
        var schema = Schema(
            owner: try found["owner"], isOwn: try found["is_own"], isReadable: try found["is_readable"])
        let mayRead: Bool? =
            try found["has_version"]
            ? session.value("SELECT has_table_privilege('pulse.schema_version', 'SELECT')", []) : false
        if mayRead == true { schema.version = try session.value("SELECT max(version) FROM pulse.schema_version", []) }
        return schema
    }

    /// Throws `PostgresAccessError` when no store can be opened there with this role.
    package func checkMayBeOpened() throws {
        guard serverVersion >= Self.oldestServer else {
            throw PostgresAccessError.serverTooOld(location, version: serverVersion)
        }
        guard encoding == "UTF8" else {
            throw PostgresAccessError.otherEncoding(location, database: database, encoding: encoding)
        }
        if let version = schema?.version, version > Self.knownVersion {
            throw PostgresAccessError.writtenByNewer(location, version: version)
        }
        guard !isReplica else { throw PostgresAccessError.replica(location) }
        if let schema { try checkWorks(on: schema) }
        guard missingRights.isEmpty else {
            throw PostgresAccessError.missingRights(location, role: role, missingRights)
        }
    }

    /// Whether Pulse's tables are there. Throws `PostgresAccessError` when somebody else's are, which the role may not
    /// look into: nobody is to take them for nothing.
    package func hasTables() throws -> Bool {
        guard let schema else { return false }
        if schema.version == nil { try checkWorks(on: schema) }
        return schema.version != nil
    }

    private func checkWorks(on schema: Schema) throws {
        guard !schema.isOwn else { return }
        throw schema.isReadable
            ? PostgresAccessError.readsOnly(location, role: role, owner: schema.owner)
            : .belongsToAnother(location, role: role, owner: schema.owner)
    }

    /// What an administrator has to run, so that the role may make Pulse's tables; empty when it may, or need not.
    package var missingRights: [String] {
        guard schema == nil, !mayCreate else { return [] }
        return ["GRANT CREATE ON DATABASE \(UnifiedTables.quoted(database)) TO \(UnifiedTables.quoted(role));"]
    }
}
