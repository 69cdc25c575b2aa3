import PulseDomain

/// How long to wait before the next try: a random share of a span that doubles ("full jitter"), so that clients that
/// lost the same server do not come back together.
struct Backoff: Sendable {
    /// The first span, and what a server may set it to with `retry`.
    var first: Duration
    var longest: Duration
    private var tries = 0

    init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The wait before the next try. `share` is random, 0 ..< 1.
    mutating func next(share: Double) -> Duration {
        let span = min(longest.inSeconds, first.inSeconds * Double(1 << min(tries, 20)))
        tries += 1
        // Never at once: a server that refuses at once is not asked in a tight loop.
        return .seconds(span * (0.1 + 0.9 * share))
    }

    mutating func reset() { tries = 0 }
}
