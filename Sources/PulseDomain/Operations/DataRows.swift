/// A table of the unified schema and how much it holds.
package struct TableStatus: Sendable, Hashable, Codable {
    package var name: TableName
    /// Rows that are there (not tombstoned).
    package var rows: Int

    package init(name: TableName, rows: Int) {
        self.name = name
        self.rows = rows
    }
}

/// What a row of a unified table is known by.
package struct RowID: Sendable, Hashable, Codable, Comparable {
    package var source: SourceID
    package var id: String

    package init(source: SourceID, id: String) {
        self.source = source
        self.id = id
    }

    package static func < (left: RowID, right: RowID) -> Bool { (left.source, left.id) < (right.source, right.id) }
}

/// Which rows of a unified table to list, by source and id.
package struct RowFilter: Sendable, Hashable, Codable {
    /// A column and the value that it has to have, as the column's type has it; ``RowValue/null`` for none.
    package struct Condition: Sendable, Hashable, Codable {
        package var column: String
        package var value: RowValue

        package init(column: String, value: RowValue) {
            self.column = column
            self.value = value
        }
    }

    package var table: TableName
    /// All of them hold.
    package var conditions: [Condition]
    /// Also rows that were found gone at the source.
    package var includesDeleted: Bool
    /// Only rows behind this one: the last of the page before. `nil` for the first.
    package var after: RowID?
    package var limit: Int

    package init(
        table: TableName, conditions: [Condition] = [], includesDeleted: Bool = false, after: RowID? = nil,
        limit: Int = 100
    ) {
        self.table = table
        self.conditions = conditions
        self.includesDeleted = includesDeleted
        self.after = after
        self.limit = limit
    }
}

/// A row of a unified table: values of the table's columns and then of ``Table/provenance``, in their order.
package struct DataRow: Sendable, Hashable, Codable {
    package var values: [RowValue]

    package init(values: [RowValue]) { self.values = values }
}
