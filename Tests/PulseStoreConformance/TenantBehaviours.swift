import PulseConnectors
package import PulseDomain
import PulseStore
import Testing

let tenantBehaviours: [Behaviour] = [
    Behaviour("nothing of one tenant can be read by another") { fixture in
        let owner = try await Worker(fixture)
        try await fill(owner)
        let other = try await fixture.open("rival")
        let source = RowID(source: "jira", id: "1")
        #expect(try await other.jobs().isEmpty)
        #expect(try await other.partitions(of: "jira/issues").isEmpty)
        #expect(try await other.run(owner.fence.run) == nil)
        #expect(try await other.runs(of: nil, limit: 10).isEmpty)
        #expect(try await other.runs(of: "jira/issues", limit: 10).isEmpty)
        #expect(try await other.openRuns().isEmpty)
        #expect(try await other.checkpoint(of: owner.partition) == nil)
        #expect(try await other.checkpoint(of: Sample.partition(tenant: "rival")) == nil)
        #expect(try await other.newestCheckpoints(of: "jira/issues").isEmpty)
        #expect(try await other.checkpoints(of: "jira/issues", partition: nil, limit: 10).isEmpty)
        #expect(try await other.checkpoints(of: "jira/issues", partition: "PAY", limit: 10).isEmpty)
        #expect(try await other.quarantine(QuarantineFilter(state: nil)).isEmpty)
        #expect(try await other.quarantineEntry(1) == nil)
        #expect(try await other.quarantineCounts().isEmpty)
        #expect(try await other.rawPages(of: "jira/issues", after: 0, limit: 10).isEmpty)
        #expect(try await other.tombstones(TombstoneFilter(limit: 10)).isEmpty)
        #expect(try await other.tombstone(1) == nil)
        #expect(try await other.tombstoneRows(of: 1, after: nil, limit: 10).isEmpty)
        #expect(try await other.quotas().isEmpty)
        #expect(try await other.breakers().isEmpty)
        #expect(try await other.logs(job: nil, after: nil, limit: 10).isEmpty)
        #expect(try await other.logs(job: "jira/issues", after: 0, limit: 10).isEmpty)
        #expect(try await other.audit(limit: 10).isEmpty)
        #expect(try await other.alerts().isEmpty)
        #expect(try await other.note("identity") == nil)
        #expect(try await other.versions(of: "work_items", row: source).isEmpty)
        for table in UnifiedSchema.tables {
            #expect(try await other.rowCount(of: table.name) == 0)
            #expect(try await other.rows(of: table.name, includingDeleted: true, after: nil, limit: 10).isEmpty)
        }
    },
    Behaviour("nothing of one tenant can be changed by another") { fixture in
        let owner = try await Worker(fixture)
        try await fill(owner)
        let other = try await fixture.open("rival")
        let before = try await Picture(of: owner)
        let late = Sample.start + .days(1)
        let run = owner.fence.run
        #expect(try await other.claim(run, holder: "thief", at: late, leaseUntil: late) == nil)
        try await other.heartbeat(holder: "worker", at: Sample.start, leaseUntil: late)
        #expect(try await other.setState(.running, of: run, expecting: .queued, fence: nil, at: late) == false)
        await #expect(throws: StoreError.self) { try await other.setHold(nil, of: "jira/issues") }
        await #expect(throws: StoreError.self) { try await other.rewind(owner.partition, toSequence: 1, at: late) }
        #expect(try await other.rewind(Sample.partition(tenant: "rival"), toSequence: 1, at: late) == nil)
        let batch = Batch(
            pages: [],
            checkpoint: Checkpoint(partition: owner.partition, run: run, mode: .full, cursor: nil, savedAt: late))
        await #expect(throws: StoreError.self) { try await other.commit(batch, fence: owner.fence) }
        var renamed = batch
        renamed.checkpoint.partition = Sample.partition(tenant: "rival")
        await #expect(throws: StoreError.fenced) { try await other.commit(renamed, fence: owner.fence) }
        #expect(try await other.discardQuarantine([1], at: late) == 0)
        await #expect(throws: StoreError.self) {
            try await other.commitReplay(of: 1, content: PageContent(), run: run, at: late)
        }
        let page = try #require(try await owner.store.rawPages(of: "jira/issues", after: 0, limit: 1).first)
        await #expect(throws: StoreError.self) {
            try await other.commitRetransform(of: page, content: Conversation.content, run: run, at: late)
        }
        #expect(try await other.prune(.rawPages, before: late, limit: 10) == 0)
        #expect(try await other.undoTombstones(1, at: late) == 0)
        #expect(try await other.confirmTombstones(1, at: late) == 0)
        // The same names in the other tenant are other things.
        let rival = try await Worker(other, partition: Sample.partition(tenant: "rival"))
        try await fill(rival)
        try await other.saveJobs([])
        try await other.saveAlerts([], at: late)
        #expect(try await !other.acknowledge(alert: "a", by: Principal("eve")))
        try await other.setNote("identity", to: nil)
        _ = try await other.appendLogs([LogLine(at: late, level: .info, message: "m")], keeping: 1)
        #expect(try await Picture(of: owner) == before)
    },
    Behaviour("links never reach over to another tenant") { fixture in
        let owner = try await Worker(fixture)
        try await owner.commit(Sample.items([Item(id: "1", key: "PAY-1")]))
        let rival = try await Worker(fixture, partition: Sample.partition(source: "github", tenant: "rival"))
        var links = RowWriter<WorkItemPullRequestColumns>()
        links.beginRow(record: 0)
        links.set(.id, "x:PAY-1")
        links.set(.pullRequestID, "x")
        links.set(.key, "PAY-1")
        links.set(.evidence, "[]")
        links.set(.score, 1.0)
        try await rival.commit(PageContent(extracted: 1, batches: [links.batch]))
        #expect(try await rival.store.dictionary(of: "work_item_pull_requests")["x:PAY-1"]?["work_item_id"] == .null)
        try await owner.commit(Sample.items([Item(id: "1", key: "PAY-2")]))
        #expect(try await rival.store.rowCount(of: "work_item_aliases") == 0)
    },
]

extension StoreConformance {
    /// Puts something of a tenant into everything that a store keeps.
    package static func fill(_ fixture: any StoreFixture, tenant: TenantID) async throws {
        let worker = try await Worker(fixture, partition: Sample.partition(tenant: tenant))
        try await PulseStoreConformance.fill(worker)
        await worker.store.close()
    }
}

private func fill(_ worker: Worker) async throws {
    let store = worker.store
    try await store.saveJobs([JobDefinition(id: "jira/issues", title: "Issues")])
    try await store.setHold(Hold(by: Principal("ada"), reason: "r", since: Sample.start), of: "jira/issues")
    try await store.savePartitions([StoredPartition(key: "PAY", title: "P", reference: "1")], of: "jira/issues")
    var content = Conversation.content
    content.extracted += 1
    content.rejected = [RejectedRecord(recordID: "8", code: "c", reason: "r", payload: [1])]
    try await worker.commit(
        content, ledger: [LedgerEntry(quota: QuotaID(identity: "i", bucket: "b"), requests: 1, points: 1)])
    try await worker.commit(Sample.items([Item(id: "1", key: "PAY-9", title: "Changed")]))
    let census = CensusEnd(
        scope: CensusScope(table: "work_items"), startedAt: Sample.start + .seconds(1), holdAbove: 0)
    try await worker.commit(PageContent(censusIDs: ["1"]), at: Sample.start + .seconds(2), census: census)
    try await store.saveQuotas([StoredQuota(id: QuotaID(identity: "i", bucket: "b"), updatedAt: Sample.start)])
    try await store.saveBreakers([BreakerStatus(source: "jira", endpoint: "search")])
    _ = try await store.appendLogs(
        [LogLine(at: Sample.start, level: .info, job: "jira/issues", message: "m")], keeping: 10)
    _ = try await store.appendAudit(
        AuditEntry(
            at: Sample.start, by: Principal("ada"), action: "a", subject: "s", reason: "r", outcome: "o",
            isRefused: false, correlation: "c"))
    try await store.saveAlerts(
        [Alert(id: "a", kind: .dataStale, severity: .notice, sentence: "s", because: "b", since: Sample.start)],
        at: Sample.start)
    try await store.setNote("identity", to: "n")
}

/// Everything that a tenant sees.
private struct Picture: Equatable {
    var jobs: [StoredJob]
    var partitions: [StoredPartition]
    var runs: [StoredRun]
    var checkpoints: [Checkpoint]
    var quarantine: [QuarantineEntry]
    var pages: [StoredPage]
    var findings: [TombstoneFinding]
    var quotas: [StoredQuota]
    var breakers: [BreakerStatus]
    var logs: [LogLine]
    var audit: [AuditEntry]
    var alerts: [Alert]
    var note: String?
    var rows: [TableName: [[RowValue]]] = [:]
    var versions: [RowVersion]

    init(of worker: Worker) async throws {
        let store = worker.store
        jobs = try await store.jobs()
        partitions = try await store.partitions(of: "jira/issues")
        runs = try await store.runs(of: nil, limit: 100)
        checkpoints = try await store.checkpoints(of: "jira/issues", partition: nil, limit: 100)
        quarantine = try await store.quarantine(QuarantineFilter(state: nil))
        pages = try await store.rawPages(of: "jira/issues", after: 0, limit: 100)
        findings = try await store.tombstones(TombstoneFilter(limit: 100))
        quotas = try await store.quotas()
        breakers = try await store.breakers()
        logs = try await store.logs(job: nil, after: nil, limit: 100)
        audit = try await store.audit(limit: 100)
        alerts = try await store.alerts()
        note = try await store.note("identity")
        for table in UnifiedSchema.tables {
            rows[table.name] = try await store.rows(of: table.name, includingDeleted: true, after: nil, limit: 100)
        }
        versions = try await store.versions(of: "work_items", row: RowID(source: "jira", id: "1"))
    }
}
