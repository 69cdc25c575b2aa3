package import PulseConnectors
package import PulseDomain
package import PulseHTTP
import Synchronization

/// Adds the credential to a request. `refreshing` reads it anew: an answer said that it is no longer good.
package typealias Authorizer = @Sendable (_ refreshing: Bool) async throws -> HTTPHeaders

/// The way of one walk to its source: breaker, quota, credential, retry. See ``SourceClient``.
package final class GatedClient: SourceClient {
    /// What a client tells about its work.
    package struct Observer: Sendable {
        package var waits: @Sendable (Wait?) -> Void
        /// A request goes out; what is returned is called when it was answered or given up.
        package var asks: @Sendable (EndpointID) -> @Sendable () -> Void
        /// A request was sent and is over, answered or not: called once for each.
        package var sent: @Sendable (_ quota: QuotaID, _ points: Int) -> Void
        package var answered: @Sendable (_ quota: QuotaID, _ points: Int, _ bytes: Int) -> Void
        package var logs: @Sendable (LogLevel, String, [LogLine.Fact]) -> Void

        package init(
            waits: @escaping @Sendable (Wait?) -> Void = { _ in },
            asks: @escaping @Sendable (EndpointID) -> @Sendable () -> Void = { _ in {} },
            sent: @escaping @Sendable (_ quota: QuotaID, _ points: Int) -> Void = { _, _ in },
            answered: @escaping @Sendable (_ quota: QuotaID, _ points: Int, _ bytes: Int) -> Void = { _, _, _ in },
            logs: @escaping @Sendable (LogLevel, String, [LogLine.Fact]) -> Void = { _, _, _ in }
        ) {
            self.waits = waits
            self.asks = asks
            self.sent = sent
            self.answered = answered
            self.logs = logs
        }
    }

    package let time: any TimeSource
    private let source: EngineSource
    private let limits: Limits
    private let control: RunControl
    private let observer: Observer
    private let correlation: CorrelationID
    /// For limits that are kept in the store, and for which partition it waits; `nil`: what the store refuses is thrown.
    private let patience: StorePatience?
    private let partition: PartitionKey?
    private let backoff: Backoff
    private let random: SharedRandom
    /// Tries of one request, the first included, before its failure is passed on.
    private let tries: Int

    package init(
        source: EngineSource, limits: Limits, control: RunControl, time: any TimeSource, correlation: CorrelationID,
        random: SharedRandom, observer: Observer = Observer(), patience: StorePatience? = nil,
        partition: PartitionKey? = nil, backoff: Backoff = Backoff(), tries: Int = 6
    ) {
        self.patience = patience
        self.partition = partition
        self.source = source
        self.limits = limits
        self.control = control
        self.time = time
        self.correlation = correlation
        self.random = random
        self.observer = observer
        self.backoff = backoff
        self.tries = tries
    }

    package func send(_ request: SourceRequest) async throws -> HTTPResponse {
        let quota = source.quota(bucket: request.bucket)
        var attempt = 1
        var (isRefreshing, wasRefreshed) = (false, false)
        while true {
            let pass = try await pass(request, quota: quota)
            let (verdict, response) = try await exchange(request, pass: pass, quota: quota, refreshing: isRefreshing)
            isRefreshing = false
            guard let failure = verdict.failure else {
                if let response { return response }
                throw Failure(
                    .ours, code: "request.no_answer", "A request to \(request.endpoint) ended without an answer.",
                    remedy: "Please report it, with the log around this time.", endpoint: request.endpoint)
            }
            switch failure.kind {
            case .rateLimited:
                // The limits know until when; nothing passes before.
                observer.logs(.notice, "The provider asked to wait.", facts(of: failure))
            // Outside of a walk nobody asks for half: what was too heavy is as any answer that did not come in time.
            case .transient where attempt < tries, .pageTooHeavy where partition == nil && attempt < tries:
                attempt += 1
                let pause = random.use { backoff.wait(beforeRetry: attempt - 1, using: &$0) }
                observer.logs(.warning, "A request failed and is tried again.", facts(of: failure))
                try await wait(pause, reason: .backoff(attempt: attempt), because: failure.sentence)
            case .unauthorised where !wasRefreshed:
                (isRefreshing, wasRefreshed) = (true, true)
                observer.logs(.notice, "The credential was refused and is read anew.", facts(of: failure))
            default: throw failure
            }
        }
    }

    /// One exchange: everything between a passed gate and what the answer means.
    private func exchange(_ request: SourceRequest, pass: Limits.Pass, quota: QuotaID, refreshing: Bool) async throws
        -> (ResponseVerdict, HTTPResponse?)
    {
        var wasSent = false
        var verdict: ResponseVerdict
        var response: HTTPResponse?
        do {
            var http = request.http
            let authorize = source.authorize
            for field in try await unless(control.abort, { try await authorize(refreshing) }) {
                http.headers.set(field.name, field.value)
            }
            wasSent = true
            let isOver = observer.asks(request.endpoint)
            defer { isOver() }
            let answer = try await send(http, for: request)
            verdict = source.connector.verdict(on: answer, to: request)
            response = answer
        } catch {
            guard let failure = error as? HTTPError, !failure.isCancelled else {
                await limits.abandon(pass, wasSent: wasSent)
                if wasSent { observer.sent(quota, request.cost) }
                throw error is HTTPError ? CancellationError() : error
            }
            verdict = ResponseVerdict(failure: Failure(failure, endpoint: request.endpoint))
        }
        if verdict.failure?.kind == .rateLimited, verdict.observations.isEmpty {
            verdict.observations = [QuotaObservation(bucket: request.bucket)]
        }
        await limits.end(pass, verdict: verdict)
        let points = verdict.observations.lazy.compactMap(\.cost).first ?? request.cost
        observer.sent(quota, points)
        observer.answered(quota, points, response?.body.count ?? 0)
        return (verdict, response)
    }

    /// The request itself, which bears the trace of the run, so that a provider's support finds it by our correlation.
    private func send(_ message: HTTPRequest, for request: SourceRequest) async throws -> HTTPResponse {
        let transport = source.transport
        return try await Tracer.step(
            "request \(request.endpoint)", kind: .client, trace: correlation,
            [
                "http.request.method": .text(message.method.rawValue), "pulse.source": .text(source.id.rawValue),
                "pulse.endpoint": .text(request.endpoint.rawValue),
                "pulse.partition": .text(partition?.rawValue ?? ""),
            ]
        ) { notes in
            var message = message
            if let trace = TraceContext.outgoing(correlation, isSampled: false) {
                message.headers.set("traceparent", trace.traceparent)
            }
            let sent = message
            let answer = try await unless(control.abort) { try await transport.send(sent) }
            notes?.set("http.response.status_code", .integer(Int64(answer.status)))
            notes?.set("http.response.body.size", .integer(Int64(answer.body.count)))
            return answer
        }
    }

    /// Does what may last (asking for a credential, sending, waiting for a place), unless the run is told to end
    /// meanwhile by `signal`.
    private func unless<Value: Sendable>(_ signal: Signal, _ body: @escaping @Sendable () async throws -> Value)
        async throws -> Value
    {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await signal.wait()
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw WalkInterrupted() }
            return value
        }
    }

    /// Waits until breaker and quota let the request go; returns with it counted as under way.
    private func pass(_ request: SourceRequest, quota: QuotaID) async throws -> Limits.Pass {
        var isCounted = false
        defer { if isCounted { limits.countWaiting(-1, for: quota) } }
        while true {
            try Task.checkCancellation()
            if control.isInterrupted { throw WalkInterrupted() }
            switch try await admission(request, quota: quota) {
            case .go(let pass): return pass
            case .full(let freed, let recheck):
                try await unless(control.interruption) { [time] in
                    if let recheck {
                        _ = try await time.sleep(for: recheck, unless: freed)
                    } else {
                        try await freed.wait()
                    }
                }
            case .wait(let wait):
                if !isCounted {
                    isCounted = true
                    limits.countWaiting(1, for: quota)
                }
                try await sleep(wait)
            }
        }
    }

    private func admission(_ request: SourceRequest, quota: QuotaID) async throws -> Limits.Admission {
        guard let patience else {
            return try await limits.admit(request, of: source.id, quota: quota, policy: source.policy)
        }
        return try await patience.call(for: partition) { _ in
            try await limits.admit(request, of: source.id, quota: quota, policy: source.policy)
        }
    }

    private func wait(_ duration: Duration, reason: WaitReason, because: String) async throws {
        let now = time.now
        try await sleep(Wait(reason: reason, since: now, until: now + duration, because: because))
    }

    /// Short waits are not worth telling. They last as long as they were to last, however the wall clock is set
    /// meanwhile.
    private func sleep(_ wait: Wait) async throws {
        let duration = wait.until - wait.since
        let isTold = duration >= .seconds(1)
        if isTold { observer.waits(wait) }
        defer { if isTold { observer.waits(nil) } }
        if try await time.sleep(for: duration, unless: control.interruption) { throw WalkInterrupted() }
    }

    /// Adds a line to the log of the walk.
    package func tell(_ level: LogLevel, _ message: String, _ facts: [LogLine.Fact]) {
        observer.logs(level, message, facts)
    }

    private func facts(of failure: Failure) -> [LogLine.Fact] {
        var facts = [LogLine.Fact("failure.code", failure.code), LogLine.Fact("failure", failure.sentence)]
        if let endpoint = failure.endpoint { facts.insert(LogLine.Fact("endpoint", endpoint.rawValue), at: 0) }
        return facts
    }
}

/// Random numbers from one seed for all who ask.
package final class SharedRandom: Sendable {
    private let generator: Mutex<SeededGenerator>

    package init(seed: UInt64) { generator = Mutex(SeededGenerator(seed: seed)) }

    package func use<Result: Sendable>(_ body: (inout SeededGenerator) -> Result) -> Result {
        generator.withLock { body(&$0) }
    }
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

extension Failure {
    /// A failure of the link.
    package init(_ error: HTTPError, endpoint: EndpointID?) {
        self.init(
            error.isTransient ? .transient : .ours, code: error.code, error.sentence, remedy: error.remedy,
            endpoint: endpoint)
    }
}

extension HTTPError {
    /// Whether the caller itself gave the request up.
    fileprivate var isCancelled: Bool { if case .cancelled = self { true } else { false } }
}
