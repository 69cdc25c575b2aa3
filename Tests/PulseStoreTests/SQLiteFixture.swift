import Foundation
import GRDB
import PulseDomain
import PulseStore
import PulseStoreConformance

/// A database file in a folder of its own, which goes with the fixture.
final class SQLiteFixture: StoreFixture {
    let folder: URL
    let path: String
    let execution: SQLiteStore.Execution

    init(execution: SQLiteStore.Execution = .background) throws {
        self.execution = execution
        folder = FileManager.default.temporaryDirectory.appending(path: "pulse-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "pulse.db").path
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

    /// Runs SQL beside the store, as another program would.
    func execute(_ sql: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        try Self.run(sql, on: queue)
    }

    private static func run(_ sql: String, on queue: DatabaseQueue) throws {
        try queue.write { try $0.execute(sql: sql) }
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
