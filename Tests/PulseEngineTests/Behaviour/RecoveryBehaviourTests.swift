import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// What becomes of work when things go wrong.
@Suite(.long) struct RecoveryBehaviourTests {
    typealias Pulse = SimulatedPulse

    /// Another engine on the same store and sources, as after a restart.
    private static func restart(
        _ pulse: Pulse, configure: @Sendable (inout Configuration) -> Void = { $0.sources.runOnce() }
    ) async throws -> Pulse {
        try await Pulse.open(on: pulse.clock, sandbox: pulse.sandbox, store: pulse.store, configure: configure)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `an engine that is cut off again and again ends with the tables of one that never was`(seed: UInt64)
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            var options = SandboxOptions.tiny
            options.seed = seed
            var pulse = try await Pulse.open(on: clock, options, configure: { $0.sources.runOnce() })
            var random = SeededGenerator(seed: seed)
            for _ in 0..<5 {
                let life = Duration.milliseconds(Int.random(in: 1...9_000, using: &random))
                let engine = pulse.engine
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await engine.run() }
                    try? await clock.sleep(for: life)
                    group.cancelAll()
                }
                pulse = try await Self.restart(pulse)
            }
            try await pulse.engine.run(untilIdle: true)
            #expect(try await pulse.differences() == [])
            for run in try await pulse.store.runs(of: nil, limit: 1_000) {
                #expect(run.counts.isBalanced && run.state.name == .succeeded, "\(run.job): \(run.state)")
            }
            #expect(pulse.sandbox.report().violations == 0)
        }
    }

    @Test func `bad records go to quarantine and the rest is loaded; they can be replayed or discarded`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(
                on: clock, .tiny, faults: FaultPlan(seed: 3, records: RecordFaults(poisonOneIn: 6)),
                configure: { $0.sources.runOnce() })
            try await pulse.engine.run(untilIdle: true)
            let job = try await pulse.job()
            let poisoned = pulse.sandbox.groundTruth().poisoned
            #expect(!poisoned.isEmpty)
            guard case .succeeded(let flags)? = job.run?.state else {
                Issue.record("\(String(describing: job.run?.state))")
                return
            }
            #expect(flags.contains(.withQuarantine) && job.quarantined == poisoned.count)
            #expect(try await pulse.differences() == [])
            let entries = try await pulse.engine.quarantine(QuarantineFilter(job: Pulse.issues))
            #expect(entries.allSatisfy { !$0.record.payload.isEmpty && !$0.record.reason.isEmpty })
            // Nothing has changed: a replay is rejected again and keeps its place.
            let requests = pulse.sandbox.report().requests
            guard case .accepted(let sentence) = try await pulse.perform(.replay(entries.map(\.id))) else {
                Issue.record("a replay has to be taken")
                return
            }
            #expect(sentence.hasPrefix("0 of \(entries.count)"), "\(sentence)")
            #expect(try await pulse.job().quarantined == entries.count)
            #expect(try await pulse.perform(.discard([entries[0].id])).isAccepted)
            #expect(try await pulse.job().quarantined == entries.count - 1)
            #expect(pulse.sandbox.report().requests == requests)
        }
    }

    @Test func `a broken contract fails with an alert, one broken project leaves the others loaded`() async throws {
        try await SimulatedPulse.simulate { clock in
            let project = "PAY"
            let pulse = try await Pulse.open(
                on: clock, .tiny,
                faults: FaultPlan(windows: [
                    FaultWindow(.project(project), from: .zero, lasting: .hours(2), .status(410))
                ]),
                configure: { $0.sources.runOnce() })
            try await pulse.running {
                try await pulse.wait("ended") { [.failed, .succeeded].contains(try await pulse.state()) }
            }
            let detail = try await pulse.engine.jobDetail(Pulse.issues)
            #expect(detail.partitions.count == 2, "\(detail.partitions.map(\.key))")
            #expect(detail.partitions.contains { $0.state == .complete })
            try await clock.sleep(for: .hours(3))
            let next = try await Self.restart(pulse)
            if try await next.state() == .failed {
                #expect(try await next.perform(.retry(Pulse.issues)).isAccepted)
            } else {
                #expect(try await next.perform(.start(Pulse.issues, .incremental)).isAccepted)
            }
            try await next.engine.run(untilIdle: true)
            #expect(try await next.differences() == [])
        }
    }

    @Test func `kept pages are transformed again without a request`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(on: clock, .tiny, configure: { $0.sources.runOnce() })
            try await pulse.engine.run(untilIdle: true)
            let requests = pulse.sandbox.report().requests
            let offline = try await Self.restart(pulse)
            guard case .accepted(let sentence) = try await offline.perform(.retransform(Pulse.issues)) else {
                Issue.record("has to be accepted")
                return
            }
            #expect(sentence.contains("0 records changed") && !sentence.hasPrefix("0 kept"), "\(sentence)")
            #expect(pulse.sandbox.report().requests == requests)
        }
    }

    @Test(arguments: [(MissedRunPolicy.once, 1), (.skip, 0)])
    func `runs missed while no engine ran are made up for once, or left out`(policy: MissedRunPolicy, extra: Int)
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            let configure: @Sendable (inout Configuration) -> Void = { configuration in
                for index in configuration.sources.indices {
                    configuration.sources[index].schedule = ScheduleDefinition(cron: "0 * * * *", missed: policy)
                    configuration.sources[index].census = nil
                }
            }
            let pulse = try await Pulse.open(on: clock, .tiny, configure: configure)
            try await pulse.running { try await clock.sleep(for: .minutes(50)) }
            let before = try await pulse.store.runs(of: Pulse.issues, limit: 100).count
            try await clock.sleep(for: .hours(10))
            let next = try await Self.restart(pulse, configure: configure)
            try await next.running { try await clock.sleep(for: .minutes(5)) }
            #expect(try await pulse.store.runs(of: Pulse.issues, limit: 100).count == before + extra)
        }
    }

    @Test func `a window of a small quota is used whole while work waits, and never overdrawn`() async throws {
        try await SimulatedPulse.simulate { clock in
            var options = SandboxOptions.tiny
            options.github.repositories = 12
            options.github.pullRequests = 900
            let pulse = try await Pulse.open(
                on: clock, options,
                quotas: SandboxQuotas(github: GitHubQuota(points: 60)),
                configure: { configuration in
                    configuration.sources.removeAll { $0.kind != .github }
                    configuration.sources.runOnce()
                    configuration.sources[0].reserve = .amount(0)
                })
            try await pulse.running {
                try await clock.sleep(for: .hours(4))
            }
            let report = pulse.sandbox.report(.github)
            let isWaiting = await !pulse.engine.isIdle
            let full = report.windows.dropLast()
            #expect(full.count >= 2 || !isWaiting)
            for window in full.prefix(isWaiting ? full.count : max(0, full.count - 1)) {
                #expect(window.share >= 0.95, "\(window)")
            }
            #expect(report.violations == 0 && report.rejected == 0)
        }
    }
}
