import PulseDomain

/// SQL of the views that PostgreSQL has: beside each unified table, as SQLite has them, and those for analysts.
enum PostgresViews {
    /// Creates or renews all of them, with their comments.
    static var declarations: [String] {
        UnifiedSchema.tables.flatMap(view) + AnalystView.all.flatMap(view)
    }

    /// The names of ``declarations``.
    static var names: [String] { UnifiedSchema.tables.map { "v_\($0.name)" } + AnalystView.all.map(\.name) }

    private static func view(of table: Table) -> [String] {
        let columns = UnifiedTables.storedColumns(of: table).filter {
            $0.name != "deleted_at" && $0.name != "tombstone_id"
        }
        let list = columns.map { UnifiedTables.quoted($0.name) }.joined(separator: ", ")
        return declaration(
            of: "v_\(table.name)",
            "SELECT \(list) FROM \(UnifiedTables.quoted(table.name.rawValue)) WHERE deleted_at IS NULL",
            meaning: "\(table.meaning) Only what is there at the source.",
            columns: columns.map { ($0.name, $0.meaning) }
        )
    }

    private static func view(_ view: AnalystView) -> [String] {
        declaration(
            of: view.name, view.postgres, meaning: view.meaning, columns: view.columns.map { ($0.name, $0.meaning) })
    }

    /// Views look as the one who asks (`security_invoker`): row-level security holds within them. Renewing a view in
    /// place keeps what others made upon it; where its columns no longer allow that, it is made anew.
    private static func declaration(
        of name: String, _ query: String, meaning: String, columns: [(name: String, meaning: String)]
    ) -> [String] {
        let quoted = UnifiedTables.quoted(name)
        let creation = "VIEW \(quoted) WITH (security_invoker = true) AS \(query)"
        let comments = columns.map { column in
            """
            COMMENT ON COLUMN \(quoted).\(UnifiedTables.quoted(column.name)) \
            IS \(PostgresUnifiedTables.literal(column.meaning))
            """
        }
        return [
            """
            DO $view$ BEGIN
                CREATE OR REPLACE \(creation);
            EXCEPTION WHEN invalid_table_definition THEN
                DROP VIEW \(quoted);
                CREATE \(creation);
            END $view$
            """,
            (["COMMENT ON VIEW \(quoted) IS \(PostgresUnifiedTables.literal(meaning))"] + comments)
                .joined(separator: ";\n"),
        ]
    }
}
