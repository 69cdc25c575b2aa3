package import PulseDomain

extension SQLiteStore {
    package func prune(_ table: RetainedTable, before instant: Instant, limit: Int) async throws -> Int {
        let name = tenant.rawValue
        return try await write { db in
            try db.run(
                """
                DELETE FROM \(table.rawValue) WHERE rowid IN (
                    SELECT rowid FROM \(table.rawValue) WHERE tenant = ?1 AND \(table.time) < ?2
                    ORDER BY \(table.time) LIMIT ?3)
                """, [name, instant, max(0, limit)])
        }
    }
}
