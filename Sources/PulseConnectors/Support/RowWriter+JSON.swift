package import PulseJSON

extension RowWriter {
    /// Writes the text of a string, or the digits of a number; leaves the cell null for anything else.
    package mutating func set(_ column: Columns, json value: JSONValue) {
        if let text = value.utf8 {
            text.withUnsafeBufferPointer { set(column, utf8: $0) }
        } else if value.kind == .number {
            set(column, value.text)
        }
    }

    /// Writes the text of a string; leaves the cell null for anything else.
    package mutating func set(_ column: Columns, text value: JSONValue) {
        value.utf8?.withUnsafeBufferPointer { set(column, utf8: $0) }
    }

    /// Writes the members `name` of the elements of an array, as far as they are strings, as a JSON array.
    package mutating func set(_ column: Columns, arrayOf name: StaticString, in array: JSONValue) {
        set(
            column,
            appending: { output in
                output.append(UInt8(ascii: "["))
                var isFirst = true
                var elements = array.elements
                while let element = elements.next() {
                    let value = element[name]
                    guard value.kind == .string else { continue }
                    if !isFirst { output.append(UInt8(ascii: ",")) }
                    isFirst = false
                    value.appendJSON(to: &output)
                }
                output.append(UInt8(ascii: "]"))
            })
    }

    /// Writes the value as a JSON document; leaves the cell null when it is missing or null.
    package mutating func set(_ column: Columns, document value: JSONValue) {
        guard !value.isMissing, !value.isNull else { return }
        set(column, appending: { value.appendJSON(to: &$0) })
    }

    /// Writes the moment that a string tells; leaves the cell null when it is none.
    package mutating func set(_ column: Columns, moment value: JSONValue) {
        set(column, value.moment)
    }
}

extension JSONValue {
    /// The number, also of a string that holds one.
    package var lenientDouble: Double? {
        double ?? string.flatMap { text in Double(text).flatMap { $0.isFinite ? $0 : nil } }
    }

    /// The integer, also of a string that holds one.
    package var lenientInteger: Int64? { int64 ?? string.flatMap { Int64($0) } }
}
