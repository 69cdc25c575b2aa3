import PulseDomain

/// Everything that is drawn, filled with what should not reach a terminal.
enum HostileScene {
    static let text =
        "\u{1B}[31mred\u{1B}]0;title\u{7}\u{9B}2J\r\nline\ttab\u{0}\u{8}\u{7F}\u{202E}rtl\u{2066}iso\u{200F}"
        + "👨‍👩‍👧‍👦🏳️‍🌈🇩🇪日本語é" + "z\u{0300}\u{0301}\u{0302}\u{0303}\u{0304}\u{0305}\u{0306}" + "\u{FEFF}\u{200B}\u{AD}﷽"
        + String(repeating: "w", count: 300)

    static func job(_ index: Int) -> JobID { JobID("\(text)\(index)/\(text)") }

    static func states(_ now: Instant) -> [RunState] {
        let person = Principal(text)
        let failure = Failure(.transient, code: text, text, remedy: text, endpoint: EndpointID(text))
        let reasons: [WaitReason] = [
            .quota(QuotaID(identity: text, bucket: text)), .breaker(EndpointID(text)), .backoff(attempt: 2),
            .dependency(job(0)), .capacity,
        ]
        let waits = reasons.map {
            RunState.waiting(Wait(reason: $0, since: now, until: now + .seconds(9), because: text))
        }
        return waits + [
            .queued, .running, .pausing(Pause(by: person, reason: text, since: now)),
            .paused(Pause(by: person, reason: text, since: now, until: now + .hours(1))),
            .stopping(by: person, reason: text), .stopped(by: person, reason: text), .failed(failure), .succeeded([]),
            .succeeded(.suspicious),
        ]
    }

    static func overview(_ now: Instant = Scene.moment) -> Overview {
        let jobs = states(now).enumerated().map { index, state in
            var run = Scene.run(Int64(index), state, now: now, by: Principal(text))
            run.queuedBecause = Wait(reason: .capacity, since: now, until: now, because: text)
            var status = Scene.job(job(index), text, run, now: now)
            if index % 4 == 1 { status.hold = Hold(by: Principal(text), reason: text, since: now) }
            status.definition.schedule = ScheduleDefinition(cron: text, timeZone: text)
            return status
        }
        var engine = Scene.engine(now)
        engine.holder = text
        engine.tenant = TenantID(text)
        engine.store = text
        engine.version = text
        engine.receivers = [
            ReceiverStatus(name: text, way: text, waiting: 1, failingSince: now, failure: text),
            ReceiverStatus(name: text + "2", way: text, lastDeliveredAt: now),
        ]
        return Overview(
            asOf: now, engine: engine, jobs: jobs,
            quotas: [
                QuotaStatus(
                    id: QuotaID(identity: text, bucket: text), sources: [SourceID(text)], limit: 10, remaining: 2,
                    blockedUntil: now + .seconds(8), blockedBecause: text)
            ],
            breakers: [
                BreakerStatus(
                    source: SourceID(text), endpoint: EndpointID(text), position: .open, probesAt: now, because: text)
            ],
            alerts: Severity.allCases.map { severity in
                Alert(
                    id: text + severity.rawValue, kind: .jobFailed, severity: severity, sentence: text, because: text,
                    next: text, nextAt: now, since: now, job: job(0), source: SourceID(text),
                    remedies: [.retry(job(0)), .skipPartition(job(0), PartitionKey(text))],
                    acknowledgedBy: severity == .notice ? Principal(text) : nil)
            }, throughput: Scene.samples(now, count: 20, scale: 1))
    }

    static func detail(_ now: Instant = Scene.moment) -> JobDetail {
        let id = PartitionID(
            tenant: TenantID(text), source: SourceID(text), stream: StreamID(text), key: PartitionKey(text))
        let checkpoint = Checkpoint(
            partition: id, sequence: 3, run: RunID(1), mode: .full, cursor: Cursor(json: text),
            watermark: Watermark(changedAt: nil, state: text), savedAt: now)
        let failure = Failure(.transient, code: text, text, remedy: text)
        let status = overview(now).jobs[0]
        return JobDetail(
            status: status,
            partitions: [
                PartitionStatus(key: PartitionKey(text), title: text, state: .failed(failure), checkpoint: checkpoint),
                PartitionStatus(
                    key: PartitionKey(text + "2"), title: text, state: .skipped(by: Principal(text), reason: text)),
            ],
            recentRuns: overview(now).jobs.compactMap(\.run), checkpoints: [checkpoint], logs: logs(now))
    }

    static func logs(_ now: Instant = Scene.moment) -> [LogLine] {
        LogLevel.allCases.enumerated().map { index, level in
            LogLine(
                sequence: Int64(index + 1), at: now, level: level, job: job(0), partition: PartitionKey(text),
                message: text,
                facts: [.init(text, text)], correlation: CorrelationID(text))
        }
    }

    static func quarantine(_ now: Instant = Scene.moment) -> [QuarantineEntry] {
        let id = PartitionID(
            tenant: TenantID(text), source: SourceID(text), stream: StreamID(text), key: PartitionKey(text))
        return [
            QuarantineEntry(
                id: 1, partition: id, run: RunID(1), cursor: Cursor(json: text),
                record: RejectedRecord(
                    recordID: text, code: text, reason: text, payload: Array(text.utf8) + [0xFF, 0x1B, 0xC0]),
                at: now)
        ]
    }

    static func audit(_ now: Instant = Scene.moment) -> [AuditEntry] {
        [false, true].enumerated().map { index, isRefused in
            AuditEntry(
                sequence: Int64(index), at: now, by: Principal(text), action: text, subject: text, reason: text,
                outcome: text,
                isRefused: isRefused, correlation: CorrelationID(text))
        }
    }

    static func preview(_ command: Command) -> CommandPreview {
        CommandPreview(sentence: text, consequences: [text], records: 1, danger: .destructive)
    }
}
