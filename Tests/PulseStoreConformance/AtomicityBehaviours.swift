import PulseDomain
import PulseStore
import Testing

let atomicityBehaviours: [Behaviour] =
    [
        "work_items", "work_item_comments", "raw_pages", "quarantine", "checkpoints", "quota_ledger", "row_versions",
        "census_ids", "tombstones", "work_item_aliases",
    ].map { table in
        Behaviour("a commit that breaks at \(table) leaves nothing, and the next try leaves everything") { fixture in
            let worker = try await Worker(fixture)
            try await worker.commit(Sample.items([Item(id: "1", key: "OLD-1"), Item(id: "7", key: "A-7")]))
            var conversation = Conversation()
            conversation.items[0].title = "Changed"
            var content = conversation.content
            content.extracted += 1
            content.rejected = [RejectedRecord(recordID: "8", code: "x", reason: "r", payload: [1, 2])]
            content.censusIDs = ["1", "2"]
            let census = CensusEnd(
                scope: CensusScope(table: "work_items"), startedAt: Sample.start + .seconds(1), holdAbove: 1)
            let ledger = [LedgerEntry(quota: QuotaID(identity: "i", bucket: "b"), requests: 1, points: 1)]
            let before = try await fixture.physicalRows()
            let rows = try await worker.store.dictionary(of: "work_items")
            let run = try await worker.store.run(worker.fence.run)
            try await fixture.breakInsertions(into: table)
            await #expect(throws: StoreError.self) {
                try await worker.commit(content, at: Sample.start + .seconds(2), census: census, ledger: ledger)
            }
            #expect(try await fixture.physicalRows() == before)
            #expect(try await worker.store.dictionary(of: "work_items") == rows)
            #expect(try await worker.store.run(worker.fence.run) == run)
            try await fixture.repair()
            let result = try await worker.commit(
                content, at: Sample.start + .seconds(2), census: census, ledger: ledger)
            #expect(result.counts == RecordCounts(extracted: 3, inserted: 1, updated: 1, quarantined: 1, tombstoned: 1))
            #expect(try await worker.store.ids(of: "work_items") == ["1", "2"])
            #expect(try await worker.store.ids(of: "work_item_aliases") == ["OLD-1"])
        }
    } + [
        Behaviour("a worker whose fence is stale writes nothing") { fixture in
            let worker = try await Worker(fixture)
            let late = Sample.start + .hours(1)
            let newer = try #require(
                try await worker.store.claim(
                    worker.fence.run, holder: "two", at: late, leaseUntil: late + .hours(1)))
            let before = try await fixture.physicalRows()
            await #expect(throws: StoreError.fenced) { try await worker.commit(Conversation.content) }
            let unknown = Fence(run: worker.fence.run, number: newer.number + 1)
            await #expect(throws: StoreError.fenced) { try await worker.commit(Conversation.content, fence: unknown) }
            #expect(try await fixture.physicalRows() == before)
            #expect(try await worker.commit(Conversation.content, fence: newer).counts.inserted == 2)
        },
        Behaviour("a batch that mixes partitions or runs is refused") { fixture in
            let worker = try await Worker(fixture)
            let foreign = Sample.page(Conversation.content, in: Sample.partition("OPS"))
            await #expect(throws: StoreError.self) { try await worker.commit([foreign]) }
            let other = try await worker.next()
            let before = try await fixture.physicalRows()
            await #expect(throws: StoreError.self) {
                try await worker.commit(Conversation.content, fence: other.fence)
            }
            #expect(try await fixture.physicalRows() == before)
        },
    ]
