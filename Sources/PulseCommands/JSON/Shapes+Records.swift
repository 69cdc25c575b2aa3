import PulseDomain

/// `pulse limits --json`.
struct LimitsJSON: Encodable {
    var asOf: String
    var quotas: [QuotaJSON]
    var breakers: [BreakerJSON]

    init(_ overview: Overview) {
        asOf = overview.asOf.iso8601
        quotas = overview.quotas.map(QuotaJSON.init)
        breakers = overview.breakers.map(BreakerJSON.init)
    }
}

struct QuotaJSON: Encodable {
    var identity: String
    var bucket: String
    var sources: [String]
    @Null var limit: Int?
    @Null var remaining: Int?
    var reserve: Int
    @Null var resetsAt: String?
    @Null var blockedUntil: String?
    @Null var blockedBecause: String?
    @Null var allowedPerMinute: Double?
    var spentPerMinute: Double

    init(_ quota: QuotaStatus) {
        identity = quota.id.identity
        bucket = quota.id.bucket
        sources = quota.sources.map(\.rawValue)
        limit = quota.limit
        remaining = quota.remaining
        reserve = quota.reserve
        resetsAt = quota.resetsAt?.iso8601
        blockedUntil = quota.blockedUntil?.iso8601
        blockedBecause = quota.blockedBecause
        allowedPerMinute = quota.allowedPerMinute
        spentPerMinute = quota.spentPerMinute
    }
}

struct BreakerJSON: Encodable {
    var source: String
    var endpoint: String
    var position: String
    var failures: Int
    @Null var openedAt: String?
    @Null var probesAt: String?
    @Null var because: String?

    init(_ breaker: BreakerStatus) {
        source = breaker.source.rawValue
        endpoint = breaker.endpoint.rawValue
        position = breaker.position.rawValue
        failures = breaker.failures
        openedAt = breaker.openedAt?.iso8601
        probesAt = breaker.probesAt?.iso8601
        because = breaker.because
    }
}

/// An element of `pulse checkpoints --json`.
struct CheckpointJSON: Encodable {
    var partition: String
    var sequence: Int64
    var run: Int64
    var mode: String
    var isComplete: Bool
    @Null var watermark: String?
    var counts: CountsJSON
    var pages: Int
    @Null var expected: Int?
    @Null var pageSize: Int?
    var savedAt: String

    init(_ checkpoint: Checkpoint) {
        partition = checkpoint.partition.key.rawValue
        sequence = checkpoint.sequence
        run = checkpoint.run.rawValue
        mode = checkpoint.mode.name
        isComplete = checkpoint.isComplete
        watermark = checkpoint.watermark?.changedAt?.iso8601
        counts = CountsJSON(checkpoint.counts)
        pages = checkpoint.pages
        expected = checkpoint.expected
        pageSize = checkpoint.pageSize
        savedAt = checkpoint.savedAt.iso8601
    }
}

/// An element of `pulse quarantine list --json`, and `show`, which adds the payload.
struct QuarantineJSON: Encodable {
    var id: Int64
    var job: String
    var partition: String
    var run: Int64
    @Null var record: String?
    var code: String
    var reason: String
    var state: String
    var at: String
    var replays: Int
    @Null var payload: String?

    init(_ entry: QuarantineEntry, withPayload: Bool) {
        id = entry.id
        job = entry.partition.job.rawValue
        partition = entry.partition.key.rawValue
        run = entry.run.rawValue
        record = entry.record.recordID
        code = entry.record.code
        reason = entry.record.reason
        state = entry.state.rawValue
        at = entry.at.iso8601
        replays = entry.replays
        payload = withPayload ? String(decoding: entry.record.payload, as: UTF8.self) : nil
    }
}

/// A line of `pulse logs --json`.
struct LogJSON: Encodable {
    var sequence: Int64
    var at: String
    var level: String
    @Null var job: String?
    @Null var partition: String?
    var message: String
    var facts: [String: String]
    @Null var correlation: String?

    init(_ line: LogLine) {
        sequence = line.sequence
        at = line.at.iso8601
        level = line.level.rawValue
        job = line.job?.rawValue
        partition = line.partition?.rawValue
        message = line.message
        facts = Dictionary(line.facts.map { ($0.name, $0.value) }) { $1 }
        correlation = line.correlation?.rawValue
    }
}

/// An element of `pulse audit --json`.
struct AuditJSON: Encodable {
    var sequence: Int64
    var at: String
    var by: String
    var action: String
    var subject: String
    var reason: String
    var outcome: String
    var isRefused: Bool
    var correlation: String

    init(_ entry: AuditEntry) {
        sequence = entry.sequence
        at = entry.at.iso8601
        by = entry.by.name
        action = entry.action
        subject = entry.subject
        reason = entry.reason
        outcome = entry.outcome
        isRefused = entry.isRefused
        correlation = entry.correlation.rawValue
    }
}

/// `--dry-run --json` of every command.
struct PreviewJSON: Encodable {
    var sentence: String
    var consequences: [String]
    @Null var records: Int?
    @Null var requests: Int?
    @Null var points: Int?
    @Null var seconds: Double?
    var danger: String
    @Null var refusedBecause: String?
    @Null var instead: String?

    init(_ preview: CommandPreview) {
        sentence = preview.sentence
        consequences = preview.consequences
        records = preview.records
        requests = preview.requests
        points = preview.points
        seconds = preview.duration?.inSeconds
        danger = preview.danger.rawValue
        refusedBecause = preview.refusal?.because
        instead = preview.refusal?.instead
    }
}

/// What became of a command, for `--json`.
struct ReceiptJSON: Encodable {
    /// `accepted`, `unchanged` or `refused`.
    var outcome: String
    var sentence: String
    @Null var instead: String?
    /// Whether an engine runs that carries it out now.
    var isRunning: Bool
    var correlation: String

    init(_ receipt: CommandReceipt, isRunning: Bool, correlation: CorrelationID) {
        switch receipt {
        case .accepted(let text): (outcome, sentence, instead) = ("accepted", text, nil)
        case .unchanged(let text): (outcome, sentence, instead) = ("unchanged", text, nil)
        case .refused(let because, let other): (outcome, sentence, instead) = ("refused", because, other)
        }
        self.isRunning = isRunning
        self.correlation = correlation.rawValue
    }
}
