import PulseDomain
import PulsePostgres

/// Brings a database to the schema that this Pulse knows.
enum PostgresSchema {
    /// Any number: engines that start together take turns by it.
    private static let lock: Int64 = 0x504C_5345
    /// How long a migration waits for a table: whoever waits holds back everybody who comes later.
    private static let patience = "30s"

    /// What the database has.
    private struct Found {
        var hasSchema: Bool
        /// Whether there is the table of the two below.
        var hasVersion: Bool
        /// The last migration; 0 before the first.
        var version: Int64 = 0
        /// The digest of what declares unified tables and views.
        var unified = ""

        init(_ connection: PostgresConnection) throws {
            let there = try connection.query(
                """
                SELECT to_regnamespace('pulse') IS NOT NULL AS schema,
                    EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'pulse' AND tablename = 'schema_version') AS version
                """
            ).first
            hasSchema = try there?.value("schema") == .boolean(true)
            hasVersion = try there?.value("version") == .boolean(true)
            guard hasVersion else { return }
            let found = try connection.query("SELECT version, unified FROM pulse.schema_version").first
            if case .integer(let number)? = try found?.value("version") { version = number }
            if case .text(let text)? = try found?.value("unified") { unified = text }
        }
    }

    /// Does what is missing, in one transaction: a process that dies meanwhile leaves the database as it was. One that has
    /// nothing missing is only looked at, which needs no right to change it.
    ///
    /// - Parameter last: The last migration that is carried out; less than all of them in tests only.
    static func bringUpToDate(
        _ connection: PostgresConnection, location: String, upTo last: Int = PostgresMigrations.all.count
    ) throws {
        guard connection.serverVersion >= 150_000 else {
            throw StoreError.unavailable(
                location: location,
                detail: "the server is PostgreSQL \(connection.serverVersion / 10_000); 15 is needed")
        }
        let digest = digest
        func isDone(_ found: Found) throws -> Bool {
            guard found.version <= last else { throw StoreError.tooNew(location: location, found: "\(found.version)") }
            return found.version == last && found.unified == digest
        }
        guard try !isDone(try Found(connection)) else { return }
        try connection.transaction {
            // However long another one takes.
            try connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
            try connection.query("SELECT pg_advisory_xact_lock($1)", [.integer(lock)])
            try connection.execute("SET LOCAL lock_timeout = '\(patience)'")
            let found = try Found(connection)
            guard try !isDone(found) else { return }
            if !found.hasSchema { try connection.execute("CREATE SCHEMA pulse") }
            if !found.hasVersion {
                try connection.execute(
                    """
                    CREATE TABLE pulse.schema_version (
                        version bigint NOT NULL, unified text NOT NULL, at timestamptz NOT NULL DEFAULT now())
                    """)
            }
            try migrate(connection, from: Int(found.version), to: last)
            try connection.execute("DELETE FROM pulse.schema_version")
            try connection.query(
                "INSERT INTO pulse.schema_version (version, unified) VALUES ($1, $2)",
                [.integer(Int64(last)), .text(digest)])
        }
    }

    /// Throws `StoreError` unless every migration was carried out, and no more. Of what is declared as data (views, new
    /// columns) something may be missing.
    static func checkIsKnown(_ connection: PostgresConnection, location: String) throws {
        let (found, known) = (try Found(connection).version, Int64(PostgresMigrations.all.count))
        guard found <= known else { throw StoreError.tooNew(location: location, found: "\(found)") }
        guard found == known else {
            throw StoreError.tooOld(location: location, found: "\(found)", needed: "\(known)")
        }
    }

    private static func migrate(_ connection: PostgresConnection, from first: Int, to last: Int) throws {
        for migration in PostgresMigrations.all[first..<max(first, last)] { try connection.execute(migration.sql) }
        for statement in unified { try connection.execute(statement) }
        let own = PostgresMigrations.all.prefix(last).flatMap(\.tables) + [PostgresAnalysts.table]
        for table in own + UnifiedSchema.tables.map(\.name.rawValue) {
            try connection.execute(PostgresTenancy.policy(on: table))
        }
        for table in own where PostgresTenancy.seenInUpkeep.contains(table) {
            try connection.execute(PostgresTenancy.upkeep(on: table))
        }
        try PostgresPartitions.secure(connection)
        try PostgresPartitions.makeAhead(connection, isWithin: true)
        try connection.execute(PostgresAnalysts.access)
        try PostgresStatistics.begin(connection)
    }

    /// Adds a tenant that is not there, with what is usual.
    static func add(_ tenant: TenantID, _ connection: PostgresConnection) throws {
        let name = PostgresValue.text(tenant.rawValue)
        let isThere = try connection.query("SELECT 1 AS one FROM pulse.tenants WHERE tenant = $1", [name]).first != nil
        guard !isThere else { return }
        try connection.transaction {
            try connection.query("INSERT INTO pulse.tenants (tenant) VALUES ($1) ON CONFLICT DO NOTHING", [name])
            try PostgresSession(connection: connection, stopwatch: { .zero }).note(Retention(), of: tenant)
        }
    }

    // MARK: What is declared

    /// The unified tables and the views are data: they are compared by what declares them.
    private static var unified: [String] {
        UnifiedSchema.tables.flatMap(PostgresUnifiedTables.declaration) + PostgresViews.declarations
            + [PostgresAnalysts.declaration, PostgresOwnComments.declaration]
    }

    /// FNV-1a, in decimal.
    static var digest: String {
        let bytes = (unified + [PostgresAnalysts.access]).joined().utf8
        return String(bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 })
    }
}
