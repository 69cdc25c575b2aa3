import PulseDomain

/// The engine's clock as the console knows it: what the engine said last, moved on at the rate that it told.
struct EngineClock: Hashable, Sendable {
    private var anchor: Instant
    private var anchoredAt: Duration
    /// Engine seconds a second; 1 but in the demo.
    private(set) var rate: Double

    init(asOf anchor: Instant, at elapsed: Duration, rate: Double) {
        self.anchor = anchor
        anchoredAt = elapsed
        self.rate = rate.isFinite && rate > 0 ? rate : 1
    }

    /// What the engine's clock reads when the console's has reached `elapsed`.
    func now(at elapsed: Duration) -> Instant {
        let passed = max(0, (elapsed - anchoredAt).inSeconds) * rate
        return anchor + .microseconds(Int64(min(passed, 1e10) * 1_000_000))
    }

    /// When the console's clock has to reach for the engine's to read `instant`.
    func elapsed(at instant: Instant) -> Duration {
        anchoredAt + .microseconds(Int64((instant - anchor).inSeconds / rate * 1_000_000))
    }

    /// Follows the engine when it turns out to be ahead; a clock never goes back on the screen.
    mutating func note(_ instant: Instant, at elapsed: Duration) {
        guard instant > now(at: elapsed) else { return }
        anchor = instant
        anchoredAt = elapsed
    }
}
