import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseSimulation
import PulseTestTurns
import Testing

/// What commands do to runs under way.
@Suite(.long) struct CommandBehaviourTests {
    typealias Pulse = SimulatedPulse

    /// A tiny world on a virtual clock; `search` counts pages of issues asked for.
    private func open(_ clock: SimulationExecutor) async throws -> (pulse: Pulse, wire: ScriptedTransport) {
        var wire: ScriptedTransport?
        let pulse = try await Pulse.open(
            on: clock, .tiny, configure: { $0.sources.runOnce() },
            transport: { sandbox in
                let scripted = ScriptedTransport(time: clock) { (request, _) async throws(HTTPError) in
                    try await sandbox.send(request)
                }
                wire = scripted
                return scripted
            })
        return (pulse, try #require(wire))
    }

    private static let page = "/search/jql"

    @Test func `a pause takes effect at the next page, a resume goes on at the cursor`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, wire) = try await open(clock)
            try await pulse.running {
                try await pulse.wait("some pages") { wire.count(Self.page) >= 4 }
                let before = wire.count(Self.page)
                #expect(try await pulse.perform(.pause(Pulse.issues, until: nil)).isAccepted)
                #expect(try await pulse.state() == .pausing)
                try await pulse.wait("paused") { try await pulse.state() == .paused }
                // Two partitions side by side may each have had one request on its way.
                #expect(wire.count(Self.page) - before <= 2)
                let paused = wire.count(Self.page)
                try await clock.sleep(for: .hours(1))
                #expect(wire.count(Self.page) == paused)
                #expect(try await pulse.perform(.resume(Pulse.issues)).isAccepted)
                try await pulse.wait("done") { try await pulse.state() == .succeeded }
                let run = try #require(try await pulse.job().run)
                #expect(run.counts.isBalanced && run.attempts == 2)
                try await pulse.wait("everything") { await pulse.engine.isIdle }
                #expect(try await pulse.differences() == [])
            }
        }
    }

    @Test func `a pause with an end ends by itself`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, _) = try await open(clock)
            try await pulse.running {
                try await pulse.wait("running") { try await pulse.state() == .running }
                let end = clock.now + .minutes(30)
                #expect(try await pulse.perform(.pause(Pulse.issues, until: clock.now - .seconds(1))).isRefused)
                #expect(try await pulse.perform(.pause(Pulse.issues, until: end)).isAccepted)
                try await pulse.wait("resumed") { try await pulse.state() == .running && clock.now > end - .minutes(1) }
                #expect(clock.now >= end && clock.now < end + .seconds(1))
                try await pulse.wait("done") { try await pulse.state() == .succeeded }
            }
        }
    }

    @Test(arguments: [nil, Duration.minutes(30)])
    func `an engine that runs until it is idle ends at a pause that only a person ends, and waits for one with an end`(
        pausing: Duration?
    ) async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, _) = try await open(clock)
            async let work: Void = pulse.engine.run(untilIdle: true)
            try await pulse.wait("running") { try await pulse.state() == .running }
            let told = clock.now
            #expect(try await pulse.perform(.pause(Pulse.issues, until: pausing.map { told + $0 })).isAccepted)
            try await work
            #expect(try await pulse.state() == (pausing == nil ? .paused : .succeeded))
            #expect((clock.now - told >= .minutes(30)) == (pausing != nil))
        }
    }

    @Test func `a stop is acknowledged by the worker, and a retry goes on from the checkpoints`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, wire) = try await open(clock)
            try await pulse.running {
                try await pulse.wait("some pages") { wire.count(Self.page) >= 4 }
                #expect(try await pulse.perform(.stop(Pulse.issues)).isAccepted)
                #expect(try await pulse.state() == .stopping)
                let told = clock.now
                try await pulse.wait("stopped") { try await pulse.state() == .stopped }
                #expect(clock.now - told < .seconds(1))
                let extracted = try #require(try await pulse.job().run).counts.extracted
                #expect(extracted > 0 && extracted < 40)
                #expect(try await pulse.perform(.retry(Pulse.issues)).isAccepted)
                try await pulse.wait("done") { try await pulse.state() == .succeeded }
                #expect(try await pulse.job().run?.counts.isBalanced == true)
                try await pulse.wait("everything") { await pulse.engine.isIdle }
                #expect(try await pulse.differences() == [])
            }
        }
    }

    @Test func `a start is refused while a run is under way, with what is possible instead`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, _) = try await open(clock)
            try await pulse.running {
                try await pulse.wait("running") { try await pulse.state() == .running }
                let running = try await pulse.perform(.start(Pulse.issues, .full))
                guard case .refused(let because, let instead) = running else {
                    Issue.record("\(running)")
                    return
                }
                #expect(because.contains("running") && instead.contains("stop it first"))
                _ = try await pulse.perform(.pause(Pulse.issues, until: nil))
                try await pulse.wait("paused") { try await pulse.state() == .paused }
                guard case .refused(_, let resume) = try await pulse.perform(.start(Pulse.issues, .full)) else {
                    return
                }
                #expect(resume.contains("Resume it"))
                #expect(
                    try await pulse.perform(.pause(Pulse.issues, until: nil))
                        == .unchanged("The run is paused already."))
                #expect(try await pulse.perform(.retry(Pulse.issues)).isRefused)
                #expect(try await pulse.perform(.start("jira-main/nothing", .full)).isRefused)
                #expect(try await pulse.perform(.start(Pulse.projects, .census)).isRefused)
                #expect(try await pulse.perform(.undoTombstones(77)).isRefused)
                let audit = try await pulse.engine.audit(limit: 100)
                #expect(audit.count == 8 && audit.count(where: \.isRefused) == 6)
                #expect(
                    audit.allSatisfy { $0.by == Principal("ada") && $0.correlation == "0123" && !$0.outcome.isEmpty })
            }
        }
    }

    @Test func `a held job does not start, and a release lets it`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, wire) = try await open(clock)
            #expect(try await pulse.perform(.hold(Pulse.issues), reason: "migration").isAccepted)
            try await pulse.engine.run(untilIdle: true)
            #expect(wire.count(Self.page) == 0)
            guard case .refused(let because, _) = try await pulse.perform(.start(Pulse.issues, .incremental)) else {
                Issue.record("a held job was started")
                return
            }
            #expect(because.contains("migration"))
            // The hold outlives the process.
            let next = try await Pulse.open(on: clock, sandbox: pulse.sandbox, store: pulse.store) {
                $0.sources.runOnce()
            }
            #expect(try await next.job().hold?.reason == "migration")
            #expect(try await next.perform(.release(Pulse.issues)).isAccepted)
            #expect(try await next.perform(.start(Pulse.issues, .incremental)).isAccepted)
            try await next.engine.run(untilIdle: true)
            #expect(try await next.state() == .succeeded)
        }
    }

    @Test func `a rewind and another run change no row`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (pulse, _) = try await open(clock)
            try await pulse.engine.run(untilIdle: true)
            let checkpoints = try await pulse.engine.checkpoints(of: Pulse.issues, partition: nil, limit: 100)
            let first = try #require(checkpoints.last)
            let preview = try await pulse.engine.preview(
                .rewind(Pulse.issues, first.partition.key, toSequence: first.sequence))
            let extracted = try #require(try await pulse.job().run).counts.extracted
            #expect(preview.refusal == nil && preview.records ?? .max <= extracted)
            #expect(
                try await pulse.perform(.rewind(Pulse.issues, first.partition.key, toSequence: first.sequence))
                    .isAccepted)
            #expect(try await pulse.perform(.rewind(Pulse.issues, first.partition.key, toSequence: 99_999)).isRefused)
            #expect(try await pulse.perform(.start(Pulse.issues, .incremental)).isAccepted)
            let again = try await Pulse.open(on: clock, sandbox: pulse.sandbox, store: pulse.store) {
                $0.sources.runOnce()
            }
            try await again.engine.run(untilIdle: true)
            let counts = try #require(try await again.job().run).counts
            #expect(counts.extracted > 0 && counts.inserted == 0 && counts.updated == 0, "\(counts)")
            #expect(try await again.differences() == [])
        }
    }

    @Test func `a job waits for the one that it needs, and an engine that cannot go on ends`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(
                on: clock, .tiny, faults: FaultPlan(credentialsExpireAfter: .zero),
                configure: { $0.sources.runOnce() })
            try await pulse.engine.run(untilIdle: true)
            let projects = try await pulse.job(Pulse.projects)
            guard case .failed(let failure)? = projects.run?.state else {
                Issue.record("\(String(describing: projects.run?.state))")
                return
            }
            #expect(failure.kind == .unauthorised)
            #expect(try await pulse.job().run?.queuedBecause?.reason == .dependency(Pulse.projects))
            let alerts = try await pulse.engine.overview().alerts
            #expect(
                alerts.contains {
                    $0.job == Pulse.projects && $0.severity == .critical && $0.remedies.first == .retry(Pulse.projects)
                })
            pulse.sandbox.renewCredentials()
            for job in try await pulse.engine.overview().jobs where job.run?.state.name == .failed {
                #expect(try await pulse.perform(.retry(job.id)).isAccepted)
            }
            let next = try await Pulse.open(on: clock, sandbox: pulse.sandbox, store: pulse.store) {
                $0.sources.runOnce()
            }
            try await next.engine.run(untilIdle: true)
            for job in try await next.engine.overview().jobs { #expect(job.run?.state.name == .succeeded, "\(job.id)") }
            #expect(try await next.differences() == [])
            #expect(try await next.engine.overview().alerts == [])
        }
    }
}
