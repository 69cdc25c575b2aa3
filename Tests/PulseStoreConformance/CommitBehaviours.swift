import PulseConnectors
import PulseDomain
import PulseStore
import Testing

let commitBehaviours: [Behaviour] = [
    Behaviour("rows are inserted as they were given, with where they came from") { fixture in
        let worker = try await Worker(fixture)
        let content = Sample.items([
            Item(id: "1", key: "PAY-1", title: "First", body: "", storyPoints: 2.5),
            Item(id: "2", key: "PAY-2", updatedAt: nil),
        ])
        let result = try await worker.commit(content)
        #expect(result.counts == RecordCounts(extracted: 2, inserted: 2))
        #expect(result.checkpoint.sequence == 1 && result.checkpoint.counts == result.counts)
        let rows = try await worker.store.dictionary(of: "work_items")
        #expect(rows.keys.sorted() == ["1", "2"])
        #expect(rows["1"]?["title"] == .text("First"))
        #expect(rows["1"]?["description"] == .text(""))
        #expect(rows["1"]?["story_points"] == .real(2.5))
        #expect(rows["1"]?["updated_at"] == .integer(Sample.start.microseconds))
        #expect(rows["1"]?["assignee_id"] == .null && rows["2"]?["updated_at"] == .null)
        #expect(rows["1"]?["source"] == .text("jira") && rows["1"]?["tenant"] == .text("acme"))
        #expect(rows["1"]?["run_id"] == .integer(worker.fence.run.rawValue))
        #expect(rows["1"]?["loaded_at"] == .integer(Sample.start.microseconds))
        #expect(rows["1"]?["deleted_at"] == .null)
        let page = try #require(try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 10).first)
        #expect(rows["1"]?["page_id"] == .integer(page.id))
        #expect(try await worker.store.rowCount(of: "work_items") == 2)
    },
    Behaviour("loading the same pages again writes no row, keeps no page and counts all as unchanged") { fixture in
        let worker = try await Worker(fixture)
        let content = Conversation.content
        #expect(try await worker.commit(content).counts == RecordCounts(extracted: 2, inserted: 2))
        let rows = try await worker.store.dictionary(of: "work_items")
        let physical = try await fixture.physicalRows()
        let second = try await worker.next()
        let result = try await second.commit(content, at: Sample.start + .hours(1))
        #expect(result.counts == RecordCounts(extracted: 2, unchanged: 2))
        #expect(try await worker.store.dictionary(of: "work_items") == rows)
        var after = try await fixture.physicalRows()
        // What every commit and every run adds.
        for table in ["checkpoints", "runs"] { after[table, default: 0] -= 1 }
        #expect(after == physical)
    },
    Behaviour("the counts of a batch are added to the run and to the checkpoint") { fixture in
        let worker = try await Worker(fixture)
        let quota = QuotaID(identity: "me", bucket: "core")
        try await worker.commit(
            Sample.items([Item(id: "1", key: "A-1")]), ledger: [LedgerEntry(quota: quota, requests: 2, points: 30)])
        let result = try await worker.commit(
            Sample.items([Item(id: "1", key: "A-1"), Item(id: "2", key: "A-2")]),
            ledger: [LedgerEntry(quota: quota, requests: 1, points: 10)])
        let sum = RecordCounts(extracted: 3, inserted: 2, unchanged: 1)
        #expect(result.checkpoint.counts == sum)
        let run = try #require(try await worker.store.run(worker.fence.run))
        #expect(run.counts == sum && run.requests == 3)
    },
    Behaviour("a batch that does not follow the newest checkpoint is refused, and leaves nothing") { fixture in
        let worker = try await Worker(fixture)
        func page(_ id: String) -> [LoadedPage] {
            [Sample.page(Sample.items([Item(id: id, key: "A-\(id)")]), in: worker.partition, body: "{}")]
        }
        try await worker.commit(page("1"), previous: 0)
        let second = try await worker.commit(page("2"), previous: 1)
        for previous: Int64 in [0, 1, 3] {
            await #expect(throws: StoreError.superseded) { try await worker.commit(page("3"), previous: previous) }
        }
        #expect(try await worker.store.dictionary(of: "work_items").keys.sorted() == ["1", "2"])
        let settled = try await worker.store.settledCheckpoint(of: worker.partition, run: worker.fence.run)
        #expect(settled == second.checkpoint && settled?.sequence == 2)
        #expect(try await worker.store.run(worker.fence.run)?.counts.extracted == 2)
    },
    Behaviour("what was spent beside any batch is added to run and ledger, whoever holds the run") { fixture in
        let worker = try await Worker(fixture)
        let run = worker.fence.run
        let quota = QuotaID(identity: "me", bucket: "core")
        let spent = [
            LedgerEntry(quota: quota, requests: 2, points: 30),
            LedgerEntry(quota: QuotaID(identity: "me", bucket: "search"), requests: 3, points: 3),
        ]
        let late = Sample.start + .hours(1)
        _ = try await worker.store.claim(run, holder: "two", at: late, leaseUntil: late + .hours(1))
        try await worker.store.addSpending(spent, of: run, at: late)
        try await worker.store.addSpending([], of: run, at: late)
        let stored = try #require(try await worker.store.run(run))
        #expect(stored.requests == 5 && stored.counts == RecordCounts())
        #expect(try await fixture.physicalRows()["quota_ledger"] == 2)
        try await fixture.breakInsertions(into: "quota_ledger")
        await #expect(throws: StoreError.self) { try await worker.store.addSpending(spent, of: run, at: late) }
        #expect(try await worker.store.run(run) == stored)
    },
    Behaviour("a record is new when its main row is, updated when any row changed, unchanged otherwise") { fixture in
        let worker = try await Worker(fixture)
        try await worker.commit(Conversation.content)
        var changed = Conversation()
        changed.comments[0].body = "Changed"
        #expect(try await worker.commit(changed.content).counts == RecordCounts(extracted: 2, updated: 1, unchanged: 1))
        var grown = changed
        grown.comments.append(Comment(id: "c9", item: "2"))
        #expect(try await worker.commit(grown.content).counts == RecordCounts(extracted: 2, updated: 1, unchanged: 1))
        var another = grown
        another.items.append(Item(id: "3", key: "PAY-3"))
        #expect(
            try await worker.commit(another.content).counts == RecordCounts(extracted: 3, inserted: 1, unchanged: 2))
    },
    Behaviour("rows that accompany records are stored and not counted") { fixture in
        let worker = try await Worker(fixture)
        func content(_ name: String) -> PageContent {
            var people = RowWriter<PersonColumns>()
            people.beginRow(record: -1)
            people.set(.id, "ada")
            people.set(.name, name)
            var content = Sample.items([Item(id: "1", key: "A-1")])
            content.batches.insert(people.batch, at: 0)
            return content
        }
        #expect(try await worker.commit(content("Ada")).counts == RecordCounts(extracted: 1, inserted: 1))
        #expect(try await worker.commit(content("Ada L.")).counts == RecordCounts(extracted: 1, unchanged: 1))
        #expect(try await worker.store.dictionary(of: "people")["ada"]?["name"] == .text("Ada L."))
    },
    Behaviour("the same record twice on a page counts twice, the second as unchanged") { fixture in
        let worker = try await Worker(fixture)
        let item = Item(id: "1", key: "A-1")
        let counts = try await worker.commit(Sample.items([item, item])).counts
        #expect(counts == RecordCounts(extracted: 2, inserted: 1, unchanged: 1))
    },
    Behaviour("a page on which records are missing or too many is refused whole") { fixture in
        let worker = try await Worker(fixture)
        let good = Sample.page(Sample.items([Item(id: "1", key: "A-1")]))
        let before = try await fixture.physicalRows()
        for extracted in [0, 1, 3] {
            let bad = Sample.page(
                Sample.items([Item(id: "2", key: "A-2"), Item(id: "3", key: "A-3")], extracted: extracted))
            let error = await #expect(throws: StoreError.self) { try await worker.commit([good, bad]) }
            guard case .inconsistent = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try await fixture.physicalRows() == before)
    },
    Behaviour("what was filtered and what was rejected is part of the balance") { fixture in
        let worker = try await Worker(fixture)
        var content = Sample.items([Item(id: "1", key: "A-1")], extracted: 4)
        content.filtered = 2
        content.rejected = [RejectedRecord(recordID: "9", code: "x", reason: "r", payload: [1])]
        let counts = try await worker.commit(content).counts
        #expect(counts == RecordCounts(extracted: 4, inserted: 1, quarantined: 1, filtered: 2))
        #expect(counts.isBalanced)
    },
    Behaviour("several pages are committed together, in their order") { fixture in
        let worker = try await Worker(fixture)
        let result = try await worker.commit([
            Sample.page(Sample.items([Item(id: "1", key: "A-1", title: "old")])),
            Sample.page(Sample.items([Item(id: "1", key: "A-1", title: "new"), Item(id: "2", key: "A-2")])),
        ])
        #expect(result.counts == RecordCounts(extracted: 3, inserted: 2, updated: 1))
        #expect(try await worker.store.dictionary(of: "work_items")["1"]?["title"] == .text("new"))
    },
    Behaviour("a cell of another type than its column is refused") { fixture in
        let worker = try await Worker(fixture)
        var batch = RowBatch(UnifiedSchema.table(of: PersonColumns.self))
        batch.beginRow(record: 0)
        batch.set(PersonColumns.id.rawValue, text: "ada")
        batch.set(PersonColumns.name.rawValue, integer: 5)
        let content = PageContent(extracted: 1, batches: [batch])
        await #expect(throws: StoreError.self) { try await worker.commit(content) }
        #expect(try await worker.store.rowCount(of: "people") == 0)
    },
    Behaviour("whole numbers in a real column and NaN are the same when they come again") { fixture in
        let worker = try await Worker(fixture)
        var rows = RowWriter<WorkItemColumns>()
        for (record, points) in [Double.nan, 3, -0.0, 1e300].enumerated() {
            Item(id: "\(record)", key: "A-\(record)", storyPoints: points).write(to: &rows, record: record)
        }
        var batch = rows.batch
        batch.beginRow(record: 4)
        for (column, text) in [(WorkItemColumns.id, "4"), (.key, "A-4"), (.projectID, "p"), (.title, "t")] {
            batch.set(column.rawValue, text: text)
        }
        batch.set(WorkItemColumns.storyPoints.rawValue, integer: 8)
        let content = PageContent(extracted: 5, batches: [batch])
        #expect(try await worker.commit(content).counts.inserted == 5)
        #expect(try await worker.commit(content).counts.unchanged == 5)
        let stored = try await worker.store.dictionary(of: "work_items")
        #expect(stored["0"]?["story_points"] == .null && stored["4"]?["story_points"] == .real(8))
    },
]

/// Two items with comments, as one page tells them.
struct Conversation {
    var items = [Item(id: "1", key: "PAY-1"), Item(id: "2", key: "PAY-2")]
    var comments = [Comment(id: "c1", item: "1"), Comment(id: "c2", item: "1"), Comment(id: "c3", item: "2")]

    static var content: PageContent { Conversation().content }

    var content: PageContent {
        var content = Sample.items(items)
        var rows = RowWriter<WorkItemCommentColumns>()
        for (record, item) in items.enumerated() {
            for comment in comments where comment.item == item.id { comment.write(to: &rows, record: record) }
        }
        content.batches.append(rows.batch)
        content.childSets = items.map { item in
            ChildSet(
                table: "work_item_comments", owner: item.id,
                ids: comments.filter { $0.item == item.id }.map(\.id))
        }
        return content
    }
}
