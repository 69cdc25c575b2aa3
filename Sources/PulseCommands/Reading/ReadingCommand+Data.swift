import PulseConfiguration
import PulseConsole
import PulseDomain

/// Looks at what was loaded.
extension ReadingCommand {
    /// What is asked of a table.
    package struct RowWishes: Sendable, Hashable {
        package var table: String
        /// `column=value`, or words that a row has to have.
        package var words: [String]
        /// Those that are shown; empty: those that hold something.
        package var columns: [String]
        package var includesDeleted: Bool
        package var limit: Int

        package init(table: String, words: [String], columns: [String], includesDeleted: Bool, limit: Int) {
            self.table = table
            self.words = words
            self.columns = columns
            self.includesDeleted = includesDeleted
            self.limit = limit
        }
    }

    package static var tableNames: [String] { UnifiedSchema.tables.map(\.name.rawValue) }

    /// The unified tables with their rows.
    package func tables() async throws {
        try await reading { access in
            let tables = try await access.operations.tables()
            let rows = tables.map { table in
                [
                    table.name.rawValue, Figures.count(table.rows),
                    UnifiedSchema.table(table.name)?.meaning ?? "",
                ]
            }
            try show(
                try JSONText.document(
                    tables.map { ["table": $0.name.rawValue, "rows": $0.rows] as JSONObject }),
                else: TextTable(["TABLE", "ROWS", "WHAT A ROW IS"], numbers: [1], rows: rows)
                    .text(context.output, empty: "There are no tables."))
        }
    }

    /// Rows of a table, in the order of source and id.
    package func rows(_ wanted: RowWishes) async throws {
        let table = try Self.table(wanted.table)
        let query: RowQuery
        do {
            query = try RowQuery(words: wanted.words, of: table)
        } catch {
            throw CommandError(.usage, error.sentence, remedy: error.remedy)
        }
        if let unknown = wanted.columns.first(where: { name in !table.allColumns.contains { $0.name == name } }) {
            throw Self.unknown("column \(unknown) in \(table.name)", unknown, among: table.allColumns.map(\.name))
        }
        try await reading { access in
            var found: [DataRow] = []
            var filter = RowFilter(
                table: table.name, conditions: query.conditions, includesDeleted: wanted.includesDeleted,
                limit: query.words.isEmpty ? wanted.limit : 1_000)
            while found.count < wanted.limit {
                let read = try await access.operations.rows(filter)
                found += read.filter { query.fits($0, of: table) }
                guard read.count == filter.limit, let last = read.last?.id(in: table) else { break }
                filter.after = last
            }
            found = Array(found.prefix(wanted.limit))
            try show(
                try JSONText.document(found.map { JSONObject($0, of: table, wanted.columns) }),
                else: text(found, of: table, wanted))
            noteCut(found.count, at: wanted.limit)
        }
    }

    private func text(_ rows: [DataRow], of table: Table, _ wanted: RowWishes) -> String {
        let columns =
            wanted.columns.isEmpty
            ? RowColumns(table, holding: rows, includesDeleted: wanted.includesDeleted)
            : RowColumns(table, named: wanted.columns)
        let numbers = columns.columns.indices.filter { columns.columns[$0].column.type.isNumber }
        return TextTable(
            columns.columns.map { $0.column.name.uppercased() }, numbers: Set(numbers), rows: rows.map(columns.texts)
        ).text(context.output, empty: "\(table.name) has no such row.")
    }

    private static func table(_ name: String) throws -> Table {
        if let table = UnifiedSchema.table(TableName(name)) { return table }
        throw unknown("table \(name)", name, among: UnifiedSchema.tables.map(\.name.rawValue))
    }

    private static func unknown(_ what: String, _ name: String, among names: [String]) -> CommandError {
        let meant = nearestName(to: name, among: names).map { "Did you mean \($0)? " } ?? ""
        return CommandError(
            .usage, "There is no \(what).", remedy: "\(meant)There are \(names.joined(separator: ", ")).")
    }
}

extension JSONObject {
    /// A row with all columns, or those that are named.
    fileprivate init(_ row: DataRow, of table: Table, _ names: [String]) {
        self.init(
            zip(row.values, table.allColumns).compactMap { value, column in
                guard names.isEmpty || names.contains(column.name) else { return nil }
                return (column.name, Self.json(value, column.type))
            })
    }

    private static func json(_ value: RowValue, _ type: ColumnType) -> (any Encodable)? {
        switch (type, value) {
        case (_, .null): nil
        case (.boolean, .integer(let flag)): flag != 0
        case (.instant, .integer(let time)): Instant(microseconds: time).iso8601
        case (_, .integer(let integer)): integer
        case (_, .real(let real)): real
        case (_, .text(let text)): text
        }
    }
}
