import Glibc
import PulseDomain

/// Finds the rows of one table that have the same id, over the pages of a batch, without making texts of the ids.
struct RowsByID {
    struct Entry {
        fileprivate let hash: UInt64
        /// The row that came last, of those that were staged or bring the same as the one before.
        var last: RowPlace
        /// In which round a row was staged, and in which one had to wait.
        var staged = 0
        var waiting = 0

        fileprivate init(hash: UInt64, last: RowPlace) {
            self.hash = hash
            self.last = last
        }
    }

    private let rows: PageBatches
    private(set) var entries: [Entry] = []
    /// Positions of entries, plus one; 0 is free. At most half of it is used.
    private var slots: [Int32]

    /// - Parameter capacity: as many rows as will be looked up, at most.
    init(_ rows: PageBatches, capacity: Int) {
        self.rows = rows
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = Array(repeating: 0, count: size)
        entries.reserveCapacity(capacity)
    }

    subscript(entry: Int) -> Entry {
        get { entries[entry] }
        set { entries[entry] = newValue }
    }

    /// The entry of the row's id, and whether it was made now. `nil` when the row has no id.
    mutating func entry(of place: RowPlace) -> (position: Int, isNew: Bool)? {
        guard let hash = rows.withRow(place, Self.hash) else { return nil }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if entries[position].hash == hash, areSame(entries[position].last, place, columns: 1) {
                return (position, false)
            }
            slot = (slot + 1) & mask
        }
        entries.append(Entry(hash: hash, last: place))
        slots[slot] = Int32(entries.count)
        return (entries.count - 1, true)
    }

    /// FNV-1a: ids are short.
    private static func hash(_ cells: UnsafeBufferPointer<RowCell>, _ arena: UnsafeRawBufferPointer) -> UInt64? {
        guard cells[0].kind == .text else { return nil }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in cells[0].bytes(in: arena) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    /// Whether two rows bring the same.
    func isSame(_ left: RowPlace, _ right: RowPlace) -> Bool { areSame(left, right, columns: .max) }

    /// Whether the first so many columns are the same.
    private func areSame(_ left: RowPlace, _ right: RowPlace, columns: Int) -> Bool {
        rows.withRow(left) { ones, arena in
            rows.withRow(right) { others, otherArena in
                for column in 0..<min(columns, ones.count) {
                    let (one, other) = (ones[column], others[column])
                    guard one.kind == other.kind else { return false }
                    guard one.kind == .text else {
                        if one.word != other.word { return false }
                        continue
                    }
                    let (text, otherText) = (one.bytes(in: arena), other.bytes(in: otherArena))
                    guard text.count == otherText.count else { return false }
                    guard let start = text.baseAddress, let otherStart = otherText.baseAddress else { continue }
                    if memcmp(start, otherStart, text.count) != 0 { return false }
                }
                return true
            }
        }
    }
}
