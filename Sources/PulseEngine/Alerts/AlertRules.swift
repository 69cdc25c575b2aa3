package import PulseDomain

/// Decides what a person should know, from what the engine knows. Pure.
package enum AlertRules {
    package struct Input: Sendable {
        package var jobs: [JobStatus]
        package var quotas: [QuotaStatus]
        package var breakers: [BreakerStatus]
        /// Findings of a census that wait for someone, with their job and a sentence.
        package var heldTombstones: [HeldTombstones]
        /// Partitions of the last run that answered with too little, by job.
        package var suspicious: [JobID: [PartitionKey]] = [:]
        /// Quarantined records an hour ago, by job.
        package var quarantinedBefore: [JobID: Int]
        package var storeTrouble: String?
        /// Engines of the store, where several may work on it.
        package var engines: [EngineMember] = []
        /// Time in which the store did not answer, so that nobody was heard of; `nil` where there was none lately.
        package var absence: StoreAbsence?
        /// Runs that were taken over from a silent engine, by job.
        var takenOver: [JobID: TakeOver] = [:]

        package struct HeldTombstones: Sendable, Hashable {
            package var id: Int64
            package var job: JobID
            package var records: Int
            package var known: Int
            package var at: Instant
            /// What it is about, within the job: each census makes a finding of its own about the same.
            package var place = ""
        }
    }

    /// The present alerts, most urgent first. `before` gives those that last their beginning and who has seen them.
    package static func evaluate(_ input: Input, before: [Alert], at now: Instant) -> [Alert] {
        var alerts: [Alert] = []
        for job in input.jobs {
            alerts += failed(job, at: now)
            alerts += suspicious(job, input.suspicious[job.id] ?? [])
            alerts += stale(job, at: now)
            alerts += quarantine(job, before: input.quarantinedBefore[job.id] ?? 0, at: now)
        }
        alerts += input.quotas.compactMap { quota($0, jobs: input.jobs, at: now) }
        alerts += input.breakers.compactMap { breaker($0, at: now) }
        alerts += input.heldTombstones.map(held)
        alerts += input.engines.compactMap { silent($0, input, before: before, at: now) }
        alerts += takenOver(input, before: before, at: now)
        alerts += differing(input, at: now)
        if let trouble = input.storeTrouble {
            alerts.append(Self.trouble(trouble, since: now))
        }
        alerts += lasting(before, besides: Set(alerts.map(\.id)), input, at: now)
        let known = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for index in alerts.indices {
            guard let earlier = known[alerts[index].id] else { continue }
            alerts[index].since = min(earlier.since, alerts[index].since)
            alerts[index].acknowledgedBy = earlier.acknowledgedBy
        }
        return ordered(alerts)
    }

    static func ordered(_ alerts: [Alert]) -> [Alert] {
        alerts.sorted { ($0.severity, $0.since, $0.id) < ($1.severity, $1.since, $1.id) }
    }

    static func trouble(_ trouble: String, since: Instant) -> Alert {
        Alert(
            id: "store_trouble", kind: .storeTrouble, severity: .critical, sentence: "The store has trouble.",
            because: trouble, next: "What could not be written is tried again.", since: since)
    }

    /// Alerts about what has happened, rather than about what is: they last until somebody has seen them, or until what
    /// they tell of is put right, whichever engine decides meanwhile.
    private static func lasting(
        _ before: [Alert], besides known: Set<String>, _ input: Input, at now: Instant
    ) -> [Alert] {
        let candidates = before.filter { alert in
            alert.acknowledgedBy == nil && !known.contains(alert.id)
                && (alert.kind == .quarantineGrowing || alert.kind == .runTakenOver)
        }
        guard !candidates.isEmpty else { return [] }
        let jobs = Dictionary(input.jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return candidates.compactMap { alert in
            alert.kind == .runTakenOver
                ? takenOverBefore(alert, at: now) : quarantineBefore(alert, alert.job.flatMap { jobs[$0] })
        }
    }

    private static func failed(_ job: JobStatus, at now: Instant) -> [Alert] {
        guard let run = job.run, case .failed(let failure) = run.state else { return [] }
        let (next, nextAt) = afterFailure(job)
        return [
            Alert(
                id: "job_failed:\(job.id)", kind: .jobFailed, severity: job.retriesAt == nil ? .critical : .warning,
                sentence: "\(job.id) failed.", because: "\(failure.sentence) \(failure.remedy)",
                next: next, nextAt: nextAt, since: run.stateSince, job: job.id, source: job.id.source,
                remedies: [.retry(job.id), .hold(job.id)])
        ]
    }

    /// What happens by itself after a failure, and when.
    private static func afterFailure(_ job: JobStatus) -> (sentence: String?, at: Instant?) {
        if job.retriesAt != nil, job.hold != nil {
            return ("It is taken up again from its checkpoint when the job is released.", nil)
        }
        if let retriesAt = job.retriesAt { return ("It is taken up again from its checkpoint.", retriesAt) }
        guard let nextRunAt = job.nextRunAt, job.hold == nil else { return (nil, nil) }
        return ("A new run starts by its schedule.", nextRunAt)
    }

    private static func suspicious(_ job: JobStatus, _ partitions: [PartitionKey]) -> [Alert] {
        guard let run = job.run, case .succeeded(let flags) = run.state, flags.contains(.suspicious) else { return [] }
        return [
            Alert(
                id: "suspicious_success:\(job.id)", kind: .suspiciousSuccess, severity: .warning,
                sentence: sentence(on: job.id, suspicious: partitions.filter { $0 != .whole }),
                because: "A lost permission or a changed filter looks like this. The watermark stays where it was.",
                next: job.nextRunAt == nil ? nil : "It runs again by its schedule.", nextAt: job.nextRunAt,
                since: run.stateSince, job: job.id, source: job.id.source,
                remedies: [.start(job.id, .incremental), .start(job.id, .full)])
        ]
    }

    private static func sentence(on job: JobID, suspicious partitions: [PartitionKey]) -> String {
        guard !partitions.isEmpty else { return "\(job) succeeded with nothing, where there always was something." }
        let named = partitions.prefix(5).map(\.rawValue).joined(separator: ", ")
        let rest = partitions.count > 5 ? " and \(partitions.count - 5) more" : ""
        return "\(named)\(rest) of \(job) answered with next to nothing, where records are known."
    }

    private static func stale(_ job: JobStatus, at now: Instant) -> [Alert] {
        guard let age = job.definition.staleAfter, let last = job.lastSuccessAt, now - last > age else { return [] }
        return [
            Alert(
                id: "data_stale:\(job.id)", kind: .dataStale, severity: .warning, sentence: "\(job.id) is stale.",
                because: job.hold.map { "The job is \($0.phrase)." }
                    ?? "Its last success is longer ago than it should be.",
                next: job.nextRunAt == nil ? nil : "It runs again by its schedule.", nextAt: job.nextRunAt,
                since: last + age, job: job.id, source: job.id.source,
                remedies: job.hold == nil ? [.start(job.id, .incremental)] : [.release(job.id)])
        ]
    }

    private static func quarantine(_ job: JobStatus, before: Int, at now: Instant) -> [Alert] {
        guard job.quarantined > before else { return [] }
        return [
            Alert(
                id: "quarantine_growing:\(job.id)", kind: .quarantineGrowing, severity: .notice,
                sentence:
                    "\((job.quarantined - before).counted("record")) of \(job.id) went to quarantine within the hour.",
                because: "They could not be loaded; everything else was. Their payloads are kept.", since: now,
                job: job.id, source: job.id.source)
        ]
    }

    /// Records that wait in quarantine, and that nobody has seen.
    private static func quarantineBefore(_ alert: Alert, _ job: JobStatus?) -> Alert? {
        guard let job else { return alert }
        guard job.quarantined > 0 else { return nil }
        var alert = alert
        alert.sentence =
            "\(job.quarantined.counted("record")) of \(job.id) \(job.quarantined.noun("is", "are")) in quarantine."
        return alert
    }

    private static func quota(_ quota: QuotaStatus, jobs: [JobStatus], at now: Instant) -> Alert? {
        // Pacing makes a budget last: only work that waits for the reset, or for the provider, needs a person.
        let affected = jobs.compactMap { job -> (job: JobID, wait: Wait)? in
            guard let run = job.run, case .waiting(let wait) = run.state, wait.reason == .quota(quota.id) else {
                return nil
            }
            return (job.id, wait)
        }
        // As long as they wait, and for their reason: a provider may ask for seconds while the budget resets in an hour.
        guard let last = affected.map(\.wait).max(by: { $0.until < $1.until }), last.until - now > .seconds(30) else {
            return nil
        }
        let users = quota.sources.map(\.rawValue).joined(separator: ", ")
        let isReset = quota.blockedUntil == nil && quota.resetsAt.map { last.until >= $0 } ?? false
        return Alert(
            id: "quota_running_out:\(quota.id)", kind: .quotaRunningOut,
            severity: .notice,
            sentence: "The quota \(quota.id.bucket) of \(users.isEmpty ? quota.id.identity : users) holds back "
                + "\(affected.count.counted("job")).",
            because: isReset
                ? "\(quota.remaining ?? 0) of \(quota.limit ?? 0) points are left, \(quota.reserve) are reserved."
                : last.because,
            next: isReset
                ? "Work goes on when it resets." : "Work goes on when the provider allows it.", nextAt: last.until,
            since: now, source: quota.sources.first,
            remedies: isReset ? affected.map { .pauseUntilQuotaResets($0.job) } : [])
    }

    private static func breaker(_ breaker: BreakerStatus, at now: Instant) -> Alert? {
        guard breaker.position != .closed else { return nil }
        return Alert(
            id: "breaker_open:\(breaker.source)/\(breaker.endpoint)", kind: .breakerOpen, severity: .critical,
            sentence: "\(breaker.endpoint) of \(breaker.source) \(breaker.complaint); the breaker is open.",
            because: breaker.because ?? "\(breaker.failures.counted("failure")) in a row.",
            next: "One request is sent as a probe.", nextAt: breaker.probesAt, since: breaker.openedAt ?? now,
            source: breaker.source)
    }

    private static func held(_ finding: Input.HeldTombstones) -> Alert {
        Alert(
            id: "tombstones_held:\(finding.job):\(finding.place)", kind: .tombstonesHeld, severity: .warning,
            sentence:
                "\(finding.records) of \(finding.known.counted("record")) of \(finding.job) "
                + "\(finding.records.noun("seems", "seem")) gone at the source.",
            because: "A lost permission looks the same, so nothing was marked as deleted.",
            since: finding.at, job: finding.job, source: finding.job.source,
            remedies: [.confirmTombstones(finding.id), .start(finding.job, .census)])
    }
}

extension BreakerStatus {
    /// What the endpoint does wrong, as a verb: an answer is one, also where it is an error.
    var complaint: String {
        guard let because else { return "does not answer" }
        if let match = because.firstMatch(of: /\bstatus ([1-9]\d\d)\b/) { return "answers with errors (\(match.1))" }
        return because.contains(/\banswer(ed|s) |its answer\b/) ? "answers wrongly" : "does not answer"
    }
}

extension TombstoneFinding {
    /// What it is about, within its job: the same for the finding that the next census makes of it. Names from outside are
    /// in it as a digest: an alert's id is typed.
    var place: String {
        let parts = [partition.key.rawValue, scope.table.rawValue, scope.column ?? "", scope.value ?? ""]
        let digest = SecureHash.sha256(Array(parts.joined(separator: "\u{0}").utf8))
        return digest.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
