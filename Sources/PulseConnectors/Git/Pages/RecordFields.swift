import PulseDomain

/// One record of a page, cut into its fields.
struct RecordFields {
    /// The record with its mark, as it came.
    let bytes: ArraySlice<UInt8>
    /// Fewer than the format has when it was cut off.
    let fields: [ArraySlice<UInt8>]
    /// What follows the fields.
    let rest: ArraySlice<UInt8>

    /// Calls `body` for each record from `start` on.
    static func forEach(in page: [UInt8], from start: Int, fieldCount: Int, _ body: (RecordFields) -> Void) {
        var index = start
        var fields: [ArraySlice<UInt8>] = []
        while let mark = page[index...].firstIndex(of: RecordSplitter.mark) {
            fields.removeAll(keepingCapacity: true)
            index = mark + 1
            while fields.count < fieldCount, let end = page[index...].firstIndex(of: 0) {
                fields.append(page[index..<end])
                index = end + 1
            }
            let end =
                fields.count < fieldCount
                ? page.endIndex : page[index...].firstIndex(of: RecordSplitter.mark) ?? page.endIndex
            body(RecordFields(bytes: page[mark..<end], fields: fields, rest: page[index..<end]))
            index = end
        }
    }

    /// The field as UTF-8, or `nil` when it is empty.
    func text(_ field: Int) -> ArraySlice<UInt8>? {
        let bytes = fields[field]
        return bytes.isEmpty ? nil : TextRepair.utf8(bytes)
    }

    func string(_ field: Int) -> String { String(decoding: TextRepair.utf8(fields[field]), as: UTF8.self) }

    /// A time in seconds since 1970, `nil` for none and for one before year 1 or after year 9999: broken tools write any
    /// number, and neither SQL's dates nor people know such years.
    func instant(_ field: Int) -> Instant? {
        guard let seconds = Int64(String(decoding: fields[field], as: UTF8.self)),
            (-62_135_596_800...253_402_300_799).contains(seconds)
        else { return nil }
        return Instant(seconds: seconds)
    }
}

/// Text of unknown encoding made UTF-8.
enum TextRepair {
    /// The bytes themselves when they are UTF-8; else every byte that is not part of it is read as Windows-1252, which
    /// is what names and messages of old commits without an `encoding` header mostly are.
    static func utf8(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if bytes.withUnsafeBytes(isPlain) || isValid(bytes) { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 16)
        var rest = bytes
        while let lead = rest.first {
            let count = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
            if rest.count >= count, isValid(rest.prefix(count)) {
                result.append(contentsOf: rest.prefix(count))
                rest = rest.dropFirst(count)
            } else {
                result.append(contentsOf: String(windows1252(lead)).utf8)
                rest = rest.dropFirst()
            }
        }
        return result[...]
    }

    /// The longest beginning of at most `limit` bytes that does not end within a character. `bytes` is UTF-8.
    static func prefix(_ bytes: ArraySlice<UInt8>, limit: Int) -> ArraySlice<UInt8> {
        guard bytes.count > limit else { return bytes }
        var end = bytes.startIndex + limit
        while end > bytes.startIndex, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return bytes[..<end]
    }

    private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.allSatisfy { $0 < 0x80 } }

    private static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? UTF8Span(validating: bytes.span)) != nil
    }

    /// https://encoding.spec.whatwg.org/index-windows-1252.txt
    private static func windows1252(_ byte: UInt8) -> Character {
        let high: [Unicode.Scalar] = [
            "€", "\u{81}", "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "\u{8D}", "Ž", "\u{8F}", "\u{90}",
            "‘",
            "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "\u{9D}", "ž", "Ÿ",
        ]
        return Character((0x80...0x9F).contains(byte) ? high[Int(byte - 0x80)] : Unicode.Scalar(byte))
    }
}
