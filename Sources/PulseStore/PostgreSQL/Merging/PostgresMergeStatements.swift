import PulseDomain

/// The statements that merge staged rows into one table.
struct PostgresMergeStatements: Sendable {
    /// Positions of columns that connectors fill, in the order of the staging table.
    let positions: [Int]
    /// Makes the staging table, which lives as long as the connection and is emptied by every commit.
    let stage: String
    /// Empties it within a transaction.
    let empty: String
    let copy: String
    /// Merges. Parameters: tenant, source, run, time, whether the rows are historical, the page they may not be older
    /// than (null when there is none), whether former versions are kept. Returns, of rows that were not inserted, the
    /// position, `outcome` (`updated`, `unchanged`, `refused`), the finding that had marked the row and its former key.
    let merge: String

    static func of(_ table: Table) -> PostgresMergeStatements { declared[table.name] ?? PostgresMergeStatements(table) }

    private static let declared = Dictionary(
        uniqueKeysWithValues: UnifiedSchema.tables.map { ($0.name, PostgresMergeStatements($0)) })

    private init(_ table: Table) {
        let positions = table.columns.indices.filter { !table.columns[$0].isDerived }
        self.positions = positions
        let name = UnifiedTables.quoted(table.name.rawValue)
        let staging = UnifiedTables.quoted("stage_\(table.name)")
        let columns = positions.map { UnifiedTables.quoted(table.columns[$0].name) }
        let definitions = positions.map { position in
            let column = table.columns[position]
            let collation = column.type == .text ? " COLLATE \"C\"" : ""
            return "\(UnifiedTables.quoted(column.name)) \(PostgresUnifiedTables.type(of: column))\(collation)"
        }
        stage = """
            CREATE TEMP TABLE IF NOT EXISTS \(staging) (
                staged_order bigint, staged_page bigint, \(definitions.joined(separator: ", "))
            ) ON COMMIT DELETE ROWS
            """
        empty = "DELETE FROM \(staging)"
        copy = "COPY \(staging) FROM STDIN (FORMAT binary)"
        merge = Self.merge(table, name: name, staging: staging, columns: columns)
    }

    private static func merge(_ table: Table, name: String, staging: String, columns: [String]) -> String {
        func list(_ prefix: String) -> String { columns.map { "\(prefix).\($0)" }.joined(separator: ", ") }
        let isOlder =
            table.version.map { version in
                let column = UnifiedTables.quoted(table.columns[version].name)
                return "coalesce(kept.\(column) > staged.\(column), FALSE)"
            } ?? "FALSE"
        let formerKey = table.name == WorkItemColumns.table ? "kept.\"key\"" : "NULL::text"
        let changes = columns.dropFirst().map { "\($0) = staged.\($0), " }.joined()
        return """
            WITH compared AS MATERIALIZED (
                SELECT staged.staged_order, staged.id, kept.id IS NULL AS is_new, kept.deleted_at IS NOT NULL AS is_gone,
                    kept.tombstone_id AS former_finding, \(formerKey) AS former_key, \(isOlder) AS is_older,
                    (\(list("kept"))) IS NOT DISTINCT FROM (\(list("staged"))) AS is_same,
                    $5 AND (kept.deleted_at IS NOT NULL OR coalesce(kept.page_id > $6, FALSE)) AS is_outdated
                FROM \(staging) AS staged
                LEFT JOIN \(name) AS kept ON kept.tenant = $1 AND kept.source = $2 AND kept.id = staged.id
            ), judged AS MATERIALIZED (
                SELECT *, CASE
                    WHEN is_new THEN 'inserted'
                    WHEN is_outdated THEN 'refused'
                    WHEN is_gone THEN 'updated'
                    WHEN is_older THEN 'refused'
                    WHEN is_same THEN 'unchanged'
                    ELSE 'updated' END AS outcome
                FROM compared
            ), former AS (
                INSERT INTO row_versions (tenant, table_name, source, row_id, document, replaced_by, replaced_at)
                SELECT kept.tenant, '\(table.name)', kept.source, kept.id, \(document(of: table)), $3, $4
                FROM judged JOIN \(name) AS kept ON kept.tenant = $1 AND kept.source = $2 AND kept.id = judged.id
                WHERE $7 AND outcome = 'updated' AND NOT is_same AND NOT is_older ORDER BY kept.id
            ), added AS (
                INSERT INTO \(name) (tenant, source, \(columns.joined(separator: ", ")), run_id, page_id, loaded_at)
                SELECT $1, $2, \(list("staged")), $3, staged.staged_page, $4
                FROM judged JOIN \(staging) AS staged USING (staged_order)
                WHERE outcome = 'inserted' ORDER BY staged.id
                ON CONFLICT (tenant, source, id) DO NOTHING
            ), changed AS (
                UPDATE \(name) AS kept SET \(changes)run_id = $3, page_id = staged.staged_page, loaded_at = $4,
                    deleted_at = NULL, tombstone_id = NULL
                FROM judged JOIN \(staging) AS staged USING (staged_order)
                WHERE outcome = 'updated' AND NOT is_older
                    AND kept.tenant = $1 AND kept.source = $2 AND kept.id = judged.id
            ), revived AS (
                UPDATE \(name) AS kept SET run_id = $3, page_id = staged.staged_page, loaded_at = $4,
                    deleted_at = NULL, tombstone_id = NULL
                FROM judged JOIN \(staging) AS staged USING (staged_order)
                WHERE outcome = 'updated' AND is_older
                    AND kept.tenant = $1 AND kept.source = $2 AND kept.id = judged.id
            )
            SELECT staged_order, outcome, CASE WHEN is_gone THEN former_finding END AS former_finding,
                CASE WHEN NOT is_same AND NOT is_older THEN former_key END AS former_key
            FROM judged WHERE outcome <> 'inserted' ORDER BY staged_order
            """
    }

    /// The row as JSON by column name, as SQLite keeps it: booleans 0 and 1, instants microseconds.
    private static func document(of table: Table) -> String {
        let members = (table.columns + Table.provenance).filter { $0.name != "tenant" }.map { column in
            let value = "kept.\(UnifiedTables.quoted(column.name))"
            let written =
                switch column.type {
                case .text, .integer, .real, .json: value
                case .boolean: "\(value)::int"
                case .instant: "(extract(epoch FROM \(value)) * 1000000)::bigint"
                }
            return "'\(column.name)', \(written)"
        }
        // A function takes at most a hundred arguments.
        let parts = stride(from: 0, to: members.count, by: 40).map { start in
            "jsonb_build_object(\(members[start..<min(members.count, start + 40)].joined(separator: ", ")))"
        }
        return "(\(parts.joined(separator: " || ")))"
    }
}
