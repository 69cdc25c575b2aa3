package import PulseDomain

extension SQLStore {
    package func commit(_ batch: Batch, fence: Fence) async throws -> CommitResult {
        try checkConsistency(of: batch, fence: fence)
        let isConcurrent = isConcurrent
        return try await write { db in
            // Made here: a transaction that another one was in the way of is run again.
            let compressor =
                batch.keepsRawPages ? PageCompressor(batch.pages.map(\.raw.body), isConcurrent: isConcurrent) : nil
            return try BatchCommit(db: db, batch: batch, fence: fence, compressor: compressor).run()
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
    let db: any SQLSession
    let batch: Batch
    let fence: Fence
    let compressor: PageCompressor?

    private var partition: PartitionID { batch.checkpoint.partition }
    private var tenant: TenantID { partition.tenant }
    private var now: Instant { batch.checkpoint.savedAt }

    func run() throws -> CommitResult {
        try checkFence()
        try db.run(
            "INSERT INTO sources (tenant, source) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [tenant.rawValue, partition.source.rawValue])
        let loaded = try db.load(
            batch.pages, PageKeeping(compressor: compressor),
            MergeContext(
                tenant: tenant, source: partition.source, run: fence.run, now: now,
                keepsVersions: batch.keepsRowVersions, kind: .live))
        var counts = loaded.counts
        let census = Census(
            db: db, partition: partition, run: fence.run, walk: batch.checkpoint.walk?.number)
        for page in batch.pages { try census.add(page.content.censusIDs) }
        let finding = try batch.census.flatMap { try census.finish($0, at: now) }
        if let finding, !finding.isHeld { counts.tombstoned += finding.records }
        try Ledger(db: db, tenant: tenant, run: fence.run).add(batch.ledger, at: now)
        var checkpoint = batch.checkpoint
        checkpoint.counts += counts
        if let finding, checkpoint.mode == .census, finding.isHeld, finding.isImplausible {
            checkpoint.isSuspicious = true
        }
        let saved = try checkpoint.saved(in: db, after: batch.previous)
        // Last, because commits of the run's other partitions wait for it.
        try addToRun(counts)
        return CommitResult(counts: counts, checkpoint: saved, finding: finding, indexing: loaded.indexing)
    }

    private func checkFence() throws {
        guard try db.heldFence(of: fence.run, tenant) == fence.number else { throw StoreError.fenced }
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
    let db: any SQLSession
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
