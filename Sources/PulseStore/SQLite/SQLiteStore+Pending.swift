import GRDB
import PulseDomain

extension SQLiteStore {
    /// What opening the file would change in its schema, a sentence each; empty: nothing. The file must be there.
    package static func pendingChanges(inFile path: String) async throws -> [String] {
        try await onBackgroundThread { Result { try pendingNow(path) } }.get()
    }

    private static func pendingNow(_ path: String) throws -> [String] {
        let location = "sqlite:\(path)"
        do {
            guard try FileHeader.examine(path, location: location) == .pulse else { return ["The tables are made."] }
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let changes = Result { try queue.read(pending) }
            try queue.close()
            return try changes.get()
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(error, location: location)
        }
    }

    private static func pending(_ db: Database) throws -> [String] {
        let version = try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard version > 0 else { return ["The tables are made."] }
        let found = try Row.fetchAll(
            db,
            sql: """
                SELECT s.name AS relation, c.name AS name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c
                WHERE s.type = 'table'
                """)
        let names = Set(found.map { "\($0["relation"] as String).\($0["name"] as String)" })
        return
            (version < Migrations.version
            ? ["Migrations \(version + 1) to \(Migrations.version) are carried out."] : [])
            + UnifiedTables.missing { names.contains("\($0).\($1)") }
    }
}
