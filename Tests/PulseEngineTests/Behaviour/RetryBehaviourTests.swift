import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// Runs that failed for a passing reason are taken up again by themselves, also by another process.
@Suite(.long) struct RetryBehaviourTests {
    typealias Pulse = SimulatedPulse

    private static let once: @Sendable (inout Configuration) -> Void = { $0.sources.runOnce() }

    /// Searches fail for a day.
    private static func open(_ clock: SimulationExecutor) async throws -> Pulse {
        var settings = EngineSettings()
        settings.requestTries = 2
        settings.partitionTries = 1
        return try await Pulse.open(
            on: clock, .tiny,
            faults: FaultPlan(windows: [
                FaultWindow(.endpoint("/search/jql"), from: .zero, lasting: .hours(12), .status(500))
            ]), settings: settings, configure: once)
    }

    private static func restart(_ pulse: Pulse) async throws -> Pulse {
        var settings = EngineSettings()
        settings.requestTries = 2
        settings.partitionTries = 1
        settings.seed = 99
        return try await Pulse.open(
            on: pulse.clock, sandbox: pulse.sandbox, store: pulse.store, settings: settings, configure: once)
    }

    /// Runs the engine until the issues have failed so often.
    private static func fail(_ pulse: Pulse, times: Int) async throws {
        try await pulse.running {
            try await pulse.wait("failed \(times) times", step: .seconds(1), within: .hours(6)) {
                let job = try await pulse.job()
                return job.run?.state.name == .failed && job.run?.attempts == times
            }
        }
    }

    @Test func `a retry that somebody else was quicker with is no trouble`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.open(clock)
            try await pulse.running {
                try await pulse.wait("failed") { try await pulse.state() == .failed }
                let job = try await pulse.job()
                let promised = try #require(job.retriesAt)
                try await clock.sleep(for: promised - clock.now - .milliseconds(100))
                // As an engine elsewhere does it, of which this one has not heard when the time comes.
                let run = try #require(job.run?.id)
                #expect(
                    try await pulse.store.setState(.queued, of: run, expecting: .failed, fence: nil, at: clock.now))
                try await pulse.wait("taken up") { try await pulse.job().run?.attempts == 2 }
            }
            let lines = try await pulse.store.logs(job: nil, after: nil, limit: 10_000)
            #expect(!lines.contains { $0.message.hasPrefix("The store ") })
        }
    }

    @Test(arguments: [1, 2, 3])
    func `a restart keeps what was promised: when a failed run is taken up again`(failures: Int) async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.open(clock)
            try await Self.fail(pulse, times: failures)
            let promised = try #require(try await pulse.job().retriesAt)
            #expect(promised > clock.now)
            let next = try await Self.restart(pulse)
            #expect(try await next.job().retriesAt == promised)
            try await next.running {
                // The alert is the old process's until the engine looks around; then it says the same.
                try await clock.sleep(for: .seconds(1))
                let alert = try await next.engine.overview().alerts.first { $0.job == Pulse.issues }
                #expect(alert?.nextAt == promised && alert?.severity == .warning, "\(String(describing: alert))")
                try await next.wait("taken up") { try await next.job().run?.attempts == failures + 1 }
                #expect(clock.now >= promised && clock.now < promised + .seconds(1))
                // The back-off goes on where it was.
                try await next.wait("failed again") { try await next.state() == .failed }
                let wait = try #require(try await next.job().retriesAt) - clock.now
                let usual = EngineSettings().runRetries[failures]
                #expect(wait > usual * 0.79 && wait < usual * 1.21, "\(wait)")
            }
        }
    }

    @Test func `after the last retry a person is needed, and a restart promises nothing else`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.open(clock)
            try await Self.fail(pulse, times: EngineSettings().runRetries.count + 1)
            #expect(try await pulse.job().retriesAt == nil)
            let next = try await Self.restart(pulse)
            #expect(try await next.job().retriesAt == nil)
            #expect(await next.engine.isIdle)
            try await clock.sleep(for: .hours(12))
            #expect(try await next.perform(.retry(Pulse.issues)).isAccepted)
            try await next.engine.run(untilIdle: true)
            #expect(try await next.state() == .succeeded)
            #expect(try await next.differences() == [])
        }
    }

    @Test func `a failed run whose promise was not kept in time is taken up all the same`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.open(clock)
            try await Self.fail(pulse, times: 2)
            try await pulse.store.setNote("run:\(Pulse.issues)", to: nil)
            let failedAt = try #require(try await pulse.job().run?.stateSince)
            let next = try await Self.restart(pulse)
            let wait = try #require(try await next.job().retriesAt) - failedAt
            let usual = EngineSettings().runRetries[1]
            #expect(wait > usual * 0.79 && wait < usual * 1.21, "\(wait)")
        }
    }

    @Test func `a partition that was left out stays so after a restart`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Self.open(clock)
            try await Self.fail(pulse, times: 1)
            let keys = try await pulse.store.partitions(of: Pulse.issues).map(\.key)
            let key = try #require(keys.first)
            #expect(try await pulse.perform(.skipPartition(Pulse.issues, key), reason: "broken").isAccepted)
            let next = try await Self.restart(pulse)
            try await clock.sleep(for: .hours(12))
            try await next.engine.run(untilIdle: true)
            guard case .succeeded(let flags)? = try await next.job().run?.state else {
                Issue.record("\(String(describing: try await next.job().run?.state))")
                return
            }
            #expect(flags.contains(.withSkippedPartitions))
            let partitions = try await next.engine.jobDetail(Pulse.issues).partitions
            #expect(partitions.first { $0.key == key }?.state == .skipped(by: Principal("ada"), reason: "broken"))
            let loaded = try await Rows(next.store, WorkItemColumns.self, source: "jira-main").byID.values
            #expect(!loaded.isEmpty)
            #expect(!loaded.contains { $0.text(WorkItemColumns.key)?.hasPrefix("\(key)-") == true })
            // The next run loads it.
            #expect(try await next.perform(.start(Pulse.issues, .incremental)).isAccepted)
            try await next.engine.run(untilIdle: true)
            #expect(try await next.differences() == [])
        }
    }
}
