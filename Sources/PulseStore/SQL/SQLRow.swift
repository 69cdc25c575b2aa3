/// One row that a statement returned.
package struct SQLRow: Sendable {
    /// The names of a result's columns.
    final class Columns: Sendable {
        fileprivate let positions: [String: Int]

        init(_ names: [String]) {
            positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private let columns: Columns
    let values: [SQLValue]

    init(_ columns: Columns, _ values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of the column of this name; throws when there is none, or one of another kind: the database was changed
    /// by something else.
    subscript<Value: SQLReadable>(_ column: String) -> Value {
        get throws {
            guard let position = columns.positions[column], let value = Value(values[position]) else {
                throw StoredValueError(description: "column \(column)")
            }
            return value
        }
    }
}
