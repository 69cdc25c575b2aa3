import PulseConnectors
import PulseDomain
import PulseStore
import Testing

/// A partition that has brought nothing but new rows so far: a store may expect more of them.
let noveltyBehaviours: [Behaviour] =
    [
        Behaviour("after batches of new rows, known ones are compared as ever") { fixture in
            let worker = try await Worker(fixture)
            try await worker.bringNew()
            let later = Sample.start + .hours(1)
            var mixed = Conversation()
            mixed.items = [
                Item(id: "11", key: "PAY-11"), Item(id: "5", key: "PAY-5"),
                Item(id: "12", key: "PAY-12", title: "Changed", updatedAt: later),
            ]
            mixed.comments = [Comment(id: "c11", item: "11"), Comment(id: "c5", item: "5")]
            let second = try await worker.next()
            let result = try await second.commit(mixed.content, at: later)
            #expect(result.counts == RecordCounts(extracted: 3, inserted: 1, updated: 1, unchanged: 1))
            let rows = try await worker.store.dictionary(of: "work_items")
            #expect(rows.keys.sorted() == ["1", "11", "12", "2", "21", "22", "5"])
            #expect(
                rows["12"]?["title"] == .text("Changed") && rows["12"]?["loaded_at"] == .integer(later.microseconds))
            #expect(rows["11"]?["loaded_at"] == .integer(Sample.start.microseconds))
            #expect(rows["11"]?["run_id"] == .integer(worker.fence.run.rawValue))
            let former = try await worker.store.versions(of: "work_items", row: RowID(source: "jira", id: "12"))
            #expect(former.map(\.replacedBy) == [second.fence.run])
            #expect(try await worker.store.ids(of: "work_item_comments") == ["c1", "c11", "c2", "c21", "c3", "c5"])
            // Nothing but new rows again.
            try await second.bringNew(from: 70)
            #expect(try await worker.store.rowCount(of: "work_items") == 13)
        },
        Behaviour("a load right after a first load writes nothing") { fixture in
            let worker = try await Worker(fixture)
            let contents = try await worker.bringNew()
            let before = try await worker.store.dictionary(of: "work_items")
            let again = try await worker.next()
            for content in contents {
                let counts = try await again.commit(content, at: Sample.start + .hours(1)).counts
                #expect(counts.unchanged == counts.extracted)
            }
            #expect(try await worker.store.dictionary(of: "work_items") == before)
        },
        Behaviour("a row that comes several times among new ones is each time compared with the one before") {
            fixture in
            let worker = try await Worker(fixture)
            try await worker.bringNew()
            func items(_ titles: [String]) -> PageContent {
                Sample.items([Item(id: "30", key: "PAY-30")] + titles.map { Item(id: "31", key: "PAY-31", title: $0) })
            }
            let counts = try await worker.commit(items(["one", "two", "two"])).counts
            #expect(counts == RecordCounts(extracted: 4, inserted: 2, updated: 1, unchanged: 1))
            #expect(try await worker.store.dictionary(of: "work_items")["31"]?["title"] == .text("two"))
            let back = try await worker.commit([
                Sample.page(items(["three"]), in: worker.partition), Sample.page(items(["four"]), in: worker.partition),
                Sample.page(items(["three"]), in: worker.partition),
            ]).counts
            #expect(back == RecordCounts(extracted: 6, updated: 3, unchanged: 3))
            #expect(try await worker.store.dictionary(of: "work_items")["31"]?["title"] == .text("three"))
        },
        Behaviour("partitions of one run that load side by side lose nothing and count exactly") { fixture in
            let worker = try await Worker(fixture)
            let people = RowWriter<PersonColumns>.people(["ada", "grace"])
            let counts = try await withThrowingTaskGroup(of: RecordCounts.self) { group in
                for project in 1...4 {
                    let own = worker.on(Sample.partition(PartitionKey("P\(project)")))
                    group.addTask {
                        var sum = RecordCounts()
                        for batch in 0..<5 {
                            // The last item is in all projects, the people are on all pages.
                            let ids = (0..<3).map { project * 1_000 + batch * 10 + $0 } + [7]
                            var content = Sample.items(ids.map { Item(id: "\($0)", key: "PAY-\($0)") })
                            content.batches.append(people)
                            sum += try await own.commit(content).counts
                        }
                        return sum
                    }
                }
                return try await group.reduce(into: RecordCounts()) { $0 += $1 }
            }
            #expect(counts.extracted == 80 && counts.isBalanced && counts.updated == 0)
            #expect(try await worker.store.run(worker.fence.run)?.counts == counts)
            #expect(try await worker.store.rowCount(of: "work_items") == 61)
            #expect(try await worker.store.ids(of: "people") == ["ada", "grace"])
        },
        Behaviour("a row that another partition brought meanwhile is not new, and may be newer") { fixture in
            let worker = try await Worker(fixture)
            try await worker.bringNew()
            let other = try await Worker(worker.store, partition: Sample.partition("OPS"))
            let newer = Item(id: "40", key: "PAY-40", title: "Newer", updatedAt: Sample.start + .hours(2))
            try await other.commit(Sample.items([newer, Item(id: "41", key: "PAY-41")]))
            let counts = try await worker.commit(
                Sample.items(["40", "41", "42"].map { Item(id: $0, key: "PAY-\($0)") })
            ).counts
            #expect(counts == RecordCounts(extracted: 3, inserted: 1, unchanged: 2))
            #expect(try await worker.store.dictionary(of: "work_items")["40"]?["title"] == .text("Newer"))
        },
        Behaviour("a row that was found gone comes back among new ones") { fixture in
            let worker = try await Worker(fixture)
            try await worker.bringNew()
            let later = Sample.start + .hours(1)
            let counting = try await worker.next(.census)
            let end = CensusEnd(scope: CensusScope(table: "work_items"), startedAt: later, holdAbove: 1)
            try await counting.commit(PageContent(censusIDs: ["2", "11", "12", "21", "22"]), at: later, census: end)
            #expect(try await worker.store.ids(of: "work_items") == ["11", "12", "2", "21", "22"])
            let loading = try await worker.next()
            let counts = try await loading.commit(
                Sample.items([Item(id: "50", key: "PAY-50"), Item(id: "1", key: "PAY-1")]), at: later + .hours(1)
            ).counts
            #expect(counts == RecordCounts(extracted: 2, inserted: 1, updated: 1))
            #expect(try await worker.store.ids(of: "work_items") == ["1", "11", "12", "2", "21", "22", "50"])
            #expect(try await worker.store.ids(of: "work_item_comments").contains("c1"))
        },
    ]
    + ["work_items", "work_item_comments"].map { table in
        Behaviour("a first load that breaks at \(table) leaves nothing of its batch, and goes on afterwards") {
            fixture in
            let worker = try await Worker(fixture)
            try await worker.bringNew()
            let before = try await fixture.physicalRows()
            let next = Conversation.new(from: 60).content
            try await fixture.breakInsertions(into: table)
            await #expect(throws: StoreError.self) { try await worker.commit(next) }
            #expect(try await fixture.physicalRows() == before)
            try await fixture.repair()
            #expect(try await worker.commit(next).counts == RecordCounts(extracted: 2, inserted: 2))
            #expect(try await worker.commit(next).counts == RecordCounts(extracted: 2, unchanged: 2))
            #expect(try await worker.store.rowCount(of: "work_items") == 8)
        }
    }

extension Conversation {
    /// Items and a comment whose ids begin with `number`.
    fileprivate static func new(from number: Int) -> Conversation {
        var conversation = Conversation()
        conversation.items = [1, 2].map { Item(id: "\(number + $0)", key: "PAY-\(number + $0)") }
        conversation.comments = [Comment(id: "c\(number + 1)", item: "\(number + 1)")]
        return conversation
    }
}

extension Worker {
    /// Commits three batches of new rows; their pages.
    @discardableResult
    fileprivate func bringNew(from number: Int = 0) async throws -> [PageContent] {
        let first = number == 0 ? Conversation() : Conversation.new(from: number)
        let contents = [first, .new(from: number + 10), .new(from: number + 20)].map(\.content)
        for content in contents {
            let counts = try await commit(content).counts
            #expect(counts == RecordCounts(extracted: 2, inserted: 2))
        }
        return contents
    }
}

extension RowWriter<PersonColumns> {
    /// Rows that accompany records.
    fileprivate static func people(_ ids: [String]) -> RowBatch {
        var rows = RowWriter()
        for id in ids {
            rows.beginRow(record: -1)
            rows.set(.id, id)
        }
        return rows.batch
    }
}
