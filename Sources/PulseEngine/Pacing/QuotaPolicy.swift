package import PulseDomain

/// How a quota is treated where the provider does not say.
package struct QuotaPolicy: Sendable, Hashable, Codable {
    /// Points a second while the limit is unknown.
    package var unknownRate: Double
    /// Points that may be spent at once before pacing holds back, at most.
    package var burst: Double
    /// The share of the limit that may be spent at once before pacing holds back, at most: what a person waits for is
    /// done quickly, and what takes hours is spread.
    package var burstShare: Double
    /// Requests side by side, at most.
    package var concurrency: Int
    /// The window where the provider names a limit without one.
    package var window: Duration
    /// Points left to others.
    package var reserve: QuotaReserve

    package init(
        unknownRate: Double, burst: Double, concurrency: Int, window: Duration, reserve: QuotaReserve,
        burstShare: Double = 0.1
    ) {
        self.unknownRate = unknownRate
        self.burst = burst
        self.burstShare = burstShare
        self.concurrency = concurrency
        self.window = window
        self.reserve = reserve
    }

    /// For a limit that requests of another quota spend from as well: places are counted there already.
    package var forCompanion: QuotaPolicy {
        var policy = self
        policy.concurrency = .max
        return policy
    }

    /// GitHub: far below the secondary limit of 100 requests side by side, and below that of 2,000 points a minute also
    /// when a burst is followed by what is refilled meanwhile (FACTS §1.1).
    /// Jira: far below 100 requests a second (FACTS §1.2).
    package static func usual(for kind: SourceKind, reserve: QuotaReserve) -> QuotaPolicy {
        switch kind {
        case .github:
            QuotaPolicy(
                unknownRate: 5, burst: 1_800, concurrency: 6, window: .hours(1), reserve: reserve, burstShare: 0.4)
        case .jira:
            QuotaPolicy(unknownRate: 40, burst: 100, concurrency: 10, window: .hours(1), reserve: reserve)
        case .git:
            QuotaPolicy(unknownRate: 1_000, burst: 1_000, concurrency: 4, window: .hours(1), reserve: .amount(0))
        }
    }
}
