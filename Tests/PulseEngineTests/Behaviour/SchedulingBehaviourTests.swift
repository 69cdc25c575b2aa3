import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// Which run starts when, beside which others.
@Suite(.long) struct SchedulingBehaviourTests {
    typealias Pulse = SimulatedPulse

    /// Answers take so long that a load of the issues takes minutes.
    private static var slow: SandboxOptions {
        var options = SandboxOptions.tiny
        options.latency = LatencyOptions(base: .seconds(15), perKilobyte: .zero, jitter: 0)
        return options
    }

    @Test(arguments: OverlapPolicy.allCases)
    func `a run that is due while another is under way is left out, or follows at once`(policy: OverlapPolicy)
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(
                on: clock, Self.slow,
                configure: { configuration in
                    configuration.sources.removeAll { $0.kind != .jira }
                    configuration.sources[0].streams = ["issues"]
                    configuration.sources[0].census = nil
                    configuration.sources[0].schedule = ScheduleDefinition(cron: "* * * * *", overlap: policy)
                })
            try await pulse.running { try await clock.sleep(for: .minutes(30)) }
            let runs = try await pulse.store.runs(of: Pulse.issues, limit: 100).reversed().filter { $0.endedAt != nil }
            try #require(runs.count >= 3)
            for (earlier, later) in zip(runs, runs.dropFirst()) {
                let (ended, pause) = (try #require(earlier.endedAt), later.createdAt - (earlier.endedAt ?? .epoch))
                #expect(pause >= .zero && later.startedAt.map { $0 >= ended } == true)
                // At a minute of the schedule, as if the ones between had not been; or at once.
                let isDue = later.createdAt.microseconds % 60_000_000 < 1_000_000
                let wasLong = ended - earlier.createdAt > .minutes(1)
                #expect(policy == .queue && wasLong ? pause < .seconds(1) : isDue || policy == .queue)
                #expect(pause <= .minutes(1) + .seconds(1))
            }
            #expect(runs.contains { ($0.endedAt ?? .epoch) - $0.createdAt > .minutes(1) })
            let told = try await pulse.engine.logs(job: Pulse.issues, after: nil, limit: 1_000).map(\.message)
            #expect(told.contains("A due run is left out: one is under way.") == (policy == .skip))
            #expect(told.contains("A due run waits for the one under way.") == (policy == .queue))
        }
    }

    @Test(arguments: [(10, -5), (-5, 10)])
    func `of runs that are due together the one with the higher priority starts first`(jira: Int, github: Int)
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(
                on: clock, .tiny,
                configure: { configuration in
                    configuration.sources.runOnce()
                    configuration.engine.concurrentRuns = 1
                    for index in configuration.sources.indices {
                        configuration.sources[index].priority =
                            configuration.sources[index].kind == .jira ? jira : github
                    }
                })
            try await pulse.engine.run(untilIdle: true)
            let runs = try await pulse.store.runs(of: nil, limit: 100).filter { $0.startedAt != nil }
                .sorted { ($0.startedAt ?? .epoch) < ($1.startedAt ?? .epoch) }
            let kinds = runs.map { $0.job.source == "jira-main" }
            let first = jira > github
            #expect(kinds.count > 4 && Set(kinds).count == 2)
            #expect(kinds == kinds.filter { $0 == first } + kinds.filter { $0 != first })
        }
    }

    @Test(arguments: [1, 2, 3])
    func `no more runs are under way than may be, and the others say why they wait`(most: Int) async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(
                on: clock, .tiny,
                configure: { configuration in
                    configuration.sources.runOnce()
                    configuration.engine.concurrentRuns = most
                })
            try await pulse.running {
                var (peak, waited) = (0, false)
                while await !pulse.engine.isIdle {
                    let jobs = try await pulse.engine.overview().jobs
                    let active = jobs.count { [.running, .waiting].contains($0.run?.state.name) }
                    peak = max(peak, active)
                    for wait in jobs.compactMap({ $0.run?.queuedBecause }) where wait.reason == .capacity {
                        waited = true
                        #expect(wait.because.contains("\(most) runs are under way") && wait.until > clock.now)
                    }
                    try await clock.sleep(for: .milliseconds(50))
                }
                #expect(peak == most && waited)
            }
            #expect(try await pulse.differences() == [])
        }
    }

    @Test(arguments: [Duration.minutes(50), .minutes(-50)])
    func `a schedule follows the wall clock when it is set`(step: Duration) async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await Pulse.open(
                on: clock, .tiny,
                configure: { configuration in
                    for index in configuration.sources.indices {
                        configuration.sources[index].schedule = ScheduleDefinition(cron: "0 * * * *")
                        configuration.sources[index].census = nil
                        configuration.sources[index].staleAfter = nil
                    }
                })
            try await pulse.running {
                try await clock.sleep(for: .minutes(5))
                let before = try await pulse.store.runs(of: Pulse.issues, limit: 100).count
                clock.jump(by: step)
                // Due at seven; the wall clock reads five to seven, or a quarter past five.
                try await clock.sleep(for: .minutes(4))
                #expect(try await pulse.store.runs(of: Pulse.issues, limit: 100).count == before)
                try await clock.sleep(for: .minutes(2) + (step < .zero ? .minutes(100) : .seconds(30)))
                let runs = try await pulse.store.runs(of: Pulse.issues, limit: 100)
                #expect(runs.count == before + 1)
                let due = Pulse.start + .hours(1)
                #expect(runs.first.map { $0.createdAt >= due && $0.createdAt < due + .minutes(1) } == true)
            }
        }
    }
}
