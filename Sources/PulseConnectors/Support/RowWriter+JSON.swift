package import PulseDomain
package import PulseJSON

extension RowWriter {
    /// Writes the text of a string, or the digits of a number; leaves the cell null for anything else.
    package mutating func set(_ column: Columns, json value: JSONValue) {
        if let text = value.utf8 {
            text.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress, memchrFindsNUL(start, bytes.count) else {
                    return set(column, appending: { $0.append(contentsOf: bytes) })
                }
                set(column, utf8: bytes)
            }
        } else if value.kind == .number {
            set(column, value.text)
        }
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

/// Whether a NUL is among `count` bytes.
private func memchrFindsNUL(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var index = 0
    while index < count {
        if start[index] == 0 { return true }
        index += 1
    }
    return false
}

extension JSONValue {
    /// The number, also of a string that holds one.
    package var lenientDouble: Double? {
        double ?? string.flatMap { text in Double(text).flatMap { $0.isFinite ? $0 : nil } }
    }

    /// The integer, also of a string that holds one.
    package var lenientInteger: Int64? { int64 ?? string.flatMap { Int64($0) } }
}
