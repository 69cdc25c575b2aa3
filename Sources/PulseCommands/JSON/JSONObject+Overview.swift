import PulseDomain

extension JSONObject {
    /// `pulse status --json`.
    ///
    /// - Parameter problems: how many things somebody has to look at.
    init(statusOf overview: Overview, problems: Int, isRunning: Bool) {
        let states = overview.jobs.map { ($0.run?.state.name.rawValue ?? "never_run", 1) }
        self = [
            "as_of": overview.asOf.iso8601,
            "problems": problems,
            "engine": JSONObject(overview.engine, isRunning: isRunning),
            "jobs": Dictionary(states, uniquingKeysWith: +),
            "alerts": overview.alerts.map(JSONObject.init),
            "engines": overview.engines.map { JSONObject($0, in: overview) },
            "records_per_second": overview.throughput.last.map { Double($0.records) },
        ]
    }

    /// `pulse --json` and `pulse demo --once --json`: what the console's first screen shows.
    init(homeOf overview: Overview, problems: Int, isRunning: Bool) {
        self = [
            "status": JSONObject(statusOf: overview, problems: problems, isRunning: isRunning),
            "jobs": overview.jobs.map(JSONObject.init),
            "limits": JSONObject(limitsOf: overview),
        ]
    }

    init(_ engine: EngineStatus, isRunning: Bool) {
        self = [
            "tenant": engine.tenant.rawValue,
            "store": engine.store,
            "version": engine.version,
            "is_running": isRunning,
            "is_simulated": engine.isSimulated,
            "holder": isRunning ? engine.holder : nil,
            "started_at": isRunning ? engine.startedAt.iso8601 : nil,
            "trouble": engine.trouble,
            "store_absence": engine.absence.flatMap { $0.isPresent ? JSONObject($0) : nil },
            "reads": engine.reads.map(JSONObject.init),
            // Who is told of alerts; `null` where nobody is.
            "receivers": engine.receivers?.map(JSONObject.init),
        ]
    }

    /// How telling a receiver of alerts goes.
    init(_ receiver: ReceiverStatus) {
        self = [
            "name": receiver.name, "way": receiver.way, "waiting": receiver.waiting,
            "held_back": receiver.heldBack,
            "last_delivered_at": receiver.lastDeliveredAt?.iso8601, "failing_since": receiver.failingSince?.iso8601,
            "failure": receiver.failure, "next_try_at": receiver.nextTryAt?.iso8601, "given_up": receiver.givenUp,
        ]
    }

    /// That the store does not answer: what is told is as of `as_of`.
    init(_ absence: StoreAbsence) {
        self = [
            "as_of": absence.asOf.iso8601, "since": absence.since.iso8601, "next_try_at": absence.nextTryAt.iso8601,
            "because": absence.because,
        ]
    }

    /// Where what is only looked at is read: `detour` says why it is not the replica.
    init(_ reads: ReadsStatus) {
        self = ["replica": reads.location, "lag_seconds": reads.lag?.inSeconds, "detour": reads.detour]
    }

    /// An element of `pulse jobs --json`.
    init(_ job: JobStatus) {
        self = [
            "id": job.id.rawValue,
            "source": job.id.source.rawValue,
            "stream": job.id.stream.rawValue,
            "title": job.definition.title,
            // `never_run`, or the state of the present or last run.
            "state": job.run?.state.name.rawValue ?? "never_run",
            "hold": job.hold.map(JSONObject.init),
            "run": job.run.map(JSONObject.init),
            // Which engine works on it; `null` while none does.
            "engine": job.run?.engine,
            "next_run_at": job.nextRunAt?.iso8601,
            "last_success_at": job.lastSuccessAt?.iso8601,
            "retries_at": job.retriesAt?.iso8601,
            "quarantined": job.quarantined,
        ]
    }

    init(_ hold: Hold) {
        self = ["by": hold.by.name, "reason": hold.reason, "since": hold.since.iso8601]
    }

    init(_ run: RunStatus) {
        let (because, until) = Self.reason(run)
        self = [
            "id": run.id.rawValue,
            "state": run.state.name.rawValue,
            // Why it waits, who paused it, how it failed; `null` where there is nothing to say.
            "because": because,
            // When the wait or the pause ends by itself.
            "until": until,
            "mode": run.mode.name,
            "started_by": run.startedBy.name,
            // Why it was started; `null` when nobody said.
            "reason": run.reason.isEmpty ? nil : run.reason,
            "created_at": run.createdAt.iso8601,
            "started_at": run.startedAt?.iso8601,
            "ended_at": run.endedAt?.iso8601,
            "counts": JSONObject(run.counts),
            // 0 to 1; `null` when it cannot be told.
            "progress": run.progress.share,
            // `null` while another engine works on it and has not told.
            "records_per_second": run.ratePerSecond,
            "engine": run.engine,
            // When the engine that works on it told rate and progress; `null` where they are of now.
            "as_of": run.toldAt?.iso8601,
            // When another engine takes it over, because the one that holds it is silent.
            "taken_over_at": run.takenOverAt?.iso8601,
            "ends_at": run.endsAt?.iso8601,
            "requests": run.requests,
            "attempts": run.attempts,
            "correlation": run.correlation.rawValue,
        ]
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

    init(_ counts: RecordCounts) {
        self = [
            "extracted": counts.extracted,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "quarantined": counts.quarantined,
            "filtered": counts.filtered,
            "tombstoned": counts.tombstoned,
        ]
    }

    /// An element of `pulse engines --json`.
    init(_ engine: EngineMember, in overview: Overview) {
        self = [
            "id": engine.id,
            "host": engine.host,
            "pid": engine.pid,
            "version": engine.version,
            // `working`, `silent`, `lost` (it was silent, and nothing waits for it any more) or `ended`.
            "state": engine.presence(at: overview.asOf, overview.engine.absence, among: overview.engines).rawValue,
            "started_at": engine.startedAt.iso8601,
            "seen_at": engine.seenAt.iso8601,
            "ended_at": engine.endedAt?.iso8601,
            "runs": engine.holds.map { held -> JSONObject in
                [
                    "job": held.job.rawValue, "run": held.run.rawValue, "lease_until": held.leaseUntil.iso8601,
                    "records_per_second": engine.report.runs.first { $0.run == held.run }?.ratePerSecond,
                ]
            },
            // What was taken over from it since it was heard of last.
            "taken": engine.taken.map { taken -> JSONObject in
                [
                    "job": taken.job.rawValue, "run": taken.run.rawValue, "at": taken.at.iso8601, "by": taken.by,
                ]
            },
            "records_per_second": engine.report.recordsPerSecond,
            "requests_per_second": engine.report.requestsPerSecond,
            "trouble": engine.report.trouble,
        ]
    }

    init(_ alert: Alert) {
        self = [
            "id": alert.id,
            "kind": alert.kind.rawValue,
            "severity": alert.severity.rawValue,
            "sentence": alert.sentence,
            "because": alert.because,
            "next": alert.next,
            "next_at": alert.nextAt?.iso8601,
            "since": alert.since.iso8601,
            "job": alert.job?.rawValue,
            "source": alert.source?.rawValue,
            "acknowledged_by": alert.acknowledgedBy?.name,
        ]
    }
}
