package import PulseDomain

extension SQLStore {
    package func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        let tenant = tenant
        return try await read { db in
            try db.rows(
                """
                SELECT * FROM tombstones
                WHERE tenant = ?1 AND (CAST(?2 AS TEXT) IS NULL OR job = ?2)
                    AND (CAST(?3 AS BIGINT) IS NULL OR id < ?3)
                    AND (CAST(?4 AS TEXT) IS NULL OR ?4 = CASE
                        WHEN undone_at IS NOT NULL THEN 'undone' WHEN is_held THEN 'held' ELSE 'applied' END)
                ORDER BY id DESC LIMIT ?5
                """,
                [
                    tenant.rawValue, filter.job?.rawValue, filter.before, filter.state?.rawValue,
                    max(0, filter.limit),
                ]
            ).map { try TombstoneFinding(row: $0, tenant: tenant) }
        }
    }

    package func tombstone(_ finding: Int64) async throws -> TombstoneFinding? {
        let tenant = tenant
        return try await read { try TombstoneFinding.find(finding, of: tenant, in: $0) }
    }

    package func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    {
        let tenant = tenant
        return try await read { db in
            guard let found = try TombstoneFinding.find(finding, of: tenant, in: db) else { return [] }
            return try TombstoneRows(db: db, finding: found).list(after: position, limit: limit)
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
                "UPDATE tombstones SET is_held = FALSE WHERE tenant = ? AND id = ? AND is_held = TRUE AND undone_at IS NULL",
                [tenant.rawValue, finding])
            guard wasHeld == 1 else { return 0 }
            return try Tombstones(db: db, tenant: tenant).carryOut(finding, at: now).rows
        }
    }
}

/// Lists the rows that one finding is about.
private struct TombstoneRows {
    let db: any SQLSession
    let finding: TombstoneFinding

    /// What people call a row, the best column first.
    private static let labels = ["key", "number", "title", "name"]

    private var tenant: TenantID { finding.partition.tenant }
    private var source: SourceID { finding.partition.source }

    /// The finding's own table, then every other one: what a row owns lies in those.
    private var tables: [Table] {
        UnifiedSchema.tables.filter { $0.name == finding.scope.table }
            + UnifiedSchema.tables.filter { $0.name != finding.scope.table }
    }

    func list(after position: TombstoneRow.Position?, limit: Int) throws -> [TombstoneRow] {
        switch finding.state {
        case .undone: return []
        case .held:
            guard let own = tables.first, limit > 0 else { return [] }
            return try held(in: own, after: position?.id, limit: limit)
        case .applied:
            var rows: [TombstoneRow] = []
            let first = position.flatMap { position in tables.firstIndex { $0.name == position.table } } ?? 0
            for (index, table) in tables.enumerated().dropFirst(first) where rows.count < limit {
                let after = index == first ? position?.id : nil
                rows += try marked(in: table, after: after, limit: limit - rows.count)
            }
            return rows
        }
    }

    private func marked(in table: Table, after id: String?, limit: Int) throws -> [TombstoneRow] {
        try db.rows(
            """
            SELECT id, \(label(of: table)) AS label, deleted_at FROM \(UnifiedTables.quoted(table.name.rawValue)) AS entry
            WHERE tenant = ?1 AND source = ?2 AND tombstone_id = ?3 AND deleted_at IS NOT NULL AND id > ?4
            ORDER BY id LIMIT ?5
            """, [tenant.rawValue, source.rawValue, finding.id, id ?? "", limit]
        ).map { try row(of: table, $0) }
    }

    /// As ``Tombstones/carryOut(_:at:)`` chooses them.
    private func held(in table: Table, after id: String?, limit: Int) throws -> [TombstoneRow] {
        try db.rows(
            """
            SELECT entry.id AS id, \(label(of: table)) AS label, entry.deleted_at AS deleted_at
            FROM tombstone_candidates AS candidate
            JOIN tombstones ON tombstones.tenant = candidate.tenant AND tombstones.id = candidate.finding
            JOIN \(UnifiedTables.quoted(table.name.rawValue)) AS entry
                ON entry.tenant = candidate.tenant AND entry.source = tombstones.source AND entry.id = candidate.row_id
            WHERE candidate.tenant = ?1 AND candidate.finding = ?2 AND candidate.row_id > ?3
                AND entry.deleted_at IS NULL AND entry.loaded_at < tombstones.census_started_at
            ORDER BY candidate.row_id LIMIT ?4
            """, [tenant.rawValue, finding.id, id ?? "", limit]
        ).map { try row(of: table, $0) }
    }

    private func label(of table: Table) -> String {
        guard let column = Self.labels.first(where: { table.position(of: $0) != nil }) else { return "NULL" }
        return "CAST(entry.\(UnifiedTables.quoted(column)) AS TEXT)"
    }

    private func row(of table: Table, _ row: SQLRow) throws -> TombstoneRow {
        try TombstoneRow(
            finding: finding.id, table: table.name, id: row["id"], label: row["label"], deletedAt: row["deleted_at"])
    }
}

extension TombstoneFinding {
    fileprivate static func find(_ id: Int64, of tenant: TenantID, in db: any SQLSession) throws -> TombstoneFinding? {
        try db.row("SELECT * FROM tombstones WHERE tenant = ? AND id = ?", [tenant.rawValue, id])
            .map { try TombstoneFinding(row: $0, tenant: tenant) }
    }

    fileprivate init(row: SQLRow, tenant: TenantID) throws {
        try self.init(
            id: row["id"], partition: PartitionID(row, tenant: tenant), run: RunID(row["run"]),
            scope: CensusScope(
                table: TableName(try row["table_name"] as String), column: row["column_name"],
                value: row["column_value"]),
            records: row["records"], known: row["known"], at: row["at"], isHeld: row["is_held"],
            undoneAt: row["undone_at"])
    }
}
