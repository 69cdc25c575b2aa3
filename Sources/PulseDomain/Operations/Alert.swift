/// What an alert is about.
package enum AlertKind: String, Sendable, Hashable, Codable, CaseIterable {
    case jobFailed = "job_failed"
    case quotaRunningOut = "quota_running_out"
    case breakerOpen = "breaker_open"
    case dataStale = "data_stale"
    case quarantineGrowing = "quarantine_growing"
    case suspiciousSuccess = "suspicious_success"
    case tombstonesHeld = "tombstones_held"
    case storeTrouble = "store_trouble"
    case engineSilent = "engine_silent"
    case runTakenOver = "run_taken_over"
    case enginesDiffer = "engines_differ"
}

/// How soon someone should look. Sorted with the most urgent first.
package enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case critical, warning, notice

    package static func < (left: Severity, right: Severity) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// Something that a person should know: what is wrong, since when, why, what happens by itself, what can be done.
package struct Alert: Sendable, Hashable, Codable {
    /// The id of the alert about an engine that fell silent.
    package static func silence(of engine: String) -> String { "engine_silent:\(engine)" }

    /// Stable while it lasts: `job_failed:jira-main/issues`.
    package var id: String
    package var kind: AlertKind
    package var severity: Severity
    /// What is wrong, as a sentence.
    package var sentence: String
    /// Why, as a sentence.
    package var because: String
    /// What happens next by itself; `nil` when nothing does.
    package var next: String?
    /// When `next` happens.
    package var nextAt: Instant?
    package var since: Instant
    package var job: JobID?
    package var source: SourceID?
    /// Commands that help, the best one first.
    package var remedies: [Command]
    /// Who has seen it; `nil` when nobody has.
    package var acknowledgedBy: Principal?

    package init(
        id: String, kind: AlertKind, severity: Severity, sentence: String, because: String, next: String? = nil,
        nextAt: Instant? = nil, since: Instant, job: JobID? = nil, source: SourceID? = nil, remedies: [Command] = [],
        acknowledgedBy: Principal? = nil
    ) {
        self.id = id
        self.kind = kind
        self.severity = severity
        self.sentence = sentence
        self.because = because
        self.next = next
        self.nextAt = nextAt
        self.since = since
        self.job = job
        self.source = source
        self.remedies = remedies
        self.acknowledgedBy = acknowledgedBy
    }
}
