import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
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
}

extension CommandReceipt {
    var isAccepted: Bool { if case .accepted = self { true } else { false } }
    var isRefused: Bool { if case .refused = self { true } else { false } }
}
