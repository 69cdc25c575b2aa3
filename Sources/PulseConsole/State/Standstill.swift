import PulseDomain
import PulseTerminal

/// That jobs wait for something that takes its time: all that are under way, or some.
struct Standstill: Hashable, Sendable {
    /// Whether others go on, or will in a moment.
    var isPartial: Bool
    /// How many wait for the same as the one that goes on first.
    private var count: Int
    /// What that one waits for.
    private var reason: WaitReason
    /// When it goes on.
    private var until: Instant
    /// How many wait for something else, or behind those that wait.
    private var others: Int

    /// `nil` while nothing waits for long.
    init?(_ fleet: Fleet) {
        let waits = fleet.longWaits
        guard
            let first = waits.min(by: { ($0.value.until, $0.key.phrase) < ($1.value.until, $1.key.phrase) })
        else { return nil }
        let total = waits.reduce(0) { $0 + $1.value.jobs.count }
        let moving = [JobCondition.running, .pausing, .stopping].reduce(0) { $0 + fleet.tally[$1, default: 0] }
        isPartial = moving > 0 || total < fleet.tally[.waiting, default: 0]
        (reason, until) = (first.key, first.value.until)
        count = first.value.jobs.count
        // What is queued behind others may begin while they go on.
        others = total - count + (isPartial ? 0 : fleet.tally[.queued, default: 0])
    }

    var label: Label { Label("◐", "~", isPartial ? "Partly waiting" : "Waiting", .waiting) }

    /// `3 jobs for the quota graphql, 4m 12s, until 14:36; 2 others wait, too.`
    func sentence(_ times: TimeTexts) -> String {
        let moment = times.isPast ? "" : ", until \(times.clock(until))"
        let rest = others == 0 ? "" : "; \(Figures.many(others, "other")) \(others == 1 ? "waits" : "wait"), too"
        return "\(brief(times))\(moment)\(rest)."
    }

    /// `3 jobs for the quota graphql, 4m 12s`
    func brief(_ times: TimeTexts) -> String {
        "\(Figures.many(count, "job")) for \(reason.subject), \(times.lasting(until: until))"
    }
}

/// Jobs that wait for the same, for long.
struct LongWait: Hashable, Sendable {
    var jobs: Set<JobID> = []
    /// When the first of them goes on.
    private(set) var until = Instant.epoch

    /// Waits that are over sooner come and go while work goes on.
    static let shortest = Duration.seconds(30)

    /// What the job waits for; `nil` when it does not, or not for long.
    static func wait(of status: JobStatus) -> Wait? {
        guard case .waiting(let wait)? = status.run?.state, JobCondition(status) == .waiting,
            wait.until - wait.since > shortest
        else { return nil }
        return wait
    }

    mutating func add(_ job: JobID, _ wait: Wait) {
        // An end that was over when this wait began says nothing about those that wait now.
        until = until <= wait.since ? wait.until : min(until, wait.until)
        jobs.insert(job)
    }
}
