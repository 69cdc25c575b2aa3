import PulseDomain
import PulseSimulation
import Synchronization
import Testing

struct TraceContextTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func `a traceparent is read and written as the standard has it`() throws {
        let context = try #require(TraceContext(traceparent: Self.valid))
        #expect(context.trace == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.span == "00f067aa0ba902b7" && context.isSampled)
        #expect(context.traceparent == Self.valid)
        let unsampled = try #require(TraceContext(traceparent: Self.valid.dropLast(2) + "02"))
        #expect(!unsampled.isSampled && unsampled.traceparent.hasSuffix("-00"))
    }

    @Test(arguments: [valid.dropLast(2) + "ff", "cc" + valid.dropFirst(2), "cc" + valid.dropFirst(2) + "-what-comes"])
    func `later versions and other flags are read as far as they go`(text: String) {
        #expect(TraceContext(traceparent: text)?.trace == "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    @Test(arguments: [
        "", "00", String(valid.dropLast()), valid + "0", valid + "-00", "ff" + valid.dropFirst(2), valid.uppercased(),
        "cc" + valid.dropFirst(2) + ".", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", valid.replacing("-", with: "_"),
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01", "00-é" + valid.dropFirst(5),
    ])
    func `anything else is none`(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test func `what is sent on belongs to the present trace, or to that of a correlation`() throws {
        let trace: CorrelationID = "4bf92f3577b34da6a3ce929d0e0e4736"
        #expect(TraceContext.outgoing() == nil)
        #expect(TraceContext.outgoing("c1") == nil)
        #expect(TraceContext.outgoing("00000000000000000000000000000000") == nil)
        let begun = try #require(TraceContext.outgoing(trace))
        #expect(begun.trace == trace && begun.isSampled)
        let present = try #require(TraceContext(traceparent: Self.valid.dropLast(2) + "00"))
        try TraceContext.$current.withValue(present) {
            for correlation in [nil, trace] {
                let next = try #require(TraceContext.outgoing(correlation))
                #expect(next.trace == trace && !next.isSampled && next.span != present.span)
            }
            let other = try #require(TraceContext.outgoing("0af7651916cd43dd8448eb211c80319c"))
            #expect(other.trace == "0af7651916cd43dd8448eb211c80319c" && other.isSampled)
        }
    }
}

struct TracerTests {
    /// Keeps what it is told.
    private final class Kept: SpanSink {
        private let kept = Mutex<[Span]>([])
        var spans: [Span] { kept.withLock { $0 } }
        func record(_ span: Span) { kept.withLock { $0.append(span) } }
    }

    private struct Broken: Error, CustomStringConvertible { var description: String { "It broke." } }

    @Test func `steps know their trace, their parent and how long they took, whatever the wall clock does`()
        async throws
    {
        let clock = SimulationExecutor(startingAt: Instant(seconds: 1_000))
        let kept = Kept()
        try await clock.run {
            let tracer = Tracer(sink: kept, time: clock)
            let correlation: CorrelationID = "0123456789abcdef0123456789abcdef"
            try await tracer.span("outer", kind: .server, trace: correlation, ["a": 1]) { notes in
                try await clock.sleep(for: .seconds(1))
                try await tracer.span("inner") { _ in
                    clock.jump(by: .seconds(-500))
                    try await clock.sleep(for: .seconds(2))
                }
                notes.set("b", "text")
            }
        }
        let (inner, outer) = try #require(kept.spans.count == 2 ? (kept.spans[0], kept.spans[1]) : nil)
        #expect(inner.name == "inner" && outer.name == "outer" && outer.kind == .server)
        #expect(outer.context.trace == "0123456789abcdef0123456789abcdef" && inner.context.trace == outer.context.trace)
        #expect(inner.parent == outer.context.span && outer.parent == nil)
        #expect(inner.endedAt - inner.startedAt == .seconds(2) && outer.endedAt - outer.startedAt == .seconds(3))
        #expect(outer.attributes == ["a": 1, "b": "text"])
    }

    @Test func `an error is told with its step and thrown on, a cancellation is no error`() async throws {
        let kept = Kept()
        let tracer = Tracer(sink: kept, time: SimulationExecutor(startingAt: .epoch))
        await #expect(throws: Broken.self) { try await tracer.span("a") { _ in throw Broken() } }
        await #expect(throws: CancellationError.self) { try await tracer.span("b") { _ in throw CancellationError() } }
        #expect(kept.spans.map(\.outcome) == [.failed("It broke."), .unset])
    }

    @Test func `what others decided not to record is not recorded, and goes on unrecorded`() async throws {
        let kept = Kept()
        let tracer = Tracer(sink: kept, time: SimulationExecutor(startingAt: .epoch))
        let parent = TraceContext(trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7", isSampled: false)
        let passed = try await tracer.span("a", under: parent) { _ in TraceContext.current }
        #expect(passed?.trace == parent.trace && passed?.isSampled == false && kept.spans.isEmpty)
        // Without a sink the trace of others goes through as it came.
        let silent = Tracer(sink: nil, time: SimulationExecutor(startingAt: .epoch))
        #expect(try await silent.span("a", under: parent) { _ in TraceContext.current } == parent)
    }

    @Test(arguments: [(0.0, 0), (0.25, 2_500), (1.0, 10_000)])
    func `a share of traces is chosen by their ids`(share: Double, expected: Int) {
        var generator = SystemRandomNumberGenerator()
        let traces = (0..<10_000).map { _ in CorrelationID(using: &generator) }
        let sampling = Tracer.Sampling.share(share)
        let chosen = traces.filter { sampling.chooses($0) }
        #expect(abs(chosen.count - expected) < 300)
        #expect(chosen.allSatisfy { sampling.chooses($0) })
    }
}
