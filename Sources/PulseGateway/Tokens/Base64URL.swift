/// Unpadded base64url (RFC 4648 section 5), as JWS asks for it (RFC 7515 section 2).
enum Base64URL {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encoded(_ bytes: some Collection<UInt8>) -> String {
        String(unsafeUninitializedCapacity: (bytes.count * 4 + 2) / 3) { text in
            var (count, bits, waiting) = (0, UInt32(0), 0)
            func put(_ digit: UInt32) {
                text[count] = digits[Int(digit & 0x3F)]
                count += 1
            }
            for byte in bytes {
                bits = bits << 8 | UInt32(byte)
                waiting += 8
                while waiting >= 6 {
                    waiting -= 6
                    put(bits >> UInt32(waiting))
                }
            }
            if waiting > 0 { put(bits << UInt32(6 - waiting)) }
            return count
        }
    }

    /// `nil` unless `text` is the one way to write some bytes: no padding, no other characters, no stray bits at the
    /// end. A second spelling of a signature would be a second token.
    static func decoded(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 3 / 4)
        var (bits, waiting) = (UInt32(0), 0)
        for character in text.utf8 {
            guard let digit = value(character) else { return nil }
            bits = bits << 6 | digit
            waiting += 6
            if waiting >= 8 {
                waiting -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(waiting)))
            }
        }
        // Six bits are no byte, and those of the last digit that belong to none are zero.
        guard waiting < 6, bits & (1 << UInt32(waiting) - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
