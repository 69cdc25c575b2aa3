/// When each of many records was made and last changed, computed rather than stored, so that any number of records needs
/// no memory, and still can be walked in the order of either time.
///
/// Time is cut into slots, one for each record and 64 more. Record `i` is made in slot `i`. Blocks of 64 records change in
/// the slots of the block after theirs, shuffled; in every sixteenth group of four blocks all 256 records change in the same
/// millisecond, as after a bulk edit.
struct Timeline: Sendable {
    let count: Int
    /// Milliseconds since 1970.
    let begin: Int64
    let end: Int64
    let seed: Seed
    private let salt: Int

    init(count: Int, begin: Int64, end: Int64, seed: Seed, salt: Int) {
        self.count = count
        self.begin = begin
        self.end = end
        self.seed = seed
        self.salt = salt
    }

    private static let block = 64
    private static let group = 256

    /// Slots in which changes lie: from one block to one past the last.
    var slots: Range<Int> {
        guard count > 0 else { return 0..<0 }
        return Self.block..<((count + Self.block - 1) / Self.block + 1) * Self.block
    }

    func created(_ index: Int) -> Int64 { time(ofSlot: index) }

    func updated(_ index: Int) -> Int64 { changeTime(ofSlot: slot(of: index)) }

    /// When whatever lies in `slot` changed: not decreasing from slot to slot.
    func changeTime(ofSlot slot: Int) -> Int64 {
        let place = slot - Self.block
        guard isBulk(place) else { return time(ofSlot: slot) }
        let last = min((place / Self.group + 1) * Self.group - 1, slots.upperBound - Self.block - 1)
        return time(ofSlot: last + Self.block)
    }

    /// The record that changes in `slot`; `nil` when the last block has fewer.
    func index(atSlot slot: Int) -> Int? {
        let place = slot - Self.block
        let block = place / Self.block
        let position = place % Self.block
        let inner = isBulk(place) ? position : (position + Self.block - offset(block)) * inverse(block) % Self.block
        let index = block * Self.block + inner
        return index < count ? index : nil
    }

    /// The first slot that changed at `time` or later.
    func firstSlot(notBefore time: Int64) -> Int {
        var (low, high) = (slots.lowerBound, slots.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if changeTime(ofSlot: middle) < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The first record made at `time` or later.
    func firstIndex(createdNotBefore time: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if created(middle) < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func slot(of index: Int) -> Int {
        let block = index / Self.block
        guard !isBulk(index) else { return Self.block + index }
        let inner = (index % Self.block * multiplier(block) + offset(block)) % Self.block
        return (block + 1) * Self.block + inner
    }

    private func isBulk(_ place: Int) -> Bool { place / Self.group % 16 == 1 }

    private func time(ofSlot slot: Int) -> Int64 {
        begin + (end - begin) * Int64(slot) / Int64(max(1, slots.upperBound))
    }

    /// Odd, so that it has an inverse modulo 64.
    private func multiplier(_ block: Int) -> Int { Int(seed.bits(.order, block, salt) % 32) * 2 + 1 }

    private func offset(_ block: Int) -> Int { Int((seed.bits(.order, block, salt) >> 32) % 64) }

    /// Newton's iteration: correct to 3 bits at first, twice as many each step.
    private func inverse(_ block: Int) -> Int {
        let odd = multiplier(block)
        var inverse = odd
        for _ in 0..<3 { inverse = inverse &* (2 &- odd &* inverse) }
        return inverse & (Self.block - 1)
    }
}
