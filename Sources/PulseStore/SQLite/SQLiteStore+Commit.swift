import GRDB
package import PulseDomain

extension SQLiteStore {
    package func commit(_ batch: Batch, fence: Fence) async throws -> CommitResult {
        try checkConsistency(of: batch, fence: fence)
        let stopwatch = options.stopwatch
        let compressor = PageCompressor(
            batch.keepsRawPages ? batch.pages.map(\.raw.body) : [], isConcurrent: options.execution == .background)
        return try await write { db in
            try BatchCommit(db: db, batch: batch, fence: fence, compressor: compressor, stopwatch: stopwatch).run()
        }
    }

    package func addSpending(_ entries: [LedgerEntry], of run: RunID, at now: Instant) async throws {
        let tenant = tenant
        guard !entries.isEmpty else { return }
        try await write { db in
            try Ledger(db: db, tenant: tenant, run: run).add(entries, at: now)
            try db.run(
                "UPDATE runs SET requests = requests + ? WHERE tenant = ? AND id = ?",
                [entries.reduce(0) { $0 + $1.requests }, tenant.rawValue, run.rawValue])
        }
    }

    /// What can be seen without the database: a batch is about one partition of this tenant and one run.
    private func checkConsistency(of batch: Batch, fence: Fence) throws {
        let partition = batch.checkpoint.partition
        try checkOwns(partition)
        guard batch.checkpoint.run == fence.run else {
            throw StoreError.inconsistent("a checkpoint of run \(batch.checkpoint.run) comes from run \(fence.run)")
        }
        for page in batch.pages where page.raw.partition != partition {
            throw StoreError.inconsistent("a page of \(page.raw.partition) comes with a checkpoint of \(partition)")
        }
    }
}

/// One commit, inside its transaction.
private struct BatchCommit {
    let db: Database
    let batch: Batch
    let fence: Fence
    let compressor: PageCompressor
    let stopwatch: @Sendable () -> Duration

    private var partition: PartitionID { batch.checkpoint.partition }
    private var tenant: TenantID { partition.tenant }
    private var now: Instant { batch.checkpoint.savedAt }

    func run() throws -> CommitResult {
        try checkFence()
        try db.run(
            "INSERT INTO sources (tenant, source) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [tenant.rawValue, partition.source.rawValue])
        let (merged, indexing) = try mergePages()
        var counts = merged
        let census = Census(
            db: db, partition: partition, run: fence.run, walk: batch.checkpoint.walk?.number)
        for page in batch.pages { try census.add(page.content.censusIDs) }
        let finding = try batch.census.flatMap { try census.finish($0, at: now) }
        if let finding, !finding.isHeld { counts.tombstoned += finding.records }
        try Ledger(db: db, tenant: tenant, run: fence.run).add(batch.ledger, at: now)
        try addToRun(counts)
        var checkpoint = batch.checkpoint
        checkpoint.counts += counts
        if let finding, checkpoint.mode == .census, finding.isHeld, finding.isImplausible {
            checkpoint.isSuspicious = true
        }
        return CommitResult(
            counts: counts, checkpoint: try checkpoint.saved(in: db), finding: finding, indexing: indexing)
    }

    private func checkFence() throws {
        let newest = try Int64.fetchOne(
            db, cachedSQL: "SELECT fence FROM runs WHERE tenant = ? AND id = ?",
            arguments: [tenant.rawValue, fence.run.rawValue])
        guard newest == fence.number else { throw StoreError.fenced }
    }

    /// Rows, quarantine and raw pages. A page on which nothing was written is not kept: the rows are still those that
    /// an earlier page made. Returns the counts, and how long it took to resolve links.
    private func mergePages() throws -> (counts: RecordCounts, indexing: Duration) {
        let merger = PageMerger(
            db: db,
            context: MergeContext(
                tenant: tenant, source: partition.source, run: fence.run, now: now,
                keepsVersions: batch.keepsRowVersions, kind: .live))
        var counts = RecordCounts()
        var nextPage = try RawPages(db: db, tenant: tenant).firstFreeID()
        for (index, page) in batch.pages.enumerated() {
            let id = batch.keepsRawPages ? nextPage : nil
            var isKept = false
            let keep = {
                guard id != nil, !isKept else { return }
                isKept = true
                compressor.begin(from: index)
            }
            counts += try merger.merge(page.content, page: id, onFirstChange: keep)
            try QuarantineWriter(db: db, tenant: tenant).add(
                page.content.rejected, from: page.raw, pageID: id, run: fence.run, at: now, onFirstChange: keep)
            if let id, isKept {
                try RawPages(db: db, tenant: tenant).add(
                    page.raw, id: id, body: compressor.body(of: index), run: fence.run)
                nextPage += 1
            } else if id != nil {
                compressor.skip(index)
            }
        }
        let began = stopwatch()
        try merger.finish()
        let indexing = stopwatch() - began
        if batch.keepsRawPages { try RawPages(db: db, tenant: tenant).setFirstFreeID(nextPage) }
        return (counts, indexing)
    }

    private func addToRun(_ counts: RecordCounts) throws {
        try db.run(
            """
            UPDATE runs SET extracted = extracted + ?, inserted = inserted + ?, updated = updated + ?,
                unchanged = unchanged + ?, quarantined = quarantined + ?, filtered = filtered + ?,
                tombstoned = tombstoned + ?, requests = requests + ?
            WHERE tenant = ? AND id = ?
            """,
            counts.arguments
                + [batch.ledger.reduce(0) { $0 + $1.requests }, tenant.rawValue, fence.run.rawValue])
    }
}

/// What was spent, by run and quota.
private struct Ledger {
    let db: Database
    let tenant: TenantID
    let run: RunID

    func add(_ entries: [LedgerEntry], at now: Instant) throws {
        for entry in entries {
            try db.run(
                """
                INSERT INTO quota_ledger (tenant, run, at, identity, bucket, requests, points)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    tenant.rawValue, run.rawValue, now, entry.quota.identity, entry.quota.bucket, entry.requests,
                    entry.points,
                ])
        }
    }
}
