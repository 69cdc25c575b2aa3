import CSimdjson

/// The words and strings that simdjson wrote, and how to step through them (format: simdjson's `doc/tape.md`).
///
/// Unchecked: every index comes from the tape itself, and whoever holds one is bound to the lifetime of the reader.
struct JSONTape {
    /// One word an item: a tag in the upper 8 bits, a payload in the lower 56. Numbers take a second word.
    let words: UnsafePointer<UInt64>
    /// Unescaped strings, each after its length as a 32-bit integer.
    let strings: UnsafePointer<UInt8>

    /// What a word stands for.
    enum Tag {
        static let root = UInt8(ascii: "r")
        static let beginObject = UInt8(ascii: "{")
        static let endObject = UInt8(ascii: "}")
        static let beginArray = UInt8(ascii: "[")
        static let endArray = UInt8(ascii: "]")
        static let string = UInt8(ascii: "\"")
        static let int64 = UInt8(ascii: "l")
        static let uint64 = UInt8(ascii: "u")
        static let double = UInt8(ascii: "d")
        static let yes = UInt8(ascii: "t")
        static let no = UInt8(ascii: "f")
        static let null = UInt8(ascii: "n")
        /// Ours: a number beyond 64 bits, kept as the text it was written with (see `JSONRepairer`).
        static let wideNumber = UInt8(ascii: "N")
    }

    static let payloadMask: UInt64 = (1 << 56) - 1
    /// A container's payload is the index past its end and, above that, its count up to this many.
    static let saturatedCount = 0xFF_FFFF

    @inline(__always)
    func tag(at index: Int) -> UInt8 { UInt8(truncatingIfNeeded: words[index] >> 56) }

    @inline(__always)
    func payload(at index: Int) -> UInt64 { words[index] & Self.payloadMask }

    /// The index past the container that begins at `index`.
    @inline(__always)
    func endOfContainer(at index: Int) -> Int { Int(UInt32(truncatingIfNeeded: words[index])) }

    /// The index past the value that begins at `index`.
    @inline(__always)
    func next(after index: Int) -> Int {
        // Branches beat computing the step: predicted, they let the processor run ahead of the loads (measured).
        switch tag(at: index) {
        case Tag.beginObject, Tag.beginArray: endOfContainer(at: index)
        case Tag.int64, Tag.uint64, Tag.double: index + 2
        default: index + 1
        }
    }

    /// The bytes of the string (or wide number) at `index`.
    @inline(__always)
    func bytes(at index: Int) -> UnsafeBufferPointer<UInt8> {
        let offset = payload(at: index)
        let start = strings + Int(offset) + MemoryLayout<UInt32>.size
        return UnsafeBufferPointer(start: start, count: Int(pulse_json_string_length(strings, offset)))
    }

    @inline(__always)
    func bytes(at index: Int, equal other: UnsafePointer<UInt8>, count: Int) -> Bool {
        let own = bytes(at: index)
        guard own.count == count, let start = own.baseAddress else { return false }
        return pulse_json_bytes_equal(start, other, count)
    }

    /// The index of the value of the first member with this name in the object at `object`, or 0 when there is none.
    @inline(__always)
    func indexOfMember(in object: Int, named name: UnsafePointer<UInt8>, count: Int) -> Int {
        guard tag(at: object) == Tag.beginObject else { return 0 }
        // Length and last eight bytes tell nearly all names apart: custom fields share length and beginning.
        let tailOffset = max(0, count - 8)
        let tail = Self.lastEight(of: name, count: count)
        let tailMask = count < 8 ? UInt64(1) << UInt64(8 * count) &- 1 : UInt64.max
        let length = UInt32(truncatingIfNeeded: count)
        let end = endOfContainer(at: object) - 1
        var index = object + 1
        while index < end {
            let offset = payload(at: index)
            if pulse_json_string_length(strings, offset) == length,
                pulse_json_string_word(strings, offset, tailOffset) & tailMask == tail,
                count <= 8 || bytes(at: index, equal: name, count: count)
            {
                return index + 1
            }
            index = next(after: index + 1)
        }
        return 0
    }

    /// The last eight bytes, or as many as there are, as a little-endian number: in two overlapping loads, which never
    /// touch what is not the name's.
    @inline(__always)
    private static func lastEight(of name: UnsafePointer<UInt8>, count: Int) -> UInt64 {
        let bytes = UnsafeRawPointer(name)
        switch count {
        case 8...: return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        case 4...:
            let first = UInt64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            let last = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
            return first | last << UInt64(8 * (count - 4))
        case 2...:
            let first = UInt64(UInt16(littleEndian: bytes.loadUnaligned(as: UInt16.self)))
            let last = UInt64(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: count - 2, as: UInt16.self)))
            return first | last << UInt64(8 * (count - 2))
        case 1: return UInt64(name[0])
        default: return 0
        }
    }
}
