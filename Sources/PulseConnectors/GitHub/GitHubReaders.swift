import PulseJSON
import Synchronization

/// JSON readers that keep their buffers between pages: a fresh one spends more time on getting memory than on reading.
enum GitHubReaders {
    /// Readers kept while nobody reads.
    private static let maximumIdle = 4
    /// Longer documents leave buffers that are not worth keeping.
    private static let maximumKeptSizeInBytes = 4 << 20

    /// One reader, used by whoever took it out of the pool.
    // Every access to `reader` is between taking the box out of `idle` and putting it back, both under its lock, so no
    // two tasks ever hold the same box.
    private final class Box: @unchecked Sendable {
        var reader = JSONReader(nulCharacters: .removed)
    }

    private static let idle = Mutex<[Box]>([])

    /// Reads a document and lends its root to `body`. Throws `JSONError` when it cannot be read, and what `body` throws.
    static func read<Result>(_ bytes: [UInt8], _ body: (JSONValue) throws -> Result) throws -> Result {
        let box = idle.withLock { $0.popLast() } ?? Box()
        defer {
            if bytes.count <= maximumKeptSizeInBytes {
                idle.withLock { idle in if idle.count < maximumIdle { idle.append(box) } }
            }
        }
        return try box.reader.read(bytes, body)
    }
}
