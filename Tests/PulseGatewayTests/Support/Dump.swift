import GRDB

@testable import PulseGateway

extension SQLiteAccounts {
    /// Everything in the file as text.
    func dump() async throws -> String {
        try await read { db in
            let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
            return try tables.map { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map(\.debugDescription).joined()
            }.joined()
        }
    }
}
