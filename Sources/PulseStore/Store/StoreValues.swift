package import PulseDomain

/// Who may write for a run: grows with every claim (invariant 5).
package struct Fence: Sendable, Hashable, Codable {
    package let run: RunID
    package let number: Int64

    package init(run: RunID, number: Int64) {
        self.run = run
        self.number = number
    }
}

/// A job with what the store keeps beside its definition.
package struct StoredJob: Sendable, Hashable {
    package var definition: JobDefinition
    package var hold: Hold?
    package var lastSuccessAt: Instant?
    /// Records that the last success of an incremental or full run extracted; `nil` before the first.
    package var lastSuccessExtracted: Int?

    package init(
        definition: JobDefinition, hold: Hold? = nil, lastSuccessAt: Instant? = nil, lastSuccessExtracted: Int? = nil
    ) {
        self.definition = definition
        self.hold = hold
        self.lastSuccessAt = lastSuccessAt
        self.lastSuccessExtracted = lastSuccessExtracted
    }
}

/// A known partition of a job.
package struct StoredPartition: Sendable, Hashable {
    package var key: PartitionKey
    package var title: String
    package var reference: String

    package init(key: PartitionKey, title: String, reference: String) {
        self.key = key
        self.title = title
        self.reference = reference
    }
}

/// A run to be added.
package struct NewRun: Sendable, Hashable {
    package var job: JobID
    package var mode: RunMode
    package var by: Principal
    package var reason: String
    package var priority: Int
    package var createdAt: Instant
    package var correlation: CorrelationID

    package init(
        job: JobID, mode: RunMode, by: Principal, reason: String, priority: Int, createdAt: Instant,
        correlation: CorrelationID
    ) {
        self.job = job
        self.mode = mode
        self.by = by
        self.reason = reason
        self.priority = priority
        self.createdAt = createdAt
        self.correlation = correlation
    }
}

/// A run as the store keeps it.
package struct StoredRun: Sendable, Hashable {
    package var id: RunID
    package var job: JobID
    package var mode: RunMode
    package var state: RunState
    package var stateSince: Instant
    package var by: Principal
    package var reason: String
    package var priority: Int
    package var createdAt: Instant
    package var startedAt: Instant?
    package var endedAt: Instant?
    package var counts: RecordCounts
    package var requests: Int
    /// How often it was claimed.
    package var attempts: Int
    package var fence: Int64
    package var holder: String?
    package var leaseUntil: Instant?
    package var correlation: CorrelationID

    package init(
        id: RunID, job: JobID, mode: RunMode, state: RunState, stateSince: Instant, by: Principal, reason: String,
        priority: Int, createdAt: Instant, startedAt: Instant? = nil, endedAt: Instant? = nil,
        counts: RecordCounts = RecordCounts(), requests: Int = 0, attempts: Int = 0, fence: Int64 = 0,
        holder: String? = nil, leaseUntil: Instant? = nil, correlation: CorrelationID
    ) {
        self.id = id
        self.job = job
        self.mode = mode
        self.state = state
        self.stateSince = stateSince
        self.by = by
        self.reason = reason
        self.priority = priority
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.counts = counts
        self.requests = requests
        self.attempts = attempts
        self.fence = fence
        self.holder = holder
        self.leaseUntil = leaseUntil
        self.correlation = correlation
    }
}

/// A page with what it became, ready to be committed.
package struct LoadedPage: Sendable {
    package var raw: RawPage
    package var content: PageContent

    package init(raw: RawPage, content: PageContent) {
        self.raw = raw
        self.content = content
    }
}

/// One or more whole pages of one partition, committed together.
package struct Batch: Sendable {
    package var pages: [LoadedPage]
    /// The position after the batch, with the counts as they were before it: the store adds the batch's counts and the
    /// sequence.
    package var checkpoint: Checkpoint
    /// The sequence of the checkpoint that it follows, 0 for a partition's first; `nil`: whichever is the newest.
    package var previous: Int64?
    package var ledger: [LedgerEntry]
    /// Whether raw pages are kept.
    package var keepsRawPages: Bool
    /// Whether former versions of changed rows are kept.
    package var keepsRowVersions: Bool
    /// Given with the last page of a census: what was counted.
    package var census: CensusEnd?

    package init(
        pages: [LoadedPage], checkpoint: Checkpoint, previous: Int64? = nil, ledger: [LedgerEntry] = [],
        keepsRawPages: Bool = true, keepsRowVersions: Bool = true, census: CensusEnd? = nil
    ) {
        self.pages = pages
        self.checkpoint = checkpoint
        self.previous = previous
        self.ledger = ledger
        self.keepsRawPages = keepsRawPages
        self.keepsRowVersions = keepsRowVersions
        self.census = census
    }
}

/// The end of a census: rows of `scope` whose ids were not listed in this walk are gone at the source.
package struct CensusEnd: Sendable, Hashable {
    package var scope: CensusScope
    /// When the census began: rows written later are not judged.
    package var startedAt: Instant
    /// The share of rows (0 to 1) above which tombstones are held back until someone confirms: a lost permission looks
    /// the same as a mass deletion (FACTS §3).
    package var holdAbove: Double

    package init(scope: CensusScope, startedAt: Instant, holdAbove: Double) {
        self.scope = scope
        self.startedAt = startedAt
        self.holdAbove = holdAbove
    }
}

/// What was spent of a quota.
package struct LedgerEntry: Sendable, Hashable {
    package var quota: QuotaID
    package var requests: Int
    package var points: Int

    package init(quota: QuotaID, requests: Int, points: Int) {
        self.quota = quota
        self.requests = requests
        self.points = points
    }
}

/// What a commit did.
package struct CommitResult: Sendable, Hashable {
    /// Of this batch.
    package var counts: RecordCounts
    /// As saved: with sequence and sums.
    package var checkpoint: Checkpoint
    /// What a finished census found; `nil` otherwise or when nothing is gone.
    package var finding: TombstoneFinding?
    /// The part of the time that went into resolving links.
    package var indexing: Duration

    package init(
        counts: RecordCounts, checkpoint: Checkpoint, finding: TombstoneFinding? = nil, indexing: Duration = .zero
    ) {
        self.counts = counts
        self.checkpoint = checkpoint
        self.finding = finding
        self.indexing = indexing
    }
}

/// A kept raw page.
package struct StoredPage: Sendable, Hashable {
    package var id: Int64
    package var run: RunID
    package var page: RawPage

    package init(id: Int64, run: RunID, page: RawPage) {
        self.id = id
        self.run = run
        self.page = page
    }
}

/// A quota as it is kept between processes.
package struct StoredQuota: Sendable, Hashable {
    package var id: QuotaID
    package var limit: Int?
    package var remaining: Int?
    package var resetsAt: Instant?
    package var window: Duration?
    package var blockedUntil: Instant?
    package var updatedAt: Instant

    package init(
        id: QuotaID, limit: Int? = nil, remaining: Int? = nil, resetsAt: Instant? = nil, window: Duration? = nil,
        blockedUntil: Instant? = nil, updatedAt: Instant
    ) {
        self.id = id
        self.limit = limit
        self.remaining = remaining
        self.resetsAt = resetsAt
        self.window = window
        self.blockedUntil = blockedUntil
        self.updatedAt = updatedAt
    }
}

/// A former version of a row.
package struct RowVersion: Sendable, Hashable {
    /// The row as a JSON object by column name.
    package var json: String
    /// The run that replaced it.
    package var replacedBy: RunID
    package var replacedAt: Instant

    package init(json: String, replacedBy: RunID, replacedAt: Instant) {
        self.json = json
        self.replacedBy = replacedBy
        self.replacedAt = replacedAt
    }
}
