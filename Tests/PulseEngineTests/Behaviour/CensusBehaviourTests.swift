import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// What a census finds gone, and who decides.
@Suite(.long) struct CensusBehaviourTests {
    typealias Pulse = SimulatedPulse

    /// A world in which issues were deleted after they were loaded, and a census over it.
    private func censused(_ clock: SimulationExecutor, holdAbove: Double) async throws -> Pulse {
        var options = SandboxOptions.tiny
        options.jira.eventsPerHour = 20
        options.jira.pageLimit = 100
        let configure: @Sendable (inout Configuration) -> Void = { configuration in
            configuration.sources.removeAll { $0.kind != .jira }
            configuration.sources.runOnce()
            configuration.engine.holdTombstonesAbove = holdAbove
        }
        let first = try await Pulse.open(on: clock, options, configure: configure)
        try await first.engine.run(untilIdle: true)
        let loaded = Set(first.sandbox.groundTruth().issues.keys)
        while loaded.isDisjoint(with: first.sandbox.groundTruth().deletedIssues) {
            try await clock.sleep(for: .hours(6))
        }
        let pulse = try await Pulse.open(on: clock, sandbox: first.sandbox, store: first.store, configure: configure)
        #expect(try await pulse.perform(.start(Pulse.issues, .census)).isAccepted)
        try await pulse.engine.run(untilIdle: true)
        #expect(try await pulse.state() == .succeeded)
        return pulse
    }

    /// Issues that are gone at the source and still in the table.
    private func leftovers(_ pulse: Pulse) async throws -> Set<String> {
        let rows = try await Rows(pulse.store, WorkItemColumns.self, source: "jira-main")
        return Set(rows.byID.keys).intersection(pulse.sandbox.groundTruth().deletedIssues)
    }

    @Test func `what is gone at the source is marked, and the mark can be taken back`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await censused(clock, holdAbove: 1)
            #expect(try await leftovers(pulse).isEmpty)
            let findings = try await pulse.store.tombstones(TombstoneFilter(limit: 10))
            let finding = try #require(findings.first)
            #expect(!finding.isHeld)
            #expect(try await pulse.engine.tombstones(TombstoneFilter(state: .applied)) == findings)
            let rows = try await pulse.engine.tombstoneRows(of: finding.id, after: nil, limit: 1_000)
            let gone = rows.filter { $0.table == WorkItemColumns.table }
            #expect(gone.count == finding.records)
            #expect(Set(gone.map(\.id)).isSubset(of: pulse.sandbox.groundTruth().deletedIssues))
            #expect(try await pulse.perform(.undoTombstones(finding.id)).isAccepted)
            #expect(try await !leftovers(pulse).isEmpty)
            guard case .unchanged = try await pulse.perform(.undoTombstones(finding.id)) else {
                Issue.record("it was taken back already")
                return
            }
        }
    }

    @Test func `too much gone at once is held with an alert until someone confirms`() async throws {
        try await SimulatedPulse.simulate { clock in
            let pulse = try await censused(clock, holdAbove: 0)
            #expect(try await !leftovers(pulse).isEmpty)
            let finding = try #require(try await pulse.store.tombstones(TombstoneFilter(limit: 10)).first { $0.isHeld })
            let alert = try #require(
                try await pulse.engine.overview().alerts.first {
                    $0.remedies.first == .confirmTombstones(finding.id)
                })
            #expect(alert.kind == .tombstonesHeld && alert.job == Pulse.issues)
            #expect(try await pulse.perform(.undoTombstones(finding.id)).isRefused)
            for held in try await pulse.store.tombstones(TombstoneFilter(limit: 10)) where held.isHeld {
                #expect(try await pulse.perform(.confirmTombstones(held.id)).isAccepted)
            }
            #expect(try await leftovers(pulse).isEmpty)
            guard case .unchanged = try await pulse.perform(.confirmTombstones(finding.id)) else {
                Issue.record("it was confirmed already")
                return
            }
        }
    }
}
