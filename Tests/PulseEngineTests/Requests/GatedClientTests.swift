import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSimulation
import Synchronization
import Testing

@Suite struct GatedClientTests {
    /// A client on a virtual clock with a scripted server.
    struct Rig: Sendable {
        let clock: SimulationExecutor
        let transport: ScriptedTransport
        let limits: Limits
        let control = RunControl()
        let refreshes = Counter()
        let source: EngineSource

        init(
            _ clock: SimulationExecutor, concurrency: Int = 4, threshold: Int = 5,
            answer: @escaping @Sendable (Int) async throws(HTTPError) -> HTTPResponse
        ) {
            self.clock = clock
            transport = ScriptedTransport(time: clock) { (_, number) async throws(HTTPError) in try await answer(number)
            }
            limits = Limits(
                time: clock, breakerPolicy: BreakerState.Policy(threshold: threshold, firstPause: .seconds(30)))
            let refreshes = refreshes
            source = EngineSource(
                id: "s", kind: .github, connector: StubConnector(), transport: transport,
                authorize: { refreshing in
                    if refreshing { refreshes.add() }
                    return ["Authorization": "secret"]
                }, identity: "i",
                policy: QuotaPolicy(
                    unknownRate: 100, burst: 1_000, concurrency: concurrency, window: .hours(1), reserve: .amount(0)))
        }

        func client(
            tries: Int = 4, correlation: CorrelationID = "c", partition: PartitionKey? = nil
        ) -> GatedClient {
            GatedClient(
                source: source, limits: limits, control: control, time: clock, correlation: correlation,
                random: SharedRandom(seed: 1), partition: partition,
                backoff: Backoff(base: .seconds(1), longest: .seconds(8)), tries: tries)
        }

        static let request = SourceRequest(HTTPRequest(url: "https://s.example/x"), endpoint: "search", bucket: "b")

        var inFlight: Int { limits.quotaStatuses().reduce(0) { $0 + $1.inFlight } }
        var breaker: BreakerPosition? { limits.breakerStatuses().first?.position }
    }

    final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    static func response(_ status: Int, _ headers: HTTPHeaders = [:]) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, url: "https://s.example/x")
    }

    static let start = Instant(CivilTime(year: 2026, month: 3, day: 2, hour: 6))

    /// Keeps what it is told.
    private final class Kept: SpanSink {
        private let kept = Mutex<[Span]>([])
        var spans: [Span] { kept.withLock { $0 } }
        func record(_ span: Span) { kept.withLock { $0.append(span) } }
    }

    @Test func `every request bears the correlation of its run as its trace`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let trace: CorrelationID = "4bf92f3577b34da6a3ce929d0e0e4736"
            let rig = Rig(clock) { number throws(HTTPError) in Self.response(number == 1 ? 503 : 200) }
            _ = try await rig.client(correlation: trace).send(Rig.request)
            _ = try await rig.client(correlation: "no trace id").send(Rig.request)
            let sent = rig.transport.seen.map { $0.trace }
            let contexts = sent.prefix(2).compactMap { $0.flatMap { TraceContext(traceparent: $0) } }
            #expect(contexts.map(\.trace) == [trace, trace])
            #expect(Set(contexts.map(\.span)).count == 2)
            #expect(contexts.allSatisfy { !$0.isSampled })
            #expect(sent.last == .some(nil))
        }
    }

    @Test func `where spans are taken there is one for each request, under the run's trace`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let trace: CorrelationID = "4bf92f3577b34da6a3ce929d0e0e4736"
            let rig = Rig(clock) { number throws(HTTPError) in Self.response(number == 1 ? 503 : 200) }
            let kept = Kept()
            _ = try await Tracer.$current.withValue(Tracer(sink: kept, time: clock)) {
                try await rig.client(correlation: trace).send(Rig.request)
            }
            #expect(kept.spans.map(\.name) == ["request search", "request search"])
            #expect(kept.spans.map { $0.attributes["http.response.status_code"] } == [.integer(503), .integer(200)])
            #expect(kept.spans.allSatisfy { $0.kind == .client && $0.context.trace == trace && $0.parent == nil })
            let sent = rig.transport.seen.compactMap { $0.trace }
            #expect(sent.compactMap { TraceContext(traceparent: $0)?.trace } == [trace, trace])
        }
    }

    @Test(arguments: [(PartitionKey?.none, 2), ("PAY", 1)])
    func `what is too heavy is asked for again, but in a walk, which asks for half`(
        _ partition: PartitionKey?, _ requests: Int
    ) async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { number throws(HTTPError) in Self.response(number == 1 ? 502 : 200) }
            let answer = try? await rig.client(partition: partition).send(Rig.request)
            #expect((answer?.status == 200) == (partition == nil))
            #expect(rig.transport.seen.count == requests && rig.inFlight == 0)
        }
    }

    @Test func `a passing failure is tried again with growing waits, then passed on`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { _ throws(HTTPError) in Self.response(503) }
            let failure = await #expect(throws: Failure.self) { _ = try await rig.client().send(Rig.request) }
            #expect(failure?.kind == .transient)
            let times = rig.transport.seen.map { ($0.at - Self.start).inSeconds }
            #expect(times.count == 4)
            for (index, ceiling) in [1.0, 2, 4].enumerated() {
                let wait = times[index + 1] - times[index]
                #expect(wait >= ceiling * 0.0999 && wait <= ceiling)
            }
            #expect(rig.inFlight == 0)
        }
    }

    @Test func `a refused credential is read anew once`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let mended = Rig(clock) { number throws(HTTPError) in
                Self.response(number == 1 ? 401 : number == 2 ? 503 : 200)
            }
            let answer = try await mended.client().send(Rig.request)
            #expect(answer.status == 200)
            #expect(mended.refreshes.value == 1)
            let refused = Rig(clock) { _ throws(HTTPError) in Self.response(401) }
            let failure = await #expect(throws: Failure.self) { _ = try await refused.client().send(Rig.request) }
            #expect(failure?.kind == .unauthorised && refused.transport.seen.count == 2)
            #expect(refused.refreshes.value == 1 && refused.inFlight == 0)
        }
    }

    @Test(arguments: [HTTPHeaders(dictionaryLiteral: ("retry-after", "90")), [:], ["limit": "50", "remaining": "0"]])
    func `a limit is waited for by everybody who shares it, and nothing is sent before`(told: HTTPHeaders) async throws
    {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { number throws(HTTPError) in
                number == 1 ? Self.response(429, told) : Self.response(200)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask { _ = try await rig.client().send(Rig.request) }
                    // The first one learns of the limit before the others ask.
                    try await clock.sleep(for: .milliseconds(10))
                }
                try await group.waitForAll()
            }
            let allowed = Self.start + .seconds(told["retry-after"] == nil ? 61 : 91)
            #expect(rig.transport.seen.count == 6)
            #expect(rig.transport.seen.dropFirst().allSatisfy { $0.at == allowed }, "\(rig.transport.seen.map(\.at))")
        }
    }

    @Test func `a limit without a word about how long is waited for ever longer, one request at a time`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { number throws(HTTPError) in Self.response(number <= 3 ? 429 : 200) }
            _ = try await rig.client().send(Rig.request)
            let times = rig.transport.seen.map { $0.at - Self.start }
            let waits = zip(times, times.dropFirst()).map { $1 - $0 }
            #expect(waits == [.minutes(1), .minutes(2), .minutes(4)].map { $0 + .seconds(1) })
        }
    }

    @Test func `a stop does not wait for a credential that takes its time`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { _ throws(HTTPError) in Self.response(200) }
            var source = rig.source
            source.authorize = { _ in
                try await clock.sleep(for: .seconds(30))
                return [:]
            }
            let client = GatedClient(
                source: source, limits: rig.limits, control: rig.control, time: clock, correlation: "c",
                random: SharedRandom(seed: 1))
            await #expect(throws: WalkInterrupted.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await client.send(Rig.request) }
                    try await clock.sleep(for: .seconds(5))
                    rig.control.give(.stop)
                    try await group.waitForAll()
                }
            }
            #expect(clock.now == Self.start + .seconds(5))
            #expect(rig.inFlight == 0 && rig.transport.seen.isEmpty)
        }
    }

    @Test func `the breaker opens, lets one probe pass, and closes with it; siblings wait together`() async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let downUntil = Self.start + .seconds(50)
            let rig = Rig(clock, threshold: 3) { _ throws(HTTPError) in Self.response(clock.now < downUntil ? 503 : 200)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await rig.client(tries: 50).send(Rig.request) } }
                try await clock.sleep(for: .seconds(20))
                #expect(rig.breaker == .open)
                try await group.waitForAll()
            }
            #expect(rig.breaker == .closed)
            let opened = rig.transport.seen.filter { $0.at < Self.start + .seconds(29) }
            #expect(opened.count <= 6)
            // One failed probe after thirty seconds; then sixty seconds of silence.
            let probes = rig.transport.seen.filter {
                $0.at >= Self.start + .seconds(29) && $0.at < Self.start + .seconds(85)
            }
            #expect(probes.count == 1, "\(probes)")
            #expect(rig.inFlight == 0)
        }
    }

    @Test(arguments: [RunControl.Order.pause, .stop])
    func `an order ends a wait at once`(order: RunControl.Order) async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock) { _ throws(HTTPError) in Self.response(429, ["retry-after": "3000"]) }
            await #expect(throws: WalkInterrupted.self) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try await rig.client().send(Rig.request) }
                    try await clock.sleep(for: .seconds(5))
                    rig.control.give(order)
                    try await group.waitForAll()
                }
            }
            #expect(clock.now == Self.start + .seconds(5))
            #expect(rig.inFlight == 0 && rig.limits.quotaStatuses().first?.waiting == 0)
        }
    }

    @Test func `a stop gives up the request under way, a pause lets it end`() async throws {
        for order in [RunControl.Order.stop, .pause] {
            let clock = SimulationExecutor(startingAt: Self.start)
            try await clock.run {
                let rig = Rig(clock) { _ async throws(HTTPError) in
                    do { try await clock.sleep(for: .seconds(40)) } catch { throw .cancelled(.init(host: "s")) }
                    return Self.response(200)
                }
                let ended = try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        do { return try await rig.client().send(Rig.request).status == 200 } catch is WalkInterrupted {
                            return false
                        }
                    }
                    try await clock.sleep(for: .seconds(5))
                    rig.control.give(order)
                    return try await group.next() ?? false
                }
                #expect(ended == (order == .pause))
                #expect(clock.now == Self.start + .seconds(order == .stop ? 5 : 40))
                #expect(rig.inFlight == 0)
            }
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `whenever tasks are cancelled, every place is given back`(seed: UInt64) async throws {
        let clock = SimulationExecutor(startingAt: Self.start)
        try await clock.run {
            let rig = Rig(clock, concurrency: 3, threshold: 4) { number async throws(HTTPError) in
                do { try await clock.sleep(for: .milliseconds(50 + number * 37 % 400)) } catch {
                    throw .cancelled(.init(host: "s"))
                }
                return Self.response(number % 3 == 0 ? 503 : 200)
            }
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<12 { group.addTask { _ = try? await rig.client().send(Rig.request) } }
                var random = SeededGenerator(seed: seed)
                try? await clock.sleep(for: .milliseconds(Int.random(in: 0...1_500, using: &random)))
                group.cancelAll()
            }
            #expect(rig.inFlight == 0)
            let status = rig.limits.quotaStatuses().first
            #expect(status?.waiting == 0)
            // Nobody is kept out afterwards.
            _ = try await rig.client(tries: 20).send(Rig.request)
        }
    }

    @Test func `a limit that answers tell beside their own is heeded as well`() async throws {
        let limits = Limits(time: SimulationExecutor(startingAt: Self.start))
        let policy = QuotaPolicy(unknownRate: 100, burst: 100, concurrency: 4, window: .hours(1), reserve: .amount(0))
        let quota = QuotaID(identity: "i", bucket: "burst")
        guard case .go(let pass) = try await limits.admit(Rig.request, of: "s", quota: quota, policy: policy)
        else {
            Issue.record("nothing is known yet")
            return
        }
        let observations = [
            QuotaObservation(bucket: "burst", limit: 350, remaining: 340),
            QuotaObservation(bucket: "points", limit: 65_000, remaining: 0, resetsIn: .minutes(20), window: .hours(1)),
        ]
        await limits.end(pass, verdict: ResponseVerdict(observations: observations))
        guard case .wait(let wait) = try await limits.admit(Rig.request, of: "s", quota: quota, policy: policy)
        else {
            Issue.record("the points are spent")
            return
        }
        #expect(wait.reason == .quota(QuotaID(identity: "i", bucket: "points")))
        #expect(wait.until == Self.start + .minutes(20) + .seconds(1))
        let statuses = limits.quotaStatuses()
        #expect(statuses.map(\.limit) == [350, 65_000] && statuses.allSatisfy { $0.inFlight == 0 })
    }
}
