import PulseDomain
import Testing

@testable import PulseControl

@Suite struct FrameTests {
    @Test(arguments: [1, 2, 3, 5, 997, 100_000])
    func `frames are found however the bytes arrive`(step: Int) throws {
        let contents = [Array("a".utf8), [UInt8](repeating: 7, count: 3_000), Array("{}".utf8)]
        let bytes = contents.flatMap { Frame.wrap($0) }
        var reader = FrameReader()
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: step) {
            reader.append(bytes[start..<min(start + step, bytes.count)])
            while let frame = try reader.next(upTo: 4_096) { found.append(frame) }
        }
        #expect(found == contents)
        #expect(!reader.isInsideFrame)
    }

    @Test func `the length is four bytes with the most significant one first`() {
        #expect(Frame.wrap([UInt8](repeating: 1, count: 258)).prefix(5) == [0, 0, 1, 2, 1])
    }

    @Test func `a frame is refused by its announced size before it has arrived`() {
        var reader = FrameReader()
        reader.append([0, 0, 0, 11])
        #expect(throws: FrameViolation.tooLarge(11, allowed: 10)) { try reader.next(upTo: 10) }
        var empty = FrameReader()
        empty.append([0, 0, 0, 0])
        #expect(throws: FrameViolation.empty) { try empty.next(upTo: 10) }
    }

    @Test func `an answer that is too large becomes the failure that says so`() throws {
        let line = String(repeating: "x", count: 1_000)
        let frame = Coding.frame(.answer(id: 3, .receipt(.accepted(line))), upTo: 1_000)
        guard case .failed(3, let failure) = try Coding.decode(ServerMessage.self, Array(frame.dropFirst(4))) else {
            Issue.record("another message")
            return
        }
        #expect(failure.code == "control.too_large")
        let event = Coding.frame(.event(id: 3, .alerts([Samples.alert])), upTo: 10)
        #expect(try Coding.decode(ServerMessage.self, Array(event.dropFirst(4))) == .event(id: 3, .gap))
    }
}

@Suite struct OutgoingQueueTests {
    /// Takes everything that waits, at most `step` bytes at a time.
    private func drain(_ queue: inout OutgoingQueue, step: Int = 3) -> [UInt8] {
        var bytes: [UInt8] = []
        while !queue.isEmpty {
            _ = queue.writeNext { lent in
                bytes += lent.prefix(step)
                return min(step, lent.count)
            }
        }
        return bytes
    }

    @Test func `what is added is written in order`() {
        var queue = OutgoingQueue(eventLimitInBytes: 1_000)
        queue.add([1, 2, 3, 4])
        queue.add(event: [5], stream: 1, gap: [0])
        queue.add([6, 7])
        #expect(drain(&queue) == [1, 2, 3, 4, 5, 6, 7])
    }

    @Test func `events beyond the limit are replaced by one gap per stream, answers are kept`() {
        var queue = OutgoingQueue(eventLimitInBytes: 4)
        for event in 1...6 as ClosedRange<UInt8> { queue.add(event: [event, event], stream: 1, gap: [100]) }
        queue.add(event: [9], stream: 2, gap: [200])
        queue.add([50])
        #expect(drain(&queue) == [1, 1, 2, 2, 50, 100, 200])
        queue.add(event: [7], stream: 1, gap: [100])
        #expect(drain(&queue) == [7])
    }

    @Test func `an event larger than the limit passes when nothing else waits`() {
        var queue = OutgoingQueue(eventLimitInBytes: 2)
        queue.add(event: [1, 2, 3, 4], stream: 1, gap: [0])
        #expect(drain(&queue) == [1, 2, 3, 4])
    }
}

@Suite struct EventBufferTests {
    @Test func `a reader that falls behind gets a gap in place of what it missed`() async {
        let buffer = EventBuffer(capacity: 2)
        for event in Samples.events.prefix(4) { buffer.add(event) }
        buffer.finish()
        var read: [OperationsEvent] = []
        while let event = await buffer.next() { read.append(event) }
        #expect(read == [.gap, Samples.events[3]])
    }
}
