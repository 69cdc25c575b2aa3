package import PulseDomain

/// One quota as it is known, and the decision whether a request may go now. Pure: time comes in, decisions go out. The
/// time never goes back (``SteadyTime``).
///
/// Pacing is a token bucket whose rate is what is left of the budget over what is left of the window: bursts are quick,
/// and a budget under continuous demand is spent when the window ends. A request passes while the bucket is not empty
/// and may leave it in debt, so that dear requests are not starved by cheap ones. What is under way counts as spent.
package struct QuotaState: Sendable, Codable {
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
    /// Refusals one after the other that did not say how long to wait.
    private var refusalsInARow = 0
    /// The window was begun by us when the one before it ended, or taken up from an earlier process: what the provider
    /// says comes first.
    private var isGuessed = false
    /// Grows with every window: tells which one a request was sent in.
    package private(set) var windowNumber = 0
    /// Points that a request costs on average, learned from what answers told.
    private(set) var usualCost = 1.0
    private(set) var inFlight = 0
    private(set) var inFlightCost = 0.0
    private(set) var concurrency: Int
    private(set) var requestsInWindow = 0
    /// A limit that was stated without a window: shown, and heeded when nothing of it is left.
    private var gauge: Gauge?
    private struct Gauge: Codable {
        var limit: Int
        var remaining: Int
    }
    private var successesSinceCut = 0
    private var credit: Double
    private var creditAt: Instant?
    private(set) var spending: SpendingHistory

    /// Our clock and the provider's differ, and its reset times are whole seconds.
    static let resetMargin: Duration = .seconds(1)
    /// A provider that asks to wait longer is asked again after this.
    static let longestBlock: Duration = .days(1)
    /// The wait after a refusal that states no end; doubled with each one that follows it. GitHub's rules ask for a
    /// minute at least, then for exponentially longer ones (FACTS §1.1, "secondary limit").
    static let firstUnstatedBlock: Duration = .minutes(1)
    static let longestUnstatedBlock: Duration = .minutes(30)

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
            block(for: min(until - now, Self.longestBlock), because: "The provider asked to wait.", at: now)
        }
        guard let end = stored.resetsAt, end > now else { return }
        limit = stored.limit
        remaining = stored.remaining.map(Double.init)
        window = stored.window
        resetsAt = min(end, now + (window ?? policy.window))
        isGuessed = true
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

    /// Asks to send a request of `cost` points now. `.go` counts it as under way:
    /// ``end(cost:sentIn:observations:isSuccess:at:)`` or ``abandon(cost:wasSent:)`` has to follow, with the same cost.
    package mutating func admit(cost: Int, at now: Instant) -> Admission {
        followClock(at: now)
        if let until = blockedUntil {
            return .wait(until: until, because: blockedBecause ?? "The provider asked to wait.", isPacing: false)
        }
        if inFlight >= concurrency { return .full }
        let cost = Double(cost)
        refill(at: now)
        if let usable, let resetsAt, usable < cost {
            // A request dearer than the whole budget may go when nothing of the window is spent: else it never could.
            let isWholeBudget = Double((limit ?? 0) - reserve) < cost && requestsInWindow == 0 && inFlight == 0
            if !isWholeBudget {
                return .wait(
                    until: resetsAt + Self.resetMargin,
                    because: "The budget of \(id.bucket) is spent (\(Int(remaining ?? 0)) of \(limit ?? 0) left, "
                        + "\(reserve) reserved).", isPacing: false)
            }
        } else if credit < 1 {
            let rate = refillRate(at: now)
            let wait = rate > 0 ? (1 - credit) / rate : resetsAt.map { ($0 - now).inSeconds } ?? 1
            return .wait(
                until: now + .microseconds(Int64(max(0.001, min(wait, 86_400)) * 1e6)),
                because: pacedSentence(at: now), isPacing: true)
        }
        credit -= cost
        inFlight += 1
        inFlightCost += cost
        requestsInWindow += 1
        return .go
    }

    /// A request has ended: what the provider said, and what it cost where known. `sentIn` is the ``windowNumber`` right
    /// after it was admitted. `asksToWait`: the provider refused it for a limit without saying until when.
    package mutating func end(
        cost: Int, sentIn: Int, observations: [QuotaObservation], isSuccess: Bool, asksToWait: Bool = false,
        at now: Instant
    ) {
        inFlight = max(0, inFlight - 1)
        inFlightCost = max(0, inFlightCost - Double(cost))
        let wasBlocked = blockedUntil.map { $0 > now } ?? false
        let actual = observations.lazy.compactMap(\.cost).first ?? cost
        credit = min(bucketSize, credit + Double(cost - actual))
        spending.add(Double(actual), at: now)
        var isTold = false
        for observation in observations where learn(observation, sentIn: sentIn, at: now) { isTold = true }
        // An answer that tells what is left has its own cost in it; others count for what they cost.
        if !isTold, let remaining { self.remaining = max(0, remaining - Double(actual)) }
        if asksToWait {
            // Refusals of requests that were under way when the first one came belong to it.
            if !wasBlocked || refusalsInARow == 0 { refusalsInARow += 1 }
            blockLonger(at: now)
        }
        guard isSuccess else { return }
        growConcurrency()
        // A success that was sent before the refusal says nothing about it.
        if !wasBlocked { refusalsInARow = 0 }
    }

    /// What the provider said in an answer to a request that was not admitted here.
    package mutating func observe(_ observations: [QuotaObservation], at now: Instant) {
        for observation in observations { _ = learn(observation, sentIn: windowNumber, at: now) }
    }

    /// A request ended without an answer (interrupted, cancelled). One that was sent counts as spent.
    package mutating func abandon(cost: Int, wasSent: Bool) {
        inFlight = max(0, inFlight - 1)
        inFlightCost = max(0, inFlightCost - Double(cost))
        if wasSent {
            remaining = remaining.map { max(0, $0 - Double(cost)) }
        } else {
            credit = min(bucketSize, credit + Double(cost))
            requestsInWindow = max(0, requestsInWindow - 1)
        }
    }

    // MARK: Learning

    /// Whether so many places more than are taken are free, and nothing holds requests back.
    func isAtEase(placesLeft: Int) -> Bool {
        blockedUntil == nil && refusalsInARow == 0 && concurrency == policy.concurrency
            && inFlight <= concurrency - placesLeft
    }

    /// Whether an answer says nothing that is news: no wait, no other limit or window than is known, much of it left.
    func expects(_ seen: QuotaObservation) -> Bool {
        guard !seen.isSecondary, seen.retryAfter == nil else { return false }
        guard let seenLimit = seen.limit, seenLimit > 0, let left = seen.remaining else { return true }
        guard left > seenLimit / 2 else { return false }
        return seen.resetsIn == nil || (limit == seenLimit && !isGuessed && remaining != nil)
    }

    /// Whether the answer told what is left.
    private mutating func learn(_ seen: QuotaObservation, sentIn: Int, at now: Instant) -> Bool {
        if seen.isSecondary {
            concurrency = 1
            successesSinceCut = 0
        }
        if let retryAfter = seen.retryAfter {
            block(
                for: min(max(.zero, retryAfter), Self.longestBlock) + Self.resetMargin,
                because: "The provider asked to wait \(Int(retryAfter.inSeconds.rounded(.up))) s.", at: now)
        }
        // 0 of 0, and limits without a remainder, say nothing.
        guard let seenLimit = seen.limit, seenLimit > 0, let seenRemaining = seen.remaining else { return false }
        guard let statedReset = seen.resetsIn else {
            gauge = Gauge(limit: seenLimit, remaining: seenRemaining)
            if seenRemaining <= 0, seen.retryAfter == nil {
                block(for: Self.resetMargin, because: "Nothing is left of \(id.bucket) (\(seenLimit)).", at: now)
            }
            return false
        }
        let length = seen.window ?? window ?? policy.window
        let resetsIn = min(max(.zero, statedReset), length)
        let end = now + resetsIn
        let stated = Double(min(max(0, seenRemaining), seenLimit))
        if let known = resetsAt, let remaining {
            let tolerance = Duration.seconds(max(2, length.inSeconds * 0.02))
            // An answer of the window before, overtaken by answers of this one.
            if sentIn != windowNumber, known - end > tolerance { return true }
            if !isGuessed, end - known <= tolerance, known - end <= tolerance {
                // Answers overtake each other: within a window the remainder only shrinks.
                if stated < remaining {
                    usualCost += (min(remaining - stated, Double(seenLimit) / 10) - usualCost) * 0.1
                }
                self.remaining = min(remaining, stated)
            } else {
                if end - known > tolerance { windowNumber += 1 }
                if known <= now { requestsInWindow = 1 }
                self.remaining = stated
                creditAt = now
                isGuessed = false
            }
        } else {
            requestsInWindow = 1
            remaining = stated
            creditAt = now
        }
        resetsAt = end
        limit = seenLimit
        window = length
        return true
    }

    private mutating func block(for duration: Duration, because: String, at now: Instant) {
        guard now + duration > blockedUntil ?? .epoch else { return }
        blockedUntil = now + duration
        blockedBecause = because
    }

    /// Waits longer with each refusal in a row.
    private mutating func blockLonger(at now: Instant) {
        let wait = min(Self.firstUnstatedBlock * (1 << min(refusalsInARow - 1, 10)), Self.longestUnstatedBlock)
        let times = refusalsInARow == 1 ? "" : ", \(refusalsInARow) times in a row"
        block(
            for: wait + Self.resetMargin,
            because: "The provider asked to wait without saying how long\(times).", at: now)
    }

    /// Ends what is over.
    private mutating func followClock(at now: Instant) {
        if let until = blockedUntil, until <= now {
            blockedUntil = nil
            blockedBecause = nil
        }
        guard let end = resetsAt, let limit else { return }
        let length = window ?? policy.window
        if now >= end + Self.resetMargin {
            // The budget is whole again until the provider says otherwise.
            remaining = Double(limit)
            resetsAt = now + length
            isGuessed = true
            windowNumber += 1
            requestsInWindow = 0
            credit = min(max(credit, 0), bucketSize)
            creditAt = now
        }
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
        return max(0, usable - credit) / left
    }

    private mutating func refill(at now: Instant) {
        defer { creditAt = now }
        guard let creditAt, now > creditAt else { return }
        let refilled = credit + refillRate(at: creditAt) * (now - creditAt).inSeconds
        credit = min(bucketSize, refilled)
    }

    // MARK: Telling

    private func pacedSentence(at now: Instant) -> String {
        guard limit != nil, let resetsAt, resetsAt > now else { return "Requests to \(id.bucket) are paced." }
        let seconds = Int((resetsAt - now).inSeconds.rounded(.up))
        let text = seconds < 120 ? "\(seconds)s" : "\(Int((Double(seconds) / 60).rounded()))m"
        return "Requests are paced: \(id.bucket) lasts until the reset in \(text)."
    }

    /// When nothing is left to spend, at the rate that pacing lets through; `nil` when it lasts until the reset, and
    /// while nothing is sent. Only what the bucket holds may go faster than pacing.
    private func runsOut(spending spent: Double, allowed: Double, at now: Instant) -> Instant? {
        guard let usable, spent > 0, let resetsAt else { return nil }
        guard usable >= 1 else { return resetsAt > now ? now : nil }
        guard spent > allowed, max(0, credit) / (spent - allowed) * spent >= usable else { return nil }
        let end = now + .microseconds(Int64(min(86_400, usable / spent * 60) * 1e6))
        return end < resetsAt ? end : nil
    }

    package func status(sources: [SourceID], waiting: Int, at now: Instant) -> QuotaStatus {
        if let end = resetsAt, now >= end + Self.resetMargin {
            // Nothing was sent since the window ended: the next one begins with the next request.
            var fresh = self
            fresh.followClock(at: now)
            fresh.resetsAt = nil
            return fresh.status(sources: sources, waiting: waiting, at: now)
        }
        let spent = spending.perMinute(at: now)
        let blocked = blockedUntil.flatMap { $0 > now ? $0 : nil }
        let rate = limit == nil ? nil : refillRate(at: now) * 60
        return QuotaStatus(
            id: id, sources: sources, limit: limit ?? gauge?.limit,
            remaining: remaining.map { Int($0) } ?? gauge?.remaining, reserve: reserve,
            windowStartedAt: resetsAt.flatMap { end in window.map { end - $0 } }, resetsAt: resetsAt,
            blockedUntil: blocked, blockedBecause: blocked == nil ? nil : blockedBecause, allowedPerMinute: rate,
            spentPerMinute: spent, runsOutAt: runsOut(spending: spent, allowed: rate ?? 0, at: now), inFlight: inFlight,
            concurrency: concurrency,
            waiting: waiting, requests: requestsInWindow, history: spending.history(at: now))
    }

    /// What another process may take up.
    package var knowledge: StoredKnowledge {
        StoredKnowledge(
            limit: limit, remaining: remaining.map { Int($0) }, resetsAt: resetsAt, window: window,
            blockedUntil: blockedUntil)
    }
}
