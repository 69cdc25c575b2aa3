import PulseDomain
import PulseStore
import Testing

let retentionBehaviours: [Behaviour] = [
    Behaviour("what is older than it is kept goes in bounded steps, of its table and its tenant alone") { fixture in
        let (owner, rival) = (
            try await Worker(fixture), try await Worker(fixture, partition: Sample.partition(tenant: "rival"))
        )
        let spent = [LedgerEntry(quota: QuotaID(identity: "i", bucket: "b"), requests: 1, points: 1)]
        for worker in [owner, rival] {
            for hour in 0..<4 {
                let item = Item(id: "1", key: "PAY-1", title: "Title \(hour)")
                var page = Sample.page(Sample.items([item]), in: worker.partition)
                page.raw.fetchedAt = Sample.start + .hours(hour)
                try await worker.commit([page], at: Sample.start + .hours(hour), ledger: spent)
            }
        }
        func left(_ worker: Worker) async throws -> [Int] {
            let pages = try await worker.store.rawPages(of: "jira/issues", after: 0, limit: 100)
            let versions = try await worker.store.versions(of: "work_items", row: RowID(source: "jira", id: "1"))
            return [pages.count, versions.count, try await fixture.physicalRows()["quota_ledger"] ?? 0]
        }
        #expect(try await left(owner) == [4, 3, 8])
        for table in RetainedTable.allCases {
            #expect(try await owner.store.prune(table, before: Sample.start, limit: 10) == 0)
        }
        let horizon = Sample.start + .hours(2)
        #expect(try await owner.store.prune(.ledger, before: horizon, limit: 1) == 1)
        #expect(try await owner.store.prune(.ledger, before: horizon, limit: 10) == 1)
        #expect(try await left(owner) == [4, 3, 6])
        // Replaced after an hour, after two and after three.
        #expect(try await owner.store.prune(.rowVersions, before: horizon, limit: 10) == 1)
        #expect(try await owner.store.prune(.rawPages, before: horizon, limit: 10) == 2)
        #expect(try await left(owner) == [2, 2, 6])
        #expect(try await left(rival) == [4, 3, 6])
        #expect(try await owner.store.check().isEmpty)
        // Nothing that is needed has gone.
        #expect(try await owner.commit(Sample.items([Item(id: "1", key: "PAY-1")])).counts.updated == 1)
        #expect(try await owner.store.rowCount(of: "work_items") == 1)
    },
    Behaviour("of old checkpoints the newest of each partition stays, of its tenant alone, and none is left between") {
        fixture in
        let (owner, rival) = (
            try await Worker(fixture), try await Worker(fixture, partition: Sample.partition(tenant: "rival"))
        )
        let quiet = owner.on(Sample.partition("OPS"))
        for worker in [owner, rival] {
            for hour in 0..<4 { try await worker.commit(PageContent(), at: Sample.start + .hours(hour)) }
        }
        try await quiet.commit(PageContent(), at: Sample.start)
        func left(_ worker: Worker) async throws -> [Int64] {
            try await worker.store.checkpoints(of: "jira/issues", partition: worker.partition.key, limit: 100)
                .map(\.sequence)
        }
        let store = owner.store
        #expect(try await store.pruneHistory(before: Sample.start, limit: 10) == 0)
        #expect(try await store.pruneHistory(before: Sample.start + .hours(3), limit: 2) == 2)
        #expect(try await left(owner) == [4, 3])
        #expect(try await store.pruneHistory(before: Sample.start + .days(9), limit: 10) == 1)
        #expect(try await left(owner) == [4])
        #expect(try await left(quiet) == [1])
        #expect(try await left(rival) == [4, 3, 2, 1])
        // It goes on from there.
        #expect(try await owner.commit(PageContent(), at: Sample.start + .days(9)).checkpoint.sequence == 5)
    },
    Behaviour("old runs that changed nothing go; those that rows may name, open ones and the newest of each mode stay")
    {
        fixture in
        let first = try await Worker(fixture)
        let store = first.store
        try await first.commit(Sample.items([Item(id: "1", key: "PAY-1")]))
        let census = try await first.next(.census)
        let idle = try await first.next()
        let range = try await first.next(.range(from: .epoch, to: Sample.start))
        let kept = try await first.next()
        try await kept.commit(PageContent())
        let newest = try await first.next()
        for worker in [first, census, idle, range, kept, newest] {
            #expect(
                try await store.setState(
                    .stopped(by: .engine, reason: ""), of: worker.fence.run, expecting: .queued, fence: nil,
                    at: Sample.start))
        }
        let open = try await first.next()
        let later = Sample.start + .days(1)
        #expect(try await store.pruneHistory(before: Sample.start, limit: 10) == 0)
        // The checkpoint of the first run goes, too: another one is newer.
        #expect(try await store.pruneHistory(before: later, limit: 10) == 4)
        let left = try await store.runs(of: nil, limit: 20).map(\.id)
        #expect(left == [open, kept, census, first].map(\.fence.run))
        #expect(try await store.pruneHistory(before: later, limit: 10) == 0)
        #expect(try await store.check().isEmpty)
    },
    Behaviour("old alerts that are over go, and records that were replayed; present and discarded ones stay") {
        fixture in
        let worker = try await Worker(fixture)
        let store = worker.store
        let records = ["1", "2", "3"].map { RejectedRecord(recordID: $0, code: "c", reason: "r", payload: [1]) }
        try await worker.commit(PageContent(extracted: 3, rejected: records))
        let ids = try await store.quarantine(QuarantineFilter()).map(\.id)
        _ = try await store.commitReplay(
            of: ids[0], content: Sample.items([Item(id: "3", key: "A-3")]), run: worker.fence.run, at: Sample.start)
        #expect(try await store.discardQuarantine([ids[1]], at: Sample.start) == 1)
        let alerts = ["a", "b"].map {
            Alert(id: $0, kind: .dataStale, severity: .warning, sentence: $0, because: "Why.", since: Sample.start)
        }
        try await store.saveAlerts(alerts, at: Sample.start)
        try await store.saveAlerts([alerts[0]], at: Sample.start + .hours(1))
        #expect(try await store.pruneHistory(before: Sample.start, limit: 10) == 0)
        #expect(try await store.pruneHistory(before: Sample.start + .hours(1), limit: 10) == 1)
        #expect(try await store.quarantine(QuarantineFilter(state: nil)).map(\.state) == [.discarded, .waiting])
        #expect(try await fixture.physicalRows()["alerts"] == 2)
        #expect(try await store.pruneHistory(before: Sample.start + .hours(2), limit: 10) == 1)
        #expect(try await store.alerts() == [alerts[0]])
        #expect(try await fixture.physicalRows()["alerts"] == 1)
    },
]
