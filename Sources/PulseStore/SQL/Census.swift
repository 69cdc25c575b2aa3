import PulseDomain

/// The ids that a census lists, and the judgement at its end.
struct Census {
    let db: any SQLSession
    let partition: PartitionID
    let run: RunID
    /// The walk's number; `nil` when its beginning is not known, so that nothing can be said about what it did not list.
    let walk: Int64?

    private var key: SQLArguments {
        [partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue, walk]
    }

    func add(_ ids: [String]) throws {
        guard !ids.isEmpty, let walk else { return }
        try db.addCensus(ids, of: partition, walk: walk)
    }

    /// Compares what is in the store with what was listed: the finding, `nil` when nothing is gone.
    func finish(_ end: CensusEnd, at now: Instant) throws -> TombstoneFinding? {
        guard walk != nil else { throw StoreError.inconsistent("a census ends whose beginning is not known") }
        let (table, filter, values) = try end.scope.filter()
        let name = UnifiedTables.quoted(table.name.rawValue)
        try supersede(end.scope, at: now)
        try revive(table, filter: filter, values: values)
        let known = try end.scope.count(in: db, tenant: partition.tenant, source: partition.source)
        let id = try db.nextNumber(.tombstone, of: partition.tenant)
        try insert(id, end: end, known: known, at: now)
        let gone = try db.run(
            """
            INSERT INTO tombstone_candidates (tenant, finding, row_id)
            SELECT tenant, ?, id FROM \(name)
            WHERE tenant = ? AND source = ? AND deleted_at IS NULL AND loaded_at < ?\(filter)
                AND NOT EXISTS (
                    SELECT 1 FROM census_ids
                    WHERE census_ids.tenant = ? AND job = ? AND partition = ? AND walk = ? AND row_id = \(name).id)
            """,
            [id, partition.tenant.rawValue, partition.source.rawValue, end.startedAt] + values + key)
        // Lists of earlier, unfinished censuses of the partition go too.
        try db.run(
            "DELETE FROM census_ids WHERE tenant = ? AND job = ? AND partition = ? AND walk <= ?", key)
        guard gone > 0 else {
            try db.run("DELETE FROM tombstones WHERE tenant = ? AND id = ?", [partition.tenant.rawValue, id])
            return nil
        }
        let isHeld = Double(gone) / Double(max(1, known)) > end.holdAbove
        try db.run(
            "UPDATE tombstones SET records = ?, is_held = ? WHERE tenant = ? AND id = ?",
            [gone, isHeld, partition.tenant.rawValue, id])
        if !isHeld { _ = try Tombstones(db: db, tenant: partition.tenant).carryOut(id, at: now) }
        return TombstoneFinding(
            id: id, partition: partition, run: run, scope: end.scope, records: gone, known: known, at: now,
            isHeld: isHeld)
    }

    /// What was marked as gone and is listed is there: a permission that was lost and came back changes no record, so no
    /// incremental walk would tell.
    private func revive(_ table: Table, filter: String, values: SQLArguments) throws {
        let name = UnifiedTables.quoted(table.name.rawValue)
        let back = try db.rows(
            """
            SELECT id, tombstone_id FROM \(name)
            WHERE tenant = ? AND source = ? AND deleted_at IS NOT NULL\(filter)
                AND EXISTS (
                    SELECT 1 FROM census_ids
                    WHERE census_ids.tenant = ? AND job = ? AND partition = ? AND walk = ? AND row_id = \(name).id)
            """,
            [partition.tenant.rawValue, partition.source.rawValue] + values + key)
        var keys: Set<String> = []
        let tombstones = Tombstones(db: db, tenant: partition.tenant)
        for row in back {
            let id = try row["id"] as String
            try db.run(
                "UPDATE \(name) SET deleted_at = NULL, tombstone_id = NULL WHERE tenant = ? AND source = ? AND id = ?",
                [partition.tenant.rawValue, partition.source.rawValue, id])
            if let finding = try row["tombstone_id"] as Int64? {
                keys.formUnion(
                    try tombstones.reviveOwned(by: id, in: table, source: partition.source, finding: finding))
            }
            if table.name == WorkItemColumns.table {
                let found = try db.row(
                    "SELECT key FROM work_items WHERE tenant = ? AND source = ? AND id = ?",
                    [partition.tenant.rawValue, partition.source.rawValue, id])
                if let found { keys.insert(try found["key"]) }
            }
        }
        try db.resolveLinks(to: keys, of: partition.tenant)
    }

    /// A held finding of the same scope is outdated by this census: what is gone is found again.
    private func supersede(_ scope: CensusScope, at now: Instant) throws {
        let held = try db.rows(
            """
            UPDATE tombstones SET undone_at = ?
            WHERE tenant = ? AND job = ? AND partition = ? AND is_held = TRUE AND undone_at IS NULL
                AND (table_name, column_name, column_value) IS NOT DISTINCT FROM (?, ?, ?)
            RETURNING id
            """,
            [
                now, partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue, scope.table.rawValue,
                scope.column, scope.value,
            ])
        for row in held {
            try db.run(
                "DELETE FROM tombstone_candidates WHERE tenant = ? AND finding = ?",
                [partition.tenant.rawValue, row["id"] as Int64])
        }
    }

    private func insert(_ id: Int64, end: CensusEnd, known: Int, at now: Instant) throws {
        try db.run(
            """
            INSERT INTO tombstones
                (tenant, id, job, source, stream, partition, run, table_name, column_name, column_value, records, known,
                at, census_started_at, is_held)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, TRUE)
            """,
            [
                partition.tenant.rawValue, id, partition.job.rawValue, partition.source.rawValue,
                partition.stream.rawValue, partition.key.rawValue, run.rawValue, end.scope.table.rawValue,
                end.scope.column, end.scope.value, known, now, end.startedAt,
            ])
    }
}

extension CensusScope {
    /// The table that it is about, and what its rows have to meet beside tenant and source.
    fileprivate func filter() throws -> (table: Table, sql: String, values: SQLArguments) {
        guard let declared = UnifiedSchema.table(table) else {
            throw StoreError.inconsistent("there is no table \(table) to be counted")
        }
        guard let column else { return (declared, "", []) }
        guard declared.position(of: column) != nil else {
            throw StoreError.inconsistent("there is no column \(table).\(column) to be counted by")
        }
        // An equality for its index: no database looks for what is not distinct.
        guard let value else { return (declared, " AND \(UnifiedTables.quoted(column)) IS NULL", []) }
        return (declared, " AND \(UnifiedTables.quoted(column)) = ?", [value])
    }

    /// Rows that are there.
    func count(in db: any SQLSession, tenant: TenantID, source: SourceID) throws -> Int {
        let (table, filter, values) = try filter()
        let name = UnifiedTables.quoted(table.name.rawValue)
        return try db.value(
            "SELECT count(*) FROM \(name) WHERE tenant = ? AND source = ? AND deleted_at IS NULL\(filter)",
            [tenant.rawValue, source.rawValue] + values) ?? 0
    }
}
