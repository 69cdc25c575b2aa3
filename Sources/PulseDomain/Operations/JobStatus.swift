/// How far a walk has come.
package struct Progress: Sendable, Hashable, Codable {
    /// Records so far.
    package var done: Int
    /// Records in all, where it can be told; `nil` otherwise.
    package var expected: Int?
    package var partitionsDone: Int
    package var partitionsTotal: Int

    package init(done: Int = 0, expected: Int? = nil, partitionsDone: Int = 0, partitionsTotal: Int = 0) {
        self.done = done
        self.expected = expected
        self.partitionsDone = partitionsDone
        self.partitionsTotal = partitionsTotal
    }

    /// So many records more were loaded; fewer than none change nothing.
    package mutating func goOn(by records: Int) {
        guard records > 0 else { return }
        done += records
        if let known = expected { expected = max(known, done) }
    }

    /// 0 to 1; from the expected number of records, else from partitions; `nil` when neither tells.
    package var share: Double? {
        if let expected, expected > 0 { return min(1, Double(done) / Double(expected)) }
        if partitionsTotal > 0 { return min(1, Double(partitionsDone) / Double(partitionsTotal)) }
        return nil
    }
}

/// A run as it is shown.
package struct RunStatus: Sendable, Hashable, Codable {
    package var id: RunID
    package var state: RunState
    package var mode: RunMode
    package var startedBy: Principal
    package var createdAt: Instant
    /// `nil` while queued.
    package var startedAt: Instant?
    /// `nil` until over.
    package var endedAt: Instant?
    package var stateSince: Instant
    package var counts: RecordCounts
    package var progress: Progress
    /// Records a second lately; `nil` where that is not known: another engine works on it, and has not told yet.
    package var ratePerSecond: Double?
    /// When it will be done at this rate and with the known waits; `nil` when that cannot be told.
    package var endsAt: Instant?
    package var requests: Int
    /// How often it was taken up.
    package var attempts: Int
    package var correlation: CorrelationID
    /// Why a queued run has not begun; `nil` otherwise.
    package var queuedBecause: Wait?
    /// An engine of another process works on it.
    package var isElsewhere = false
    /// Why it was started, as whoever did it said; empty when nobody did.
    package var reason = ""
    /// The engine that holds it; `nil` while none does.
    package var engine: String?
    /// When the engine of another process told rate, progress and stages; `nil` where they are this engine's own.
    package var toldAt: Instant?
    /// When another engine takes it over, because the one that holds it is silent; `nil` otherwise.
    package var takenOverAt: Instant?

    package init(
        id: RunID, state: RunState, mode: RunMode, startedBy: Principal, createdAt: Instant,
        startedAt: Instant? = nil, endedAt: Instant? = nil, stateSince: Instant,
        counts: RecordCounts = RecordCounts(), progress: Progress = Progress(), ratePerSecond: Double? = 0,
        endsAt: Instant? = nil, requests: Int = 0, attempts: Int = 0, correlation: CorrelationID,
        queuedBecause: Wait? = nil
    ) {
        self.id = id
        self.state = state
        self.mode = mode
        self.startedBy = startedBy
        self.createdAt = createdAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.stateSince = stateSince
        self.counts = counts
        self.progress = progress
        self.ratePerSecond = ratePerSecond
        self.endsAt = endsAt
        self.requests = requests
        self.attempts = attempts
        self.correlation = correlation
        self.queuedBecause = queuedBecause
    }
}

/// A job as it is shown.
package struct JobStatus: Sendable, Hashable, Codable {
    package var definition: JobDefinition
    package var hold: Hold?
    /// The present run, or the last one.
    package var run: RunStatus?
    /// When the schedule starts it next; `nil` when only commands do.
    package var nextRunAt: Instant?
    package var lastSuccessAt: Instant?
    /// When a failed run is taken up again by itself; `nil` when a person is needed.
    package var retriesAt: Instant?
    /// Records quarantined and not yet replayed or discarded.
    package var quarantined: Int
    /// Records per second of the last minutes, oldest first, for a sparkline.
    package var history: [Double]

    package init(
        definition: JobDefinition, hold: Hold? = nil, run: RunStatus? = nil, nextRunAt: Instant? = nil,
        lastSuccessAt: Instant? = nil, retriesAt: Instant? = nil, quarantined: Int = 0, history: [Double] = []
    ) {
        self.definition = definition
        self.hold = hold
        self.run = run
        self.nextRunAt = nextRunAt
        self.lastSuccessAt = lastSuccessAt
        self.retriesAt = retriesAt
        self.quarantined = quarantined
        self.history = history
    }

    package var id: JobID { definition.id }
}

/// What a pipeline stage of a partition is doing.
package enum Stage: String, Sendable, Hashable, Codable, CaseIterable {
    case extract, transform, validate, load, index
}

/// A stage's share in a run: where time goes and where it stands.
package struct StageStatus: Sendable, Hashable, Codable {
    package var stage: Stage
    /// Pages that passed it.
    package var pages: Int
    /// Records that passed it.
    package var records: Int
    /// Time spent in it, by all partitions together.
    package var busy: Duration

    package init(stage: Stage, pages: Int = 0, records: Int = 0, busy: Duration = .zero) {
        self.stage = stage
        self.pages = pages
        self.records = records
        self.busy = busy
    }
}

/// Where a partition of the present (or last) run stands.
package struct PartitionStatus: Sendable, Hashable, Codable {
    package enum State: Sendable, Hashable, Codable {
        case pending
        case running
        case waiting(Wait)
        case complete
        case failed(Failure)
        case skipped(by: Principal, reason: String)
    }

    package var key: PartitionKey
    package var title: String
    package var state: State
    package var checkpoint: Checkpoint?
    package var ratePerSecond: Double

    package init(
        key: PartitionKey, title: String, state: State, checkpoint: Checkpoint? = nil, ratePerSecond: Double = 0
    ) {
        self.key = key
        self.title = title
        self.state = state
        self.checkpoint = checkpoint
        self.ratePerSecond = ratePerSecond
    }
}

/// Everything that a job's own screen shows.
package struct JobDetail: Sendable, Hashable, Codable {
    package var status: JobStatus
    package var partitions: [PartitionStatus]
    package var stages: [StageStatus]
    /// Newest first.
    package var recentRuns: [RunStatus]
    /// Newest first.
    package var checkpoints: [Checkpoint]
    /// Oldest first.
    package var logs: [LogLine]

    package init(
        status: JobStatus, partitions: [PartitionStatus] = [], stages: [StageStatus] = [],
        recentRuns: [RunStatus] = [], checkpoints: [Checkpoint] = [], logs: [LogLine] = []
    ) {
        self.status = status
        self.partitions = partitions
        self.stages = stages
        self.recentRuns = recentRuns
        self.checkpoints = checkpoints
        self.logs = logs
    }
}
