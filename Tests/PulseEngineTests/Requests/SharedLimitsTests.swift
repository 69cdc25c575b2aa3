import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSimulation
import PulseStore
import Synchronization
import Testing

/// Engines that share limits: what each tells the others, and when.
@Suite struct SharedLimitsTests {
    /// The texts that engines share, and how often they were changed.
    private final class Texts: StoreSharing {
        private let texts = Mutex<[String: String]>([:])
        private let count = Mutex(0)
        var changes: Int { count.withLock { $0 } }

        func changes(after: Int64) async throws -> StoreChanges { StoreChanges(last: after, jobs: []) }
        func notices() -> AsyncStream<Void> { AsyncStream { $0.finish() } }
        func expiredRuns(at now: Instant) async throws -> [StoredRun] { [] }
        func change<Value: Sendable>(
            _ name: String, at now: Instant, _ body: @escaping @Sendable (inout String?, Instant) throws -> Value
        ) async throws -> Value {
            count.withLock { $0 += 1 }
            var text = texts.withLock { $0[name] }
            let value = try body(&text, now)
            texts.withLock { $0[name] = text }
            return value
        }
    }

    private static let start = SimulatedPulse.start
    private static let quota = QuotaID(identity: "i", bucket: "b")
    private static let request = SourceRequest(HTTPRequest(url: "https://s.example/x"), endpoint: "search", bucket: "b")

    private struct Rig: Sendable {
        let clock: SimulationExecutor
        let texts = Texts()
        let engines: [Limits]
        let policy: QuotaPolicy

        init(_ clock: SimulationExecutor, engines: Int = 2, concurrency: Int = 20) {
            self.clock = clock
            let texts = texts
            self.engines = (1...engines).map { number in
                Limits(
                    time: clock,
                    sharing: Limits.Sharing(store: texts, name: "engine \(number)", lease: .minutes(1)))
            }
            policy = QuotaPolicy(
                unknownRate: 1_000, burst: 1_000, concurrency: concurrency, window: .hours(1), reserve: .amount(0),
                burstShare: 1)
        }

        func admit(_ engine: Int) async throws -> Limits.Admission {
            try await engines[engine].admit(request, of: "s", quota: quota, policy: policy)
        }

        func go(_ engine: Int) async throws -> Limits.Pass {
            guard case .go(let pass) = try await admit(engine) else { throw Held() }
            return pass
        }

        func end(_ engine: Int, _ pass: Limits.Pass, remaining: Int, of limit: Int = 1_000) async {
            let seen = QuotaObservation(
                bucket: "b", limit: limit, remaining: remaining,
                resetsIn: SharedLimitsTests.start + .hours(1) - clock.now)
            await engines[engine].end(pass, verdict: ResponseVerdict(observations: [seen]))
        }

        /// What another engine reads, which has no word of its own.
        func told(_ engine: Int = 1) async throws -> QuotaStatus? {
            try await engines[engine].lookAtShared([quota.identity])
            return engines[engine].quotaStatuses().first
        }

        struct Held: Error {}
    }

    @Test func `the end of a request goes with the next one, and counts until then`() async throws {
        try await SimulatedPulse.simulate { clock in
            let rig = Rig(clock)
            await rig.end(0, try await rig.go(0), remaining: 999)
            // The first answer tells the limit: everybody hears it at once.
            #expect(rig.texts.changes == 2)
            #expect(try await rig.told()?.inFlight == 0)
            let before = rig.texts.changes
            for left in stride(from: 998, to: 989, by: -1) { await rig.end(0, try await rig.go(0), remaining: left) }
            #expect(rig.texts.changes - before == 9)
            let told = try await rig.told()
            #expect(told?.inFlight == 1 && told?.remaining == 991)
            // Its own screens show it as it is.
            #expect(rig.engines[0].quotaStatuses().first?.inFlight == 0)
            #expect(rig.engines[0].quotaStatuses().first?.remaining == 990)
        }
    }

    @Test func `what was put off is told after a second without another request`() async throws {
        try await SimulatedPulse.simulate { clock in
            let rig = Rig(clock)
            for left in [999, 998] { await rig.end(0, try await rig.go(0), remaining: left) }
            #expect(try await rig.told()?.inFlight == 1)
            try await rig.engines[0].tellPutOff(force: false)
            #expect(try await rig.told()?.inFlight == 1)
            try await clock.sleep(for: .seconds(2))
            try await rig.engines[0].tellPutOff(force: false)
            let told = try await rig.told()
            #expect(told?.inFlight == 0 && told?.remaining == 998)
            // The window ends when the answer said, not as much later as it was told.
            #expect(told?.resetsAt == Self.start + .hours(1))
            let before = rig.texts.changes
            try await rig.engines[0].tellPutOff(force: true)
            #expect(rig.texts.changes == before)
        }
    }

    @Test(arguments: [
        ResponseVerdict(failure: Failure(.transient, code: "x", "It failed.", remedy: "Wait.")),
        ResponseVerdict(observations: [QuotaObservation(bucket: "b", retryAfter: .seconds(5))]),
        ResponseVerdict(observations: [QuotaObservation(bucket: "b", isSecondary: true)]),
        ResponseVerdict(observations: [QuotaObservation(bucket: "b", limit: 1_000, remaining: 500, resetsIn: .hours(1))]
        ),
        ResponseVerdict(observations: [QuotaObservation(bucket: "b", limit: 900, remaining: 890, resetsIn: .hours(1))]),
        ResponseVerdict(observations: [QuotaObservation(bucket: "other", limit: 9, remaining: 9)]),
    ]) func `an answer with news is told at once`(verdict: ResponseVerdict) async throws {
        try await SimulatedPulse.simulate { clock in
            let rig = Rig(clock)
            await rig.end(0, try await rig.go(0), remaining: 999)
            let pass = try await rig.go(0)
            let before = rig.texts.changes
            await rig.engines[0].end(pass, verdict: verdict)
            #expect(rig.texts.changes == before + 1)
        }
    }

    @Test func `where places are scarce each is given back at once`() async throws {
        try await SimulatedPulse.simulate { clock in
            let rig = Rig(clock, concurrency: 4)
            await rig.end(0, try await rig.go(0), remaining: 999)
            for left in stride(from: 998, to: 990, by: -1) {
                await rig.end(0, try await rig.go(0), remaining: left)
                #expect(try await rig.told()?.inFlight == 0)
            }
        }
    }

    /// Engines by turns as chance has it, against a provider that counts: what they send together is never more than its
    /// limit, and little of it is left unspent in the end.
    @Test(arguments: 1...6) func `requests of all engines together stay within the limit`(seed: Int) async throws {
        try await SimulatedPulse.simulate { clock in
            let (limit, rig) = (120, Rig(clock, engines: 3, concurrency: 12))
            var random = SeededGenerator(seed: UInt64(seed))
            var sent = 0
            var underWay: [(engine: Int, pass: Limits.Pass, remaining: Int)] = []
            var refusals = 0
            while refusals < 50 {
                if !underWay.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
                    let ended = underWay.remove(at: Int.random(in: underWay.indices, using: &random))
                    await rig.end(ended.engine, ended.pass, remaining: ended.remaining, of: limit)
                }
                let engine = Int.random(in: 0..<3, using: &random)
                if case .go(let pass) = try await rig.admit(engine) {
                    sent += 1
                    underWay.append((engine, pass, max(0, limit - sent)))
                } else {
                    refusals += 1
                    for engine in rig.engines { try await engine.tellPutOff(force: seed % 2 == 0) }
                }
                if seed % 3 == 0 { try await clock.sleep(for: .milliseconds(100)) }
            }
            #expect(sent <= limit)
            #expect(sent >= limit * 9 / 10)
        }
    }
}
