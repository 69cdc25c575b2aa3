import PulseDomain
import PulsePostgres
import PulsePostgresCluster
import PulseStoreConformance
import Testing

@testable import PulseStore

/// A database of its own in the cluster that the tests share.
///
/// Stores connect as a role that row-level security holds for; the superuser, for whom it does not, looks at what is
/// there.
final class PostgresFixture: StoreFixture {
    let database: String
    private let cluster: PostgresCluster
    private let owner: PostgresPool
    private let execution: PostgresPool.Execution

    init(execution: PostgresPool.Execution = .background) async throws {
        self.execution = execution
        cluster = try await PostgresCluster.shared()
        database = cluster.newName()
        let template = try await Self.template.value
        let (database, cluster) = (database, cluster)
        try await Self.asOwner(of: "postgres", on: cluster) { connection in
            try connection.execute("CREATE DATABASE \(database) TEMPLATE \(template) OWNER pulse_engine")
        }
        owner = PostgresPool(PostgresSettings(connection: cluster.connection(to: database)))
    }

    /// A database with the schema and nothing else.
    private static let template = Task.detached {
        let cluster = try await PostgresCluster.shared()
        let name = cluster.newName()
        try await asOwner(of: "postgres", on: cluster) { connection in
            try connection.execute("CREATE DATABASE \(name) OWNER pulse_engine")
        }
        let store = try await PostgresStore.open(
            PostgresSettings(connection: cluster.connection(to: name, user: "pulse_engine")), tenant: "template")
        await store.close()
        try await asOwner(of: name, on: cluster) {
            try $0.execute("DELETE FROM pulse.retention; DELETE FROM pulse.tenants")
        }
        return name
    }

    private static func asOwner(
        of database: String, on cluster: PostgresCluster,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Void
    ) async throws {
        let pool = PostgresPool(PostgresSettings(connection: cluster.connection(to: database)))
        try await pool.withConnection(body)
        await pool.close()
    }

    var settings: PostgresSettings {
        PostgresSettings(connection: cluster.connection(to: database, user: "pulse_engine"))
    }

    /// How another role connects, as any tool does: without a tenant. It may be one that only reads.
    func settings(user: String) -> PostgresSettings {
        PostgresSettings(connection: cluster.connection(to: database, user: "'\(user)'") + " target_session_attrs=any")
    }

    func open(_ tenant: TenantID) async throws -> any Store { try await openPostgres(tenant) }

    /// Behaviours say themselves what the time is.
    func openPostgres(_ tenant: TenantID = "acme", usesServerClock: Bool = false) async throws -> PostgresStore {
        try await PostgresStore.open(
            settings, tenant: tenant,
            options: PostgresStore.Options(
                execution: execution, limits: .init(connections: 3), usesServerClock: usesServerClock))
    }

    func breakInsertions(into table: String) async throws {
        try await execute(
            """
            CREATE FUNCTION pulse.broken() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
            CREATE TRIGGER broken BEFORE INSERT ON pulse.\(table) FOR EACH ROW EXECUTE FUNCTION pulse.broken()
            """)
    }

    func repair() async throws { try await execute("DROP FUNCTION pulse.broken CASCADE") }

    func execute(_ sql: String) async throws { try await owner.withConnection { try $0.execute(sql) } }

    func physicalRows() async throws -> [String: Int] {
        let counts = try await owner.withConnection { connection in
            var counts: [String: Int] = [:]
            let tables = try connection.query(
                """
                SELECT relname::text AS name FROM pg_class
                WHERE relnamespace = 'pulse'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                """)
            for row in tables.rows {
                guard case .text(let name) = try row.value("name") else { continue }
                let found = try connection.query("SELECT count(*) AS rows FROM pulse.\"\(name)\"").first
                if case .integer(let count)? = try found?.value("rows") { counts[name] = Int(count) }
            }
            return counts
        }
        return counts ?? [:]
    }

    /// What the server's clock says; partitions are made by it.
    func serverTime() async throws -> Instant {
        let found = try await owner.withConnection { try $0.query("SELECT now() AS now").first?.value("now") }
        guard case .instant(let microseconds)?? = found else { throw PostgresError(state: "", message: "no time") }
        return Instant(microseconds: microseconds)
    }

    func rows(ofView view: String, tenant: TenantID) async throws -> [[String: Answer]] {
        var settings = settings
        settings.sessionParameters["pulse.tenant"] = tenant.rawValue
        return try await rows(ofView: view, as: settings)
    }

    /// The rows of a view as the role of a connection sees them.
    func rows(ofView view: String, as settings: PostgresSettings) async throws -> [[String: Answer]] {
        let declared = try #require(AnalystView.all.first { $0.name == view })
        let columns = declared.columns.map { column in
            // Days are read as texts: the wrapper reads what Pulse's tables have.
            "\"\(column.name)\"" + (column.kind == .date ? "::text" : "")
        }
        let pool = PostgresPool(settings)
        let rows = try await pool.withConnection { connection in
            try connection.query("SELECT \(columns.joined(separator: ", ")) FROM pulse.\(view)").rows.map { row in
                try Dictionary(
                    uniqueKeysWithValues: declared.columns.map { ($0.name, Answer(try row.value($0.name))) })
            }
        }
        await pool.close()
        return try #require(rows)
    }
}

extension Answer {
    fileprivate init(_ value: PostgresValue) {
        self =
            switch value {
            case .null: .none
            case .boolean(let flag): .number(flag ? 1 : 0)
            case .integer(let integer): .number(Double(integer))
            case .real(let real): .number(real)
            case .text(let text): .text(text)
            case .bytes(let bytes): .text("\(bytes)")
            case .instant(let microseconds): .text(Instant(microseconds: microseconds).iso8601)
            case .array: preconditionFailure("arrays are sent and never read")
            }
    }
}
