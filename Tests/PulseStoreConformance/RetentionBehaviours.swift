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
    }
]
