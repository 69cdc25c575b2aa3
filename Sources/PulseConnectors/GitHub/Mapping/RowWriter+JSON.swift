import PulseDomain
import PulseJSON

extension RowWriter {
    /// Copies the text as it is; leaves the cell null for anything but a string.
    mutating func set(_ column: Columns, text value: JSONValue) {
        guard let utf8 = value.utf8 else { return }
        utf8.withUnsafeBufferPointer { set(column, utf8: $0) }
    }

    /// `left:right`.
    mutating func set(_ column: Columns, _ left: String, joinedWith right: JSONValue) {
        guard let right = right.utf8 else { return }
        var bytes = Array(left.utf8)
        bytes.append(UInt8(ascii: ":"))
        right.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        set(column, utf8: bytes)
    }

    /// The members `name` of the elements of an array, as a JSON array.
    mutating func set(_ column: Columns, arrayOf name: StaticString, in elements: JSONValue) {
        set(
            column,
            appending: { arena in
                arena.append(UInt8(ascii: "["))
                var isFirst = true
                elements.forEachElement { element in
                    let value = element[name]
                    guard value.kind == .string else { return }
                    if !isFirst { arena.append(UInt8(ascii: ",")) }
                    isFirst = false
                    value.appendJSON(to: &arena)
                }
                arena.append(UInt8(ascii: "]"))
            })
    }
}
