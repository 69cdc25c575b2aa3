import PulseDomain

/// SQL that declares the unified tables in PostgreSQL, made from `UnifiedSchema`.
enum PostgresUnifiedTables {
    /// Creates what is missing; what is there is left as it is, except comments.
    static func declaration(of table: Table) -> [String] {
        let name = UnifiedTables.quoted(table.name.rawValue)
        let columns = UnifiedTables.storedColumns(of: table)
        var statements = [
            """
            CREATE TABLE IF NOT EXISTS \(name) (
            \(columns.map { "    \(definition(of: $0))" }.joined(separator: ",\n")),
                PRIMARY KEY (tenant, source, id)
            )
            """
        ]
        for column in table.columns {
            statements.append("ALTER TABLE \(name) ADD COLUMN IF NOT EXISTS \(definition(of: column, isAdded: true))")
        }
        for index in UnifiedTables.indexes(of: table) {
            statements.append(
                index.sql.replacing("CREATE INDEX ", with: "CREATE INDEX IF NOT EXISTS ", maxReplacements: 1))
        }
        statements.append("COMMENT ON TABLE \(name) IS \(literal(table.meaning))")
        for column in columns {
            statements.append(
                "COMMENT ON COLUMN \(name).\(UnifiedTables.quoted(column.name)) IS \(literal(column.meaning))")
        }
        return statements
    }

    /// The type of a column.
    static func type(of column: Column) -> String {
        switch column.type {
        case .text: "text"
        case .json: "jsonb"
        case .integer: "bigint"
        case .boolean: "boolean"
        case .instant: "timestamptz"
        case .real: "double precision"
        }
    }

    private static func definition(of column: Column, isAdded: Bool = false) -> String {
        let name = UnifiedTables.quoted(column.name)
        // Ids are compared byte by byte, as SQLite does: pages of a list go on where they ended on every machine.
        let collation = column.type == .text ? " COLLATE \"C\"" : ""
        guard !column.isNullable else { return "\(name) \(type(of: column))\(collation)" }
        return "\(name) \(type(of: column))\(collation) NOT NULL\(isAdded ? " DEFAULT \(filler(of: column))" : "")"
    }

    /// What rows that are there get in a column that a newer Pulse declares.
    private static func filler(of column: Column) -> String {
        switch column.type {
        case .text: "''"
        case .json: "'null'"
        case .integer, .real: "0"
        case .boolean: "FALSE"
        case .instant: "'epoch'"
        }
    }

    /// A text as SQL writes it.
    static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
