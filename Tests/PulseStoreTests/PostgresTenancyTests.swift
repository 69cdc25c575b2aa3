import PulseDomain
import PulsePostgres
import PulseStoreConformance
import Testing

@testable import PulseStore

/// What the server itself refuses, whatever a statement says: the store's own statements name the tenant, so these do
/// not.
struct PostgresTenancyTests {
    private static let ours = "acme"
    private static let theirs = "rival"

    /// A database in which two tenants have something in all that a store keeps.
    private static func shared() async throws -> PostgresFixture {
        let fixture = try await PostgresFixture()
        for tenant in [ours, theirs] { try await StoreConformance.fill(fixture, tenant: TenantID(tenant)) }
        return fixture
    }

    /// Runs `body` as the engine's role, which owns the tables, for a tenant; `nil` for none.
    private static func asEngine<Value: Sendable>(
        _ fixture: PostgresFixture, tenant: String?, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        var settings = fixture.settings
        settings.sessionParameters["pulse.tenant"] = tenant
        let pool = PostgresPool(settings)
        let value = try await pool.withConnection(body)
        await pool.close()
        return try #require(value)
    }

    /// Tables and their partitions, with whether row-level security is forced, and whether they have a tenant.
    private static let relations = """
        SELECT relname::text AS name, relrowsecurity AND relforcerowsecurity AS forced,
            EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant') AS shared
        FROM pg_class AS c WHERE relnamespace = 'pulse'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1
        """

    private static func tables(_ connection: PostgresConnection) throws -> [String] {
        try connection.query(relations).rows.compactMap { row in
            guard case .text(let name) = try row.value("name"), try row.value("shared") == .boolean(true) else {
                return nil
            }
            return "pulse.\"\(name)\""
        }
    }

    private static func count(_ connection: PostgresConnection, _ sql: String) throws -> Int64 {
        guard case .integer(let count)? = try connection.query(sql).first?.value("count") else { return -1 }
        return count
    }

    @Test func `row-level security is forced on every table and partition, and the engine's role cannot pass it`()
        async throws
    {
        let fixture = try await PostgresFixture()
        try await Self.asEngine(fixture, tenant: Self.ours) { connection in
            let relations = try connection.query(Self.relations).rows
            #expect(relations.count > 40)
            for row in relations {
                let name = try row.value("name")
                let isShared = try row.value("shared") == .boolean(true)
                #expect(isShared || name == .text("schema_version"), "\(name)")
                #expect(try !isShared || row.value("forced") == .boolean(true), "\(name)")
            }
            let role = try connection.query(
                "SELECT rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = current_user"
            ).first
            #expect(try role?.value("above") == .boolean(false))
        }
    }

    @Test func `a statement without a condition reads, changes and removes rows of its own tenant only`() async throws {
        let fixture = try await Self.shared()
        let everything = try await fixture.physicalRows()
        let filled = try await Self.asEngine(fixture, tenant: Self.ours) { connection in
            var filled = 0
            for table in try Self.tables(connection) {
                let all = try Self.count(connection, "SELECT count(*) AS count FROM \(table)")
                let own = try Self.count(
                    connection, "SELECT count(*) AS count FROM \(table) WHERE tenant = '\(Self.ours)'")
                #expect(all == own, "\(table)")
                if own > 0 { filled += 1 }
                for change in ["UPDATE \(table) SET tenant = tenant", "DELETE FROM \(table)"] {
                    let touched = try Self.count(
                        connection,
                        """
                        WITH touched AS (\(change) WHERE tenant = '\(Self.theirs)' RETURNING 1)
                        SELECT count(*) AS count FROM touched
                        """)
                    #expect(touched == 0, "\(change)")
                }
            }
            return filled
        }
        #expect(filled > 20)
        #expect(try await fixture.physicalRows() == everything)
    }

    @Test func `a row cannot be given to another tenant, nor be added to one`() async throws {
        let fixture = try await Self.shared()
        let everything = try await fixture.physicalRows()
        try await Self.asEngine(fixture, tenant: Self.ours) { connection in
            for table in try Self.tables(connection) {
                guard try Self.count(connection, "SELECT count(*) AS count FROM \(table)") > 0 else { continue }
                let foreign = """
                    SELECT (jsonb_populate_record(NULL::\(table), to_jsonb(mine) || '{"tenant": "\(Self.theirs)"}')).*
                    FROM \(table) AS mine LIMIT 1
                    """
                for statement in [
                    "UPDATE \(table) SET tenant = '\(Self.theirs)'",
                    "INSERT INTO \(table) OVERRIDING SYSTEM VALUE \(foreign)",
                ] {
                    let error = #expect(throws: PostgresError.self, "\(statement)") {
                        try connection.execute(statement)
                    }
                    #expect(error?.state == "42501", "\(statement): \(String(describing: error?.message))")
                }
            }
        }
        #expect(try await fixture.physicalRows() == everything)
    }

    @Test func `a connection without a tenant sees and changes nothing`() async throws {
        let fixture = try await Self.shared()
        let everything = try await fixture.physicalRows()
        try await Self.asEngine(fixture, tenant: nil) { connection in
            for table in try Self.tables(connection) {
                #expect(try Self.count(connection, "SELECT count(*) AS count FROM \(table)") == 0, "\(table)")
                try connection.execute("DELETE FROM \(table)")
            }
        }
        #expect(try await fixture.physicalRows() == everything)
    }
}
