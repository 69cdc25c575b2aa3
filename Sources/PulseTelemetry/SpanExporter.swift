package import PulseDomain
package import PulseHTTP
import Synchronization

/// Sends finished spans to a collector, in batches (OTLP over HTTP, https://opentelemetry.io/docs/specs/otlp/).
///
/// Nothing ever waits for it: what comes while the queue is full is dropped and counted.
package final class SpanExporter: SpanSink {
    package struct Limits: Sendable, Hashable {
        /// Spans that wait at most.
        package var queue: Int
        /// Spans in a batch at most.
        package var batch: Int
        /// How long a span waits for company.
        package var delay: Duration
        /// How often a batch is tried before it is dropped.
        package var tries: Int

        package init(queue: Int = 2_048, batch: Int = 512, delay: Duration = .seconds(5), tries: Int = 5) {
            self.queue = queue
            self.batch = batch
            self.delay = delay
            self.tries = tries
        }
    }

    /// What became of spans so far.
    package struct Counts: Sendable, Hashable {
        package var sent = 0
        package var dropped = 0
        /// Why the last batch was not taken, as a sentence; `nil` once one is.
        package var trouble: String?
    }

    private struct State {
        var queue: [Span] = []
        var counts = Counts()
    }

    private let settings: ExporterSettings
    private let limits: Limits
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let state = Mutex(State())
    /// There is enough for a batch, or nothing more will come.
    private let hasBatch = Signal()
    private let isEnded = Signal()

    package init(
        _ settings: ExporterSettings, transport: any HTTPTransport, time: any TimeSource, limits: Limits = Limits()
    ) {
        self.settings = settings
        self.transport = transport
        self.time = time
        self.limits = limits
    }

    /// A tracer whose spans go here.
    package var tracer: Tracer { Tracer(sink: self, sampling: settings.sampling, time: time) }

    package var counts: Counts { state.withLock { $0.counts } }

    package func record(_ span: Span) {
        let isEnough = state.withLock { state in
            guard state.queue.count < limits.queue else {
                state.counts.dropped += 1
                return false
            }
            state.queue.append(span)
            return state.queue.count >= limits.batch
        }
        if isEnough { hasBatch.raise() }
    }

    /// Sends until ``end()``, and then once more, without waiting, what is there. Cancelled, it returns at once, and what
    /// was not sent is lost.
    package func run() async {
        while !Task.isCancelled && !isEnded.isRaised {
            // Cancelled: the loop sees it.
            _ = try? await time.sleep(for: limits.delay, unless: hasBatch)
            hasBatch.lower()
            while !Task.isCancelled, !isEnded.isRaised, let batch = next() { await send(batch) }
        }
        while !Task.isCancelled, let batch = next(), await post(batch).isTaken {}
    }

    /// Makes ``run()`` return soon.
    package func end() {
        isEnded.raise()
        hasBatch.raise()
    }

    private func next() -> [Span]? {
        state.withLock { state in
            guard !state.queue.isEmpty else { return nil }
            let batch = Array(state.queue.prefix(limits.batch))
            state.queue.removeFirst(batch.count)
            return batch
        }
    }

    private func send(_ batch: [Span]) async {
        let backoff = Backoff(base: .seconds(1), longest: .seconds(30))
        var generator = SystemRandomNumberGenerator()
        for attempt in 1...limits.tries {
            switch await post(batch) {
            case .taken: return
            case .refused: return drop(batch)
            case .later(let wait):
                let pause = wait ?? backoff.wait(beforeRetry: attempt, using: &generator)
                guard attempt < limits.tries,
                    (try? await time.sleep(for: min(pause, .minutes(5)), unless: isEnded)) == false
                else {
                    return drop(batch)
                }
            }
        }
    }

    private func drop(_ batch: [Span]) { state.withLock { $0.counts.dropped += batch.count } }

    private enum Answer {
        case taken, refused
        /// Not now; after so long when the collector says so.
        case later(Duration?)

        var isTaken: Bool { if case .taken = self { true } else { false } }
    }

    private func post(_ batch: [Span]) async -> Answer {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        for (name, value) in settings.headers { headers.set(name, value) }
        let request = HTTPRequest(
            method: .post, url: settings.endpoint, headers: headers,
            body: OTLPDocument.of(batch, resource: settings.resource), timeout: settings.timeout,
            maximumBodySizeInBytes: 1 << 20)
        do {
            let response = try await transport.send(request)
            switch response.status {
            case 200..<300:
                state.withLock { state in
                    state.counts.sent += batch.count
                    state.counts.trouble = nil
                }
                return .taken
            // The only ones that are tried again (OTLP specification, "Retryable Response Codes").
            case 429, 502, 503, 504:
                tell("The collector at \(settings.endpoint) answers \(response.status).")
                return .later(response.headers["Retry-After"].flatMap { Double($0) }.map { .seconds(max(0, $0)) })
            default:
                tell("The collector at \(settings.endpoint) refuses spans with \(response.status).")
                return .refused
            }
        } catch {
            tell(error.sentence)
            return .later(nil)
        }
    }

    private func tell(_ trouble: String) { state.withLock { $0.counts.trouble = trouble } }
}
