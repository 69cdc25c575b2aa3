import Glibc
import Synchronization

/// Random numbers of the system for the ids of traces, fetched many at a time: a call of the kernel for each would be a
/// noticeable part of a small answer. They name things and protect nothing: secrets are made of numbers that nobody kept.
final class TraceNumbers: RandomNumberGenerator, Sendable {
    private let kept = Mutex<[UInt64]>([])

    func next() -> UInt64 {
        kept.withLock { kept in
            if kept.isEmpty { kept = Self.fetched() }
            return kept.removeLast()
        }
    }

    /// 256 bytes, the most that getentropy(3) gives at once.
    private static func fetched() -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: 32)
        let isFilled = numbers.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) == 0 } ?? false
        }
        guard !isFilled else { return numbers }
        var system = SystemRandomNumberGenerator()
        return numbers.map { _ in system.next() }
    }
}
