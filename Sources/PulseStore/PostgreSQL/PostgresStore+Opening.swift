package import PulseDomain
package import PulsePostgres

extension PostgresStore {
    /// Migrations carried out by this Pulse.
    static let version: Int64 = 2
    /// Any number: engines that start together take turns by it.
    private static let migrationLock: Int64 = 0x504C_5345

    /// Connects, brings the schema up to date and adds the tenant.
    ///
    /// Throws `StoreError`: `unavailable`, `tooNew`, `readOnly`, `locked`.
    package static func open(
        _ settings: PostgresSettings, tenant: TenantID, options: Options = Options()
    ) async throws -> PostgresStore {
        var settings = settings
        settings.sessionParameters["pulse.tenant"] = tenant.rawValue
        let location = settings.location
        let pool = PostgresPool(settings, limits: options.limits, execution: options.execution)
        let store = PostgresStore(location: location, tenant: tenant, options: options, pool: pool)
        do {
            try await pool.withConnection { try migrate($0, tenant: tenant, location: location) }
        } catch {
            await pool.close()
            if let error = error as? PostgresError { throw StoreError(error, location: location) }
            throw error
        }
        return store
    }

    private static func migrate(_ connection: PostgresConnection, tenant: TenantID, location: String) throws {
        guard connection.serverVersion >= 150_000 else {
            throw StoreError.unavailable(
                location: location,
                detail: "the server is PostgreSQL \(connection.serverVersion / 10_000); 15 is needed")
        }
        try connection.transaction {
            try connection.query("SELECT pg_advisory_xact_lock($1)", [.integer(migrationLock)])
            try connection.execute("CREATE SCHEMA IF NOT EXISTS pulse")
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS pulse.schema_version (
                    version bigint NOT NULL, unified text NOT NULL, at timestamptz NOT NULL DEFAULT now())
                """)
            let found = try connection.query("SELECT version, unified FROM pulse.schema_version").first
            let version: Int64 = if case .integer(let version)? = try found?.value("version") { version } else { 0 }
            guard version <= Self.version else { throw StoreError.tooNew(location: location, found: "\(version)") }
            if version < 1 { try connection.execute(PostgresOwnTables.first) }
            if version < 2 { try connection.execute(PostgresEngineTables.declaration) }
            // The unified tables and the views are data: they are compared by what declares them.
            let unified =
                UnifiedSchema.tables.flatMap(PostgresUnifiedTables.declaration) + PostgresViews.declarations
                + [PostgresAnalysts.declaration, PostgresOwnComments.declaration]
            let digest = Self.digest(of: unified + [PostgresAnalysts.access])
            if try found?.value("unified") != .text(digest) || version < Self.version {
                for statement in unified { try connection.execute(statement) }
                for table in PostgresOwnTables.names + PostgresEngineTables.names + [PostgresAnalysts.table]
                    + UnifiedSchema.tables.map(\.name.rawValue)
                {
                    try connection.execute(PostgresTenancy.policy(on: table))
                }
                try connection.execute(PostgresAnalysts.access)
                try PostgresStatistics.begin(connection)
                try connection.execute("DELETE FROM pulse.schema_version")
                try connection.query(
                    "INSERT INTO pulse.schema_version (version, unified) VALUES ($1, $2)",
                    [.integer(Self.version), .text(digest)])
            }
            try connection.query(
                "INSERT INTO pulse.tenants (tenant) VALUES ($1) ON CONFLICT DO NOTHING", [.text(tenant.rawValue)])
        }
    }

    /// FNV-1a, in decimal.
    private static func digest(of statements: [String]) -> String {
        let bytes = statements.joined().utf8
        return String(bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
    }
}

/// Row-level security: what a tenant's connection sees and may write (PostgreSQL manual, "Row Security Policies").
enum PostgresTenancy {
    /// Forced, so that it holds for the tables' owner too.
    static func policy(on table: String) -> String {
        let name = "pulse.\(UnifiedTables.quoted(table))"
        return """
            ALTER TABLE \(name) ENABLE ROW LEVEL SECURITY; ALTER TABLE \(name) FORCE ROW LEVEL SECURITY;
            DROP POLICY IF EXISTS tenant ON \(name);
            CREATE POLICY tenant ON \(name) USING (tenant = current_setting('pulse.tenant', TRUE))
            """
    }
}
