import PulseConnectors
import PulseDomain
import PulseStore
import Testing

private func rejecting(_ records: [RejectedRecord]) -> PageContent {
    PageContent(extracted: records.count, rejected: records)
}

private let bad = RejectedRecord(
    recordID: "8", code: "jira.issue.no_project", reason: "It has no project.", payload: [0, 255, 123])

let quarantineBehaviours: [Behaviour] = [
    Behaviour("a rejected record is kept with payload, reason and position") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(rejecting([bad]))
        let entry = try #require(try await worker.store.quarantine(QuarantineFilter()).first)
        #expect(entry.record == bad && entry.partition == worker.partition && entry.run == worker.fence.run)
        #expect(entry.cursor.json == #"{"page":1}"# && entry.state == .waiting && entry.replays == 0)
        #expect(entry.at == Sample.start)
        #expect(try await worker.store.quarantineEntry(entry.id) == entry)
        #expect(try await worker.store.quarantineEntry(99) == nil)
        #expect(try await worker.store.quarantineCounts() == ["jira/issues": 1])
        #expect(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 9).count == 1)
    },
    Behaviour("rejecting the same record again adds nothing, with other content it takes its place") { fixture in
        let worker = try await Worker(fixture)
        var nameless = bad
        nameless.recordID = nil
        for _ in 0..<2 {
            let counts = try await worker.commit(rejecting([bad, nameless])).counts
            #expect(counts == RecordCounts(extracted: 2, quarantined: 2))
        }
        #expect(try await worker.store.quarantine(QuarantineFilter()).count == 2)
        var other = bad
        other.payload = [7]
        try await worker.commit(rejecting([other]))
        let entries = try await worker.store.quarantine(QuarantineFilter())
        #expect(entries.count == 2 && entries.contains { $0.record == other })
        #expect(!entries.contains { $0.record == bad })
    },
    Behaviour("discarded records stay discarded until they change") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(rejecting([bad]))
        let id = try #require(try await worker.store.quarantine(QuarantineFilter()).first).id
        #expect(try await worker.store.discardQuarantine([id, id, 99], at: Sample.start) == 1)
        #expect(try await worker.store.discardQuarantine([id], at: Sample.start) == 0)
        #expect(try await worker.store.quarantineEntry(id)?.state == .discarded)
        #expect(try await worker.store.quarantineCounts().isEmpty)
        try await worker.commit(rejecting([bad]))
        #expect(try await worker.store.quarantine(QuarantineFilter()).isEmpty)
        var changed = bad
        changed.payload = [7]
        try await worker.commit(rejecting([changed]))
        #expect(try await worker.store.quarantine(QuarantineFilter()).map(\.record) == [changed])
        #expect(try await worker.store.quarantine(QuarantineFilter(state: nil)).count == 2)
    },
    Behaviour("entries are filtered by job and state, newest first") { fixture in
        let worker = try await Worker(fixture)
        let other = try await Worker(worker.store, partition: Sample.partition(source: "git"))
        for id in ["1", "2", "3"] {
            try await worker.commit(rejecting([RejectedRecord(recordID: id, code: "c", reason: "r", payload: [])]))
        }
        try await other.commit(rejecting([bad]))
        let own = try await worker.store.quarantine(QuarantineFilter(job: "jira/issues"))
        #expect(own.map(\.record.recordID) == ["3", "2", "1"])
        #expect(try await worker.store.quarantine(QuarantineFilter(job: "jira/issues", limit: 2)).count == 2)
        #expect(try await worker.store.quarantine(QuarantineFilter()).count == 4)
        // In pages: each begins below the last of the one before.
        var (pages, before): ([[String?]], Int64?) = ([], nil)
        while true {
            let page = try await worker.store.quarantine(QuarantineFilter(job: "jira/issues", before: before, limit: 2))
            guard let last = page.last else { break }
            pages.append(page.map(\.record.recordID))
            before = last.id
        }
        #expect(pages == [["3", "2"], ["1"]])
    },
    Behaviour("a replay that succeeds loads the record and ends the entry, both or neither") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(rejecting([bad]))
        let entry = try #require(try await worker.store.quarantine(QuarantineFilter()).first)
        let content = Sample.items([Item(id: "8", key: "A-8")])
        try await fixture.breakInsertions(into: "work_items")
        await #expect(throws: StoreError.self) {
            try await worker.store.commitReplay(of: entry.id, content: content, run: worker.fence.run, at: Sample.start)
        }
        #expect(try await worker.store.quarantineEntry(entry.id) == entry)
        try await fixture.repair()
        let counts = try await worker.store.commitReplay(
            of: entry.id, content: content, run: worker.fence.run, at: Sample.start)
        #expect(counts == RecordCounts(extracted: 1, inserted: 1))
        #expect(try await worker.store.quarantineEntry(entry.id)?.state == .replayed)
        #expect(try await worker.store.quarantineEntry(entry.id)?.replays == 1)
        #expect(try await worker.store.ids(of: "work_items") == ["8"])
        await #expect(throws: StoreError.self) {
            try await worker.store.commitReplay(of: entry.id, content: content, run: worker.fence.run, at: Sample.start)
        }
    },
    Behaviour("a replay that is rejected again keeps the entry with the new reason") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(rejecting([bad]))
        let id = try #require(try await worker.store.quarantine(QuarantineFilter()).first).id
        var again = bad
        again.reason = "Still no project."
        again.code = "jira.issue.still"
        let counts = try await worker.store.commitReplay(
            of: id, content: rejecting([again]), run: worker.fence.run, at: Sample.start)
        #expect(counts == RecordCounts(extracted: 1, quarantined: 1))
        let entry = try #require(try await worker.store.quarantineEntry(id))
        #expect(entry.state == .waiting && entry.record == again && entry.replays == 1)
    },
    Behaviour("a replay never replaces what a later page brought") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(rejecting([bad]))
        let id = try #require(try await worker.store.quarantine(QuarantineFilter()).first).id
        var people = RowWriter<PersonColumns>()
        people.beginRow(record: 0)
        people.set(.id, "8")
        people.set(.name, "New")
        try await worker.commit(PageContent(extracted: 1, batches: [people.batch]))
        var old = RowWriter<PersonColumns>()
        old.beginRow(record: 0)
        old.set(.id, "8")
        old.set(.name, "Old")
        let counts = try await worker.store.commitReplay(
            of: id, content: PageContent(extracted: 1, batches: [old.batch]), run: worker.fence.run, at: Sample.start)
        #expect(counts == RecordCounts(extracted: 1, unchanged: 1))
        #expect(try await worker.store.dictionary(of: "people")["8"]?["name"] == .text("New"))
    },
]
