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

    /// Waits that are over sooner come and go while work goes on.
    static let shortest = Duration.seconds(30)

    /// `nil` while nothing waits for long.
    init?(_ fleet: Fleet) {
        guard !fleet.waiting.isEmpty else { return nil }
        let waits = fleet.waiting.compactMap { job -> Wait? in
            guard case .waiting(let wait)? = fleet.jobs[job]?.run?.state else { return nil }
            return wait.until - wait.since > Self.shortest ? wait : nil
        }
        guard let first = waits.min(by: { ($0.until, $0.reason.phrase) < ($1.until, $1.reason.phrase) }) else {
            return nil
        }
        let moving = [JobCondition.running, .pausing, .stopping].reduce(0) { $0 + fleet.tally[$1, default: 0] }
        isPartial = moving > 0 || waits.count < fleet.waiting.count
        (reason, until) = (first.reason, first.until)
        count = waits.count { $0.reason == first.reason }
        // What is queued behind others may begin while they go on.
        others = waits.count - count + (isPartial ? 0 : fleet.tally[.queued, default: 0])
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
