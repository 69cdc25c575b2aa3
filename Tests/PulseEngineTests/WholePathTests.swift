import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

@Suite(.long) struct WholePathTests {
    @Test(arguments: Database.Kind.allCases)
    func `every job of both sources succeeds and the tables hold what the sources hold`(
        _ kind: Database.Kind
    ) async throws {
        let database = try await kind.make()
        try await SimulatedPulse.simulate { clock in
            let pulse = try await SimulatedPulse.open(on: clock, database: database) { $0.sources.runOnce() }
            try await pulse.engine.run(untilIdle: true)
            for job in try await pulse.engine.overview().jobs {
                #expect(job.run?.state.name == .succeeded, "\(job.id)")
                #expect(job.run?.counts.isBalanced == true, "\(job.id)")
            }
            let truth = pulse.sandbox.groundTruth()
            let differences = try await TruthComparison.differences(
                between: pulse.store, and: truth, settled: clock.now)
            #expect(differences == [])
            #expect(pulse.sandbox.report().violations == 0)
        }
    }

    @Test(arguments: Database.Kind.allCases)
    func `a second run of everything writes nothing`(_ kind: Database.Kind) async throws {
        let database = try await kind.make()
        try await SimulatedPulse.simulate { clock in
            let pulse = try await SimulatedPulse.open(on: clock, database: database) { $0.sources.runOnce() }
            try await pulse.engine.run(untilIdle: true)
            let again = try await SimulatedPulse.open(on: clock, sandbox: pulse.sandbox, store: pulse.store) {
                $0.sources.runOnce()
            }
            for job in try await again.engine.overview().jobs {
                let receipt = try await again.engine.perform(.test(.start(job.id, .full)))
                #expect(receipt == .accepted("\(job.id) starts (full)."))
            }
            try await again.engine.run(untilIdle: true)
            for job in try await again.engine.overview().jobs {
                let counts = try #require(job.run?.counts)
                #expect(job.run?.state.name == .succeeded, "\(job.id)")
                #expect(counts.inserted == 0 && counts.updated == 0, "\(job.id): \(counts)")
                #expect(counts.isBalanced)
            }
        }
    }
}

extension [SourceConfiguration] {
    /// No schedules: every job runs once by itself.
    mutating func runOnce() {
        for index in indices {
            self[index].schedule = nil
            self[index].census = nil
        }
    }
}

extension CommandRequest {
    static func test(_ command: Command, reason: String = "because") -> CommandRequest {
        CommandRequest(command, by: Principal("ada"), reason: reason, correlation: "0123")
    }
}
