import PulseDomain

/// Whether an engine is asked, decided from how it answered lately. Time is told with each event.
struct UpstreamState: Sendable, Hashable {
    struct Policy: Sendable, Hashable {
        /// Failures one after the other until it is left alone.
        var failures = 3
        /// How long, at first; doubled with each probe that fails.
        var pause = Duration.seconds(2)
        var longestPause = Duration.seconds(60)
    }

    private let policy: Policy
    private(set) var failures = 0
    /// Until when it is left alone; `nil`: it is asked.
    private(set) var pausedUntil: Instant?
    private var pauses = 0
    /// One request goes ahead to see whether it answers again.
    private var isProbing = false
    /// Requests under way: the one with fewest is asked first.
    private(set) var underWay = 0

    init(_ policy: Policy = Policy()) { self.policy = policy }

    /// Whether a request may be sent now.
    func mayBegin(at now: Instant) -> Bool {
        guard let pausedUntil else { return true }
        return now >= pausedUntil && !isProbing
    }

    mutating func begin(at now: Instant) {
        underWay += 1
        if pausedUntil != nil { isProbing = true }
    }

    /// It answered, whatever it said.
    mutating func answered() {
        underWay -= 1
        (failures, pauses, pausedUntil, isProbing) = (0, 0, nil, false)
    }

    /// It did not answer.
    mutating func failed(at now: Instant) {
        underWay -= 1
        failures += 1
        guard isProbing || failures >= policy.failures else { return }
        isProbing = false
        pausedUntil = now + min(policy.pause * (1 << min(pauses, 10)), policy.longestPause)
        pauses += 1
    }

    /// The caller went away: nothing is known.
    mutating func abandoned() {
        underWay -= 1
        isProbing = false
    }
}
