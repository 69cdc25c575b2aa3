import PulseDomain

/// Values with every case of every enumeration, every optional member there and not there, and text from everywhere.
enum Samples {
    static let at = Instant(microseconds: 1_800_000_000_123_456)
    static let job: JobID = "jira-main/issues"
    static let text = "Ä \u{1F680} \"quoted\" \\ </script> \u{7F}\u{0}\u{1B}[31m\u{2028}"
    static let correlation: CorrelationID = "0af7651916cd43dd8448eb211c80319c"
    static let partition = PartitionID(tenant: "acme", source: "jira-main", stream: "issues", key: "ÅÄÖ/\u{1F680}")
    static let quota = QuotaID(identity: "i \(text)", bucket: "b")
    static let failures = FailureClass.allCases.map {
        Failure($0, code: "a.b", "S \(text)", remedy: "R.", endpoint: "search", retryAt: at)
    }
    static let bareFailure = Failure(.ours, code: "", "", remedy: "")

    static let reasons: [WaitReason] = [
        .quota(quota), .pacing(quota), .breaker("graphql"), .backoff(attempt: 3), .dependency(job), .capacity, .store,
        .engine,
    ]
    static let waits = reasons.map { Wait(reason: $0, since: at, until: at + .microseconds(1), because: text) }
    static let pauses = [
        Pause(by: Principal("ada"), reason: text, since: at, until: at), Pause(by: .engine, reason: "", since: .epoch),
    ]
    static let states: [RunState] =
        [.queued, .running, .stopping(by: .schedule, reason: text), .stopped(by: Principal("ada"), reason: "")]
        + waits.map { .waiting($0) } + pauses.map { .pausing($0) } + pauses.map { .paused($0) }
        + (failures + [bareFailure]).map { .failed($0) }
        + (0..<8).map { .succeeded(SuccessFlags(rawValue: $0)) }
    static let modes: [RunMode] = [.incremental, .full, .range(from: at, to: at + .microseconds(1)), .census]
    static let counts = RecordCounts(
        extracted: 28, inserted: 1, updated: 2, unchanged: 3, quarantined: 4, filtered: 18, tombstoned: 7)
    static let walkProgress = [
        Progress(done: 1, expected: 2, partitionsDone: 3, partitionsTotal: 4), Progress(partitionsTotal: 3), Progress(),
    ]

    static let runs: [RunStatus] =
        states.map { run(state: $0) } + modes.map { run(mode: $0) } + walkProgress.map { run(progress: $0) } + [bareRun]
    static let bareRun = RunStatus(
        id: RunID(.max), state: .queued, mode: .full, startedBy: .engine, createdAt: at, stateSince: at,
        ratePerSecond: nil,
        correlation: "c1")

    static func run(
        state: RunState = .running, mode: RunMode = .incremental, progress: Progress = Progress(done: 1)
    ) -> RunStatus {
        var run = RunStatus(
            id: RunID(7), state: state, mode: mode, startedBy: .schedule, createdAt: at, startedAt: at + .seconds(1),
            endedAt: at + .seconds(2), stateSince: at + .seconds(3), counts: counts, progress: progress,
            ratePerSecond: 0.1, endsAt: at + .seconds(4), requests: 5, attempts: 6, correlation: correlation,
            queuedBecause: waits[5])
        run.isElsewhere = true
        run.reason = text
        run.engine = text
        run.toldAt = at
        run.takenOverAt = at
        return run
    }

    static let schedules =
        OverlapPolicy.allCases.flatMap { overlap in
            MissedRunPolicy.allCases.map {
                ScheduleDefinition(cron: "*/5 * * * *", timeZone: "Europe/Berlin", overlap: overlap, missed: $0)
            }
        }
    static let jobs: [JobStatus] =
        schedules.map { schedule in
            JobStatus(
                definition: JobDefinition(
                    id: job, title: text, priority: -100, schedule: schedule, census: schedule,
                    dependencies: ["a/b", "c d/e%"], staleAfter: .milliseconds(1_500), concurrency: 9),
                hold: Hold(by: Principal("ada"), reason: text, since: at), run: runs[0], nextRunAt: at,
                lastSuccessAt: at, retriesAt: at, quarantined: 8, history: [0, 1e-9, 0.1, 1e20, .pi])
        } + [JobStatus(definition: JobDefinition(id: job, title: ""))]

    static let checkpoints: [Checkpoint] =
        modes.map { mode in
            Checkpoint(
                partition: partition, sequence: .max, run: RunID(7), mode: mode,
                cursor: Cursor(json: "{\"a\":\"\\u0000\"}"),
                watermark: Watermark(changedAt: at, state: text), highWater: Watermark(state: "{}"), counts: counts,
                pages: 2, expected: 3, pageSize: 4, walk: WalkOrigin(number: 5, startedAt: at), isSuspicious: true,
                savedAt: at)
        } + [Checkpoint(partition: partition, run: RunID(0), mode: .full, cursor: nil, savedAt: .epoch)]

    static let partitionStates: [PartitionStatus.State] = [
        .pending, .running, .waiting(waits[0]), .complete, .failed(failures[0]), .skipped(by: .engine, reason: text),
    ]
    static let partitions = partitionStates.map {
        PartitionStatus(key: partition.key, title: text, state: $0, checkpoint: checkpoints[0], ratePerSecond: 1.5)
    }
    static let stages = Stage.allCases.map {
        StageStatus(stage: $0, pages: 1, records: 2, busy: .nanoseconds(123_456_789_012))
    }
    static let lines: [LogLine] =
        LogLevel.allCases.map {
            LogLine(
                sequence: .max, at: at, level: $0, engine: text, job: job, partition: partition.key, message: text,
                facts: [.init("z", "1"), .init("a", text), .init("m", "")], correlation: correlation)
        } + [LogLine(at: .epoch, level: .info, message: "")]
    static let details = [
        JobDetail(
            status: jobs[0], partitions: partitions, stages: stages, recentRuns: runs, checkpoints: checkpoints,
            logs: lines), JobDetail(status: jobs[0]),
    ]

    static let commands: [Command] =
        modes.map { .start(job, $0) } + [
            .pause(job, until: nil), .pause(job, until: at), .pauseUntilQuotaResets(job), .resume(job), .stop(job),
            .retry(job), .rewind(job, partition.key, toSequence: 41), .skipPartition(job, partition.key), .hold(job),
            .release(job), .replay([1, .max]), .discard([2]), .undoTombstones(3), .confirmTombstones(4),
            .retransform(job), .acknowledge(alert: "job_failed:jira-main/issues"),
        ]
    static let alerts: [Alert] =
        zip(AlertKind.allCases, Severity.allCases + Severity.allCases + Severity.allCases + Severity.allCases).map {
            Alert(
                id: "x:\(text)", kind: $0, severity: $1, sentence: text, because: text, next: text, nextAt: at,
                since: at,
                job: job, source: "jira-main", remedies: commands, acknowledgedBy: Principal("ada"))
        } + [Alert(id: "", kind: .dataStale, severity: .notice, sentence: "", because: "", since: .epoch)]

    static let quotas = [
        QuotaStatus(
            id: quota, sources: ["a", "b"], limit: 1, remaining: 2, reserve: 3, windowStartedAt: at, resetsAt: at,
            blockedUntil: at, blockedBecause: text, allowedPerMinute: 4.5, spentPerMinute: 5.5, runsOutAt: at,
            inFlight: 6, concurrency: 7, waiting: 8, requests: 9, history: [1, 2.5]), QuotaStatus(id: quota),
    ]
    static let breakers =
        BreakerPosition.allCases.map {
            BreakerStatus(
                source: "a", endpoint: "search", position: $0, failures: 3, openedAt: at, probesAt: at, because: text)
        } + [BreakerStatus(source: "a", endpoint: "b")]
    static let engines = [engine, EngineStatus(holder: "", tenant: "acme", store: "", version: "", startedAt: .epoch)]
    static let engine: EngineStatus = {
        var engine = EngineStatus(
            holder: text, tenant: "acme", store: "postgres://h/d", version: "1", startedAt: at, clockRate: 60.5,
            isSimulated: true, trouble: text)
        engine.host = text
        engine.pid = 4_711
        engine.reads = ReadsStatus(location: text, lag: .milliseconds(1_500), detour: text)
        engine.receivers = [
            ReceiverStatus(
                name: text, way: "mail", waiting: 3, heldBack: 4, lastDeliveredAt: engine.startedAt,
                failingSince: engine.startedAt,
                failure: text, givenUp: 2)
        ]
        engine.absence = StoreAbsence(asOf: at, since: at, nextTryAt: at, because: text, endedAt: at)
        return engine
    }()
    static let members = [
        EngineMember(
            id: text, host: text, pid: 4_711, version: "1", startedAt: at, seenAt: at, endedAt: at,
            report: EngineReport(
                runs: [runReport], recordsPerSecond: 0.1, requestsPerSecond: 0.2, bytesPerSecond: 0.3, trouble: text,
                sources: [ConfiguredSource(source: job.source, digest: text)]),
            holds: [HeldRun(job: job, run: RunID(7), leaseUntil: at)],
            taken: [TakenRun(job: job, run: RunID(7), at: at, by: text), TakenRun(job: job, run: RunID(8), at: at)]),
        EngineMember(id: "", host: "", pid: 0, version: "", startedAt: .epoch, seenAt: .epoch),
    ]
    static let runReport = RunReport(
        job: job, run: RunID(7), ratePerSecond: 0.1, progress: walkProgress[0], endsAt: at, stages: stages,
        extracted: 5)
    static let throughput = [ThroughputSample(at: at, records: 1, requests: 2, bytes: 3), ThroughputSample(at: .epoch)]
    static let overviews = [
        Overview(
            asOf: at, engine: engines[0], jobs: jobs, quotas: quotas, breakers: breakers, alerts: alerts,
            throughput: throughput, engines: members), Overview(asOf: at, engine: engines[1]),
    ]

    static let audits = [true, false].map {
        AuditEntry(
            sequence: 5, at: at, by: .schedule, action: "pause", subject: text, reason: text, outcome: text,
            isRefused: $0, correlation: correlation)
    }
    static let quarantine =
        QuarantineState.allCases.map {
            QuarantineEntry(
                id: .max, partition: partition, run: RunID(7), cursor: Cursor(json: "{}"),
                record: RejectedRecord(recordID: text, code: "c", reason: text, payload: Array(0...255)), state: $0,
                at: at, replays: 2)
        } + [
            QuarantineEntry(
                id: 1, partition: partition, run: RunID(7), cursor: Cursor(json: ""),
                record: RejectedRecord(recordID: nil, code: "", reason: "", payload: []), at: at)
        ]
    static let scopes = [CensusScope(table: "work_items", column: "a", value: "b"), CensusScope(table: "commits")]
    static let findings = scopes.flatMap { scope in
        [true, false].flatMap { isHeld in
            [at, nil].map {
                TombstoneFinding(
                    id: 5, partition: partition, run: RunID(7), scope: scope, records: 41, known: 44, at: at,
                    isHeld: isHeld, undoneAt: $0)
            }
        }
    }
    static let goneRows = [
        TombstoneRow(finding: 5, table: "work_items", id: text, label: text, deletedAt: at),
        TombstoneRow(finding: 5, table: "work_items", id: ""),
    ]
    static let previews =
        CommandPreview.Danger.allCases.map {
            CommandPreview(
                sentence: text, consequences: [text, ""], records: 1, requests: 2, points: 3,
                duration: .nanoseconds(40_123_456_789), refusal: .init(because: text, instead: text), danger: $0)
        } + [CommandPreview(sentence: "")]
    static let receipts: [CommandReceipt] = [
        .accepted(text), .unchanged(text), .refused(because: text, instead: text), .accepted(""),
    ]
    static let events: [OperationsEvent] =
        [.job(jobs[0]), .quota(quotas[0]), .breaker(breakers[0]), .alerts(alerts), .alerts([])]
        + [.throughput(throughput[0]), .log(lines[0]), .engine(engines[0]), .engines(members), .gap]
    static let sources = SourceKind.allCases.map { SourceStatus(id: "s", kind: $0, identity: text, jobs: [job]) }

    /// A row with a value of every type.
    static func row(of table: Table, isEmpty: Bool) -> DataRow {
        DataRow(
            values: (table.columns + Table.provenance).map { column in
                if isEmpty, column.name != "id", column.name != "source" { return .null }
                return switch column.type {
                case .text: .text("\(column.name) \(text)")
                case .json: .text("{\"a\":[1,null]}")
                case .integer: .integer(.min)
                case .real: .real(0.1)
                case .boolean: .integer(1)
                case .instant: .integer(at.microseconds)
                }
            })
    }
}
