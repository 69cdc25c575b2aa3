/// What waits to be written to one connection. Answers always wait; events are dropped when too much waits already, and
/// their reader is told by a gap as soon as it has caught up.
struct OutgoingQueue {
    /// Events are dropped while more than so many bytes wait.
    private let eventLimitInBytes: Int
    private var frames: [[UInt8]] = []
    /// The first frame that is not written completely.
    private var first = 0
    /// Bytes of the first frame that are written.
    private var written = 0
    private(set) var sizeInBytes = 0
    /// Streams that lost events, with the frame that says so.
    private var gaps: [Int: [UInt8]] = [:]

    init(eventLimitInBytes: Int) { self.eventLimitInBytes = eventLimitInBytes }

    var isEmpty: Bool { sizeInBytes == 0 }

    mutating func add(_ frame: [UInt8]) {
        frames.append(frame)
        sizeInBytes += frame.count
    }

    /// Takes an event, or drops it and remembers to tell.
    mutating func add(event frame: [UInt8], stream: Int, gap: [UInt8]) {
        guard gaps[stream] == nil else { return }
        if isEmpty || sizeInBytes + frame.count <= eventLimitInBytes {
            add(frame)
        } else {
            gaps[stream] = gap
        }
    }

    /// The stream is over: no gap of it is told any more, its end tells enough.
    mutating func forget(stream: Int) { gaps[stream] = nil }

    /// Nothing is written any more.
    mutating func discard() {
        frames = []
        (first, written, sizeInBytes) = (0, 0, 0)
        gaps = [:]
    }

    /// Lends what is to be written next, and takes note of how much `write` says that it wrote.
    ///
    /// - Returns: What `write` returned; 0 when nothing waits.
    mutating func writeNext(_ write: (UnsafeRawBufferPointer) -> Int) -> Int {
        guard first < frames.count else { return 0 }
        let count = frames[first].withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[written...])) }
        guard count > 0 else { return count }
        sizeInBytes -= count
        written += count
        if written == frames[first].count {
            frames[first] = []
            first += 1
            written = 0
        }
        if first == frames.count || first >= 1_024 {
            frames.removeFirst(first)
            first = 0
        }
        if sizeInBytes <= eventLimitInBytes / 2, !gaps.isEmpty {
            for gap in gaps.sorted(by: { $0.key < $1.key }).map(\.value) { add(gap) }
            gaps = [:]
        }
        return count
    }
}
