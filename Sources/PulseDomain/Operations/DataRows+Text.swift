extension Table {
    /// Its own columns and then those that every table has, as the values of a ``DataRow`` are.
    package var allColumns: [Column] { columns + Self.provenance }
}

extension DataRow {
    /// What it is known by; `nil` when it is no row of that table.
    package func id(in table: Table) -> RowID? {
        guard let source = text(of: "source", in: table), let id = text(of: "id", in: table) else { return nil }
        return RowID(source: SourceID(source), id: id)
    }

    /// The value of a column; null where there is none.
    package func value(of column: String, in table: Table) -> RowValue {
        guard let place = table.allColumns.firstIndex(where: { $0.name == column }), values.indices.contains(place)
        else { return .null }
        return values[place]
    }

    private func text(of column: String, in table: Table) -> String? {
        if case .text(let text) = value(of: column, in: table) { text } else { nil }
    }
}

extension RowValue {
    /// A value as somebody writes it: `true`, `42`, `2026-11-23T09:00:00Z`; `nil` when the column cannot hold it.
    package init?(text: String, as type: ColumnType) {
        switch type {
        case .text, .json: self = .text(text)
        case .integer:
            guard let integer = Int64(text) else { return nil }
            self = .integer(integer)
        case .real:
            guard let real = Double(text), real.isFinite else { return nil }
            self = .real(real)
        case .boolean:
            guard text == "true" || text == "false" else { return nil }
            self = .integer(text == "true" ? 1 : 0)
        case .instant:
            guard let instant = Instant(parsing: text) else { return nil }
            self = .integer(instant.microseconds)
        }
    }

    /// As ``init(text:as:)`` reads it; `nil` for null.
    package func text(as type: ColumnType) -> String? {
        switch (type, self) {
        case (_, .null): nil
        case (.boolean, .integer(let flag)): flag != 0 ? "true" : "false"
        case (.instant, .integer(let time)): Instant(microseconds: time).iso8601
        case (_, .integer(let integer)): String(integer)
        case (_, .real(let real)): String(real)
        case (_, .text(let text)): text
        }
    }
}
