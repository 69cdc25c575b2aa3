import PulseDomain

/// SQL that declares the unified tables, made from `UnifiedSchema`.
enum UnifiedTables {
    /// Columns as stored: the key first, then the table's own, then where the row came from.
    static func storedColumns(of table: Table) -> [Column] {
        let key = Table.provenance.prefix(2)
        return Array(key) + table.columns + Table.provenance.dropFirst(2)
    }

    /// `CREATE TABLE`; SQLite keeps the comments, `.schema` in its shell shows them.
    ///
    /// Rowid tables load faster than `WITHOUT ROWID` here: rows are wide, ids arrive in no order, and an entry of an
    /// index costs a rowid and not a whole text key.
    static func declaration(of table: Table) -> String {
        var sql = "CREATE TABLE \(quoted(table.name.rawValue)) ( -- \(commented(table.meaning))\n"
        for column in storedColumns(of: table) {
            sql += "    \(definition(of: column)), -- \(commented(column.meaning))\(unit(of: column))\n"
        }
        return sql + "    PRIMARY KEY (tenant, source, id)\n) STRICT"
    }

    static func definition(of column: Column) -> String {
        "\(quoted(column.name)) \(type(of: column))" + (column.isNullable ? "" : " NOT NULL")
    }

    /// A column that a newer Pulse declares, for a table that exists: rows that are there need a value.
    static func addition(of column: Column, to table: Table) -> String {
        let missing = column.isNullable ? "" : type(of: column) == "TEXT" ? " DEFAULT ''" : " DEFAULT 0"
        return "ALTER TABLE \(quoted(table.name.rawValue)) ADD COLUMN \(definition(of: column))\(missing)"
    }

    /// Indexes by name. Those for keys that texts mention (`PAY-12`) are led by the tenant alone, because the item may
    /// be of any source; all others by tenant and source.
    static func indexes(of table: Table) -> [(name: String, sql: String)] {
        let name = table.name.rawValue
        var indexes = table.indexes.map { positions in
            let columns = positions.map { table.columns[$0].name }
            let leading = columns.first == "key" ? ["tenant"] : ["tenant", "source"]
            let index = "\(name)_by_\(columns.joined(separator: "_"))"
            let list = (leading + columns).map(quoted).joined(separator: ", ")
            return (index, "CREATE INDEX \(quoted(index)) ON \(quoted(name)) (\(list))")
        }
        if table.name == WorkItemAliasColumns.table {
            indexes.append(("\(name)_by_id", "CREATE INDEX \(quoted("\(name)_by_id")) ON \(quoted(name)) (tenant, id)"))
        }
        indexes.append(
            (
                "\(name)_gone",
                """
                CREATE INDEX \(quoted("\(name)_gone")) ON \(quoted(name)) (tenant, tombstone_id)
                WHERE deleted_at IS NOT NULL
                """
            ))
        return indexes
    }

    /// A read-only view for people with the shell: rows that are there, instants as text.
    static func view(of table: Table) -> (name: String, sql: String) {
        let columns = storedColumns(of: table).filter { $0.name != "deleted_at" && $0.name != "tombstone_id" }
        let list = columns.map { column in
            let name = quoted(column.name)
            guard column.type == .instant else { return name }
            return "strftime('%Y-%m-%dT%H:%M:%fZ', \(name) / 1000000.0, 'unixepoch') AS \(name)"
        }
        let name = "v_\(table.name)"
        let sql = """
            CREATE VIEW \(quoted(name)) AS SELECT \(list.joined(separator: ", "))
            FROM \(quoted(table.name.rawValue)) WHERE deleted_at IS NULL
            """
        return (name, sql)
    }

    /// An identifier as SQL writes it.
    static func quoted(_ name: String) -> String {
        "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }

    private static func type(of column: Column) -> String {
        switch column.type {
        case .text, .json: "TEXT"
        case .integer, .boolean, .instant: "INTEGER"
        case .real: "REAL"
        }
    }

    private static func unit(of column: Column) -> String {
        switch column.type {
        case .instant: " Microseconds since 1970 in UTC."
        case .boolean: " 0 or 1."
        case .json: " JSON."
        case .text, .integer, .real: ""
        }
    }

    private static func commented(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
