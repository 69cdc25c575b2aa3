import PulseConnectors
import PulseDomain
import PulseStore

/// One walk over one partition: pages are fetched, transformed and loaded side by side, over bounded channels.
///
/// Ends in one of three ways: complete, interrupted between two pages (what was fetched is committed), or with an error
/// (what was committed stays). After a kill, a new walk goes on from the last checkpoint.
struct PartitionWalk: Sendable {
    let source: EngineSource
    let stream: StreamDescriptor
    let store: any Store
    let time: any TimeSource
    let client: GatedClient
    let control: RunControl
    let metrics: RunMetrics
    let fence: Fence
    let ledger: LedgerCounter
    let settings: EngineSettings
    let patience: StorePatience
    let onCommit: @Sendable (CommitResult) -> Void

    enum End: Sendable {
        case complete
        case interrupted
    }

    private struct Fetched: Sendable {
        var page: FetchedPage
        var pageSize: Int?
    }

    private struct Transformed: Sendable {
        var fetched: Fetched
        var content: PageContent

        var sizeInBytes: Int {
            content.batches.reduce(max(1, fetched.page.raw.body.count)) { $0 + $1.sizeInBytes }
        }
    }

    /// How much waits for the commit before it to end, about: enough for large batches, whatever the size of a page. Each
    /// walk holds it twice, with what is being committed.
    private static let waitingBytes = 2 << 20

    /// Walks from `start` to the end. `start` is the newest checkpoint with the cursor to begin at.
    func run(_ walk: Walk, from start: Checkpoint) async throws -> End {
        let fetched = BoundedChannel<Fetched>(capacity: 1)
        let transformed = BoundedChannel<Transformed>(capacity: Self.waitingBytes)
        return try await withThrowingTaskGroup(of: End?.self) { group in
            group.addTask {
                // However fetching ends, what was fetched is still loaded, unless a stage after it failed.
                defer { fetched.finish() }
                return try await fetch(walk, from: start, into: fetched)
            }
            group.addTask {
                defer { transformed.finish() }
                try await transform(walk, from: fetched, into: transformed)
                return nil
            }
            group.addTask {
                try await load(walk, from: transformed, start: start)
                return nil
            }
            var end = End.complete
            var failure: (any Error)?
            while let result = await group.nextResult() {
                switch result {
                case .success(let value): end = value ?? end
                case .failure(let error):
                    failure = failure ?? error
                    // A failed request does not undo the pages before it; a failed load makes the rest pointless.
                    if !(error is FetchFailure) { group.cancelAll() }
                }
            }
            if let failure { throw (failure as? FetchFailure)?.cause ?? failure }
            return end
        }
    }

    /// Marks an error of the first stage, after which the others finish what is there.
    private struct FetchFailure: Error { var cause: any Error }

    // MARK: Extract

    private func fetch(_ walk: Walk, from start: Checkpoint, into channel: BoundedChannel<Fetched>) async throws -> End
    {
        var sizer = PageSizer(usual: stream.pageSize, learned: start.pageSize)
        var walk = walk
        var next = start.cursor
        while let cursor = next {
            // Not before its page can be handed on: it would lie about meanwhile, twice as many in memory.
            do { try await channel.waitForRoom() } catch { throw FetchFailure(cause: error) }
            if control.isInterrupted { return .interrupted }
            walk.pageSize = sizer.size
            let began = time.elapsed
            do {
                let page = try await source.connector.page(at: cursor, of: walk, through: client)
                metrics.passed(.extract, pages: 1, records: 0, busy: time.elapsed - began)
                sizer.succeed()
                next = page.next
                try await channel.send(Fetched(page: page, pageSize: sizer.learned))
            } catch let failure as Failure where failure.kind == .pageTooHeavy && sizer.halve() {
                client.tell(
                    .notice, "A page was too heavy for the provider and is asked for in halves.",
                    [LogLine.Fact("page.size", "\(sizer.size)"), LogLine.Fact("failure", failure.sentence)])
            } catch is WalkInterrupted {
                return .interrupted
            } catch {
                throw FetchFailure(cause: error)
            }
        }
        return .complete
    }

    // MARK: Transform and validate

    private func transform(
        _ walk: Walk, from input: BoundedChannel<Fetched>, into output: BoundedChannel<Transformed>
    ) async throws {
        while let fetched = try await input.receive() {
            let began = time.elapsed
            let content = try source.connector.content(of: fetched.page.raw, walk: walk)
            let mapped = time.elapsed
            // How many records a page holds is known only now.
            metrics.passed(.extract, pages: 0, records: content.extracted, busy: .zero)
            metrics.passed(.transform, pages: 1, records: content.extracted, busy: mapped - began)
            var valid = try PageValidation.validated(content) {
                try source.connector.payloads(of: $0, in: fetched.page.raw, walk: walk)
            }
            for index in valid.batches.indices { valid.batches[index].trim() }
            metrics.passed(
                .validate, pages: 1, records: valid.extracted - valid.rejected.count,
                busy: time.elapsed - mapped)
            var transformed = Transformed(fetched: fetched, content: valid)
            // Not waiting with what nobody keeps.
            if !settings.keepsRawPages { transformed.fetched.page.raw.body = [] }
            try await output.send(transformed, weight: transformed.sizeInBytes)
        }
    }

    // MARK: Load

    /// Commits as many whole pages together as are there, up to about a thousand records: a slow source gets a commit
    /// a page, a fast one large batches, and nothing waits for company.
    private func load(_ walk: Walk, from input: BoundedChannel<Transformed>, start: Checkpoint) async throws {
        var checkpoint = start
        while let first = try await input.receive() {
            var pages = [first]
            var records = first.content.extracted + first.content.censusIDs.count
            while records < settings.batchRecords, let more = input.take() {
                pages.append(more)
                records += more.content.extracted + more.content.censusIDs.count
            }
            checkpoint = try await commit(pages, of: walk, after: checkpoint)
        }
    }

    private func commit(_ pages: [Transformed], of walk: Walk, after previous: Checkpoint) async throws -> Checkpoint {
        guard let last = pages.last else { return previous }
        var checkpoint = previous
        checkpoint.cursor = last.fetched.page.next
        checkpoint.pageSize = last.fetched.pageSize
        checkpoint.pages += pages.count
        checkpoint.savedAt = time.now
        for page in pages {
            if let expected = page.content.expected { checkpoint.expected = expected }
            checkpoint.highWater = Watermark.newest(checkpoint.highWater, page.content.highWater)
        }
        if checkpoint.cursor == nil, checkpoint.mode.advancesWatermark {
            let seen = pages.reduce(checkpoint.counts.extracted) { $0 + $1.content.extracted }
            checkpoint.isSuspicious = try await isSuspicious(walk, seen: seen, last: last.fetched.page)
            if !checkpoint.isSuspicious {
                checkpoint.watermark = Watermark.newest(checkpoint.watermark, checkpoint.highWater)
            }
        }
        var census: CensusEnd?
        if let scope = last.fetched.page.censusScope, let origin = checkpoint.walk {
            census = CensusEnd(scope: scope, startedAt: origin.startedAt, holdAbove: settings.holdTombstonesAbove)
        }
        let batch = Batch(
            pages: pages.map { LoadedPage(raw: $0.fetched.page.raw, content: $0.content) }, checkpoint: checkpoint,
            previous: previous.sequence, ledger: ledger.take(), keepsRawPages: settings.keepsRawPages,
            keepsRowVersions: settings.keepsRowVersions, census: census)
        let began = time.elapsed
        let result: CommitResult
        do {
            result = try await patience.call(for: checkpoint.partition.key, isChange: true) { isRepeated in
                if isRepeated, let happened = try await outcome(of: batch) { return happened }
                return try await Tracer.step(
                    "commit", trace: walk.correlation,
                    [
                        "pulse.partition": .text(batch.checkpoint.partition.key.rawValue),
                        "pulse.pages": .integer(Int64(pages.count)),
                    ]
                ) { _ in try await store.commit(batch, fence: fence) }
            }
        } catch {
            ledger.giveBack(batch.ledger)
            throw error
        }
        let busy = time.elapsed - began
        metrics.passed(
            .load, pages: pages.count, records: result.counts.loaded, busy: max(.zero, busy - result.indexing))
        metrics.passed(.index, pages: pages.count, records: result.counts.loaded, busy: result.indexing)
        metrics.committed(
            checkpoint.partition.key, checkpoint: result.checkpoint, counts: result.counts, at: time.now)
        if let finding = result.finding { tell(finding) }
        onCommit(result)
        return result.checkpoint
    }

    /// What became of a commit whose answer was lost; `nil` when it did not happen, and will not any more.
    private func outcome(of batch: Batch) async throws -> CommitResult? {
        let wanted = batch.checkpoint
        let newest = try await store.settledCheckpoint(of: wanted.partition, run: fence.run)
        guard let newest, let previous = batch.previous, newest.sequence == previous + 1, newest.run == fence.run,
            newest.savedAt == wanted.savedAt, newest.cursor == wanted.cursor, newest.pages == wanted.pages
        else { return nil }
        var counts = newest.counts
        counts -= wanted.counts
        var finding: TombstoneFinding?
        if batch.census != nil {
            finding = try await store.tombstones(TombstoneFilter(job: wanted.partition.job, limit: 1)).first {
                $0.partition == wanted.partition && $0.at == wanted.savedAt
            }
        }
        return CommitResult(counts: counts, checkpoint: newest, finding: finding)
    }

    private func tell(_ finding: TombstoneFinding) {
        client.tell(
            finding.isHeld ? .warning : .notice,
            finding.isHeld
                ? "A census found so much gone that nothing is marked until someone confirms."
                : "A census found records gone and marked them.",
            [
                LogLine.Fact("finding", "\(finding.id)"), LogLine.Fact("records", "\(finding.records)"),
                LogLine.Fact("known", "\(finding.known)"),
            ])
    }
}

extension RunMode {
    /// Whether a complete walk moves the watermark.
    var advancesWatermark: Bool {
        switch self {
        case .incremental, .full: true
        case .range, .census: false
        }
    }
}

extension Watermark {
    /// The later of two times, and the newer state.
    static func newest(_ old: Watermark?, _ new: Watermark?) -> Watermark? {
        guard let new else { return old }
        guard let old else { return new }
        let times = [old.changedAt, new.changedAt].compactMap { $0 }
        return Watermark(changedAt: times.max(), state: new.state ?? old.state)
    }
}
