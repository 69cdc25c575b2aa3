import NIOCore
import PulseAPI
import PulseDomain
import PulseSimulation
import Synchronization
import Testing

@testable import PulseGateway

struct EventHubTests {
    /// An event as it stands on the wire.
    private struct Event: Equatable {
        var id: String
        var name: String
        var data: String
    }

    private static func events(_ buffer: ByteBuffer?) -> [Event] {
        let blocks = String(buffer: buffer ?? ByteBuffer()).split(separator: "\n\n")
        return blocks.compactMap { block in
            let lines = block.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
            guard lines.count == 3 else { return nil }
            return Event(id: lines[0][1], name: lines[1][1], data: lines[2][1])
        }
    }

    private static func hub(_ limits: EventHub.Limits = .init()) -> EventHub {
        EventHub(StubOperations(), time: ManualTime(), limits: limits)
    }

    private static func say(_ hub: EventHub, _ numbers: ClosedRange<Int>) {
        for number in numbers { hub.publish("log", Array("{\"n\":\(number)}".utf8)) }
    }

    @Test func `a stream begins with hello and then hears everything in order`() async throws {
        let hub = Self.hub()
        let stream = try #require(hub.open(after: nil))
        Self.say(hub, 1...3)
        let events = Self.events(await stream.queue.next())
        #expect(events.map(\.name) == ["hello", "log", "log", "log"])
        #expect(events.dropFirst().map(\.data) == ["{\"n\":1}", "{\"n\":2}", "{\"n\":3}"])
        #expect(Set(events.map(\.id)).count == 4)
    }

    @Test func `a stream that comes back hears what it missed, once`() async throws {
        let hub = Self.hub()
        let first = try #require(hub.open(after: nil))
        Self.say(hub, 1...4)
        let heard = Self.events(await first.queue.next())
        hub.close(first.number)
        Self.say(hub, 5...6)
        for (place, event) in heard.enumerated() {
            let again = try #require(hub.open(after: event.id))
            let missed = Self.events(await again.queue.next()).dropFirst()
            #expect(missed.map(\.data) == ((place + 1)...6).map { "{\"n\":\($0)}" })
            hub.close(again.number)
        }
    }

    @Test(arguments: [
        "1-1-0", "x", "", "1800000000-99-0", "1800000000--1-0", "1800000000-1", "1800000000-1-2-3", "1800000000-1-x",
    ])
    func `what cannot be gone on from is a gap`(id: String) async throws {
        let hub = Self.hub()
        Self.say(hub, 1...3)
        let stream = try #require(hub.open(after: id))
        #expect(Self.events(await stream.queue.next()).map(\.name) == ["hello", "gap"])
    }

    @Test func `what is not kept any more is a gap`() async throws {
        var limits = EventHub.Limits()
        limits.kept = 3
        let hub = Self.hub(limits)
        Self.say(hub, 1...5)
        for (id, names) in [("1800000000-1-0", ["hello", "gap"]), ("1800000000-2-0", ["hello", "log", "log", "log"])] {
            let stream = try #require(hub.open(after: id))
            #expect(Self.events(await stream.queue.next()).map(\.name) == names)
        }
    }

    @Test func `a slow reader gets one gap instead of everything, and no more than the limit waits for it`()
        async throws
    {
        var limits = EventHub.Limits()
        limits.waiting = 10
        let hub = Self.hub(limits)
        let stream = try #require(hub.open(after: nil))
        Self.say(hub, 1...12)
        let events = Self.events(await stream.queue.next())
        #expect(events.map(\.name) == ["gap", "log", "log"])
        #expect(events.last?.data == "{\"n\":12}")
        #expect(events.first?.id == "1800000000-10-0")
    }

    @Test func `an idle stream hears a comment, and a busy one none`() async throws {
        let queue = EventQueue(limit: 4)
        queue.offerIfIdle(ByteBuffer(string: ":\n\n"))
        queue.offerIfIdle(ByteBuffer(string: ":\n\n"))
        #expect(await queue.next() == ByteBuffer(string: ":\n\n"))
    }

    @Test func `a stream that breaks off while it hears what it missed misses nothing`() async throws {
        let hub = Self.hub()
        let first = try #require(hub.open(after: nil))
        Self.say(hub, 1...2)
        let heard = try #require(Self.events(await first.queue.next()).last)
        hub.close(first.number)
        Self.say(hub, 3...6)
        let second = try #require(hub.open(after: heard.id))
        let missed = Self.events(await second.queue.next())
        hub.close(second.number)
        #expect(missed.map(\.name) == ["hello", "log", "log", "log", "log"])
        for (place, event) in missed.enumerated() {
            let again = try #require(hub.open(after: event.id))
            let rest = Self.events(await again.queue.next()).dropFirst()
            #expect(rest.map(\.data) == missed.dropFirst(place + 1).map(\.data))
            hub.close(again.number)
        }
    }

    private static func lines(_ numbers: ClosedRange<Int64>) -> [LogLine] {
        numbers.map { LogLine(sequence: $0, at: .epoch, level: .info, message: "Line \($0).") }
    }

    /// Sequences of the lines of the log in what a stream gets.
    private static func sequences(_ events: [Event]) throws -> [Int64] {
        try events.filter { $0.name == "log" }.compactMap { event in
            guard case .log(let line)? = try EventShape.read(event.name, Array(event.data.utf8)) else { return nil }
            return line.sequence
        }
    }

    @Test func `after a restart the log goes on from the store, and everything else is a gap`() async throws {
        let operations = StubOperations()
        operations.log.withLock { $0 = Self.lines(1...20) }
        let hub = EventHub(operations, time: ManualTime())
        let stream = try #require(try await hub.open(after: "1700000000-812-13"))
        let events = Self.events(await stream.queue.next())
        #expect(events.map(\.name) == ["hello"] + Array(repeating: "log", count: 7) + ["gap"])
        #expect(try Self.sequences(events) == Array(14...20))
        hub.close(stream.number)
        // Whoever breaks off in the middle of these goes on there, and is told of the gap.
        for (place, event) in events.enumerated() {
            let again = try #require(try await hub.open(after: event.id))
            let rest = Self.events(await again.queue.next())
            #expect(try Self.sequences(rest) == Array(Array<Int64>(14...20).dropFirst(place)))
            #expect(rest.contains { $0.name == "gap" } == (place < events.count - 1))
            hub.close(again.number)
        }
    }

    @Test func `a log that grew too long to go on with is a gap`() async throws {
        let operations = StubOperations()
        operations.log.withLock { $0 = Self.lines(1...500) }
        let hub = EventHub(operations, time: ManualTime())
        let stream = try #require(try await hub.open(after: "1700000000-812-13"))
        #expect(Self.events(await stream.queue.next()).map(\.name) == ["hello", "gap"])
    }

    @Test func `a line that comes while the store is read is neither missing nor there twice`() async throws {
        let operations = StubOperations()
        operations.log.withLock { $0 = Self.lines(1...20) }
        let hub = EventHub(operations, time: ManualTime())
        let say: @Sendable (Int64) -> Void = { sequence in
            let line = LogLine(sequence: sequence, at: .epoch, level: .info, message: "Line \(sequence).")
            operations.log.withLock { $0.append(line) }
            hub.publish("log", EventShape(.log(line)).data, line: sequence)
        }
        // Said after the store answered, before the stream is there.
        operations.whenLogsWereRead.withLock { $0 = { say(21) } }
        let stream = try #require(try await hub.open(after: "1700000000-812-13"))
        say(22)
        #expect(try Self.sequences(Self.events(await stream.queue.next())) == Array(14...22))
    }

    @Test func `closing the hub ends streams after what waits for them, and nobody comes in`() async throws {
        let hub = Self.hub()
        let stream = try #require(hub.open(after: nil))
        Self.say(hub, 1...1)
        hub.close()
        #expect(Self.events(await stream.queue.next()).map(\.name) == ["hello", "log"])
        #expect(await stream.queue.next() == nil)
        #expect(hub.open(after: nil) == nil)
    }

    @Test func `a reader that is cancelled gets the end`() async throws {
        let queue = EventQueue(limit: 4)
        let reader = Task { await queue.next() }
        reader.cancel()
        #expect(await reader.value == nil)
    }

    @Test func `there are no more streams than may be`() throws {
        var limits = EventHub.Limits()
        limits.streams = 2
        let hub = Self.hub(limits)
        let first = try #require(hub.open(after: nil))
        _ = try #require(hub.open(after: nil))
        #expect(hub.open(after: nil) == nil)
        hub.close(first.number)
        #expect(hub.open(after: nil) != nil)
    }

    @Test func `events of the engine reach the stream, and a gap of the engine begins an epoch`() async throws {
        let operations = StubOperations()
        let hub = EventHub(operations, time: ManualTime())
        let stream = try #require(hub.open(after: nil))
        #expect(Self.events(await stream.queue.next()).map(\.name) == ["hello"])
        let running = Task { await hub.run() }
        defer { running.cancel() }
        operations.happen.yield(.throughput(ThroughputSample(at: .epoch, records: 7)))
        #expect(Self.events(await stream.queue.next()).map(\.name) == ["throughput"])
        operations.happen.yield(.gap)
        #expect(Self.events(await stream.queue.next()).map(\.id) == ["1800000001-0-0"])
    }

    @Test func `who is connected is known for a minute`() throws {
        let time = ManualTime()
        let list = PresenceList(time: time)
        let (ada, bob) = (Principal("ada"), Principal("bob"))
        #expect(try list.enter(PresenceReport(id: "1"), as: ada)?.count == 1)
        // Telling the same again is no news.
        #expect(try list.enter(PresenceReport(id: "1"), as: ada) == nil)
        #expect(try list.enter(PresenceReport(id: "1", confirmation: "Stop?"), as: ada)?.first?.confirmation == "Stop?")
        #expect(try list.enter(PresenceReport(id: "1"), as: bob)?.map(\.principal) == [ada, bob])
        #expect(list.leave("1", as: bob)?.map(\.principal) == [ada])
        #expect(list.leave("1", as: bob) == nil)
        time.advance(by: .seconds(60))
        #expect(list.present.isEmpty)
    }

    @Test func `that somebody fell silent is told when anybody says anything`() throws {
        let time = ManualTime()
        let list = PresenceList(time: time)
        let (ada, bob) = (Principal("ada"), Principal("bob"))
        #expect(try list.enter(PresenceReport(id: "1"), as: ada) != nil)
        #expect(try list.enter(PresenceReport(id: "1"), as: bob)?.count == 2)
        time.advance(by: .seconds(40))
        #expect(try list.enter(PresenceReport(id: "1"), as: bob) == nil)
        time.advance(by: .seconds(30))
        // Whoever looks in between does not swallow the news.
        #expect(list.present.map(\.principal) == [bob])
        #expect(try list.enter(PresenceReport(id: "1"), as: bob)?.map(\.principal) == [bob])
    }
}
