import PulseDomain
import PulseStore
import Testing

@testable import PulseCommands

struct AuditTests {
    @Test func `outcomes are whole on a narrow terminal, with seconds at most, and in JSON as they are`() async throws {
        let place = try Place()
        let config = try place.write(
            "tenant: acme\nstore: sqlite:pulse.db\nsources:\n  - name: local\n    kind: git\n    paths: [.]\n",
            to: "pulse.yaml")
        let outcome = "Acknowledged: an engine was last heard of at 2026-11-23T11:12:56.634655Z, and nobody goes on."
        let store = try await SQLiteStore.open(.file("\(place.path)/pulse.db"), tenant: "acme")
        try await store.saveJobs([JobDefinition(id: "local/tags", title: "Tags")])
        _ = try await store.appendAudit(
            AuditEntry(
                sequence: 0, at: .epoch, by: Principal("ada"), action: "acknowledge", subject: "engine_lost",
                reason: "seen", outcome: outcome, isRefused: false, correlation: "c"))
        await store.close()
        for isJSON in [false, true] {
            let captured = Captured()
            var context = captured.context(home: place.path)
            context.output = captured.output(width: 60)
            try await ReadingCommand(context, SettingsWishes(config: config), isJSON: isJSON).audit(limit: 10)
            let shown = isJSON ? outcome : outcome.replacing(".634655", with: "")
            #expect(captured.out.contains(shown), "\(captured.out)")
        }
    }
}
