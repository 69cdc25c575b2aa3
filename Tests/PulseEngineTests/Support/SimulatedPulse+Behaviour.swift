import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import Testing

extension SandboxOptions {
    /// A world of some seconds: two projects with forty issues on pages of five, and a few pull requests.
    static var tiny: SandboxOptions {
        var options = SandboxOptions.small
        options.jira.projects = 2
        options.jira.issues = 40
        options.jira.paragraphs = 1
        options.jira.customFields = 4
        options.jira.pageLimit = 5
        options.github.repositories = 3
        options.github.pullRequests = 12
        options.latency = LatencyOptions(base: .milliseconds(500), perKilobyte: .zero, jitter: 0)
        return options
    }

    /// A world that changes while it is loaded, every few minutes.
    static var lively: SandboxOptions {
        var options = SandboxOptions.small
        options.jira.projects = 3
        options.jira.issues = 90
        options.jira.paragraphs = 1
        options.jira.customFields = 6
        options.jira.eventsPerHour = 4
        options.github.repositories = 4
        options.github.pullRequests = 30
        options.github.eventsPerHour = 2
        return options
    }
}

extension SimulatedPulse {
    static let issues: JobID = "jira-main/issues"
    static let projects: JobID = "jira-main/projects"

    func job(_ id: JobID = SimulatedPulse.issues) async throws -> JobStatus {
        try #require(try await engine.overview().jobs.first { $0.id == id })
    }

    func state(_ id: JobID = SimulatedPulse.issues) async throws -> RunStateName? { try await job(id).run?.state.name }

    func perform(_ command: Command, reason: String = "because") async throws -> CommandReceipt {
        try await engine.perform(.test(command, reason: reason))
    }

    /// Runs the engine beside `body` and stops it afterwards.
    func running(_ body: @escaping @Sendable () async throws -> Void) async throws { try await engine.running(body) }

    /// Lets time pass until `condition` holds; fails after two hours of the virtual clock.
    func wait(
        _ what: String, step: Duration = .milliseconds(50), within limit: Duration = .hours(2),
        until condition: () async throws -> Bool
    ) async throws {
        let end = clock.elapsed + limit
        while try await !condition() {
            guard clock.elapsed < end else { throw NeverHappened(what: what) }
            try await clock.sleep(for: step)
        }
    }

    struct NeverHappened: Error { var what: String }

    /// What the tables lack or have too much of.
    func differences() async throws -> [String] {
        try await TruthComparison.differences(between: store, and: sandbox.groundTruth(), settled: clock.now)
    }

    /// That every run of a world that goes on accounts for its records, and that the tables hold the truth after a last
    /// full load and census without faults, by engines that find what the earlier ones left.
    func settleAndCompare() async throws {
        for run in try await store.runs(of: nil, limit: 100_000) {
            #expect(run.counts.isBalanced, "run \(run.id) of \(run.job): \(run.counts)")
        }
        for mode in [RunMode.incremental, .census] {
            let engine = try await Self.open(
                on: clock, sandbox: sandbox, store: store, configure: { $0.sources.runOnce() }
            ).engine
            for job in try await engine.overview().jobs {
                _ = try await engine.perform(.test(.start(job.id, mode)))
            }
            try await engine.run(untilIdle: true)
        }
        let differences = try await TruthComparison.differences(
            between: store, and: sandbox.groundTruth(), settled: clock.now - .minutes(2))
        #expect(differences == [])
    }
}

extension CommandReceipt {
    var isAccepted: Bool { if case .accepted = self { true } else { false } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
}
