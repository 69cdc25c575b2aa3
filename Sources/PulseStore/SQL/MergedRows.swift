import PulseDomain

/// A row of the source at hand.
struct RowReference: Hashable {
    let table: TableName
    let id: String

    init(_ table: TableName, _ id: String) {
        self.table = table
        self.id = id
    }
}

extension RowCell {
    /// The text of a cell as a string; empty for cells of other kinds.
    func string(in arena: UnsafeRawBufferPointer) -> String {
        kind == .text ? String(decoding: bytes(in: arena), as: UTF8.self) : ""
    }
}

extension PageContent {
    /// The record that a child set belongs to: that of the owner's row, or else of any of the owner's rows.
    func record(of set: ChildSet) -> Int32? {
        guard let table = UnifiedSchema.table(set.table), let owner = table.owner else { return nil }
        let owning = table.columns[owner].refersTo
        let wanted = Array(set.owner.utf8)
        for (name, column) in [(owning, 0), (set.table, owner)] {
            for batch in batches where batch.table.name == name {
                for row in batch.records.indices where batch.records[row] >= 0 {
                    let cell = batch.cell(row: row, column: column)
                    if cell.kind == .text, batch.text(of: cell).elementsEqual(wanted) { return batch.records[row] }
                }
            }
        }
        return nil
    }
}

extension RowCell {
    /// The bytes of a text cell.
    func bytes(in arena: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let offset = Int(word >> 32)
        return UnsafeRawBufferPointer(rebasing: arena[offset..<(offset + Int(word & 0xFFFF_FFFF))])
    }
}

extension SQLSession {
    /// Notes that a work item had the key `key` before it was moved.
    func addAlias(_ key: String, of item: String, _ context: MergeContext) throws {
        try run(
            """
            INSERT INTO work_item_aliases (tenant, source, id, work_item_id, run_id, loaded_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant, source, id) DO UPDATE
            SET work_item_id = excluded.work_item_id, run_id = excluded.run_id, loaded_at = excluded.loaded_at,
                deleted_at = NULL, tombstone_id = NULL
            """,
            [context.tenant.rawValue, context.source.rawValue, key, item, context.run.rawValue, context.now])
    }
}
