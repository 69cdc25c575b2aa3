/// A limit of one credential at one provider: several jobs, sources and processes may spend from it.
package struct QuotaID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    /// Whose limit it is: a hash or name of the identity, never the credential itself.
    package let identity: String
    /// Which of its limits: `graphql`, `core`, `search`, `burst`.
    package let bucket: String

    package init(identity: String, bucket: String) {
        self.identity = identity
        self.bucket = bucket
    }

    package var description: String { "\(identity) \(bucket)" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.identity, left.bucket) < (right.identity, right.bucket)
    }
}

/// What a provider said about a limit in one response. Missing values are `nil`; 0 of 0 counts as unknown.
package struct QuotaObservation: Hashable, Sendable, Codable {
    package var bucket: String
    package var limit: Int?
    package var remaining: Int?
    /// What this request cost, where the provider tells.
    package var cost: Int?
    /// Measured against the server's own `Date`.
    package var resetsIn: Duration?
    /// The length of the window, where it is known.
    package var window: Duration?
    /// The provider asked to wait this long before the next request.
    package var retryAfter: Duration?
    /// A secondary (abuse, concurrency) limit was hit: concurrency is cut to one and grows back.
    package var isSecondary: Bool

    package init(
        bucket: String, limit: Int? = nil, remaining: Int? = nil, cost: Int? = nil, resetsIn: Duration? = nil,
        window: Duration? = nil, retryAfter: Duration? = nil, isSecondary: Bool = false
    ) {
        self.bucket = bucket
        self.limit = limit
        self.remaining = remaining
        self.cost = cost
        self.resetsIn = resetsIn
        self.window = window
        self.retryAfter = retryAfter
        self.isSecondary = isSecondary
    }
}

/// A limit as it stands, for gauges and forecasts.
package struct QuotaStatus: Hashable, Sendable, Codable {
    package var id: QuotaID
    /// The sources that spend from it.
    package var sources: [SourceID]
    /// Points or requests in a window; `nil` while unknown.
    package var limit: Int?
    package var remaining: Int?
    /// Points left to others.
    package var reserve: Int
    package var windowStartedAt: Instant?
    package var resetsAt: Instant?
    /// No request is sent before this; `nil` when nothing forbids.
    package var blockedUntil: Instant?
    /// Why it is blocked, as a sentence; `nil` when it is not.
    package var blockedBecause: String?
    /// Points a minute that pacing allows now; `nil` when it does not hold back.
    package var allowedPerMinute: Double?
    /// Points a minute spent lately.
    package var spentPerMinute: Double
    /// When the budget (without the reserve) is spent at the rate that pacing lets through; `nil` when it lasts until
    /// the reset, or nothing is being sent.
    package var runsOutAt: Instant?
    /// Requests under way, and how many may be.
    package var inFlight: Int
    package var concurrency: Int
    /// Requests that wait for this quota.
    package var waiting: Int
    /// Requests sent in the present window.
    package var requests: Int
    /// Points spent a minute over the last minutes, oldest first, for a sparkline.
    package var history: [Double]

    package init(
        id: QuotaID, sources: [SourceID] = [], limit: Int? = nil, remaining: Int? = nil, reserve: Int = 0,
        windowStartedAt: Instant? = nil, resetsAt: Instant? = nil, blockedUntil: Instant? = nil,
        blockedBecause: String? = nil, allowedPerMinute: Double? = nil, spentPerMinute: Double = 0,
        runsOutAt: Instant? = nil, inFlight: Int = 0, concurrency: Int = 1, waiting: Int = 0, requests: Int = 0,
        history: [Double] = []
    ) {
        self.id = id
        self.sources = sources
        self.limit = limit
        self.remaining = remaining
        self.reserve = reserve
        self.windowStartedAt = windowStartedAt
        self.resetsAt = resetsAt
        self.blockedUntil = blockedUntil
        self.blockedBecause = blockedBecause
        self.allowedPerMinute = allowedPerMinute
        self.spentPerMinute = spentPerMinute
        self.runsOutAt = runsOutAt
        self.inFlight = inFlight
        self.concurrency = concurrency
        self.waiting = waiting
        self.requests = requests
        self.history = history
    }

    /// The used share of the limit, 0 to 1; `nil` while the limit is unknown.
    package var usedShare: Double? {
        guard let limit, let remaining, limit > 0 else { return nil }
        return min(1, max(0, Double(limit - remaining) / Double(limit)))
    }
}
