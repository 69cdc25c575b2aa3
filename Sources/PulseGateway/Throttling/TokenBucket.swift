import PulseDomain

/// How many requests somebody may make.
package struct RateLimit: Sendable, Hashable {
    /// As it is named in headers: `principal`, `address`.
    package let name: String
    /// So many at once, and in each window.
    package let quota: Int
    package let window: Duration
    /// `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10 section 3).
    let policy: String

    package init(name: String, quota: Int, window: Duration) {
        precondition(quota > 0 && window > .zero, "a limit lets something through")
        self.name = name
        self.quota = quota
        self.window = window
        policy = "\"\(name)\";q=\(quota);w=\(Int(window.inSeconds.rounded(.up)))"
    }

    var perSecond: Double { Double(quota) / window.inSeconds }

    /// How long so much takes to come back.
    func time(for tokens: Double) -> Duration { .seconds(tokens * window.inSeconds / Double(quota)) }
}

/// What is left of a limit.
struct BucketLevel: Sendable, Hashable {
    var tokens: Double
    /// When that was so.
    var at: Instant
}

/// A token bucket: full at first, refilled evenly.
struct TokenBucket: Sendable, Hashable {
    let limit: RateLimit
    private(set) var level: BucketLevel

    init(_ limit: RateLimit, level: BucketLevel? = nil, at now: Instant) {
        self.limit = limit
        self.level = level ?? BucketLevel(tokens: Double(limit.quota), at: now)
    }

    /// What a request met.
    struct Outcome: Sendable, Hashable {
        var isAllowed: Bool
        /// Whole requests that are left.
        var remaining: Int
        /// Until the next request is possible; zero when one is.
        var retryAfter: Duration
        /// Until all is there again.
        var resetAfter: Duration
    }

    mutating func take(at now: Instant) -> Outcome {
        refill(at: now)
        let isAllowed = level.tokens >= 1
        if isAllowed { level.tokens -= 1 }
        let missing = max(0, 1 - level.tokens)
        return Outcome(
            isAllowed: isAllowed, remaining: Int(level.tokens),
            retryAfter: limit.time(for: missing), resetAfter: limit.time(for: Double(limit.quota) - level.tokens))
    }

    /// Whether nothing would be lost by forgetting it.
    mutating func isFull(at now: Instant) -> Bool {
        refill(at: now)
        return level.tokens >= Double(limit.quota)
    }

    /// A clock that was set back gives nothing, and takes nothing away.
    private mutating func refill(at now: Instant) {
        let passed = max(0, (now - level.at).inSeconds)
        level = BucketLevel(tokens: min(Double(limit.quota), level.tokens + passed * limit.perSecond), at: now)
    }
}
