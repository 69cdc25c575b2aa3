extension JSONRepairer {
    /// How an escape sequence reads.
    enum Escape: Equatable {
        case valid, loneSurrogate
    }

    /// Moves past the escape sequence at the position, both halves of a surrogate pair included.
    mutating func readEscape() throws(JSONError) -> Escape {
        switch byte(at: position + 1) {
        case nil: throw .truncated(afterBytes: input.count)
        case UInt8(ascii: "u"): break
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
            return .valid
        default: throw .malformed(atByte: position, expected: .escape)
        }
        guard let first = codeUnit(at: position) else {
            // Cut off, unless one of the digits that are there is none.
            for offset in position + 2..<position + 6 {
                guard let digit = byte(at: offset) else { throw .truncated(afterBytes: input.count) }
                guard Self.hexadecimal(digit) != nil else { break }
            }
            throw .malformed(atByte: position, expected: .escape)
        }
        position += 6
        switch first {
        case 0xD800...0xDBFF:
            guard let second = codeUnit(at: position), (0xDC00...0xDFFF).contains(second) else { return .loneSurrogate }
            position += 6
            return .valid
        case 0xDC00...0xDFFF: return .loneSurrogate
        default: return .valid
        }
    }

    /// The code unit that `\uXXXX` at `position` stands for; nil when there is no such escape.
    private func codeUnit(at position: Int) -> UInt16? {
        guard byte(at: position) == UInt8(ascii: "\\"), byte(at: position + 1) == UInt8(ascii: "u") else { return nil }
        var unit: UInt16 = 0
        for offset in position + 2..<position + 6 {
            guard let digit = byte(at: offset).flatMap(Self.hexadecimal) else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Moves past the UTF-8 sequence at the position, or past the longest beginning of one that is cut off or broken there
    /// (Unicode 16, section 3.9, table 3-7 and "maximal subpart"); returns whether it was whole.
    mutating func skipUTF8Sequence() -> Bool {
        let lead = input[position]
        position += 1
        let continuations: Int
        var allowed: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: continuations = 1
        case 0xE0...0xEF:
            continuations = 2
            if lead == 0xE0 { allowed = 0xA0...0xBF }
            if lead == 0xED { allowed = 0x80...0x9F }
        case 0xF0...0xF4:
            continuations = 3
            if lead == 0xF0 { allowed = 0x90...0xBF }
            if lead == 0xF4 { allowed = 0x80...0x8F }
        default: return false
        }
        for _ in 0..<continuations {
            guard let byte = current, allowed.contains(byte) else { return false }
            position += 1
            allowed = 0x80...0xBF
        }
        return true
    }

    /// Moves past the number at the position; returns whether it is too wide for simdjson: an integer beyond 64 bits or a
    /// magnitude beyond the largest double.
    mutating func skipNumber(insideContainer: Bool) throws(JSONError) -> Bool {
        let begin = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try skipDigits(from: begin) }
        var isInteger = true
        if current == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try skipDigits(from: begin)
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits(from: begin)
        }
        switch current {
        // A number may be a whole document, but in a container nothing ends with one.
        case nil: if insideContainer { throw .truncated(afterBytes: input.count) }
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x0A, 0x0D, 0x09: break
        default: throw .malformed(atByte: begin, expected: .number)
        }
        let text = input.extracting(begin..<position).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        if isInteger { return Int64(text) == nil && UInt64(text) == nil }
        return Double(text).map { !$0.isFinite } ?? true
    }

    private mutating func skipDigits(from begin: Int) throws(JSONError) {
        guard let first = current else { throw .truncated(afterBytes: input.count) }
        guard (0x30...0x39).contains(first) else { throw .malformed(atByte: begin, expected: .number) }
        while let digit = current, (0x30...0x39).contains(digit) { position += 1 }
    }
}
