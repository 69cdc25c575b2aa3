package import PulseJSON
import Synchronization

/// A few JSON readers that are kept between pages.
///
/// A reader's buffers are some ten times the size of a page. Fresh ones are zeroed by the kernel, which costs more time
/// than reading the page; kept ones cost nothing. They are lent, never shared, and nothing of a document stays readable.
package struct ReaderPool: Sendable {
    private final class Slot: Sendable {
        let reader = Mutex(JSONReader(nulCharacters: .removed))
    }

    /// Documents above this are read with a reader of their own, so that one large page does not keep its memory.
    package static let largestKept = 8 << 20

    private let slots: [Slot]

    /// `count` is how many pages are read side by side without a fresh reader.
    package init(count: Int) { slots = (0..<count).map { _ in Slot() } }

    /// Those of all connectors of the process: as many as workers that transform at once.
    package static let shared = ReaderPool(count: 4)

    /// Reads a document and lends its root to `body`. Throws `JSONError` when it cannot be read, and what `body` throws.
    package func read<Result>(_ bytes: [UInt8], _ body: (JSONValue) throws -> Result) throws -> Result {
        if bytes.count <= Self.largestKept {
            for slot in slots {
                var result: Result?
                _ = try slot.reader.withLockIfAvailable { reader in result = try reader.read(bytes, body) }
                if let result { return result }
            }
        }
        var reader = JSONReader(nulCharacters: .removed)
        return try reader.read(bytes, body)
    }
}
