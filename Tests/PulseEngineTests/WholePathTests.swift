import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import Testing

@Suite struct WholePathTests {
    @Test func `every job of both sources succeeds once and loads what there is`() throws {
        let clock = SimulationExecutor(startingAt: SimulatedPulse.start)
        let jobs = try clock.run {
            let pulse = try await SimulatedPulse.open(on: clock) { configuration in
                for index in configuration.sources.indices { configuration.sources[index].schedule = nil }
                for index in configuration.sources.indices { configuration.sources[index].census = nil }
            }
            try await pulse.engine.run(untilIdle: true)
            for table in UnifiedSchema.tables {
                print(table.name, try await pulse.store.rowCount(of: table.name))
            }
            for line in try await pulse.engine.logs(job: nil, after: nil, limit: 100) {
                print(
                    line.at, line.level, line.job ?? "-", line.message,
                    line.facts.map { "\($0.name)=\($0.value)" }.joined(separator: " "))
            }
            return try await pulse.engine.overview().jobs
        }
        for job in jobs {
            print(job.id, job.run?.state.name ?? "-", job.run?.counts ?? RecordCounts())
            #expect(job.run?.state.name == .succeeded, "\(job.id)")
            #expect(job.run?.counts.isBalanced == true)
        }
    }
}
