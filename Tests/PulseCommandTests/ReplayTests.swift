import Foundation
import PulseConnectors
import PulseDomain
import PulseStore
import Testing

@testable import PulseCommands

struct ReplayTests {
    /// A configuration with so many records of `local/tags` in quarantine, none of which can be read.
    private static func quarantine(of count: Int, in place: Place) async throws -> SettingsWishes {
        let text = """
            tenant: acme
            store: sqlite:pulse.db
            sources: [{name: local, kind: git, paths: [\(place.path)]}]
            """
        let config = try place.write(text, to: "pulse.yaml")
        let store = try await SQLiteStore.open(.file("\(place.path)/pulse.db"), tenant: "acme")
        try await store.saveJobs([JobDefinition(id: "local/tags", title: "Tags")])
        try await store.setNote(
            "identity:local", to: #"{"account":"ada","product":"git","dialect":"","scopes":[],"warnings":[]}"#)
        let partition = PartitionID(tenant: "acme", source: "local", stream: "tags", key: "shop")
        let correlation: CorrelationID = "0123456789abcdef0123456789abcdef"
        let run = try await store.addRun(
            NewRun(
                job: partition.job, mode: .full, by: Principal("ada"), reason: "", priority: 3, createdAt: .epoch,
                correlation: correlation))
        let fence = try #require(
            try await store.claim(run.id, holder: "test", at: .epoch, leaseUntil: .epoch + .minutes(1)))
        let rejected = (1...count).map { RejectedRecord(recordID: "\($0)", code: "c", reason: "r", payload: [0x7B]) }
        let page = LoadedPage(
            raw: RawPage(
                partition: partition, cursor: Cursor(json: "{}"), request: "log", body: [], fetchedAt: .epoch,
                correlation: correlation),
            content: PageContent(extracted: count, rejected: rejected))
        let checkpoint = Checkpoint(
            partition: partition, run: run.id, mode: .full, cursor: nil, pages: 1,
            walk: WalkOrigin(number: run.id.rawValue, startedAt: .epoch), savedAt: .epoch)
        _ = try await store.commit(Batch(pages: [page], checkpoint: checkpoint, keepsRawPages: false), fence: fence)
        _ = try await store.setState(.succeeded([]), of: run.id, expecting: .running, fence: fence, at: .epoch)
        await store.close()
        return SettingsWishes(config: config)
    }

    @Test func `however much is in quarantine, all of it is replayed, a page at a time`() async throws {
        let place = try Place()
        let settings = try await Self.quarantine(of: 450, in: place)
        let captured = Captured()
        let context = captured.context(home: place.path)
        #expect(try await ActingCommand(context, settings, ActingWishes(isDryRun: true)).replayAll(of: nil) == .ok)
        #expect(captured.out.hasPrefix("450 quarantined records are transformed again; what passes is loaded.\n"))

        #expect(try await ActingCommand(context, settings, ActingWishes()).replayAll(of: "tags") == .problems)
        #expect(
            captured.out.hasSuffix(
                "\n450 quarantined records were transformed again. 450 are in quarantine now.\n"), "\(captured.out)")
        #expect(
            captured.error
                == "200 records transformed again\n400 records transformed again\n450 records transformed again\n")

        let listing = Captured()
        let listed = listing.context(home: place.path)
        try await ReadingCommand(listed, settings, isJSON: true).quarantine(job: nil, state: .waiting, limit: 420)
        #expect(listing.out.split(separator: "\n").count { $0.contains("\"record\" :") } == 420)
        #expect(listing.error == "pulse: There may be more; --limit says how many are listed.\n")
        try await ReadingCommand(listed, settings, isJSON: false).quarantine(job: nil, state: .waiting, limit: 451)
        #expect(listing.out.split(separator: "\n").count { $0.contains("local/tags") } == 870)
        #expect(listing.error.split(separator: "\n").count == 1)

        let store = try await SQLiteStore.open(.file("\(place.path)/pulse.db"), tenant: "acme")
        let entries = try await store.quarantine(QuarantineFilter(limit: 1_000))
        #expect(entries.count == 450 && entries.allSatisfy { $0.replays == 1 })
        let audit = try await store.audit(limit: 10)
        #expect(audit.map { $0.subject.split(separator: ",").count }.sorted() == [50, 200, 200])
        #expect(Set(audit.map(\.correlation)).count == 1)
        await store.close()
    }

    @Test func `what fits on a page is told as one command is, and one record is shown by its number`() async throws {
        let place = try Place()
        let settings = try await Self.quarantine(of: 3, in: place)
        let captured = Captured()
        let context = captured.context(home: place.path)
        #expect(try await ActingCommand(context, settings, ActingWishes()).replayAll(of: nil) == .problems)
        #expect(captured.out.hasPrefix("0 of 3 quarantined records are loaded. 3 were rejected again"))
        // It is done: nothing waits for an engine.
        #expect(captured.error.isEmpty)

        // A script can tell, by the number of a record, too.
        let acting = ActingCommand(captured.context(home: place.path), settings, ActingWishes(isConfirmed: true))
        #expect(try await acting.perform(.replay([2])) == .problems)
        #expect(try await acting.perform(.discard([3])) == .ok)

        let reading = ReadingCommand(context, settings, isJSON: true)
        try await reading.quarantined(2)
        #expect(captured.out.contains("\"id\" : 2,"))
        for number in [0, 4, Int64.max] {
            let error = await #expect(throws: CommandError.self) { try await reading.quarantined(number) }
            #expect(error?.status == .usage)
        }
    }
}
