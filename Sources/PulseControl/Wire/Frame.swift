/// A message on the socket: its length in four bytes, the most significant one first, and as many bytes of JSON.
enum Frame {
    static let headerSize = 4
    /// The largest answer, in bytes without the header.
    static let largest = 64 << 20
    /// The largest request: commands are small, so a client cannot make the engine's process keep much.
    static let largestRequest = 4 << 20
    /// The largest first message, which everybody may send.
    static let largestGreeting = 4 << 10

    static func wrap(_ content: some Collection<UInt8>) -> [UInt8] {
        var frame: [UInt8] = []
        frame.reserveCapacity(headerSize + content.count)
        let size = UInt32(clamping: content.count)
        for shift in stride(from: 24, through: 0, by: -8) { frame.append(UInt8(truncatingIfNeeded: size >> shift)) }
        frame.append(contentsOf: content)
        return frame
    }
}

/// What cannot be a frame.
enum FrameViolation: Error, Hashable {
    case empty
    /// Announced size and what is allowed, in bytes.
    case tooLarge(Int, allowed: Int)
}

/// Cuts a stream of bytes into frames. Keeps what has arrived, never what was only announced.
struct FrameReader {
    private var bytes: [UInt8] = []
    private var start = 0

    /// Whether the beginning of a frame is here and its end is not.
    var isInsideFrame: Bool { start < bytes.count }

    mutating func append(_ arrived: some Collection<UInt8>) { bytes.append(contentsOf: arrived) }

    /// The next whole frame's content; `nil` until more arrives.
    mutating func next(upTo limit: Int) throws(FrameViolation) -> [UInt8]? {
        guard bytes.count - start >= Frame.headerSize else { return compacted() }
        let size = bytes[start..<start + Frame.headerSize].reduce(0) { $0 << 8 | Int($1) }
        guard size > 0 else { throw .empty }
        guard size <= limit else { throw .tooLarge(size, allowed: limit) }
        let end = start + Frame.headerSize + size
        guard bytes.count >= end else { return compacted() }
        defer { start = end }
        return Array(bytes[start + Frame.headerSize..<end])
    }

    private mutating func compacted() -> [UInt8]? {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
        } else if start > 0 {
            bytes.removeFirst(start)
        }
        start = 0
        return nil
    }
}
