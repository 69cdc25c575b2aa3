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
    /// A few records, and an empty store for them.
    private static func world(_ clock: SimulationExecutor) async throws -> (SQLiteStore, Sandbox) {
        var options = SandboxOptions.tiny
        options.jira.projects = 1
        options.jira.issues = 16
        options.github.repositories = 1
        options.github.pullRequests = 4
        return (
            try await SQLiteStore.open(.memory, tenant: "demo", options: .init(execution: .inline)),
            Sandbox(options, time: ProviderTime(clock))
        )
    }

    @Test func `raw pages of a week ago go, and what they were made of stays`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (store, sandbox) = try await Self.world(clock)
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

    @Test func `where partitions stood days ago goes, with runs that changed nothing`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (store, sandbox) = try await Self.world(clock)
            let kept: Duration = .days(1)
            func load() async throws -> (idle: Set<RunID>, checkpoints: [Checkpoint]) {
                let pulse = try await SimulatedPulse.open(on: clock, sandbox: sandbox, store: store) {
                    $0.sources.runOnce()
                    ($0.engine.history, $0.engine.ledger, $0.engine.rawPages) = (kept, kept, kept)
                }
                for job in try await pulse.engine.overview().jobs where job.run != nil {
                    _ = try await pulse.engine.perform(.test(.start(job.id, .incremental)))
                }
                try await pulse.engine.run(untilIdle: true)
                let runs = try await store.runs(of: nil, limit: 1_000)
                var checkpoints: [Checkpoint] = []
                for job in try await store.jobs() {
                    checkpoints += try await store.checkpoints(of: job.definition.id, partition: nil, limit: 1_000)
                }
                return (Set(runs.filter { $0.counts.inserted + $0.counts.updated == 0 }.map(\.id)), checkpoints)
            }
            let first = try await load()
            try await clock.sleep(for: kept / 2)
            let second = try await load()
            // Nothing is old yet.
            #expect(!second.idle.isEmpty && first.idle.isSubset(of: second.idle))
            #expect(Set(first.checkpoints.map(\.sequence)).isSubset(of: second.checkpoints.map(\.sequence)))
            // What is the newest now is old then, and no longer the newest an hour after that.
            try await clock.sleep(for: kept * 2)
            _ = try await load()
            try await clock.sleep(for: .hours(2))
            let began = clock.now
            let last = try await load()
            let newest = Dictionary(grouping: last.checkpoints, by: \.partition).mapValues { $0.map(\.sequence).max() }
            #expect(last.checkpoints.count < second.checkpoints.count * 2)
            for checkpoint in last.checkpoints where checkpoint.savedAt < began - kept {
                #expect(newest[checkpoint.partition] == checkpoint.sequence, "\(checkpoint.partition)")
            }
            #expect(!second.idle.isSubset(of: last.idle))
            #expect(try await store.check() == [])
        }
    }
}
