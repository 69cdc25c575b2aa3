import PulseDomain
import PulseStore
import Testing

let censusBehaviours: [Behaviour] = [
    Behaviour("what a census does not list is gone, with what it owns, and only in its scope") { fixture in
        let world = try await CensusWorld(fixture)
        let result = try await world.count(listing: ["1", "2", "3"])
        let finding = try #require(result.finding)
        #expect(finding.records == 1 && finding.known == 4 && !finding.isHeld)
        #expect(result.counts == RecordCounts(tombstoned: 1))
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "3", "o1"])
        #expect(try await world.store.ids(of: "work_item_comments") == ["c1"])
        let gone = try await world.store.dictionary(of: "work_item_comments", includingDeleted: true)["c4"]
        #expect(gone?["tombstone_id"] == .integer(finding.id))
        #expect(gone?["deleted_at"] == .integer(world.now.microseconds))
        #expect(try await world.store.tombstones(TombstoneFilter(limit: 10)) == [finding])
    },
    Behaviour("undoing a finding brings back exactly its rows") { fixture in
        let world = try await CensusWorld(fixture)
        let first = try #require(try await world.count(listing: ["1", "2", "3"]).finding)
        let second = try #require(try await world.count(listing: ["2", "3"], after: .hours(2)).finding)
        #expect(second.records == 1)
        let later = world.now + .days(1)
        #expect(try await world.store.undoTombstones(first.id, at: later) == 2)
        #expect(try await world.store.ids(of: "work_items") == ["2", "3", "4", "o1"])
        #expect(try await world.store.ids(of: "work_item_comments") == ["c4"])
        #expect(try await world.store.undoTombstones(first.id, at: later) == 0)
        #expect(try await world.store.undoTombstones(99, at: later) == 0)
        #expect(try await world.store.tombstones(TombstoneFilter(limit: 10)).map(\.undoneAt) == [nil, later])
    },
    Behaviour("when too much seems gone the finding is held until it is confirmed") { fixture in
        let world = try await CensusWorld(fixture)
        let result = try await world.count(listing: ["1"], holdAbove: 0.5)
        let finding = try #require(result.finding)
        #expect(finding.isHeld && finding.records == 3 && finding.known == 4)
        #expect(result.counts == RecordCounts())
        #expect(try await world.store.rowCount(of: "work_items") == 5)
        // One of them changes meanwhile: it is not gone.
        try await world.load([Item(id: "2", key: "PAY-2", title: "Changed")], at: world.now + .hours(1))
        let later = world.now + .days(1)
        #expect(try await world.store.confirmTombstones(finding.id, at: later) == 3)
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "o1"])
        #expect(try await world.store.confirmTombstones(finding.id, at: later) == 0)
        #expect(try await world.store.tombstones(TombstoneFilter(limit: 1)).first?.isHeld == false)
        #expect(try await world.store.undoTombstones(finding.id, at: later) == 3)
        #expect(try await world.store.rowCount(of: "work_items") == 5)
    },
    Behaviour("a share at the limit is carried out, one above is held") { fixture in
        let world = try await CensusWorld(fixture)
        #expect(try await world.count(listing: ["1", "2"], holdAbove: 0.5).finding?.isHeld == false)
    },
    Behaviour("a dismissed or outdated held finding is not carried out") { fixture in
        let world = try await CensusWorld(fixture)
        let first = try #require(try await world.count(listing: [], holdAbove: 0.5).finding)
        #expect(try await world.store.undoTombstones(first.id, at: world.now) == 0)
        #expect(try await world.store.confirmTombstones(first.id, at: world.now) == 0)
        let second = try #require(try await world.count(listing: [], holdAbove: 0.5).finding)
        #expect(try await world.count(listing: ["1", "2", "3", "4"]).finding == nil)
        #expect(try await world.store.confirmTombstones(second.id, at: world.now) == 0)
        #expect(try await world.store.rowCount(of: "work_items") == 5)
    },
    Behaviour("rows written after a census began are not judged") { fixture in
        let world = try await CensusWorld(fixture)
        let census = try await Worker(world.store, partition: world.partition, mode: .census)
        try await census.commit(PageContent(censusIDs: ["1", "2"]), at: world.now)
        try await world.load([Item(id: "9", key: "PAY-9")], at: world.now + .seconds(5))
        let result = try await census.commit(
            PageContent(censusIDs: ["3"]), at: world.now + .seconds(9), census: world.end(startedAt: world.now))
        #expect(result.finding?.records == 1)
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "3", "9", "o1"])
    },
    Behaviour("ids are collected over pages and runs of their own, and forgotten at the end") { fixture in
        let world = try await CensusWorld(fixture)
        let abandoned = try await Worker(world.store, partition: world.partition, mode: .census)
        try await abandoned.commit(PageContent(extracted: 1, censusIDs: ["4"]), at: world.now)
        let census = try await Worker(world.store, partition: world.partition, mode: .census)
        let counts = try await census.commit(PageContent(extracted: 2, censusIDs: ["1", "2"]), at: world.now).counts
        #expect(counts == RecordCounts(extracted: 2, unchanged: 2))
        let result = try await census.commit(
            PageContent(extracted: 2, censusIDs: ["2", "3"]), at: world.now, census: world.end(startedAt: world.now))
        #expect(result.finding?.records == 1)
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "3", "o1"])
        #expect(try await fixture.physicalRows()["census_ids"] == 0)
        #expect(try await fixture.physicalRows()["tombstone_candidates"] == 0)
    },
    Behaviour("a census that another run goes on with counts what the first one listed") { fixture in
        let world = try await CensusWorld(fixture)
        let first = try await Worker(world.store, partition: world.partition, mode: .census)
        try await first.commit(PageContent(censusIDs: ["1", "2"]), at: world.now)
        var second = try await first.next()
        second.walk = first.walk
        let result = try await second.commit(
            PageContent(censusIDs: ["3"]), at: world.now + .hours(1), census: world.end(startedAt: world.now))
        #expect(result.finding?.records == 1 && result.finding?.run == second.fence.run)
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "3", "o1"])
        #expect(try await fixture.physicalRows()["census_ids"] == 0)
    },
    Behaviour("a census whose beginning is not known ends nothing and lists nothing") { fixture in
        let world = try await CensusWorld(fixture)
        var census = try await Worker(world.store, partition: world.partition, mode: .census)
        census.walk = nil
        try await census.commit(PageContent(censusIDs: ["1", "2"]), at: world.now)
        #expect(try await fixture.physicalRows()["census_ids"] == 0)
        await #expect(throws: StoreError.self) {
            try await census.commit(
                PageContent(censusIDs: ["3"]), at: world.now, census: world.end(startedAt: world.now))
        }
        #expect(try await world.store.rowCount(of: "work_items") == 5)
    },
    Behaviour("a census that holds back next to everything makes its checkpoint suspicious, one that does not does not")
    { fixture in
        let world = try await CensusWorld(fixture)
        #expect(try await !world.count(listing: ["1"], holdAbove: 0.1).checkpoint.isSuspicious)
        try await world.load((5...12).map { Item(id: "\($0)", key: "PAY-\($0)") }, at: world.now)
        let all = try await world.count(listing: [], holdAbove: 0.1, after: .hours(1))
        #expect(all.checkpoint.isSuspicious && all.finding?.isHeld == true && all.finding?.records == 12)
        #expect(try await world.store.checkpoint(of: world.partition)?.isSuspicious == true)
        #expect(try await !world.count(listing: ["1", "2"], holdAbove: 0.1, after: .hours(2)).checkpoint.isSuspicious)
        // Who allows everything to be marked asks for no confirmation.
        #expect(try await !world.count(listing: [], holdAbove: 1, after: .hours(3)).checkpoint.isSuspicious)
    },
    Behaviour("rows are counted by source and scope") { fixture in
        let world = try await CensusWorld(fixture)
        let count = { @Sendable (scope: CensusScope) in try await world.store.rowCount(in: scope, of: "jira") }
        #expect(try await count(CensusScope(table: "work_items")) == 5)
        #expect(try await count(CensusScope(table: "work_items", column: "project_id", value: "10")) == 4)
        #expect(try await count(CensusScope(table: "work_items", column: "project_id", value: nil)) == 0)
        #expect(try await world.store.rowCount(in: CensusScope(table: "work_items"), of: "github") == 0)
        _ = try await world.count(listing: ["1", "2", "3"])
        #expect(try await count(CensusScope(table: "work_items", column: "project_id", value: "10")) == 3)
        await #expect(throws: StoreError.self) { try await count(CensusScope(table: "work_items", column: "no;such")) }
    },
    Behaviour("a record that was found gone and is there again is back, with what went with it") { fixture in
        let world = try await CensusWorld(fixture)
        let finding = try #require(try await world.count(listing: ["1", "2", "3"]).finding)
        let counts = try await world.load([Item(id: "4", key: "PAY-4")], at: world.now + .hours(1)).counts
        #expect(counts == RecordCounts(extracted: 1, updated: 1))
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "3", "4", "o1"])
        #expect(try await world.store.ids(of: "work_item_comments") == ["c1", "c4"])
        #expect(try await world.store.undoTombstones(finding.id, at: world.now) == 0)
    },
    Behaviour("a record that was found gone and is listed again is back, with what went with it") { fixture in
        let world = try await CensusWorld(fixture)
        _ = try #require(try await world.count(listing: ["1", "2", "3"]).finding)
        #expect(try await world.count(listing: ["1", "2", "3", "4"], after: .hours(2)).finding == nil)
        #expect(try await world.store.ids(of: "work_items") == ["1", "2", "3", "4", "o1"])
        #expect(try await world.store.ids(of: "work_item_comments") == ["c1", "c4"])
    },
    Behaviour("findings are listed page by page, newest first, by job and by what became of them") { fixture in
        let world = try await CensusWorld(fixture)
        let applied = try #require(try await world.count(listing: ["1", "2", "3"]).finding)
        let undone = try #require(try await world.count(listing: ["1", "2"], after: .hours(1)).finding)
        let later = world.now + .days(1)
        #expect(try await world.store.undoTombstones(undone.id, at: later) == 1)
        let held = try #require(try await world.count(listing: ["1"], holdAbove: 0.1, after: .hours(2)).finding)
        let list = { @Sendable (filter: TombstoneFilter) in try await world.store.tombstones(filter).map(\.id) }
        #expect(try await list(TombstoneFilter()) == [held.id, undone.id, applied.id])
        #expect(try await list(TombstoneFilter(limit: 2)) == [held.id, undone.id])
        #expect(try await list(TombstoneFilter(before: undone.id, limit: 2)) == [applied.id])
        #expect(try await list(TombstoneFilter(before: applied.id)) == [])
        #expect(try await list(TombstoneFilter(state: .held)) == [held.id])
        #expect(try await list(TombstoneFilter(state: .applied)) == [applied.id])
        #expect(try await list(TombstoneFilter(state: .undone)) == [undone.id])
        #expect(try await list(TombstoneFilter(job: world.partition.job)) == [held.id, undone.id, applied.id])
        #expect(try await list(TombstoneFilter(job: "jira/other")) == [])
        #expect(try await world.store.tombstone(held.id) == held)
        #expect(try await world.store.tombstone(99) == nil)
    },
    Behaviour("the rows of a finding are listed page by page, with what they own") { fixture in
        let world = try await CensusWorld(fixture)
        let finding = try #require(try await world.count(listing: ["2", "3"]).finding)
        let rows = try await world.store.tombstoneRows(of: finding.id, after: nil, limit: 10)
        let gone = { (table: TableName, id: String, label: String?) in
            TombstoneRow(finding: finding.id, table: table, id: id, label: label, deletedAt: world.now)
        }
        #expect(
            rows == [
                gone("work_items", "1", "PAY-1"), gone("work_items", "4", "PAY-4"),
                gone("work_item_comments", "c1", nil), gone("work_item_comments", "c4", nil),
            ])
        var paged: [TombstoneRow] = []
        while true {
            let page = try await world.store.tombstoneRows(of: finding.id, after: paged.last?.position, limit: 1)
            #expect(page.count <= 1)
            guard let row = page.first, paged.count < 10 else { break }
            paged.append(row)
        }
        #expect(paged == rows)
        _ = try await world.store.undoTombstones(finding.id, at: world.now)
        #expect(try await world.store.tombstoneRows(of: finding.id, after: nil, limit: 10).isEmpty)
        #expect(try await world.store.tombstoneRows(of: 99, after: nil, limit: 10).isEmpty)
    },
    Behaviour("the rows of a held finding are those that confirming it would mark") { fixture in
        let world = try await CensusWorld(fixture)
        let finding = try #require(try await world.count(listing: ["1"], holdAbove: 0.1).finding)
        try await world.load([Item(id: "3", key: "PAY-3", title: "Changed")], at: world.now + .hours(1))
        let rows = try await world.store.tombstoneRows(of: finding.id, after: nil, limit: 10)
        #expect(rows.map(\.label) == ["PAY-2", "PAY-4"])
        #expect(rows.allSatisfy { $0.deletedAt == nil && $0.table == "work_items" })
        let rest = try await world.store.tombstoneRows(of: finding.id, after: rows.first?.position, limit: 10)
        #expect(rest == Array(rows.dropFirst()))
        #expect(try await world.store.tombstoneRows(of: finding.id, after: nil, limit: 0).isEmpty)
    },
    Behaviour("a census of what is not in the schema is refused") { fixture in
        let world = try await CensusWorld(fixture)
        for scope in [
            CensusScope(table: "sqlite_schema"), CensusScope(table: "work_items", column: "no;such", value: ""),
        ] {
            let end = CensusEnd(scope: scope, startedAt: world.now, holdAbove: 1)
            await #expect(throws: StoreError.self) { try await world.worker.commit(PageContent(), census: end) }
        }
    },
]

/// Four items of a project, two of them with a comment, and one of another project.
private struct CensusWorld {
    let worker: Worker
    let now = Sample.start + .hours(1)
    var store: any Store { worker.store }
    var partition: PartitionID { worker.partition }

    init(_ fixture: any StoreFixture) async throws {
        worker = try await Worker(fixture)
        var conversation = Conversation()
        conversation.items = (1...4).map { Item(id: "\($0)", key: "PAY-\($0)") }
        conversation.items.append(Item(id: "o1", key: "OPS-1", project: "20"))
        conversation.comments = [Comment(id: "c1", item: "1"), Comment(id: "c4", item: "4")]
        try await worker.commit(conversation.content)
    }

    @discardableResult
    func load(_ items: [Item], at now: Instant) async throws -> CommitResult {
        try await worker.next().commit(Sample.items(items), at: now)
    }

    func end(startedAt: Instant, holdAbove: Double = 0.9) -> CensusEnd {
        CensusEnd(
            scope: CensusScope(table: "work_items", column: "project_id", value: "10"), startedAt: startedAt,
            holdAbove: holdAbove)
    }

    /// A census of the project on one page.
    func count(listing ids: [String], holdAbove: Double = 0.9, after: Duration = .zero) async throws -> CommitResult {
        try await Worker(store, partition: partition, mode: .census).commit(
            PageContent(censusIDs: ids), at: now + after, census: end(startedAt: now + after, holdAbove: holdAbove))
    }
}
