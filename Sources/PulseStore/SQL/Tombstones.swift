import PulseDomain

/// Marks rows as gone at the source, with everything that they own, and takes that back.
struct Tombstones {
    let db: any SQLSession
    let tenant: TenantID

    // MARK: Rows that an owner no longer has

    /// Marks rows that their owner no longer lists; keys that links may tell of, `nil` when there are none.
    func mark(_ missing: [String], in table: Table, source: SourceID, at now: Instant) throws -> Set<String>? {
        let name = UnifiedTables.quoted(table.name.rawValue)
        guard !missing.isEmpty else { return nil }
        // Rows that own others go by a finding, so that what they take along can come back with them.
        let finding = UnifiedSchema.owned(by: table.name).isEmpty ? nil : try db.nextNumber(.tombstone, of: tenant)
        for id in missing {
            try db.run(
                """
                UPDATE \(name) SET deleted_at = ?, tombstone_id = ? WHERE tenant = ? AND source = ? AND id = ?
                """, [now, finding, tenant.rawValue, source.rawValue, id])
        }
        if let finding {
            _ = try tombstoneOwned(by: table, source: source, finding: finding, at: now)
            return try keys(of: finding)
        }
        return table.name == WorkItemAliasColumns.table ? Set(missing) : []
    }

    // MARK: Findings

    /// Marks the candidates of a finding, and what they own. How many records and how many rows it were.
    func carryOut(_ finding: Int64, at now: Instant) throws -> (records: Int, rows: Int) {
        guard
            let row = try db.row(
                "SELECT source, table_name, census_started_at FROM tombstones WHERE tenant = ? AND id = ?",
                [tenant.rawValue, finding]),
            let table = UnifiedSchema.table(TableName(try row["table_name"] as String))
        else { return (0, 0) }
        let source = SourceID(try row["source"] as String)
        let records = try db.run(
            """
            UPDATE \(UnifiedTables.quoted(table.name.rawValue)) SET deleted_at = ?1, tombstone_id = ?2
            WHERE tenant = ?3 AND source = ?4 AND deleted_at IS NULL AND loaded_at < ?5
                AND id IN (SELECT row_id FROM tombstone_candidates WHERE tenant = ?3 AND finding = ?2)
            """, [now, finding, tenant.rawValue, source.rawValue, row["census_started_at"] as Instant])
        let owned = try tombstoneOwned(by: table, source: source, finding: finding, at: now)
        try forgetCandidates(of: finding)
        try db.resolveLinks(to: keys(of: finding), of: tenant)
        return (records, records + owned)
    }

    /// Takes a finding back; how many rows it were.
    func undo(_ finding: Int64, at now: Instant) throws -> Int {
        let isOpen = try db.run(
            "UPDATE tombstones SET undone_at = ? WHERE tenant = ? AND id = ? AND undone_at IS NULL",
            [now, tenant.rawValue, finding])
        guard isOpen == 1 else { return 0 }
        let touched = try keys(of: finding)
        var rows = 0
        for table in UnifiedSchema.tables {
            rows += try db.run(
                """
                UPDATE \(UnifiedTables.quoted(table.name.rawValue)) SET deleted_at = NULL, tombstone_id = NULL
                WHERE tenant = ? AND tombstone_id = ? AND deleted_at IS NOT NULL
                """, [tenant.rawValue, finding])
        }
        try forgetCandidates(of: finding)
        try db.resolveLinks(to: touched, of: tenant)
        return rows
    }

    private func forgetCandidates(of finding: Int64) throws {
        try db.run(
            "DELETE FROM tombstone_candidates WHERE tenant = ? AND finding = ?", [tenant.rawValue, finding])
    }

    // MARK: What rows own

    /// Marks the rows owned by rows of `table` that `finding` marked, and so on down; how many it were.
    private func tombstoneOwned(by table: Table, source: SourceID, finding: Int64, at now: Instant) throws -> Int {
        var count = 0
        for child in UnifiedSchema.owned(by: table.name) {
            guard let owner = child.owner else { continue }
            let changed = try db.run(
                """
                UPDATE \(UnifiedTables.quoted(child.name.rawValue)) SET deleted_at = ?1, tombstone_id = ?2
                WHERE tenant = ?3 AND source = ?4 AND deleted_at IS NULL
                    AND \(UnifiedTables.quoted(child.columns[owner].name)) IN (
                        SELECT id FROM \(UnifiedTables.quoted(table.name.rawValue))
                        WHERE tenant = ?3 AND tombstone_id = ?2 AND deleted_at IS NOT NULL AND source = ?4)
                """, [now, finding, tenant.rawValue, source.rawValue])
            guard changed > 0 else { continue }
            count += changed
            count += try tombstoneOwned(by: child, source: source, finding: finding, at: now)
        }
        return count
    }

    /// A row is there again: so is what went with it. Keys that links may tell of.
    func reviveOwned(by id: String, in table: Table, source: SourceID, finding: Int64) throws -> Set<String> {
        var touched: Set<String> = []
        for child in UnifiedSchema.owned(by: table.name) {
            guard let owner = child.owner else { continue }
            let revived: [String] = try db.rows(
                """
                UPDATE \(UnifiedTables.quoted(child.name.rawValue)) SET deleted_at = NULL, tombstone_id = NULL
                WHERE tenant = ? AND source = ? AND \(UnifiedTables.quoted(child.columns[owner].name)) = ?
                    AND tombstone_id = ? RETURNING id
                """, [tenant.rawValue, source.rawValue, id, finding]
            ).map { try $0["id"] }
            if child.name == WorkItemAliasColumns.table { touched.formUnion(revived) }
            for id in revived {
                touched.formUnion(try reviveOwned(by: id, in: child, source: source, finding: finding))
            }
        }
        return touched
    }

    /// The keys of items, present and former, that `finding` marked.
    private func keys(of finding: Int64) throws -> Set<String> {
        let rows = try db.rows(
            """
            SELECT key AS told FROM work_items WHERE tenant = ?1 AND tombstone_id = ?2 AND deleted_at IS NOT NULL
            UNION SELECT id FROM work_item_aliases WHERE tenant = ?1 AND tombstone_id = ?2 AND deleted_at IS NOT NULL
            """, [tenant.rawValue, finding])
        return try Set(rows.map { try $0["told"] })
    }
}
