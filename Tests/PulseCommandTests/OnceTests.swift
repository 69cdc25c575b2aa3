import PulseConfiguration
import PulseDomain
import Testing

@testable import PulseCommands

struct OnceTests {
    private static let configuration = Configuration(sources: [
        SourceConfiguration(
            name: "git", kind: .git, paths: ["/src"], schedule: ScheduleDefinition(cron: "@hourly"))
    ])

    @Test func `a job brings along what it needs and never had`() throws {
        let jobs = ConfiguredJobs(Self.configuration)
        #expect(try jobs.wanted(["tags"], succeeded: []) == ["git/tags", "git/repositories"])
        #expect(try jobs.wanted(["tags"], succeeded: ["git/repositories"]) == ["git/tags"])
        #expect(try jobs.wanted([], succeeded: []) == ["git/repositories", "git/commits", "git/tags"])
    }

    @Test func `only the wanted jobs are left, with the schedules that the store is to keep`() throws {
        let left = ConfiguredJobs(Self.configuration).configuration(only: ["git/tags"])
        #expect(left.sources.map(\.streams) == [["tags"]])
        #expect(left.sources.allSatisfy { $0.schedule != nil })
        #expect(ConfiguredJobs(Self.configuration).configuration(only: []).sources.isEmpty)
    }

    private static func job(_ state: RunState?) -> JobStatus {
        JobStatus(
            definition: JobDefinition(id: "a/b", title: ""),
            run: state.map {
                RunStatus(
                    id: RunID(1), state: $0, mode: .incremental, startedBy: .engine, createdAt: .epoch,
                    stateSince: .epoch, correlation: "c")
            })
    }

    @Test func `only success without flags is all well`() {
        let failure = Failure(.transient, code: "x", "It failed.", remedy: "Wait.")
        #expect(OnceRuns.status(of: [Self.job(.succeeded([]))]) == .ok)
        #expect(OnceRuns.status(of: [Self.job(.succeeded([])), Self.job(.failed(failure))]) == .problems)
        #expect(OnceRuns.status(of: [Self.job(.succeeded(.withQuarantine))]) == .problems)
        #expect(OnceRuns.status(of: [Self.job(nil)]) == .problems)
        // Records that an earlier run left in quarantine are there still.
        var job = Self.job(.succeeded([]))
        job.quarantined = 11
        #expect(OnceRuns.status(of: [job]) == .problems)
    }
}
