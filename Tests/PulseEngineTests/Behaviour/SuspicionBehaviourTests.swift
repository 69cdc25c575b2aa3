import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// What becomes of success that cannot be believed (invariant 8).
@Suite(.long) struct SuspicionBehaviourTests {
    typealias Pulse = SimulatedPulse
    static let pulls: JobID = "github/pull_requests"
    static let commits: JobID = "github/commits"
    /// When permissions are lost, and for how long, counted from the start of the world.
    private static let lost = (from: Duration.hours(3), lasting: Duration.hours(3))

    /// A world that stands still, loaded, on which the permission for `scope` is lost now.
    private static func blinded(
        _ clock: SimulationExecutor, _ kind: SourceKind, _ scope: FaultScope,
        transport: (Sandbox) -> any HTTPTransport = { $0 }
    ) async throws -> Pulse {
        var options = SandboxOptions.tiny
        options.jira.eventsPerHour = 0
        options.github.eventsPerHour = 0
        options.github.pullRequests = 60
        let configure: @Sendable (inout Configuration) -> Void = { configuration in
            configuration.sources.removeAll { $0.kind != kind }
            configuration.sources.runOnce()
        }
        let plan = FaultPlan(windows: [
            FaultWindow(scope, from: lost.from, lasting: lost.lasting, .silentlyEmpty)
        ])
        let first = try await Pulse.open(on: clock, options, faults: plan, configure: configure)
        try await first.engine.run(untilIdle: true)
        #expect(clock.now - Pulse.start < lost.from)
        try await clock.sleep(for: lost.from - (clock.now - Pulse.start) + .minutes(1))
        return try await Pulse.open(
            on: clock, sandbox: first.sandbox, store: first.store, transport: transport(first.sandbox),
            configure: configure)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var job: JobID
        var kind: SourceKind
        var scope: FaultScope
        var partition: PartitionKey
        var mode: RunMode
        var testDescription: String { "\(job) \(mode.name)" }
    }

    static let cases: [Case] = [RunMode.incremental, .full, .census].flatMap { mode in
        [
            Case(job: Pulse.issues, kind: .jira, scope: .project("PAY"), partition: "PAY", mode: mode),
            Case(job: pulls, kind: .github, scope: .repository("payments"), partition: "acme/payments", mode: mode),
            Case(job: commits, kind: .github, scope: .repository("payments"), partition: "acme/payments", mode: mode),
        ]
    }

    @Test(arguments: cases)
    func `a partition that answers with nothing where records are known is suspicious by itself`(_ sample: Case)
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.blinded(clock, sample.kind, sample.scope)
            let before = try await pulse.store.newestCheckpoints(of: sample.job)
            #expect(before.count > 1 && before[sample.partition]?.watermark != nil)
            let rows = try await pulse.store.rowCount(of: "work_items") + pulse.store.rowCount(of: "commits")
            #expect(try await pulse.perform(.start(sample.job, sample.mode)).isAccepted)
            try await pulse.engine.run(untilIdle: true)
            guard case .succeeded(let flags)? = try await pulse.job(sample.job).run?.state else {
                Issue.record("\(String(describing: try await pulse.job(sample.job).run?.state))")
                return
            }
            #expect(flags.contains(.suspicious))
            let after = try await pulse.store.newestCheckpoints(of: sample.job)
            for (key, checkpoint) in after {
                #expect(checkpoint.isSuspicious == (key == sample.partition), "\(key)")
                #expect(checkpoint.isComplete && checkpoint.run > (before[key]?.run ?? RunID(0)))
            }
            #expect(after[sample.partition]?.watermark == before[sample.partition]?.watermark)
            let lines = try await pulse.store.logs(job: sample.job, after: nil, limit: 1_000)
            #expect(lines.contains { $0.level == .warning && $0.partition == sample.partition })
            #expect(!lines.contains { $0.level == .warning && $0.partition != sample.partition && $0.partition != nil })
            // Nothing is given up, and it is told where to look, also by the next engine.
            let count = try await pulse.store.rowCount(of: "work_items") + pulse.store.rowCount(of: "commits")
            #expect(count == rows)
            let next = try await Pulse.open(
                on: clock, sandbox: pulse.sandbox, store: pulse.store,
                configure: { configuration in
                    configuration.sources.removeAll { $0.kind != sample.kind }
                    configuration.sources.runOnce()
                })
            for engine in [pulse.engine, next.engine] {
                try await engine.run(untilIdle: true)
                let alerts = try await engine.overview().alerts
                let alert = try #require(alerts.first { $0.kind == .suspiciousSuccess })
                #expect(alert.job == sample.job && alert.sentence.contains(sample.partition.rawValue))
            }
            // The permission is back: nothing is missing and nothing is suspicious.
            try await clock.sleep(for: Self.lost.lasting)
            let last = try await Pulse.open(
                on: clock, sandbox: pulse.sandbox, store: pulse.store,
                configure: { configuration in
                    configuration.sources.removeAll { $0.kind != sample.kind }
                    configuration.sources.runOnce()
                })
            #expect(try await last.perform(.start(sample.job, sample.mode)).isAccepted)
            try await last.engine.run(untilIdle: true)
            #expect(try await last.job(sample.job).run?.state == .succeeded([]))
            #expect(try await last.engine.overview().alerts.allSatisfy { $0.kind != .suspiciousSuccess })
        }
    }

    @Test(arguments: [(Pulse.issues, SourceKind.jira), (pulls, .github), (commits, .github)])
    func `a quiet partition is not suspicious, and costs no second look`(job: JobID, kind: SourceKind) async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.blinded(clock, kind, .endpoint("/nothing"))
            for _ in 0..<2 {
                let requests = pulse.sandbox.report().requests
                #expect(try await pulse.perform(.start(job, .incremental)).isAccepted)
                try await pulse.engine.run(untilIdle: true)
                #expect(try await pulse.job(job).run?.state == .succeeded([]))
                // Who we are (two or three), the partitions, and a page or two for each.
                #expect(pulse.sandbox.report().requests - requests <= 12)
            }
        }
    }

    @Test func `an empty answer about changes is believed when the partition answers with anything else`() async throws
    {
        try await SimulatedPulse.simulate { clock in
            // The newest issues were moved away: what changed since is nothing, and everything else is there.
            let pulse = try await Self.blinded(
                clock, .jira, .endpoint("/nothing"),
                transport: { sandbox in
                    ScriptedTransport(time: clock) { (request, _) async throws(HTTPError) in
                        let body = String(decoding: request.body ?? [], as: UTF8.self)
                        let isAboutChanges =
                            (body + request.url).contains("updated") && !(body.contains("updated >= 0"))
                        guard request.url.contains("/search/jql"), isAboutChanges else {
                            return try await sandbox.send(request)
                        }
                        return HTTPResponse(
                            status: 200, headers: ["Content-Type": "application/json"],
                            body: Array(#"{"issues":[],"isLast":true}"#.utf8), url: request.url, version: "HTTP/2")
                    }
                })
            #expect(try await pulse.perform(.start(Pulse.issues, .incremental)).isAccepted)
            try await pulse.engine.run(untilIdle: true)
            let run = try #require(try await pulse.job().run)
            #expect(run.state == .succeeded([]) && run.counts.extracted == 0)
        }
    }
}

@Suite(.long) struct PlausibilityTests {
    @Test(
        arguments: [
            (0, 0, false), (0, 4, false), (0, 5, true), (1, 5, false), (1, 10, false), (1, 11, true), (99, 1_000, true),
            (100, 1_000, false), (2_000, 1_000, false),
        ])
    func `nothing, or less than a tenth of what is known, is not believed`(seen: Int, known: Int, isImplausible: Bool) {
        #expect(Plausibility.isImplausible(seen: seen, known: known) == isImplausible)
    }
}
