import PulseDomain
import PulseStore
import Testing

let checkpointBehaviours: [Behaviour] = [
    Behaviour("a checkpoint comes back as it was saved, with sums and a growing sequence") { fixture in
        let worker = try await Worker(fixture, mode: .range(from: .epoch, to: Sample.start))
        let run = worker.fence.run
        var given = Checkpoint(
            partition: worker.partition, run: run, mode: worker.mode, cursor: Cursor(json: #"{"token":"t"}"#),
            watermark: Watermark(), highWater: Watermark(changedAt: Sample.start, state: #"{"tips":[]}"#),
            counts: RecordCounts(extracted: 5, inserted: 4, filtered: 1, tombstoned: 2), pages: 7, expected: 99,
            pageSize: 50, walk: WalkOrigin(number: 3, startedAt: Sample.start - .hours(1)), isSuspicious: true,
            savedAt: Sample.start)
        let page = Sample.page(Sample.items([Item(id: "1", key: "A-1")]))
        let saved = try await worker.store.commit(Batch(pages: [page], checkpoint: given), fence: worker.fence)
            .checkpoint
        given.sequence = 1
        given.counts = RecordCounts(extracted: 6, inserted: 5, filtered: 1, tombstoned: 2)
        #expect(saved == given)
        #expect(try await worker.store.checkpoint(of: worker.partition) == given)
        given.cursor = nil
        given.watermark = nil
        given.highWater = nil
        given.walk = nil
        given.isSuspicious = false
        let next = try await worker.store.commit(Batch(pages: [], checkpoint: given), fence: worker.fence).checkpoint
        given.sequence = 2
        #expect(next == given)
        #expect(try await worker.store.checkpoint(of: worker.partition) == given)
    },
    Behaviour("checkpoints are kept and listed newest first, by partition or all") { fixture in
        let worker = try await Worker(fixture)
        let other = try await Worker(worker.store, partition: Sample.partition("OPS"))
        try await worker.commit(PageContent(), at: Sample.start)
        try await other.commit(PageContent(), at: Sample.start + .seconds(1))
        try await worker.commit(PageContent(), at: Sample.start + .seconds(2))
        let all = try await worker.store.checkpoints(of: "jira/issues", partition: nil, limit: 10)
        #expect(all.map(\.partition.key) == ["PAY", "OPS", "PAY"])
        let own = try await worker.store.checkpoints(of: "jira/issues", partition: "PAY", limit: 10)
        #expect(own.map(\.sequence) == [2, 1])
        #expect(try await worker.store.checkpoints(of: "jira/issues", partition: "PAY", limit: 1) == [own[0]])
        for partition in [nil, "PAY" as PartitionKey] {
            var filter = CheckpointFilter(job: "jira/issues", partition: partition, limit: 1)
            var seen: [Checkpoint] = []
            while let next = try await worker.store.checkpoints(filter).first, seen.count < 4 {
                seen.append(next)
                filter.before = next.position
            }
            #expect(seen == (partition == nil ? all : own))
        }
        #expect(
            try await worker.store.newestCheckpoints(of: "jira/issues") == [
                "PAY": own[0], "OPS": try #require(try await worker.store.checkpoint(of: other.partition)),
            ])
        #expect(try await worker.store.newestCheckpoints(of: "jira/boards").isEmpty)
        #expect(try await worker.store.checkpoint(of: Sample.partition("NONE")) == nil)
    },
    Behaviour("rewinding makes a copy of an older checkpoint the newest") { fixture in
        let worker = try await Worker(fixture)
        let first = try await worker.commit(Sample.items([Item(id: "1", key: "A-1")])).checkpoint
        try await worker.commit(Sample.items([Item(id: "2", key: "A-2")]))
        let later = Sample.start + .hours(1)
        let copy = try #require(try await worker.store.rewind(worker.partition, toSequence: 1, at: later))
        var expected = first
        expected.sequence = 3
        expected.savedAt = later
        #expect(copy == expected)
        #expect(try await worker.store.checkpoint(of: worker.partition) == expected)
        #expect(try await worker.store.rewind(worker.partition, toSequence: 9, at: later) == nil)
        #expect(try await worker.store.rewind(Sample.partition("OPS"), toSequence: 1, at: later) == nil)
        #expect(try await worker.commit(PageContent()).checkpoint.sequence == 4)
    },
    Behaviour("rewinding into another walk than the present one forgets which walk it was") { fixture in
        let first = try await Worker(fixture)
        try await first.commit(PageContent())
        let second = try await first.next()
        try await second.commit(PageContent())
        let copy = try #require(try await first.store.rewind(first.partition, toSequence: 1, at: Sample.start))
        #expect(copy.walk == nil && copy.cursor != nil)
        let own = try #require(try await first.store.rewind(first.partition, toSequence: 2, at: Sample.start))
        #expect(own.walk == nil)
    },
]
