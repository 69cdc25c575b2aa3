import GRDB
package import PulseDomain

extension SQLiteStore {
    package func tombstones(limit: Int) async throws -> [TombstoneFinding] {
        let tenant = tenant
        return try await read { db in
            try db.rows(
                "SELECT * FROM tombstones WHERE tenant = ? ORDER BY id DESC LIMIT ?", [tenant.rawValue, max(0, limit)]
            ).map { row in
                TombstoneFinding(
                    id: row["id"], partition: PartitionID(row, tenant: tenant), run: RunID(row["run"]),
                    scope: CensusScope(
                        table: TableName(row["table_name"] as String), column: row["column_name"],
                        value: row["column_value"]),
                    records: row["records"], known: row["known"], at: row["at"], isHeld: row["is_held"],
                    undoneAt: row["undone_at"])
            }
        }
    }

    package func undoTombstones(_ finding: Int64, at now: Instant) async throws -> Int {
        let tenant = tenant
        return try await write { try Tombstones(db: $0, tenant: tenant).undo(finding, at: now) }
    }

    package func confirmTombstones(_ finding: Int64, at now: Instant) async throws -> Int {
        let tenant = tenant
        return try await write { db in
            let wasHeld = try db.run(
                "UPDATE tombstones SET is_held = 0 WHERE tenant = ? AND id = ? AND is_held = 1 AND undone_at IS NULL",
                [tenant.rawValue, finding])
            guard wasHeld == 1 else { return 0 }
            return try Tombstones(db: db, tenant: tenant).carryOut(finding, at: now).rows
        }
    }
}
