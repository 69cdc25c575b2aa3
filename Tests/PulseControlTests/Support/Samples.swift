import PulseDomain

/// Values with everything in them, so that what the wire loses is seen.
enum Samples {
    static let at = Instant(microseconds: 1_800_000_000_123_456)
    static let job: JobID = "jira-main/issues"
    static let correlation: CorrelationID = "0123456789abcdef0123456789abcdef"
    static let partition = PartitionID(tenant: "acme", source: "jira-main", stream: "issues", key: "ÅÄÖ/\u{1F680}")
    static let failure = Failure(
        .rateLimited, code: "jira.limited", "Jira asked to wait.", remedy: "Wait.", endpoint: "search", retryAt: at)

    static let checkpoint = Checkpoint(
        partition: partition, sequence: .max, run: RunID(7), mode: .range(from: .epoch, to: at),
        cursor: Cursor(json: #"{"token":"a\/b\\c\u0000"}"#), watermark: Watermark(changedAt: at, state: nil),
        highWater: Watermark(changedAt: nil, state: "tips"),
        counts: RecordCounts(extracted: 3, inserted: 2, updated: 1),
        pages: 4, expected: 5, pageSize: 50, savedAt: at)

    static let run = RunStatus(
        id: RunID(7), state: .waiting(wait), mode: .census, startedBy: .schedule, createdAt: at, startedAt: at,
        stateSince: at, progress: Progress(done: 1, expected: nil, partitionsDone: 1, partitionsTotal: 3),
        ratePerSecond: 12.5, requests: 9, attempts: 2, correlation: correlation, queuedBecause: wait)

    static let wait = Wait(
        reason: .quota(QuotaID(identity: "i", bucket: "core")), since: at, until: at + .seconds(60), because: "Spent.")

    static let status = JobStatus(
        definition: JobDefinition(
            id: job, title: "Issues", priority: -3, schedule: ScheduleDefinition(cron: "@hourly"),
            dependencies: ["a/b"], staleAfter: .milliseconds(1_500)),
        hold: Hold(by: Principal("ada"), reason: "Because.", since: at), run: run, quarantined: 2,
        history: [0, 0.1, .infinity])

    static let detail = JobDetail(
        status: status,
        partitions: [
            PartitionStatus(key: partition.key, title: "T", state: .failed(failure), checkpoint: checkpoint),
            PartitionStatus(key: .whole, title: "U", state: .skipped(by: .engine, reason: "R")),
        ], stages: [StageStatus(stage: .load, pages: 1, records: 2, busy: .microseconds(17))], recentRuns: [run],
        checkpoints: [checkpoint], logs: [line])

    static let engine = EngineStatus(
        holder: "host 1", tenant: "acme", store: "sqlite:/x", version: "1", startedAt: at, clockRate: 60,
        isSimulated: true, trouble: "Disk full.")

    static let quota = QuotaStatus(
        id: QuotaID(identity: "i", bucket: "core"), sources: ["a"], limit: 5_000, remaining: 1, spentPerMinute: 0.25)
    static let breaker = BreakerStatus(source: "a", endpoint: "search", position: .halfOpen, failures: 3, openedAt: at)
    static let alert = Alert(
        id: "x", kind: .quotaRunningOut, severity: .warning, sentence: "S.", because: "B.", since: at,
        remedies: [command], acknowledgedBy: Principal("ada"))
    static let sample = ThroughputSample(at: at, records: 1, requests: 2, bytes: 3)

    static let overview = Overview(
        asOf: at, engine: engine, jobs: [status], quotas: [quota], breakers: [breaker], alerts: [alert],
        throughput: [sample])

    static let command = Command.rewind(job, partition.key, toSequence: 41)
    static let request = CommandRequest(
        command, by: Principal("ada"), reason: "Ünïcode \"'\n", correlation: correlation)
    static let preview = CommandPreview(
        sentence: "S.", consequences: ["C."], records: 1, duration: .seconds(90),
        refusal: CommandPreview.Refusal(because: "B.", instead: "I."), danger: .destructive)

    static let line = LogLine(
        sequence: 5, at: at, level: .warning, job: job, partition: partition.key, message: "M.",
        facts: [LogLine.Fact("n", "v")], correlation: correlation)
    static let audited = AuditEntry(
        sequence: 1, at: at, by: .engine, action: "pause", subject: "s", reason: "r", outcome: "o.", isRefused: true,
        correlation: correlation)
    static let quarantined = QuarantineEntry(
        id: 1, partition: partition, run: RunID(7), cursor: Cursor(json: "{}"),
        record: RejectedRecord(recordID: nil, code: "c", reason: "r", payload: Array(0...255)), state: .waiting, at: at)

    static let jobRun = JobRun(job: job, run: run)
    static let source = SourceStatus(id: "jira", kind: .jira, identity: "i", jobs: [job])
    static let table = TableStatus(name: "work_items", rows: 3)
    static let row = DataRow(values: [.null, .integer(.min), .real(0.1), .text("ä\u{0}")])
    static let rowFilter = RowFilter(
        table: "work_items", conditions: [.init(column: "key", value: .text("ä"))], includesDeleted: true,
        after: RowID(source: "jira", id: "1"), limit: 3)
    static let finding = TombstoneFinding(
        id: .max, partition: partition, run: RunID(7),
        scope: CensusScope(table: "work_items", column: "project_id", value: nil), records: 3, known: 4, at: at,
        isHeld: true, undoneAt: at)
    static let goneRow = TombstoneRow(
        finding: .max, table: "work_items", id: "ä\u{0}", label: "PAY-1", deletedAt: at)

    static let events: [OperationsEvent] = [
        .job(status), .quota(quota), .breaker(breaker), .alerts([alert]), .throughput(sample), .log(line),
        .engine(engine), .gap,
    ]
}
