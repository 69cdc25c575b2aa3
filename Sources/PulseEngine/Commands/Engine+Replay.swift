import PulseConnectors
import PulseDomain
import PulseStore

extension Engine {
    /// Transforms quarantined records again and loads those that pass.
    func replay(_ ids: [Int64]) async throws -> String {
        var (loaded, rejected, gone) = (0, 0, 0)
        for id in ids {
            guard let entry = try await store.quarantineEntry(id), entry.state == .waiting,
                let job = entries[entry.partition.job]
            else {
                gone += 1
                continue
            }
            let walk = try await replayWalk(job, partition: entry.partition)
            let content: PageContent
            do {
                content = PageValidation.validated(
                    try job.source.connector.content(ofRejected: entry.record, at: entry.cursor, walk: walk)
                ) { records in
                    // However many records it became, it is kept as it is.
                    Dictionary(uniqueKeysWithValues: records.map { ($0, entry.record.payload) })
                }
            } catch let failure as Failure {
                var record = entry.record
                (record.code, record.reason) = (failure.code, failure.sentence)
                content = PageContent(extracted: 1, rejected: [record])
            }
            let counts = try await store.commitReplay(of: id, content: content, run: entry.run, at: time.now)
            if counts.quarantined > 0 { rejected += 1 } else { loaded += 1 }
        }
        try await countQuarantine()
        var sentence = "\(loaded) of \(ids.count.counted("quarantined record")) \(ids.count.noun("is", "are")) loaded."
        if rejected > 0 {
            let outcome = rejected.counted("was rejected again and stays", "were rejected again and stay")
            sentence += " \(outcome) in quarantine."
        }
        if gone > 0 { sentence += " \(gone.counted("was", "were")) not waiting any more." }
        return sentence
    }

    /// Transforms the kept raw pages of a job again, without the network: after a mapping changed.
    func retransform(_ job: JobID) async throws -> String {
        guard let entry = entries[job] else { throw Self.unknown(job) }
        if entry.worker != nil {
            throw Refusal(because: "\(job) is running.", instead: "Pause or stop it first.")
        }
        var (after, pages, counts) = (Int64(0), 0, RecordCounts())
        var walks: [PartitionKey: Walk] = [:]
        while true {
            let batch = try await store.rawPages(of: job, after: after, limit: 20)
            guard let last = batch.last else { break }
            for page in batch {
                let partition = page.page.partition
                let known = walks[partition.key]
                let walk = if let known { known } else { try await replayWalk(entry, partition: partition) }
                walks[partition.key] = walk
                let connector = entry.source.connector
                let content = try PageValidation.validated(try connector.content(of: page.page, walk: walk)) {
                    try connector.payloads(of: $0, in: page.page, walk: walk)
                }
                counts += try await store.commitRetransform(of: page, content: content, run: page.run, at: time.now)
                pages += 1
            }
            after = last.id
        }
        try await countQuarantine()
        return "\(pages.counted("kept page")) of \(job) \(pages.noun("was", "were")) transformed again: "
            + "\(counts.updated.counted("record")) changed, "
            + "\(counts.unchanged) did not."
    }

    private func replayWalk(_ entry: JobEntry, partition: PartitionID) async throws -> Walk {
        let stored = try await store.partitions(of: entry.id).first { $0.key == partition.key }
        return Walk(
            partition: partition,
            descriptor: PartitionDescriptor(
                key: partition.key, title: stored?.title ?? partition.key.rawValue, reference: stored?.reference ?? ""),
            mode: .incremental, identity: try await identities.remembered(of: entry.source.id), watermark: nil,
            pageSize: entry.stream.pageSize, startedAt: time.now, correlation: newCorrelation())
    }

    func countQuarantine() async throws {
        let counts = try await store.quarantineCounts()
        for id in entries.ids(where: { $0.quarantined != counts[$0.id] ?? 0 }) {
            entries[id]?.quarantined = counts[id] ?? 0
            dirtyJobs.insert(id)
        }
    }
}
