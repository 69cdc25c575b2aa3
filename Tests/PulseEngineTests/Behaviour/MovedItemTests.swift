import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// Work items that are moved to other projects: they keep their ids, and old texts go on naming their former keys
/// (FACTS §2 trap 6).
@Suite(.long) struct MovedItemTests {
    typealias Pulse = SimulatedPulse

    private static let once: @Sendable (inout Configuration) -> Void = { $0.sources.runOnce() }

    @Test(arguments: [true, false])
    func `a moved item is one row, its former keys are aliases, and links by them find it`(isLoadedBefore: Bool)
        async throws
    {
        try await SimulatedPulse.simulate { clock in
            var options = SandboxOptions.tiny
            options.jira.eventsPerHour = 20
            options.github.pullRequests = 80
            let first = try await Pulse.open(on: clock, options, quotas: .unlimited, configure: Self.once)
            var before: Set<String> = []
            if isLoadedBefore {
                try await first.engine.run(untilIdle: true)
                before = Set(try await Rows(first.store, WorkItemColumns.self, source: "jira-main").byID.keys)
            }
            try await clock.sleep(for: .days(3))
            let pulse = try await Pulse.open(
                on: clock, sandbox: first.sandbox, store: first.store, configure: Self.once)
            if isLoadedBefore {
                for job in try await pulse.engine.overview().jobs {
                    _ = try await pulse.perform(.start(job.id, .incremental))
                }
            }
            try await pulse.engine.run(untilIdle: true)

            let truth = pulse.sandbox.groundTruth()
            let settled = clock.now - .minutes(30)
            let moved = truth.aliases.filter { alias in
                truth.issues[alias.value].map { $0.updatedAt < settled } ?? false
            }
            try #require(moved.count >= 5)
            let items = try await Rows(pulse.store, WorkItemColumns.self, source: "jira-main").byID
            let aliases = try await Rows(pulse.store, WorkItemAliasColumns.self, source: "jira-main").byID
            for (key, id) in moved {
                #expect(aliases[key]?.text(WorkItemAliasColumns.workItemID) == id)
                #expect(items[id]?.text(WorkItemColumns.key) == truth.issues[id]?.key)
                #expect(items[id]?.text(WorkItemColumns.projectID) == truth.issues[id]?.projectID)
            }
            if isLoadedBefore { #expect(!before.isDisjoint(with: moved.values)) }
            let links = try await Rows(pulse.store, WorkItemPullRequestColumns.self, source: "github").byID.values
            let byFormerKey = links.filter { moved[$0.text(WorkItemPullRequestColumns.key) ?? ""] != nil }
            #expect(!byFormerKey.isEmpty)
            for link in byFormerKey {
                #expect(
                    link.text(WorkItemPullRequestColumns.workItemID)
                        == moved[link.text(WorkItemPullRequestColumns.key) ?? ""])
            }
        }
    }
}
