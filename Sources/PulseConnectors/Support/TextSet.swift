/// A set of texts that are looked up by their bytes, without becoming strings first: a page names the same few people
/// hundreds of times.
struct TextSet: Sendable {
    private struct Entry {
        let hash: UInt64
        let offset: Int
        let count: Int
    }
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// Positions in `entries` plus 1, or 0; a power of two of them, at most half of them used.
    private var slots: [Int32] = []

    var count: Int { entries.count }

    /// Adds the text; whether it was not there yet.
    mutating func insert(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if slots.count <= entries.count * 2 { grow() }
        let hash = Self.hash(text)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            if holds(entries[Int(slots[slot]) - 1], text, hash) { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(Entry(hash: hash, offset: bytes.count, count: text.count))
        bytes.append(contentsOf: text)
        slots[slot] = Int32(truncatingIfNeeded: entries.count)
        return true
    }

    mutating func insert(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { insert($0) }
    }

    private func holds(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Bool {
        guard entry.hash == hash, entry.count == text.count else { return false }
        for index in text.indices where bytes[entry.offset + index] != text[index] { return false }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: max(64, slots.count * 2))
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: index + 1)
        }
    }

    /// Multiplies and folds eight bytes at a time. Only speed depends on it: a page that was made to collide costs time
    /// that grows with the square of the people on it, who are as many as records at most.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(text)
        var hash = UInt64(truncatingIfNeeded: raw.count) ^ 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index + 8 <= raw.count {
            hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        for byte in raw[index...] { rest = rest << 8 | UInt64(byte) }
        return fold(hash ^ rest)
    }

    private static func fold(_ word: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}
