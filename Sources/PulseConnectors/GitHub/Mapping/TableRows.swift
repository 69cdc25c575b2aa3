import Foundation
import PulseDomain
import PulseJSON

/// Rows of one table, written with its columns' names.
///
/// What `RowWriter` is, compiled within this module: generic code of another module is not specialised, which made
/// writing rows slower than reading the page. Texts go from the page to the batch without becoming Swift strings.
struct TableRows<Columns: TableColumns>: Sendable {
    private(set) var batch = RowBatch(UnifiedSchema.table(of: Columns.self))

    mutating func beginRow(record: Int) { batch.beginRow(record: record) }

    mutating func set(_ column: Columns, _ text: String?) {
        guard var text else { return }
        text.withUTF8 { append($0, column) }
    }

    mutating func set(_ column: Columns, _ integer: Int64?) {
        if let integer { batch.set(column.rawValue, integer: integer) }
    }

    mutating func set(_ column: Columns, _ real: Double) { batch.set(column.rawValue, real: real) }

    mutating func set(_ column: Columns, _ flag: Bool?) {
        if let flag { batch.set(column.rawValue, integer: flag ? 1 : 0) }
    }

    mutating func set(_ column: Columns, _ instant: Instant?) {
        if let instant { batch.set(column.rawValue, integer: instant.microseconds) }
    }

    /// Copies the text as it is; leaves the cell null for anything but a string.
    mutating func set(_ column: Columns, text value: JSONValue) {
        guard let utf8 = value.utf8 else { return }
        utf8.withUnsafeBufferPointer { append($0, column) }
    }

    /// The members `name` of the elements of an array, as a JSON array.
    mutating func set(_ column: Columns, arrayOf name: StaticString, in elements: JSONValue) {
        batch.set(column.rawValue) { arena in
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
        }
    }

    /// Appends text without NUL characters, which PostgreSQL cannot hold.
    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ column: Columns) {
        batch.set(column.rawValue) { arena in
            guard let start = text.baseAddress else { return }
            if memchr(start, 0, text.count) != nil {
                for byte in text where byte != 0 { arena.append(byte) }
            } else {
                arena.append(contentsOf: text)
            }
        }
    }
}

extension JSONValue {
    /// A time as GitHub writes it; `nil` for anything else.
    var instant: Instant? {
        guard let utf8 else { return nil }
        return utf8.withUnsafeBufferPointer { Self.plainInstant($0) ?? Instant(parsing: $0) }
    }

    /// `2026-01-02T03:04:05Z`, as nearly every time is written; `nil` for all other forms.
    private static func plainInstant(_ text: UnsafeBufferPointer<UInt8>) -> Instant? {
        guard text.count == 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            text[19] == UInt8(ascii: "Z")
        else { return nil }
        var isNumeric = true
        func pair(_ index: Int) -> Int {
            let (tens, ones) = (Int(text[index]) - 0x30, Int(text[index + 1]) - 0x30)
            if !(0...9).contains(tens) || !(0...9).contains(ones) { isNumeric = false }
            return tens * 10 + ones
        }
        let civil = CivilTime(
            year: pair(0) * 100 + pair(2), month: pair(5), day: pair(8), hour: pair(11), minute: pair(14),
            second: pair(17))
        guard isNumeric, (1...12).contains(civil.month), (1...31).contains(civil.day), civil.hour < 25,
            civil.minute < 60, civil.second < 61
        else { return nil }
        return Instant(civil)
    }
}
