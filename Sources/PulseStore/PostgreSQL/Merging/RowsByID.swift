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

    private let pages: [PageContent]
    private(set) var entries: [Entry] = []
    /// Positions of entries, plus one; 0 is free. At most half of it is used.
    private var slots: [Int32]

    /// - Parameter capacity: as many rows as will be looked up, at most.
    init(_ pages: [PageContent], capacity: Int) {
        self.pages = pages
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
        let batch = pages[place.page].batches[place.batch]
        let cell = batch.cell(row: place.row, column: 0)
        guard cell.kind == .text else { return nil }
        let id = batch.text(of: cell)
        // FNV-1a: ids are short.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in id { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if entries[position].hash == hash, hasID(entries[position].last, id) { return (position, false) }
            slot = (slot + 1) & mask
        }
        entries.append(Entry(hash: hash, last: place))
        slots[slot] = Int32(entries.count)
        return (entries.count - 1, true)
    }

    private func hasID(_ place: RowPlace, _ id: ArraySlice<UInt8>) -> Bool {
        let batch = pages[place.page].batches[place.batch]
        return batch.text(of: batch.cell(row: place.row, column: 0)).elementsEqual(id)
    }

    /// Whether two rows bring the same.
    func isSame(_ left: RowPlace, _ right: RowPlace) -> Bool {
        let (one, other) = (pages[left.page].batches[left.batch], pages[right.page].batches[right.batch])
        return one.table.columns.indices.allSatisfy { column in
            let (a, b) = (one.cell(row: left.row, column: column), other.cell(row: right.row, column: column))
            guard a.kind == b.kind else { return false }
            return a.kind == .text ? one.text(of: a).elementsEqual(other.text(of: b)) : a.word == b.word
        }
    }
}
