extension JSONValue {
    /// The string, unescaped, with NUL characters treated as the reader was told; nil for anything but a string.
    package var string: String? {
        tag == JSONTape.Tag.string ? copiedText : nil
    }

    /// The string, or the number in decimal; nil for anything else. Identifiers are strings at one provider and numbers
    /// at the next.
    package var text: String? {
        switch tag {
        case JSONTape.Tag.string, JSONTape.Tag.wideNumber: copiedText
        case JSONTape.Tag.int64: String(signedWord)
        case JSONTape.Tag.uint64: String(tape.words[index + 1])
        case JSONTape.Tag.double: doubleWord.description
        default: nil
        }
    }

    /// The unescaped UTF-8 of the string, lent without a copy (NUL characters included); nil for anything but a string.
    package var utf8: Span<UInt8>? {
        @_lifetime(copy self)
        get {
            guard tag == JSONTape.Tag.string else { return nil }
            // The bytes live in the reader's buffer, which this value's lifetime is bound to.
            return _overrideLifetime(Span(_unsafeElements: tape.bytes(at: index)), copying: self)
        }
    }

    /// Whether this is the string `other`, compared byte by byte, without a copy.
    package func isString(_ other: StaticString) -> Bool {
        tag == JSONTape.Tag.string
            && tape.bytes(at: index, equal: other.utf8Start, count: other.utf8CodeUnitCount)
    }

    /// The integer, also of a number written with a fraction or exponent that is integral (`3.0`); nil beyond 64 bits.
    package var int64: Int64? {
        switch tag {
        case JSONTape.Tag.int64: signedWord
        case JSONTape.Tag.double: Int64(exactly: doubleWord)
        // Above `Int64.max`, or it would have been stored as a signed one.
        default: nil
        }
    }

    /// The integer of 0 or more, as `int64` is.
    package var uint64: UInt64? {
        switch tag {
        case JSONTape.Tag.int64: UInt64(exactly: signedWord)
        case JSONTape.Tag.uint64: tape.words[index + 1]
        case JSONTape.Tag.double: UInt64(exactly: doubleWord)
        default: nil
        }
    }

    /// The number as the nearest double, always finite; nil for anything else and for magnitudes no double holds.
    package var double: Double? {
        switch tag {
        case JSONTape.Tag.int64: return Double(signedWord)
        case JSONTape.Tag.uint64: return Double(tape.words[index + 1])
        case JSONTape.Tag.double: return doubleWord
        case JSONTape.Tag.wideNumber:
            guard let nearest = Double(copiedText), nearest.isFinite else { return nil }
            return nearest
        default: return nil
        }
    }

    package var bool: Bool? {
        switch tag {
        case JSONTape.Tag.yes: true
        case JSONTape.Tag.no: false
        default: nil
        }
    }

    @inline(__always)
    var signedWord: Int64 { Int64(bitPattern: tape.words[index + 1]) }

    @inline(__always)
    var doubleWord: Double { Double(bitPattern: tape.words[index + 1]) }

    private var copiedText: String {
        let bytes = tape.bytes(at: index)
        guard nulCharacters == .removed, bytes.contains(0) else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
    }
}
