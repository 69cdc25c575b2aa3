import PulseDomain

/// The statements that merge rows of one table.
///
/// Parameters of `insert` and `update`: the columns at `positions`, then tenant, source, run, page, time. Of the others:
/// tenant, source, id, run, time, and for `revive` the page.
struct MergeStatements: Sendable {
    /// Positions of columns that connectors fill, in the order of parameters (1-based) and of `existing`'s columns.
    let positions: [Int]
    let insert: String
    /// The columns at `positions`, then `deleted_at`, `tombstone_id`, `page_id`.
    let existing: String
    let update: String
    let revive: String
    /// Copies the row as it is into `row_versions`.
    let keep: String

    /// Those of a declared table. Made once: putting them together took a fifth of merging a page.
    static func of(_ table: Table) -> MergeStatements { declared[table.name] ?? MergeStatements(table) }

    private static let declared = Dictionary(
        uniqueKeysWithValues: UnifiedSchema.tables.map { ($0.name, MergeStatements($0)) })

    private init(_ table: Table) {
        let positions = table.columns.indices.filter { !table.columns[$0].isDerived }
        self.positions = positions
        let name = UnifiedTables.quoted(table.name.rawValue)
        let columns = positions.map { UnifiedTables.quoted(table.columns[$0].name) }
        let count = columns.count
        let list = columns.joined(separator: ", ")
        insert = """
            INSERT INTO \(name) (\(list), tenant, source, run_id, page_id, loaded_at)
            VALUES (\((1...(count + 5)).map { "?\($0)" }.joined(separator: ", ")))
            ON CONFLICT (tenant, source, id) DO NOTHING
            """
        existing = """
            SELECT \(list), deleted_at, tombstone_id, page_id FROM \(name)
            WHERE tenant = ?1 AND source = ?2 AND id = ?3
            """
        let changes = columns.indices.dropFirst().map { "\(columns[$0]) = ?\($0 + 1)" }
        update = """
            UPDATE \(name) SET \(changes.map { $0 + ", " }.joined())run_id = ?\(count + 3), page_id = ?\(count + 4),
                loaded_at = ?\(count + 5), deleted_at = NULL, tombstone_id = NULL
            WHERE tenant = ?\(count + 1) AND source = ?\(count + 2) AND id = ?1
            """
        revive = """
            UPDATE \(name) SET run_id = ?4, loaded_at = ?5, page_id = ?6, deleted_at = NULL, tombstone_id = NULL
            WHERE tenant = ?1 AND source = ?2 AND id = ?3
            """
        let members = (table.columns + Table.provenance).filter { $0.name != "tenant" }.map { column in
            let quoted = UnifiedTables.quoted(column.name)
            let value =
                column.type == .json
                ? "CASE WHEN json_valid(\(quoted)) THEN json(\(quoted)) ELSE \(quoted) END" : quoted
            return "'\(column.name)', \(value)"
        }
        keep = """
            INSERT INTO row_versions (tenant, table_name, source, row_id, document, replaced_by, replaced_at)
            SELECT tenant, '\(table.name)', source, id, json_object(\(members.joined(separator: ", "))), ?4, ?5
            FROM \(name) WHERE tenant = ?1 AND source = ?2 AND id = ?3
            """
    }
}
