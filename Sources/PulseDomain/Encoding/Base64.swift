/// Base64 (RFC 4648): the alphabet of section 4, and that of section 5 for addresses, names and JWS.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlAlphabet = Array(alphabet.dropLast(2)) + Array("-_".utf8)

    /// With padding, of the alphabet of section 4.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output = digits(of: bytes, from: alphabet)
        while output.count % 4 != 0 { output.append(UInt8(ascii: "=")) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Without padding, of the alphabet of section 5, as JWS asks for it (RFC 7515 section 2).
    package static func encodeForURL(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: digits(of: bytes, from: urlAlphabet), as: UTF8.self)
    }

    private static func digits(of bytes: some Collection<UInt8>, from alphabet: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity((bytes.count + 2) / 3 * 4)
        var pending: UInt32 = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(pending >> UInt32(bits) & 63)])
            }
        }
        if bits > 0 { output.append(alphabet[Int(pending << UInt32(6 - bits) & 63)]) }
        return output
    }

    /// `nil` for anything but whole groups of the alphabet of section 4 with padding at the end, whose unused bits are
    /// zero.
    package static func decode(_ text: String) -> [UInt8]? {
        let length = text.utf8.count
        let padding = text.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard length % 4 == 0, padding <= 2, !text.utf8.dropLast(padding).contains(UInt8(ascii: "=")),
            !text.utf8.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }),
            let (bytes, rest) = read(text), rest == 0
        else { return nil }
        return bytes
    }

    /// `nil` unless `text` is the one way to write some bytes as ``encodeForURL(_:)`` does: no padding, no other
    /// characters, no stray bits at the end. A second spelling of a signature would be a second token.
    package static func decodeFromURL(_ text: some StringProtocol) -> [UInt8]? {
        // A single digit after whole groups is no byte.
        guard text.utf8.count % 4 != 1, !text.utf8.contains(where: { "+/=".utf8.contains($0) }),
            let (bytes, rest) = read(text), rest == 0
        else { return nil }
        return bytes
    }

    /// `nil` for text that is no Base64; both alphabets are read, padding may be missing.
    package static func decodeLeniently(_ text: String) -> [UInt8]? { read(text)?.bytes }

    /// The bytes, and the bits that are left.
    private static func read(_ text: some StringProtocol) -> (bytes: [UInt8], rest: UInt32)? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var bits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return nil
            }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            }
            pending &= (1 << UInt32(bits)) - 1
        }
        return (output, pending)
    }
}
