/// Reads a document that simdjson refused by the grammar of RFC 8259, byte by byte: either says where and why it is not
/// JSON, or writes a copy that simdjson accepts.
///
/// Mended are halves of surrogate pairs, invalid UTF-8 and unescaped control characters in strings. Numbers beyond 64 bits
/// become strings, and the reader turns them back into numbers on the tape. It runs only for the rare page that needs it.
struct JSONRepairer: ~Escapable {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// A document that can be read.
    struct Mended {
        var bytes: [UInt8]
        var repairs: JSONRepairs
        /// Which strings are numbers, counted from 0 over all strings and names in the order of the text.
        var wideNumbers: [Int]
    }

    let input: Span<UInt8>
    let maximumDepth: Int
    var position = 0

    /// Whether each open container, the outermost first, is an object.
    private var isObject: [Bool] = []
    private var stringCount = 0
    private var repairs = JSONRepairs()
    private var wideNumbers: [Int] = []
    private var output: [UInt8] = []
    /// Up to where the input is in the output.
    private var copiedUpTo = 0

    /// A copy that can be read; equal to the input when there was nothing to mend.
    static func repair(_ input: Span<UInt8>, maximumDepth: Int) throws(JSONError) -> Mended {
        var repairer = JSONRepairer(input, maximumDepth: maximumDepth)
        try repairer.readDocument()
        repairer.copyInput(upTo: input.count)
        return Mended(bytes: repairer.output, repairs: repairer.repairs, wideNumbers: repairer.wideNumbers)
    }

    @_lifetime(copy input)
    private init(_ input: Span<UInt8>, maximumDepth: Int) {
        self.input = input
        self.maximumDepth = maximumDepth
    }

    /// The byte at the position, nil at the end.
    var current: UInt8? { byte(at: position) }

    func byte(at position: Int) -> UInt8? { position < input.count ? input[position] : nil }

    /// The error for finding the wrong byte, or none, at the position.
    func unexpected(_ expectation: JSONExpectation) -> JSONError {
        position < input.count
            ? .malformed(atByte: position, expected: expectation) : .truncated(afterBytes: input.count)
    }

    private mutating func readDocument() throws(JSONError) {
        skipByteOrderMark()
        skipWhiteSpace()
        guard let first = current else { throw .empty }
        let begin = position
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            try readValue()
        default:
            do { try readValue() } catch .truncated(let size) {
                throw .truncated(afterBytes: size)
            } catch {
                throw .notJSON(startsWith: JSONExcerpt.beginning(of: input, from: begin))
            }
        }
        skipWhiteSpace()
        guard position == input.count else { throw .trailingContent(atByte: position) }
    }

    private mutating func skipByteOrderMark() {
        for (offset, expected) in Self.byteOrderMark.enumerated() where byte(at: offset) != expected { return }
        position = Self.byteOrderMark.count
    }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Reads one value with all that is in it, without recursion.
    private mutating func readValue() throws(JSONError) {
        try beginValue(expecting: .value)
        while let inObject = isObject.last {
            skipWhiteSpace()
            switch current {
            case UInt8(ascii: ","):
                position += 1
                skipWhiteSpace()
                if inObject { try readName(orEnd: false) }
                try beginValue(expecting: .value)
            case UInt8(ascii: "}") where inObject, UInt8(ascii: "]") where !inObject:
                position += 1
                isObject.removeLast()
            default:
                throw unexpected(inObject ? .commaOrEndOfObject : .commaOrEndOfArray)
            }
        }
    }

    /// Reads a scalar whole, or the beginning of containers up to and including the first scalar in them.
    private mutating func beginValue(expecting first: JSONExpectation) throws(JSONError) {
        var expectation = first
        while true {
            skipWhiteSpace()
            switch current {
            case UInt8(ascii: "{"):
                try enter(object: true)
                guard try readName(orEnd: true) else { return }
                expectation = .value
            case UInt8(ascii: "["):
                try enter(object: false)
                skipWhiteSpace()
                if current == UInt8(ascii: "]") { return }
                expectation = .valueOrEndOfArray
            case UInt8(ascii: "\""): return try readString()
            case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try readNumber()
            case UInt8(ascii: "t"): return try readLiteral("true")
            case UInt8(ascii: "f"): return try readLiteral("false")
            case UInt8(ascii: "n"): return try readLiteral("null")
            default: throw unexpected(expectation)
            }
        }
    }

    private mutating func enter(object: Bool) throws(JSONError) {
        guard isObject.count < maximumDepth else { throw .tooDeep(limit: maximumDepth, atByte: position) }
        isObject.append(object)
        position += 1
    }

    /// Reads a member's name and colon; returns false at the end of the object, which is left to be read.
    @discardableResult
    private mutating func readName(orEnd: Bool) throws(JSONError) -> Bool {
        skipWhiteSpace()
        if orEnd, current == UInt8(ascii: "}") { return false }
        guard current == UInt8(ascii: "\"") else {
            throw unexpected(orEnd ? .memberNameOrEndOfObject : .memberName)
        }
        try readString()
        skipWhiteSpace()
        guard current == UInt8(ascii: ":") else { throw unexpected(.colon) }
        position += 1
        return true
    }

    private mutating func readLiteral(_ literal: StaticString) throws(JSONError) {
        let begin = position
        for offset in 0..<literal.utf8CodeUnitCount {
            guard current == literal.utf8Start[offset] else {
                guard position < input.count else { throw .truncated(afterBytes: input.count) }
                throw .malformed(atByte: begin, expected: .literal)
            }
            position += 1
        }
        if let next = current, isWordByte(next) { throw .malformed(atByte: begin, expected: .literal) }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): true
        default: byte == UInt8(ascii: "_") || byte >= 0x80 || (0x30...0x39).contains(byte)
        }
    }

    // MARK: What is mended

    private mutating func readString() throws(JSONError) {
        position += 1
        stringCount += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                if try readEscape() == .loneSurrogate {
                    repairs.loneSurrogates += 1
                    replaceInput(from: position - 6, to: position, with: #"\ufffd"#.utf8)
                }
            case 0..<0x20:
                repairs.controlCharacters += 1
                var escape: [UInt8] = []
                JSONEscaping.append(controlCharacter: byte, to: &escape)
                replaceInput(from: position, to: position + 1, with: escape)
                position += 1
            case 0x20..<0x80:
                position += 1
            default:
                let begin = position
                let isValid = skipUTF8Sequence()
                if !isValid {
                    repairs.invalidUTF8 += 1
                    replaceInput(from: begin, to: position, with: "\u{FFFD}".utf8)
                }
            }
        }
        throw .truncated(afterBytes: input.count)
    }

    private mutating func readNumber() throws(JSONError) {
        let begin = position
        if try skipNumber(insideContainer: !isObject.isEmpty) {
            wideNumbers.append(stringCount)
            stringCount += 1
            copyInput(upTo: begin)
            output.append(UInt8(ascii: "\""))
            copyInput(upTo: position)
            output.append(UInt8(ascii: "\""))
        }
    }

    private mutating func replaceInput(from begin: Int, to end: Int, with bytes: some Collection<UInt8>) {
        copyInput(upTo: begin)
        output.append(contentsOf: bytes)
        copiedUpTo = end
    }

    private mutating func copyInput(upTo end: Int) {
        if output.isEmpty { output.reserveCapacity(input.count + 1024 + PaddedBytes.padding) }
        input.extracting(copiedUpTo..<end).withUnsafeBufferPointer { output.append(contentsOf: $0) }
        copiedUpTo = end
    }
}
