import PulseAPI
import Testing

/// Server-Sent Events, however they are cut.
struct EventStreamParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var events: [ServerSentEvent]
        var testDescription: String { text.debugDescription }
    }

    static func event(_ data: String, _ name: String = "message", id: String = "") -> ServerSentEvent {
        ServerSentEvent(name: name, data: Array(data.utf8), id: id)
    }

    // The first ones are the examples of the standard.
    static let cases = [
        Case(
            text: "data: YHOO\ndata: +2\ndata: 10\n\n", events: [event("YHOO\n+2\n10")]),
        Case(
            text: ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
            events: [event("first event", id: "1"), event("second event")]),
        Case(text: "data\n\ndata\ndata\n\ndata:", events: [event(""), event("\n")]),
        Case(text: "data:test\n\ndata: test\n\n", events: [event("test"), event("test")]),
        Case(
            text: "\u{FEFF}event: job\r\ndata: a\r\rdata: b\r\n\r\nid: 17-1\nretry: 2500\n\n\r\n\rdata: c\n\n",
            events: [event("a", "job"), event("b"), event("c", id: "17-1")]),
        Case(text: "data: \u{FEFF}ä\u{1F680}\n\nevent: x\n\n", events: [event("\u{FEFF}ä\u{1F680}")]),
        Case(
            text: "id: 1\ndata: a\n\nid: x\u{0}y\ndata: b\n\nid:\ndata: c\n\n",
            events: [
                event("a", id: "1"), event("b", id: "1"), event("c"),
            ]),
        Case(text: "Data: no\nfield\n data: no\n:\n:comment\ndata:yes: it is\n\n", events: [event("yes: it is")]),
        Case(text: "\r\n\r\n\n\r", events: []), Case(text: "", events: []),
    ]

    @Test(arguments: cases)
    func `a stream is read the same, wherever it is cut in three`(example: Case) throws {
        let bytes = Array(example.text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = EventStreamParser()
                var events = try parser.take(bytes[..<first])
                events += try parser.take(bytes[first..<second])
                events += try parser.take(bytes[second...])
                #expect(events == example.events, "cut at \(first) and \(second)")
            }
        }
    }

    @Test(arguments: [[0xEF] as [UInt8], [0xEF, 0xBB]])
    func `half a byte order mark is text`(mark: [UInt8]) throws {
        var parser = EventStreamParser()
        #expect(try parser.take(mark + Array("data: a\ndata: b\n\n".utf8)) == [Self.event("b")])
    }

    @Test func `what is written is what is read`() throws {
        let events = [Self.event("{\"a\":\"b\"}", "job", id: "17-4711"), Self.event("x\n\ny", "log", id: "17-4712")]
        var parser = EventStreamParser()
        #expect(try parser.take(events.flatMap(\.bytes)) == events)
        #expect(parser.lastID == "17-4712")
    }

    @Test func `retry is a number of milliseconds and nothing else`() throws {
        var parser = EventStreamParser()
        _ = try parser.take(Array("retry: 12x\nretry: -1\nretry:\nretry: 99999999999999999999\n\n".utf8))
        #expect(parser.retry == nil)
        _ = try parser.take(Array("retry: 1500\n".utf8))
        #expect(parser.retry == .milliseconds(1_500))
    }

    @Test func `a line or an event without end is not kept`() {
        var parser = EventStreamParser(limitInBytes: 100)
        #expect(throws: EventStreamError.lineTooLong(limitInBytes: 100)) {
            try parser.take(repeatElement(UInt8(ascii: "x"), count: 101))
        }
        var other = EventStreamParser(limitInBytes: 100)
        #expect(throws: EventStreamError.eventTooLarge(limitInBytes: 100)) {
            for _ in 0..<1_000 { _ = try other.take(Array("data: \(String(repeating: "y", count: 30))\n".utf8)) }
        }
        var empty = EventStreamParser(limitInBytes: 100)
        #expect(throws: EventStreamError.eventTooLarge(limitInBytes: 100)) {
            for _ in 0..<1_000 { _ = try empty.take(Array("data\n".utf8)) }
        }
    }

    @Test func `arbitrary bytes end in events or in an error`() throws {
        var generator = Seeded(state: 7)
        let alphabet = Array("dataeventidretry: \n\r\u{0}\u{FEFF}ä1".utf8)
        for _ in 0..<2_000 {
            let bytes = (0..<64).compactMap { _ in alphabet.randomElement(using: &generator) }
            var whole = EventStreamParser()
            var single = EventStreamParser()
            let events = try whole.take(bytes)
            #expect(try bytes.flatMap { try single.take([$0]) } == events)
        }
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }
}
