import PulseDomain
import PulseTerminal

/// A limit as texts that the screens and the plain twin share.
struct QuotaRow {
    var bucket: String
    var identity: String
    /// 0 to 1; `nil` while the limit is unknown.
    var usedShare: Double?
    /// What will be used when the window ends, at the present rate; `nil` where nobody knows.
    var projectedShare: Double?
    /// Whose it is: `github`, `github +2` with two more; empty while nobody uses it.
    var users: String
    /// `1,893 of 5,000 left`.
    var budget: String
    /// `resets in 26m, at 14:58`; empty while unknown.
    var reset: String
    /// What comes of it at the present rate.
    var forecast: String
    var forecastRole: ColorRole
    /// Why nothing is sent now and until when; empty when nothing forbids.
    var blocked: String
    var rate: String
    var load: String
    var history: [Double]

    init(_ quota: QuotaStatus, _ times: TimeTexts) {
        bucket = quota.id.bucket
        identity = quota.id.identity
        usedShare = quota.usedShare
        let others = quota.sources.count - 1
        users = (quota.sources.first?.rawValue ?? "") + (others > 0 ? " +\(others)" : "")
        if let share = quota.usedShare, let limit = quota.limit, limit > 0, let reset = quota.resetsAt {
            let spend = quota.spentPerMinute * max(0, (reset - times.now).inSeconds) / 60
            projectedShare = min(1, share + spend / Double(limit))
        }
        let remaining = quota.remaining.map(Figures.count)
        switch (remaining, quota.limit) {
        case (let left?, let limit?): budget = "\(left) of \(Figures.count(limit)) left"
        case (let left?, nil): budget = "\(left) left"
        case (nil, let limit?): budget = "limit \(Figures.count(limit))"
        case (nil, nil): budget = "limit unknown"
        }
        reset = quota.resetsAt.map { "resets \(times.untilAndAt($0))" } ?? ""
        blocked = ""
        if let until = quota.blockedUntil, until > times.now {
            blocked = "blocked \(times.lasting(until: until)): \(quota.blockedBecause ?? "the provider asked to wait")"
        }
        if let end = quota.runsOutAt {
            forecast = end > times.now ? "runs out \(times.until(end))" : "runs out now"
            forecastRole = .warning
        } else if quota.limit == nil {
            forecast = "paced by our own cap"
            forecastRole = .muted
        } else {
            let isSpent = quota.resetsAt != nil && (quota.remaining ?? .max) <= quota.reserve
            let isPaced = quota.waiting > 0 && blocked.isEmpty
            forecast =
                quota.resetsAt == nil
                ? "not in danger"
                : isSpent ? "spent until the reset" : isPaced ? "paced, lasts until the reset" : "lasts until the reset"
            forecastRole = isSpent ? .warning : .ok
        }
        rate = "\(Figures.compact(quota.spentPerMinute))/min"
        load = "\(quota.inFlight) of \(quota.concurrency) under way"
        if quota.waiting > 0 { load += ", \(Figures.count(quota.waiting)) waiting" }
        history = quota.history
    }

    /// Colour of the gauge: by what comes of it, else by how much is used.
    var role: ColorRole {
        if !blocked.isEmpty { return .waiting }
        if forecastRole == .warning { return .warning }
        return (usedShare ?? 0) >= 0.95 ? .warning : .gaugeFill
    }
}
