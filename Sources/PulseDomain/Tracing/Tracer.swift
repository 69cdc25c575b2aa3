import Synchronization

/// Begins and ends spans. Without a sink it costs next to nothing, and traces that others began go on through it.
package struct Tracer: Sendable {
    /// Which traces that begin here are recorded; those that come from elsewhere were decided on there.
    package enum Sampling: Sendable, Hashable {
        /// The share of traces (0 to 1), chosen by their ids, so that every process chooses the same ones.
        case share(Double)

        package func chooses(_ trace: CorrelationID) -> Bool {
            guard case .share(let share) = self, share < 1 else { return true }
            guard share > 0, let number = UInt64(trace.rawValue.suffix(16), radix: 16) else { return false }
            // Of 63 bits, as other implementations choose (OpenTelemetry specification, "TraceIdRatioBased").
            return Double(number >> 1) < share * 0x1p63
        }
    }

    /// Takes the spans of the present task, and of the tasks that it begins; `nil`: nobody does.
    @TaskLocal package static var current: Tracer?

    private let sink: (any SpanSink)?
    private let sampling: Sampling
    private let time: any TimeSource

    package init(sink: (any SpanSink)?, sampling: Sampling = .share(1), time: any TimeSource) {
        self.sink = sink
        self.sampling = sampling
        self.time = time
    }

    /// Does `body` as a step that ``current`` takes. Costs next to nothing when nobody does.
    package static func step<Value>(
        _ name: String, kind: Span.Kind = .internal, trace: CorrelationID? = nil,
        under parent: TraceContext? = TraceContext.current, _ attributes: @autoclosure () -> [String: SpanValue] = [:],
        body: (SpanNotes?) async throws -> Value
    ) async throws -> Value {
        guard let current else { return try await TraceContext.$current.withValue(parent) { try await body(nil) } }
        return try await current.span(name, kind: kind, trace: trace, under: parent, attributes(), body: body)
    }

    /// Does `body` as a step of the present trace, or as the first one of `trace` when there is none. An error that it
    /// throws is told with the step and thrown on.
    package func span<Value>(
        _ name: String, kind: Span.Kind = .internal, trace: CorrelationID? = nil,
        under parent: TraceContext? = TraceContext.current, _ attributes: [String: SpanValue] = [:],
        body: (SpanNotes) async throws -> Value
    ) async throws -> Value {
        let notes = SpanNotes(attributes)
        guard let sink else {
            return try await TraceContext.$current.withValue(parent) { try await body(notes) }
        }
        var generator = SystemRandomNumberGenerator()
        let trace = parent?.trace ?? trace ?? CorrelationID(using: &generator)
        let context = TraceContext(
            trace: trace, span: SpanID(using: &generator), isSampled: parent?.isSampled ?? sampling.chooses(trace))
        // The wall clock may be set while it lasts.
        let (begin, elapsed) = (time.now, time.elapsed)
        defer {
            if context.isSampled {
                let (newName, attributes, outcome) = notes.all
                sink.record(
                    Span(
                        context: context, parent: parent?.span, name: newName ?? name, kind: kind, startedAt: begin,
                        endedAt: begin + (time.elapsed - elapsed), attributes: attributes, outcome: outcome))
            }
        }
        return try await TraceContext.$current.withValue(context) {
            do {
                return try await body(notes)
            } catch {
                if !(error is CancellationError) { notes.fail("\(error)") }
                throw error
            }
        }
    }
}

/// What is said of a span while it lasts.
package final class SpanNotes: Sendable {
    private let notes: Mutex<(name: String?, attributes: [String: SpanValue], outcome: Span.Outcome)>

    init(_ attributes: [String: SpanValue]) { notes = Mutex((nil, attributes, .unset)) }

    package func set(_ name: String, _ value: SpanValue) { notes.withLock { $0.attributes[name] = value } }

    /// What the span turned out to be.
    package func rename(_ name: String) { notes.withLock { $0.name = name } }

    /// The first failure is the one that is told.
    package func fail(_ sentence: String) {
        notes.withLock { if $0.outcome == .unset { $0.outcome = .failed(sentence) } }
    }

    fileprivate var all: (name: String?, attributes: [String: SpanValue], outcome: Span.Outcome) {
        notes.withLock { $0 }
    }
}
