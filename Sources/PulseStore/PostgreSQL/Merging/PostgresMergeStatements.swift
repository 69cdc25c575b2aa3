import PulseDomain

/// The statements that bring rows into one table. The rows come as parameters, an array for each column: they need no
/// staging table, whose emptying would throw away the plans that name it.
///
/// Rows are looked up by their key, one by one: what a plan reads does not grow with the table, whatever the statistics
/// say (``PostgresSession/withLoadingPlans(_:)``).
struct PostgresMergeStatements: Sendable {
    /// Positions of columns that connectors fill, in the order of their parameters.
    let positions: [Int]
    /// Inserts rows, none of which is there; one that is makes it fail (23505). Parameters: tenant, source, run, time,
    /// the rows' pages, their columns.
    let insert: String
    /// Merges. Parameters: tenant, source, run, time, whether the rows are historical, the page they may not be older
    /// than (null when there is none), whether former versions are kept, the rows' pages, their columns.
    ///
    /// Returns a row with the outcomes of all rows in their order, a letter each (``outcome(_:)``), then one for each that
    /// something follows from: its position, the finding that had marked it and its former key.
    let merge: String

    /// What a letter of ``merge`` says.
    static func outcome(_ letter: UInt8) -> RowOutcome? {
        switch letter {
        case UInt8(ascii: "i"): .inserted
        case UInt8(ascii: "u"): .updated
        case UInt8(ascii: "="): .unchanged
        case UInt8(ascii: "r"): .refused
        default: nil
        }
    }

    static func of(_ table: Table) -> PostgresMergeStatements { declared[table.name] ?? PostgresMergeStatements(table) }

    private static let declared = Dictionary(
        uniqueKeysWithValues: UnifiedSchema.tables.map { ($0.name, PostgresMergeStatements($0)) })

    private init(_ table: Table) {
        let positions = table.columns.indices.filter { !table.columns[$0].isDerived }
        self.positions = positions
        let name = UnifiedTables.quoted(table.name.rawValue)
        let columns = positions.map { UnifiedTables.quoted(table.columns[$0].name) }
        /// The rows, when their pages are the parameter numbered `first`.
        func rows(from first: Int) -> String {
            let values = positions.enumerated().map { index, position in
                let column = table.columns[position]
                return "unnest($\(first + 1 + index)::\(PostgresUnifiedTables.type(of: column))[]) AS \(columns[index])"
            }
            return """
                SELECT generate_subscripts($\(first)::bigint[], 1) - 1 AS staged_order,
                        unnest($\(first)::bigint[]) AS staged_page, \(values.joined(separator: ", "))
                """
        }
        let list = columns.joined(separator: ", ")
        insert = """
            INSERT INTO \(name) (tenant, source, \(list), run_id, page_id, loaded_at)
            SELECT $1, $2, \(list), $3, staged_page, $4 FROM (\(rows(from: 5))) AS staged
            """
        merge = Self.merge(table, name: name, rows: rows(from: 8), columns: columns)
    }

    private static func merge(_ table: Table, name: String, rows: String, columns: [String]) -> String {
        func list(_ prefix: String) -> String { columns.map { "\(prefix).\($0)" }.joined(separator: ", ") }
        let isOlder =
            table.version.map { version in
                let column = UnifiedTables.quoted(table.columns[version].name)
                return "coalesce(kept.\(column) > staged.\(column), FALSE)"
            } ?? "FALSE"
        let formerKey = table.name == WorkItemColumns.table ? "kept.\"key\"" : "NULL::text"
        let changes = columns.dropFirst().map { "\($0) = staged.\($0), " }.joined()
        return """
            WITH staged AS MATERIALIZED (
                \(rows)
            ), judged AS MATERIALIZED (
                SELECT *, CASE
                    WHEN is_new THEN 'i'
                    WHEN is_outdated THEN 'r'
                    WHEN is_gone THEN 'u'
                    WHEN is_older THEN 'r'
                    WHEN is_same THEN '='
                    ELSE 'u' END AS outcome
                FROM (
                    SELECT staged.staged_order, staged.id, kept.id IS NULL AS is_new,
                        kept.deleted_at IS NOT NULL AS is_gone, kept.tombstone_id AS former_finding,
                        \(formerKey) AS former_key, \(isOlder) AS is_older,
                        (\(list("kept"))) IS NOT DISTINCT FROM (\(list("staged"))) AS is_same,
                        $5 AND (kept.deleted_at IS NOT NULL OR coalesce(kept.page_id > $6, FALSE)) AS is_outdated
                    FROM staged LEFT JOIN LATERAL (
                        SELECT * FROM \(name) AS found
                        WHERE found.tenant = $1 AND found.source = $2 AND found.id = staged.id OFFSET 0
                    ) AS kept ON TRUE
                ) AS compared
            ), former AS (
                INSERT INTO row_versions (tenant, table_name, source, row_id, document, replaced_by, replaced_at)
                SELECT kept.tenant, '\(table.name)', kept.source, kept.id, \(document(of: table)), $3, $4
                FROM judged JOIN \(name) AS kept ON kept.tenant = $1 AND kept.source = $2 AND kept.id = judged.id
                WHERE $7 AND outcome = 'u' AND NOT is_same AND NOT is_older ORDER BY kept.id
            ), added AS (
                INSERT INTO \(name) (tenant, source, \(columns.joined(separator: ", ")), run_id, page_id, loaded_at)
                SELECT $1, $2, \(list("staged")), $3, staged.staged_page, $4
                FROM judged JOIN staged USING (staged_order)
                WHERE outcome = 'i' ORDER BY staged.id COLLATE "C"
                ON CONFLICT (tenant, source, id) DO NOTHING
            ), changed AS (
                UPDATE \(name) AS kept SET \(changes)run_id = $3, page_id = staged.staged_page, loaded_at = $4,
                    deleted_at = NULL, tombstone_id = NULL
                FROM judged JOIN staged USING (staged_order)
                WHERE outcome = 'u' AND NOT is_older
                    AND kept.tenant = $1 AND kept.source = $2 AND kept.id = judged.id
            ), revived AS (
                UPDATE \(name) AS kept SET run_id = $3, page_id = staged.staged_page, loaded_at = $4,
                    deleted_at = NULL, tombstone_id = NULL
                FROM judged JOIN staged USING (staged_order)
                WHERE outcome = 'u' AND is_older
                    AND kept.tenant = $1 AND kept.source = $2 AND kept.id = judged.id
            )
            SELECT NULL::bigint AS staged_order, string_agg(outcome, '' ORDER BY staged_order) AS outcomes,
                NULL::bigint AS former_finding, NULL::text AS former_key
            FROM judged
            UNION ALL
            SELECT staged_order::bigint, NULL, CASE WHEN is_gone THEN former_finding END,
                CASE WHEN NOT is_same AND NOT is_older THEN former_key END
            FROM judged
            WHERE outcome = 'u' AND (is_gone AND former_finding IS NOT NULL OR former_key IS NOT NULL)
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
