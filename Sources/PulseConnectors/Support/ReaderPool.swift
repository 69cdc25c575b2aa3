package import PulseJSON
import Synchronization

/// A few JSON readers that are kept between pages.
///
/// A reader's buffers are some ten times the size of a page. Fresh ones are zeroed by the kernel, which costs more time
/// than reading the page; kept ones cost nothing. They are lent, never shared.
///
/// A page is looked at several times: what it means, where the list goes on, its rows. Whoever expects to come back says
/// so, and the page is read only once.
package struct ReaderPool: Sendable {
    /// What a reader has, while it is not lent.
    private struct Place {
        /// The document that it read and that is expected again. Holding it keeps its bytes as they are: whoever changes
        /// them gets a copy.
        var document: [UInt8]?
        var isLent = false
        /// Grows with each use.
        var usedAt = 0
    }

    private final class Slot: Sendable {
        let reader = Mutex(JSONReader(nulCharacters: .removed))
    }

    private final class Places: Sendable {
        let state: Mutex<[Place]>
        init(count: Int) { state = Mutex(Array(repeating: Place(), count: count)) }
    }

    /// Documents above this are read with a reader of their own, so that one large page does not keep its memory.
    package static let largestKept = 8 << 20

    private let slots: [Slot]
    private let places: Places

    /// `count` is how many pages are read side by side without a fresh reader, and how many are remembered.
    package init(count: Int) {
        slots = (0..<count).map { _ in Slot() }
        places = Places(count: count)
    }

    /// Those of all connectors of the process: as many as workers that transform at once.
    package static let shared = ReaderPool(count: 4)

    /// Reads a document and lends its root to `body`. Throws `JSONError` when it cannot be read, and what `body` throws.
    ///
    /// - Parameter comesAgain: whether the same array is expected to be read again soon; it is held until then, or until
    ///   its reader is needed for another.
    package func read<Result>(
        _ bytes: [UInt8], comesAgain: Bool = false, _ body: (JSONValue) throws -> Result
    ) throws -> Result {
        guard bytes.count <= Self.largestKept, let (slot, isKnown) = lend(for: bytes) else {
            var reader = JSONReader(nulCharacters: .removed)
            return try reader.read(bytes, body)
        }
        var result: Result?
        defer { takeBack(slot, holding: comesAgain && result != nil ? bytes : nil) }
        try slots[slot].reader.withLock { reader in
            result = isKnown ? try reader.again(bytes, body) : try reader.read(bytes, body)
        }
        guard let result else { preconditionFailure("a reader returns or throws") }
        return result
    }

    /// The place of a reader that nobody uses, and whether it has read these very bytes: one that has, else one that
    /// holds nothing, else the one used longest ago. `nil` while all are lent.
    private func lend(for bytes: [UInt8]) -> (slot: Int, isKnown: Bool)? {
        places.state.withLock { places in
            var best: Int?
            for (index, place) in places.enumerated() where !place.isLent {
                if let document = place.document, Self.areOne(document, bytes) {
                    places[index].isLent = true
                    return (index, true)
                }
                guard let other = best.map({ places[$0] }) else {
                    best = index
                    continue
                }
                let (isFree, isOtherFree) = (place.document == nil, other.document == nil)
                if isFree != isOtherFree ? isFree : !isFree && place.usedAt < other.usedAt { best = index }
            }
            guard let best else { return nil }
            places[best].isLent = true
            places[best].document = nil
            return (best, false)
        }
    }

    private func takeBack(_ slot: Int, holding document: [UInt8]?) {
        places.state.withLock { places in
            places[slot].isLent = false
            places[slot].document = document
            places[slot].usedAt = (places.map(\.usedAt).max() ?? 0) + 1
        }
    }

    /// Whether two arrays are the same place in memory.
    private static func areOne(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count, !one.isEmpty else { return false }
        return one.withUnsafeBufferPointer { one in
            other.withUnsafeBufferPointer { other in one.baseAddress == other.baseAddress }
        }
    }
}
