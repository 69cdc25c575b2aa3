import Foundation
import GRDB
import PulseDomain
import PulseStoreConformance
import Testing

@testable import PulseStore

/// A database file in a folder of its own, which goes with the fixture.
final class SQLiteFixture: StoreFixture {
    let folder: URL
    let path: String
    let execution: SQLiteStore.Execution

    /// - Parameter isEmpty: whether there is no file yet; else it has its schema, which saves making it each time.
    init(execution: SQLiteStore.Execution = .background, isEmpty: Bool = false) throws {
        self.execution = execution
        // No test here is about a loss of power, so a folder in memory will do where there is one.
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
        folder = parent.appending(path: "pulse-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "pulse.db").path
        if !isEmpty { try Self.template.get().write(to: URL(fileURLWithPath: path)) }
    }

    /// A file with the schema and nothing else.
    private static let template = Result {
        let fixture = try SQLiteFixture(isEmpty: true)
        let pool = try DatabasePool(path: fixture.path)
        try Migrations.migrate(pool)
        try mark(pool)
        try SQLiteStore.close(pool)
        return try Data(contentsOf: URL(fileURLWithPath: fixture.path))
    }

    private static func mark(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = \(Migrations.applicationID)") }
    }

    deinit {
        // Nothing depends on a folder that stays behind.
        try? FileManager.default.removeItem(at: folder)
    }

    func open(_ tenant: TenantID) async throws -> any Store { try await openSQLite(tenant) }

    func openSQLite(_ tenant: TenantID = "acme") async throws -> SQLiteStore {
        try await SQLiteStore.open(.file(path), tenant: tenant, options: SQLiteStore.Options(execution: execution))
    }

    func breakInsertions(into table: String) async throws {
        try execute("CREATE TRIGGER broken BEFORE INSERT ON \(table) BEGIN SELECT RAISE(ABORT, 'broken'); END")
    }

    func repair() async throws { try execute("DROP TRIGGER broken") }

    func physicalRows() async throws -> [String: Int] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try Self.count(queue)
    }

    /// Everything that is declared, in the order of declaration.
    func schema() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try Self.texts(
            "SELECT rowid || ' ' || name || coalesce(sql, '') FROM sqlite_schema ORDER BY rowid", queue)
    }

    private static func texts(_ sql: String, _ queue: DatabaseQueue) throws -> [String] {
        try queue.read { try String.fetchAll($0, sql: sql) }
    }

    /// Runs SQL beside the store, as another program would.
    func execute(_ sql: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try Self.run(sql, on: queue)
    }

    private static func run(_ sql: String, on queue: DatabaseQueue) throws {
        try queue.write { try $0.execute(sql: sql) }
    }

    func rows(ofView view: String, tenant: TenantID) async throws -> [[String: Answer]] {
        let declared = try #require(AnalystView.all.first { $0.name == view })
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try Self.rows(of: declared, tenant: tenant, queue)
    }

    private static func rows(
        of view: AnalystView, tenant: TenantID, _ queue: DatabaseQueue
    ) throws -> [[String: Answer]] {
        try queue.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM \"\(view.name)\" WHERE tenant = ?", arguments: [tenant.rawValue]
            ).map { row in
                try #require(Array(row.columnNames) == view.columns.map(\.name))
                return try Dictionary(
                    uniqueKeysWithValues: view.columns.map { column in
                        (column.name, try Answer(row[column.name], isInstant: column.kind == .instant))
                    })
            }
        }
    }

    private static func count(_ queue: DatabaseQueue) throws -> [String: Int] {
        try queue.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return try Dictionary(
                uniqueKeysWithValues: tables.map { table in
                    (table, try Int.fetchOne(db, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0)
                })
        }
    }
}

extension SQLSession {
    /// SQLite's own connection.
    var database: Database {
        get throws { try #require(self as? SQLiteSession).db }
    }
}

extension Answer {
    fileprivate init(_ value: DatabaseValue, isInstant: Bool) throws {
        self =
            switch value.storage {
            case .null: .none
            case .int64(let integer): .number(Double(integer))
            case .double(let double): .number(double)
            case .string(let text):
                .text(isInstant ? try #require(Instant(parsing: text), "\(text)").iso8601 : text)
            case .blob(let bytes): .text("\(Array(bytes))")
            }
    }
}
