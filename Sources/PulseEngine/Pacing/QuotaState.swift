package import PulseDomain

/// One quota as it is known, and the decision whether a request may go now. Pure: time comes in, decisions go out.
///
/// Pacing is a token bucket whose rate is what is left of the budget over what is left of the window: bursts are quick,
/// and a budget under continuous demand is spent exactly when the window ends. What is under way counts as spent.
package struct QuotaState: Sendable {
    /// Whether a request may be sent.
    package enum Admission: Sendable, Hashable {
        case go
        /// Not before `until`; `isPacing` when only the spreading over the window holds it back.
        case wait(until: Instant, because: String, isPacing: Bool)
        /// As many are under way as may be; ask again when one has ended.
        case full
    }

    package let id: QuotaID
    package var policy: QuotaPolicy
    private(set) var limit: Int?
    private(set) var remaining: Double?
    private(set) var resetsAt: Instant?
    private(set) var window: Duration?
    private(set) var blockedUntil: Instant?
    private(set) var blockedBecause: String?
    private(set) var inFlight = 0
    private(set) var inFlightCost = 0.0
    private(set) var concurrency: Int
    private(set) var requestsInWindow = 0
    /// A limit that was stated without a window: shown, and heeded when nothing of it is left.
    private var gauge: (limit: Int, remaining: Int)?
    private var successesSinceCut = 0
    private var credit: Double
    private var creditAt: Instant?
    private(set) var spending: SpendingHistory

    /// Our clock and the provider's differ, and its reset times are whole seconds.
    static let resetMargin: Duration = .seconds(1)

    package init(id: QuotaID, policy: QuotaPolicy) {
        self.id = id
        self.policy = policy
        concurrency = policy.concurrency
        credit = policy.burst
        spending = SpendingHistory()
    }

    /// Takes up what an earlier process knew.
    package mutating func restore(_ stored: StoredKnowledge, at now: Instant) {
        if let until = stored.blockedUntil, until > now {
            blockedUntil = until
            blockedBecause = "The provider asked to wait."
        }
        guard let end = stored.resetsAt, end > now else { return }
        limit = stored.limit
        remaining = stored.remaining.map(Double.init)
        resetsAt = end
        window = stored.window
    }

    package struct StoredKnowledge: Sendable, Hashable {
        package var limit: Int?
        package var remaining: Int?
        package var resetsAt: Instant?
        package var window: Duration?
        package var blockedUntil: Instant?

        package init(
            limit: Int?, remaining: Int?, resetsAt: Instant?, window: Duration?, blockedUntil: Instant?
        ) {
            self.limit = limit
            self.remaining = remaining
            self.resetsAt = resetsAt
            self.window = window
            self.blockedUntil = blockedUntil
        }
    }

    /// Points of the limit that are left to others.
    package var reserve: Int {
        guard let limit else { return 0 }
        switch policy.reserve {
        case .share(let share): return Int(Double(limit) * min(0.9, max(0, share)))
        case .amount(let amount): return min(limit * 9 / 10, max(0, amount))
        }
    }

    /// Asks to send a request of `cost` points now. `.go` counts it as under way: ``end(cost:actual:observations:at:)``
    /// has to follow.
    package mutating func admit(cost: Int, at now: Instant) -> Admission {
        expireWindow(at: now)
        if let until = blockedUntil {
            if until > now {
                return .wait(until: until, because: blockedBecause ?? "The provider asked to wait.", isPacing: false)
            }
            blockedUntil = nil
            blockedBecause = nil
        }
        if inFlight >= concurrency { return .full }
        let cost = Double(cost)
        refill(at: now)
        if let usable, let resetsAt, usable < cost {
            // A request dearer than the whole budget may go when nothing of the window is spent: else it never could.
            let isWholeBudget = Double((limit ?? 0) - reserve) < cost && requestsInWindow == 0
            if !isWholeBudget {
                return .wait(
                    until: resetsAt + Self.resetMargin,
                    because: "The budget of \(id.bucket) is spent (\(Int(remaining ?? 0)) of \(limit ?? 0) left, "
                        + "\(reserve) reserved).", isPacing: false)
            }
        } else if credit < min(cost, bucketSize) {
            let rate = refillRate(at: now)
            let missing = min(cost, bucketSize) - credit
            let wait = rate > 0 ? missing / rate : resetsAt.map { max(0.001, ($0 - now).inSeconds) } ?? 1
            return .wait(
                until: now + .microseconds(Int64(max(0.001, min(wait, 86_400)) * 1e6)),
                because: "Requests are spread over the window of \(id.bucket).", isPacing: true)
        }
        credit -= cost
        inFlight += 1
        inFlightCost += cost
        requestsInWindow += 1
        return .go
    }

    /// A request has ended: what the provider said, and what it cost where known.
    package mutating func end(cost: Int, observations: [QuotaObservation], isSuccess: Bool, at now: Instant) {
        inFlight = max(0, inFlight - 1)
        inFlightCost = max(0, inFlightCost - Double(cost))
        let actual = observations.lazy.compactMap(\.cost).first ?? cost
        credit = min(bucketSize, credit + Double(cost - actual))
        spending.add(Double(actual), at: now)
        if remaining != nil { remaining = max(0, (remaining ?? 0) - Double(actual)) }
        for observation in observations { learn(observation, at: now) }
        if isSuccess { growConcurrency() }
    }

    /// A request was not sent after all (the wait was interrupted, the link failed before sending).
    package mutating func cancel(cost: Int) {
        inFlight = max(0, inFlight - 1)
        inFlightCost = max(0, inFlightCost - Double(cost))
        credit = min(bucketSize, credit + Double(cost))
        requestsInWindow = max(0, requestsInWindow - 1)
    }

    // MARK: Learning

    private mutating func learn(_ seen: QuotaObservation, at now: Instant) {
        if seen.isSecondary {
            concurrency = 1
            successesSinceCut = 0
        }
        if let retryAfter = seen.retryAfter {
            let until = now + min(max(.zero, retryAfter), .days(1)) + Self.resetMargin
            if until > blockedUntil ?? .epoch {
                blockedUntil = until
                blockedBecause = "The provider asked to wait \(Int(retryAfter.inSeconds.rounded(.up))) s."
            }
        }
        // 0 of 0, and limits without a remainder, say nothing.
        guard let seenLimit = seen.limit, seenLimit > 0, let seenRemaining = seen.remaining else { return }
        guard let statedReset = seen.resetsIn else {
            gauge = (seenLimit, seenRemaining)
            if seenRemaining == 0, seen.retryAfter == nil {
                blockedUntil = max(blockedUntil ?? now, now + Self.resetMargin)
                blockedBecause = "Nothing is left of \(id.bucket) (\(seenLimit))."
            }
            return
        }
        let length = seen.window ?? window ?? policy.window
        let resetsIn = min(max(.zero, statedReset), length)
        let end = now + resetsIn
        let isSameWindow = resetsAt.map { abs(($0 - end).inSeconds) <= max(2, length.inSeconds * 0.02) } ?? false
        let available = max(0, Double(seenRemaining) - inFlightCost)
        if isSameWindow, let remaining {
            // Answers overtake each other: within a window the remainder only shrinks.
            self.remaining = min(remaining, available)
        } else {
            if resetsAt.map({ $0 <= now }) ?? true { requestsInWindow = 1 }
            remaining = available
            resetsAt = end
            creditAt = now
        }
        limit = seenLimit
        window = length
    }

    /// Starts a new window when the present one is over: its budget is whole again until the provider says otherwise.
    private mutating func expireWindow(at now: Instant) {
        guard let end = resetsAt, now >= end + Self.resetMargin, let limit else { return }
        remaining = max(0, Double(limit) - inFlightCost)
        resetsAt = now + (window ?? policy.window)
        requestsInWindow = 0
        credit = min(max(credit, 0), bucketSize)
        creditAt = now
    }

    /// After a cut, every twenty successes allow one more request at a time.
    private mutating func growConcurrency() {
        guard concurrency < policy.concurrency else { return }
        successesSinceCut += 1
        if successesSinceCut >= 20 {
            concurrency += 1
            successesSinceCut = 0
        }
    }

    // MARK: Pacing

    /// Points that may still be spent in this window; `nil` while unknown.
    private var usable: Double? {
        guard limit != nil, let remaining else { return nil }
        return remaining - Double(reserve) - inFlightCost
    }

    private var bucketSize: Double {
        guard let limit else { return policy.burst }
        return max(1, min(policy.burst, Double(limit) * policy.burstShare))
    }

    /// Points a second.
    private func refillRate(at now: Instant) -> Double {
        guard let usable, let resetsAt else { return policy.unknownRate }
        // A little faster than even, so that the last points of a window find their time.
        let left = max(0.5, (resetsAt - now).inSeconds * 0.98 - 1)
        return max(0, usable - max(0, credit)) / left
    }

    private mutating func refill(at now: Instant) {
        defer { creditAt = now }
        guard let creditAt, now > creditAt else { return }
        let refilled = credit + refillRate(at: creditAt) * (now - creditAt).inSeconds
        credit = min(bucketSize, refilled)
    }

    // MARK: Telling

    package func status(sources: [SourceID], waiting: Int, at now: Instant) -> QuotaStatus {
        let spent = spending.perMinute(at: now)
        let blocked = blockedUntil.flatMap { $0 > now ? $0 : nil }
        var runsOutAt: Instant?
        if let usable, spent > 0, let resetsAt {
            let end = now + .microseconds(Int64(min(86_400, max(0, usable) / spent * 60) * 1e6))
            if end < resetsAt { runsOutAt = end }
        }
        let rate = limit == nil ? nil : refillRate(at: now) * 60
        return QuotaStatus(
            id: id, sources: sources, limit: limit ?? gauge?.limit,
            remaining: remaining.map { Int($0) } ?? gauge?.remaining, reserve: reserve,
            windowStartedAt: resetsAt.flatMap { end in window.map { end - $0 } }, resetsAt: resetsAt,
            blockedUntil: blocked, blockedBecause: blocked == nil ? nil : blockedBecause, allowedPerMinute: rate,
            spentPerMinute: spent, runsOutAt: runsOutAt, inFlight: inFlight, concurrency: concurrency,
            waiting: waiting, requests: requestsInWindow, history: spending.history(at: now))
    }

    /// What another process may take up.
    package var knowledge: StoredKnowledge {
        StoredKnowledge(
            limit: limit, remaining: remaining.map { Int($0) }, resetsAt: resetsAt, window: window,
            blockedUntil: blockedUntil)
    }
}

/// Points spent in each of the last thirty minutes.
package struct SpendingHistory: Sendable, Hashable {
    private var buckets = [Double](repeating: 0, count: 30)
    private var minute: Int64 = 0

    private mutating func advance(to now: Instant) {
        let current = now.seconds / 60
        guard current > minute else { return }
        let steps = min(Int64(buckets.count), current - minute)
        buckets.removeFirst(Int(steps))
        buckets.append(contentsOf: repeatElement(0, count: Int(steps)))
        minute = current
    }

    mutating func add(_ points: Double, at now: Instant) {
        advance(to: now)
        buckets[buckets.count - 1] += points
    }

    /// The rate over this minute and the one before it.
    func perMinute(at now: Instant) -> Double {
        let buckets = history(at: now)
        let part = Double(now.seconds % 60 + 1) / 60
        return (buckets[buckets.count - 1] + buckets[buckets.count - 2]) / (1 + part)
    }

    func history(at now: Instant) -> [Double] {
        var copy = self
        copy.advance(to: now)
        return copy.buckets
    }
}
