package import PulseDomain
import PulseTerminal

/// Which columns of a table a list shows: those that hold something, in the table's order. The screen and the plain twin
/// share it.
package struct RowColumns: Sendable {
    package struct Place: Sendable {
        package var column: Column
        /// Where its value stands in a row.
        package var position: Int
        /// Cells of the widest text.
        package var widest: Int
    }

    package private(set) var columns: [Place] = []

    /// - Parameter rows: What is looked at to find out.
    package init(_ table: Table, holding rows: [DataRow], includesDeleted: Bool) {
        let hasSources = Set(rows.map { $0.value(of: "source", in: table) }).count > 1
        for (position, column) in table.allColumns.enumerated() {
            // Of what every table has, only what tells rows apart.
            let isOwn = position < table.columns.count
            guard isOwn || column.name == "source" && hasSources || column.name == "deleted_at" && includesDeleted
            else {
                continue
            }
            // Documents have no place in a line.
            guard column.type != .json else { continue }
            let widest = rows.map { TerminalText.width(RowText.cell($0.values[position], column.type)) }.max() ?? 0
            guard widest > 0 || rows.isEmpty else { continue }
            columns.append(Place(column: column, position: position, widest: widest))
        }
    }

    /// - Parameter names: Those that are shown, in this order; none that the table has not got.
    package init(_ table: Table, named names: [String]) {
        columns = names.compactMap { name in
            table.allColumns.firstIndex { $0.name == name }.map {
                Place(column: table.allColumns[$0], position: $0, widest: 0)
            }
        }
    }

    package func texts(_ row: DataRow) -> [String] {
        columns.map { RowText.cell(row.values[$0.position], $0.column.type) }
    }
}

extension ColumnType {
    package var isNumber: Bool { self == .integer || self == .real }
}
