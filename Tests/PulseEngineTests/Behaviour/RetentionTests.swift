import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// What is older than it is to be kept goes while the engine runs.
@Suite(.long) struct RetentionTests {
    @Test func `raw pages of a week ago go, and what they were made of stays`() async throws {
        try await SimulatedPulse.simulate { clock in
            let store = try await SQLiteStore.open(.memory, tenant: "demo", options: .init(execution: .inline))
            var options = SandboxOptions.tiny
            options.jira.projects = 1
            options.jira.issues = 16
            options.github.repositories = 1
            options.github.pullRequests = 4
            let sandbox = Sandbox(options, time: ProviderTime(clock))
            func pages() async throws -> [StoredPage] {
                var pages: [StoredPage] = []
                for job in try await store.jobs() {
                    pages += try await store.rawPages(of: job.definition.id, after: 0, limit: 1_000)
                }
                return pages
            }
            for isFirst in [true, false] {
                let pulse = try await SimulatedPulse.open(on: clock, sandbox: sandbox, store: store) {
                    $0.sources.runOnce()
                }
                try await pulse.engine.run(untilIdle: true)
                let fetched = try await pages().map(\.page.fetchedAt)
                #expect(!isFirst || fetched.count > 5)
                let oldest = clock.now - .days(7)
                #expect(fetched.allSatisfy { $0 >= oldest })
                #expect(try await store.rowCount(of: "work_items") >= 16)
                if isFirst { try await clock.sleep(for: .days(8)) }
            }
        }
    }
}
