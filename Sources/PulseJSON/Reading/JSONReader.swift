import CSimdjson

/// Reads JSON documents one after another, keeping its buffers; one for each worker.
///
/// A document is parsed once as a whole; then values are looked at in place, without copies, for the time of one call.
/// What strict JSON refuses but providers send is mended, and counted in `repairs`.
package struct JSONReader: ~Copyable {
    /// Containers within containers, the outermost included; deeper documents are refused.
    package static let maximumDepth = 1024

    /// Documents longer than this are refused before they are read.
    package let limitInBytes: Int
    package let nulCharacters: NULCharacters
    /// What was mended in the document read last.
    package private(set) var repairs = JSONRepairs()

    /// Nil when memory was short, which the next read reports.
    private let parser: OpaquePointer?
    /// Copies of inputs that have no padding, so that they need no allocation.
    private var copy = PaddedBytes()
    /// The document read last, unless it could not be read.
    private var last: JSONTape?

    /// - Parameters:
    ///   - limitInBytes: the longest document to accept, at most 4 GB. Reading needs up to 16 times its size in memory.
    ///   - nulCharacters: whether text that is copied out, as `String` or as JSON, keeps its NUL characters.
    package init(limitInBytes: Int = 256 << 20, nulCharacters: NULCharacters = .kept) {
        self.limitInBytes = limitInBytes
        self.nulCharacters = nulCharacters
        // simdjson refuses a document as deep as its maximum, and we accept it.
        parser = pulse_json_parser_create(Self.maximumDepth + 1)
    }

    deinit {
        pulse_json_parser_destroy(parser)
    }

    /// Reads a document without copying it and lends its root to `body`.
    ///
    /// - Throws: `JSONError` when it cannot be read, and what `body` throws.
    package mutating func read<R: ~Copyable>(
        _ bytes: borrowing PaddedBytes, _ body: (JSONValue) throws -> R
    ) throws -> R {
        let tape = try parse(bytes)
        return try body(JSONValue(tape: tape, nulCharacters: nulCharacters, readBy: self))
    }

    /// Copies the bytes into the reader's buffer, reads them and lends the root to `body`.
    ///
    /// - Throws: `JSONError` when they cannot be read, and what `body` throws.
    package mutating func read<R: ~Copyable>(
        _ bytes: UnsafeRawBufferPointer, _ body: (JSONValue) throws -> R
    ) throws -> R {
        // Also checked when parsing; here it spares the copy.
        guard bytes.count <= limitInBytes else {
            throw JSONError.tooLarge(sizeInBytes: bytes.count, limitInBytes: limitInBytes)
        }
        // Taken out, because parsing changes the reader while it looks at the copy.
        var input = PaddedBytes()
        swap(&input, &copy)
        input.removeAll()
        input.append(bytes)
        let tape: JSONTape
        do {
            tape = try parse(input)
            swap(&input, &copy)
        } catch {
            swap(&input, &copy)
            throw error
        }
        return try body(JSONValue(tape: tape, nulCharacters: nulCharacters, readBy: self))
    }

    /// As above; without a copy when the array has room for the padding.
    package mutating func read<R: ~Copyable>(
        _ bytes: borrowing [UInt8], _ body: (JSONValue) throws -> R
    ) throws -> R {
        guard bytes.capacity - bytes.count >= PaddedBytes.padding else {
            return try bytes.span.bytes.withUnsafeBytes { try read($0, body) }
        }
        let tape = try bytes.withUnsafeBufferPointer { text throws(JSONError) in try parse(text) }
        return try body(JSONValue(tape: tape, nulCharacters: nulCharacters, readBy: self))
    }

    /// Lends the root of the document that was read last; `bytes` are those that it was read from. When that failed, they
    /// are read.
    ///
    /// - Throws: `JSONError` when they cannot be read, and what `body` throws.
    package mutating func again<R: ~Copyable>(
        _ bytes: borrowing [UInt8], _ body: (JSONValue) throws -> R
    ) throws -> R {
        guard let last else { return try read(bytes, body) }
        return try body(JSONValue(tape: last, nulCharacters: nulCharacters, readBy: self))
    }

    /// As above.
    package mutating func read<R: ~Copyable>(
        _ bytes: RawSpan, _ body: (JSONValue) throws -> R
    ) throws -> R {
        try bytes.withUnsafeBytes { try read($0, body) }
    }

    private mutating func parse(_ bytes: borrowing PaddedBytes) throws(JSONError) -> JSONTape {
        try bytes.withUnsafeBytes { text throws(JSONError) in try parse(text) }
    }

    /// The padding has to be readable behind `bytes`.
    private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONTape {
        (repairs, last) = (JSONRepairs(), nil)
        guard bytes.count <= limitInBytes else {
            throw .tooLarge(sizeInBytes: bytes.count, limitInBytes: limitInBytes)
        }
        let first = try attempt(bytes)
        if first.status == PULSE_JSON_OK { return try remembered(tape(of: first)) }

        let mended = try JSONRepairer.repair(bytes.span, maximumDepth: Self.maximumDepth)
        let second = try PaddedBytes(mended.bytes).withUnsafeBytes { text throws(JSONError) in try attempt(text) }
        guard second.status == PULSE_JSON_OK else { throw .malformed(atByte: nil, expected: .json) }
        Self.mark(mended.wideNumbers, on: second.tape)
        repairs = mended.repairs
        return try remembered(tape(of: second))
    }

    private mutating func remembered(_ tape: JSONTape) -> JSONTape {
        last = tape
        return tape
    }

    private func attempt(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> pulse_json_document {
        guard let parser else { throw .outOfMemory(sizeInBytes: text.count) }
        // RFC 8259 section 8.1 lets a reader ignore a byte order mark.
        let start = text.starts(with: JSONRepairer.byteOrderMark) ? JSONRepairer.byteOrderMark.count : 0
        let document = pulse_json_parse(parser, text.baseAddress.map { $0 + start }, text.count - start)
        switch document.status {
        case PULSE_JSON_CAPACITY: throw .tooLarge(sizeInBytes: text.count, limitInBytes: Int(UInt32.max))
        case PULSE_JSON_MEMORY: throw .outOfMemory(sizeInBytes: text.count)
        default: return document
        }
    }

    private func tape(of document: pulse_json_document) throws(JSONError) -> JSONTape {
        guard let words = document.tape, let strings = document.strings else {
            throw .malformed(atByte: nil, expected: .json)
        }
        return JSONTape(words: UnsafePointer(words), strings: strings)
    }

    /// Turns the strings with these ordinals, counted from 0 in the order of the text, back into the numbers they were.
    private static func mark(_ ordinals: [Int], on tape: UnsafeMutablePointer<UInt64>?) {
        guard let tape else { return }
        var remaining = ordinals[...]
        var ordinal = 0
        var index = 1
        while let next = remaining.first {
            switch UInt8(truncatingIfNeeded: tape[index] >> 56) {
            case JSONTape.Tag.string:
                if ordinal == next {
                    tape[index] = UInt64(JSONTape.Tag.wideNumber) << 56 | tape[index] & JSONTape.payloadMask
                    remaining.removeFirst()
                }
                ordinal += 1
                index += 1
            case JSONTape.Tag.int64, JSONTape.Tag.uint64, JSONTape.Tag.double: index += 2
            case JSONTape.Tag.root: return
            default: index += 1
            }
        }
    }
}

// The parser is owned by this one value, which cannot be copied, and is not bound to a thread. Parsing and the deinit need
// the value exclusively; what can be called side by side only reads, and values lent to `body` cannot leave it.
extension JSONReader: @unchecked Sendable {}
