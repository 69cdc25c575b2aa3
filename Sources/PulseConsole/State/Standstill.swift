import PulseDomain

/// That jobs are under way and none moves: all of them wait for something that takes its time.
struct Standstill: Hashable, Sendable {
    /// How many wait for the same as the one that goes on first.
    var count: Int
    /// What that one waits for.
    var reason: WaitReason
    /// When it goes on.
    var until: Instant
    /// How many wait for something else, or behind those that wait.
    var others: Int

    /// Waits that are over sooner come and go while work goes on.
    static let shortest = Duration.seconds(30)

    /// `nil` while something moves, or nothing waits for long.
    init?(_ fleet: Fleet) {
        let moving = [JobCondition.running, .pausing, .stopping].reduce(0) { $0 + fleet.tally[$1, default: 0] }
        guard moving == 0, !fleet.waiting.isEmpty else { return nil }
        let waits = fleet.waiting.compactMap { job -> Wait? in
            guard case .waiting(let wait)? = fleet.jobs[job]?.run?.state else { return nil }
            return wait
        }
        guard waits.allSatisfy({ $0.until - $0.since > Self.shortest }),
            let first = waits.min(by: { ($0.until, $0.reason.phrase) < ($1.until, $1.reason.phrase) })
        else { return nil }
        (reason, until) = (first.reason, first.until)
        count = waits.count { $0.reason == first.reason }
        others = waits.count - count + fleet.tally[.queued, default: 0]
    }

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
