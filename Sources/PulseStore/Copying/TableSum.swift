import Foundation
import PulseDomain

/// What the rows of a table come to, whatever their order: equal for the same content in another database.
///
/// It finds accidents, not adversaries: two sums of 64 bits over hashes of rows.
package struct TableSum: Sendable, Hashable, Codable {
    package private(set) var rows = 0
    private var first: UInt64 = 0
    private var second: UInt64 = 0

    package init() {}

    mutating func add(_ values: [SQLValue], of columns: [CopiedTable.Column]) {
        var hash = RowHash()
        for (value, column) in zip(values, columns) {
            hash.add(column.kind.normal(value), isJSON: column.kind == .json)
        }
        rows += 1
        first &+= hash.first
        second &+= hash.second
    }
}

/// The hash of one row.
private struct RowHash {
    private(set) var first: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var second: UInt64 = 0x9e37_79b9_7f4a_7c15

    mutating func add(_ value: SQLValue, isJSON: Bool) {
        switch value {
        case .null: mix(0)
        case .boolean(let flag): mix(flag ? 2 : 1)
        case .integer(let integer): mix(3, UInt64(bitPattern: integer))
        case .real(let real): mix(4, real.bitPattern)
        case .instant(let instant): mix(5, UInt64(bitPattern: instant.microseconds))
        case .text(let text): add(isJSON ? Self.canonical(text) : Array(text.utf8))
        case .bytes(let bytes): add(bytes)
        }
    }

    private mutating func add(_ bytes: [UInt8]) {
        mix(6, UInt64(bytes.count))
        bytes.withUnsafeBytes { raw in
            var offset = 0
            while offset + 8 <= raw.count {
                mix(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset += 8
            }
            var rest: UInt64 = 0
            for index in offset..<raw.count { rest = rest << 8 | UInt64(raw[index]) }
            mix(rest)
        }
    }

    private mutating func mix(_ kind: UInt64, _ word: UInt64) {
        mix(kind)
        mix(word)
    }

    private mutating func mix(_ word: UInt64) {
        first = (first ^ word) &* 0x0000_0100_0000_01b3
        first ^= first >> 29
        second = (second &+ word) &* 0xff51_afd7_ed55_8ccd
        second ^= second >> 33
    }

    /// PostgreSQL keeps a document in its own order and spacing (manual, "JSON Types").
    private static func canonical(_ json: String) -> [UInt8] {
        guard let value = try? JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed),
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        else { return Array(json.utf8) }
        return Array(data)
    }
}
