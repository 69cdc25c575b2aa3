import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseTestTurns
import Testing

/// Weeks of a living world with outages, limits, bad records and clock changes, on a virtual clock.
///
/// `PULSE_SIMULATION_DAYS` sets the days of each seed (4 by default, 90 for the full proof).
@Suite(.long) struct MonthsSimulationTests {
    @Test(arguments: [1, 2] as [UInt64])
    func `after weeks of faults the tables hold the truth and no limit was broken`(seed: UInt64) async throws {
        let days = Environment.count("PULSE_SIMULATION_DAYS", default: 4)
        try await SimulatedPulse.simulate { clock in
            var options = SandboxOptions.lively
            options.seed = seed
            options.jira.eventsPerHour = 2
            options.github.eventsPerHour = 1
            options.latency = LatencyOptions()
            var settings = EngineSettings()
            settings.seed = seed
            let pulse = try await SimulatedPulse.open(
                on: clock, options, faults: .simulation(seed: seed), settings: settings
            ) { configuration in
                for index in configuration.sources.indices {
                    configuration.sources[index].schedule = ScheduleDefinition(
                        cron: index == 0 ? "0 */2 * * *" : "30 */3 * * *", timeZone: "Europe/Berlin")
                    configuration.sources[index].census = ScheduleDefinition(cron: "15 4 * * *")
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pulse.engine.run() }
                for day in 0..<days {
                    try await clock.sleep(for: .days(1))
                    // What machines' clocks do: NTP steps, a suspended laptop.
                    if day % 5 == 2 { clock.jump(by: .seconds(day % 2 == 0 ? 90 : -90)) }
                    await Self.takeUp(pulse.engine)
                }
                await pulse.engine.stop()
                try await group.waitForAll()
            }
            #expect(pulse.sandbox.report().violations == 0)
            try await pulse.settleAndCompare()
        }
    }

    /// What the person on call does in the morning: failed jobs are retried.
    private static func takeUp(_ engine: Engine) async {
        guard let overview = try? await engine.overview() else { return }
        for job in overview.jobs where job.run?.state.name == .failed && job.retriesAt == nil {
            _ = try? await engine.perform(.test(.retry(job.id)))
        }
    }
}
