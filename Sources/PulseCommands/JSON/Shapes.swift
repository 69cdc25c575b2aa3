import PulseDomain

/// A value that is written as `null` when there is none: keys of our JSON are always there.
@propertyWrapper
struct Null<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

extension Null: Sendable where Value: Sendable {}

/// `pulse status --json`.
struct StatusJSON: Encodable {
    var asOf: String
    var engine: EngineJSON
    var jobs: [String: Int]
    var alerts: [AlertJSON]
    @Null var recordsPerSecond: Double?

    init(_ overview: Overview, isRunning: Bool) {
        asOf = overview.asOf.iso8601
        engine = EngineJSON(overview.engine, isRunning: isRunning)
        jobs = Dictionary(overview.jobs.map { ($0.run?.state.name.rawValue ?? "never_run", 1) }, uniquingKeysWith: +)
        alerts = overview.alerts.map(AlertJSON.init)
        recordsPerSecond = overview.throughput.last.map { Double($0.records) }
    }
}

/// `pulse --json` and `pulse demo --once --json`: what the console's first screen shows.
struct OverviewJSON: Encodable {
    var status: StatusJSON
    var jobs: [JobJSON]
    var limits: LimitsJSON

    init(_ overview: Overview, isRunning: Bool) {
        status = StatusJSON(overview, isRunning: isRunning)
        jobs = overview.jobs.map(JobJSON.init)
        limits = LimitsJSON(overview)
    }
}

struct EngineJSON: Encodable {
    var tenant: String
    var store: String
    var version: String
    var isRunning: Bool
    var isSimulated: Bool
    @Null var holder: String?
    @Null var startedAt: String?
    @Null var trouble: String?

    init(_ engine: EngineStatus, isRunning: Bool) {
        tenant = engine.tenant.rawValue
        store = engine.store
        version = engine.version
        self.isRunning = isRunning
        isSimulated = engine.isSimulated
        holder = isRunning ? engine.holder : nil
        startedAt = isRunning ? engine.startedAt.iso8601 : nil
        trouble = engine.trouble
    }
}

/// An element of `pulse jobs --json`.
struct JobJSON: Encodable {
    var id: String
    var source: String
    var stream: String
    var title: String
    /// `never_run`, or the state of the present or last run.
    var state: String
    @Null var hold: HoldJSON?
    @Null var run: RunJSON?
    @Null var nextRunAt: String?
    @Null var lastSuccessAt: String?
    @Null var retriesAt: String?
    var quarantined: Int

    init(_ job: JobStatus) {
        id = job.id.rawValue
        source = job.id.source.rawValue
        stream = job.id.stream.rawValue
        title = job.definition.title
        state = job.run?.state.name.rawValue ?? "never_run"
        hold = job.hold.map { HoldJSON(by: $0.by.name, reason: $0.reason, since: $0.since.iso8601) }
        run = job.run.map(RunJSON.init)
        nextRunAt = job.nextRunAt?.iso8601
        lastSuccessAt = job.lastSuccessAt?.iso8601
        retriesAt = job.retriesAt?.iso8601
        quarantined = job.quarantined
    }
}

struct HoldJSON: Encodable {
    var by: String
    var reason: String
    var since: String
}

struct RunJSON: Encodable {
    var id: Int64
    var state: String
    /// Why it waits, who paused it, how it failed; `null` where there is nothing to say.
    @Null var because: String?
    /// When the wait or the pause ends by itself.
    @Null var until: String?
    var mode: String
    var startedBy: String
    var createdAt: String
    @Null var startedAt: String?
    @Null var endedAt: String?
    var counts: CountsJSON
    /// 0 to 1; `null` when it cannot be told.
    @Null var progress: Double?
    var recordsPerSecond: Double
    @Null var endsAt: String?
    var requests: Int
    var attempts: Int
    var correlation: String

    init(_ run: RunStatus) {
        id = run.id.rawValue
        state = run.state.name.rawValue
        (because, until) = Self.reason(run)
        mode = run.mode.name
        startedBy = run.startedBy.name
        createdAt = run.createdAt.iso8601
        startedAt = run.startedAt?.iso8601
        endedAt = run.endedAt?.iso8601
        counts = CountsJSON(run.counts)
        progress = run.progress.share
        recordsPerSecond = run.ratePerSecond
        endsAt = run.endsAt?.iso8601
        requests = run.requests
        attempts = run.attempts
        correlation = run.correlation.rawValue
    }

    private static func reason(_ run: RunStatus) -> (String?, String?) {
        switch run.state {
        case .queued: (run.queuedBecause?.because, run.queuedBecause?.until.iso8601)
        case .waiting(let wait): (wait.because, wait.until.iso8601)
        case .pausing(let pause), .paused(let pause): (pause.reason, pause.until?.iso8601)
        case .stopping(_, let reason), .stopped(_, let reason): (reason, nil)
        case .failed(let failure): ("\(failure.sentence) \(failure.remedy)", failure.retryAt?.iso8601)
        case .running, .succeeded: (nil, nil)
        }
    }
}

struct CountsJSON: Encodable {
    var extracted, inserted, updated, unchanged, quarantined, filtered, tombstoned: Int

    init(_ counts: RecordCounts) {
        extracted = counts.extracted
        inserted = counts.inserted
        updated = counts.updated
        unchanged = counts.unchanged
        quarantined = counts.quarantined
        filtered = counts.filtered
        tombstoned = counts.tombstoned
    }
}

struct AlertJSON: Encodable {
    var id: String
    var kind: String
    var severity: String
    var sentence: String
    var because: String
    @Null var next: String?
    @Null var nextAt: String?
    var since: String
    @Null var job: String?
    @Null var source: String?
    @Null var acknowledgedBy: String?

    init(_ alert: Alert) {
        id = alert.id
        kind = alert.kind.rawValue
        severity = alert.severity.rawValue
        sentence = alert.sentence
        because = alert.because
        next = alert.next
        nextAt = alert.nextAt?.iso8601
        since = alert.since.iso8601
        job = alert.job?.rawValue
        source = alert.source?.rawValue
        acknowledgedBy = alert.acknowledgedBy?.name
    }
}
