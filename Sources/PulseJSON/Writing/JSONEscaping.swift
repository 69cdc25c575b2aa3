/// How text becomes a JSON string (RFC 8259 section 7): only what must be escaped is.
enum JSONEscaping {
    /// Appends the text in quotes. It has to be UTF-8.
    static func appendString(
        _ text: UnsafeBufferPointer<UInt8>, nulCharacters: NULCharacters = .kept, to output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "\""))
        var begin = 0
        while true {
            let end = indexOfSpecial(in: text, from: begin)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: text[begin..<end]))
            guard end < text.count else { break }
            append(special: text[end], nulCharacters: nulCharacters, to: &output)
            begin = end + 1
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends `\n`, `\u001b` and the like.
    static func append(controlCharacter byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            output.append(contentsOf: "u00".utf8)
            output.append(hexadecimalDigit(byte >> 4))
            output.append(hexadecimalDigit(byte & 0xF))
        }
    }

    private static func append(special byte: UInt8, nulCharacters: NULCharacters, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            output.append(UInt8(ascii: "\\"))
            output.append(byte)
        case 0 where nulCharacters == .removed: break
        default: append(controlCharacter: byte, to: &output)
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The first byte at or after `begin` that cannot stand for itself, or the count.
    private static func indexOfSpecial(in text: UnsafeBufferPointer<UInt8>, from begin: Int) -> Int {
        let raw = UnsafeRawBufferPointer(text)
        var index = begin
        while index + 8 <= raw.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let special = specialBytes(of: word)
            if special != 0 { return index + special.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < raw.count {
            let byte = raw[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            index += 1
        }
        return index
    }

    /// The high bit of each byte that is special; bytes above the lowest such may be marked wrongly, as borrows carry.
    private static func specialBytes(of word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let control = (word &- ones &* 0x20) & ~word
        return (control | (quote &- ones) & ~quote | (backslash &- ones) & ~backslash) & (ones &* 0x80)
    }
}
