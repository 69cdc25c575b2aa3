/// What a column holds.
package enum ColumnType: String, Sendable, Hashable, Codable {
    case text
    /// 64-bit signed.
    case integer
    /// IEEE 754 double.
    case real
    case boolean
    /// A UTC ``Instant``: `timestamptz` in PostgreSQL, microseconds since 1970 in SQLite.
    case instant
    /// A JSON document as text.
    case json
}

/// One column of a unified table.
package struct Column: Sendable, Hashable {
    package let name: String
    package let type: ColumnType
    package let isNullable: Bool
    /// What it means, for `COMMENT ON` and for the data browser.
    package let meaning: String
    /// The table whose `id` (of the same tenant and source) this column holds.
    package let refersTo: TableName?
    /// Whether the store derives it from other rows: connectors leave it null and merging leaves it alone.
    package var isDerived = false

    package static func key(_ name: String, _ meaning: String) -> Column {
        Column(name: name, type: .text, isNullable: false, meaning: meaning, refersTo: nil)
    }
    package static func required(_ name: String, _ type: ColumnType, _ meaning: String) -> Column {
        Column(name: name, type: type, isNullable: false, meaning: meaning, refersTo: nil)
    }
    package static func optional(_ name: String, _ type: ColumnType, _ meaning: String) -> Column {
        Column(name: name, type: type, isNullable: true, meaning: meaning, refersTo: nil)
    }
    package static func derived(_ name: String, _ type: ColumnType, _ meaning: String) -> Column {
        var column = Column(name: name, type: type, isNullable: true, meaning: meaning, refersTo: nil)
        column.isDerived = true
        return column
    }
    package static func reference(_ name: String, to table: TableName, _ meaning: String, required: Bool = false)
        -> Column
    {
        Column(name: name, type: .text, isNullable: !required, meaning: meaning, refersTo: table)
    }
}

/// The columns of one unified table, declared once: a case for each, whose raw value is its position.
///
/// The first case is always `id`, the provider's own identifier, unique within (tenant, source).
package protocol TableColumns: RawRepresentable, CaseIterable, Sendable, Hashable where RawValue == Int {
    static var table: TableName { get }
    /// What a row is, in one sentence.
    static var meaning: String { get }
    /// The reference whose row owns this one: tombstones of the owner reach its rows. `nil` for independent tables.
    static var owner: Self? { get }
    /// The column with the provider's time of change: an older version never replaces a newer one. `nil` where
    /// there is none.
    static var version: Self? { get }
    /// Lists of columns that consoles and analysts search by.
    static var indexes: [[Self]] { get }
    var column: Column { get }
}

extension TableColumns {
    package static var owner: Self? { nil }
    package static var version: Self? { nil }
    package static var indexes: [[Self]] { [] }
}

/// A unified table as data: DDL, loading, merging and browsing all come from it.
///
/// The store adds to every table the columns of ``provenance``; the key is (`tenant`, `source`, `id`).
package struct Table: Sendable, Hashable {
    package let name: TableName
    package let meaning: String
    package let columns: [Column]
    /// Position of the owning reference in `columns`.
    package let owner: Int?
    /// Position of the version column in `columns`.
    package let version: Int?
    package let indexes: [[Int]]

    package init<Columns: TableColumns>(_ type: Columns.Type) {
        name = Columns.table
        meaning = Columns.meaning
        columns = Columns.allCases.map(\.column)
        owner = Columns.owner?.rawValue
        version = Columns.version?.rawValue
        indexes = Columns.indexes.map { $0.map(\.rawValue) }
    }

    /// Position of the column called `name`.
    package func position(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

    package static func == (left: Table, right: Table) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The columns that every unified table carries beside its own.
    package static let provenance: [Column] = [
        .required("tenant", .text, "Whose data it is."),
        .required("source", .text, "The configured source that it came from."),
        .required("run_id", .integer, "The run that wrote this version of the row."),
        .optional("page_id", .integer, "The raw page that this version came from, while pages are kept."),
        .required("loaded_at", .instant, "When this version was committed."),
        .optional("deleted_at", .instant, "When the record was found gone at the source; null while it is there."),
        .optional("tombstone_id", .integer, "The finding that set deleted_at, by which it can be undone."),
    ]
}
