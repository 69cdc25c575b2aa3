package import PulseDomain

/// A circuit breaker: after some failures in a row it lets nothing pass for a stated time, then one probe. Pure; the
/// time that is given to it never goes back (``SteadyTime``).
package struct BreakerState: Sendable, Hashable, Codable {
    /// When it opens and for how long.
    package struct Policy: Sendable, Hashable, Codable {
        /// Failures in a row that open it, 1 or more.
        package var threshold: Int
        /// How long it stays open the first time; doubled with each failed probe.
        package var firstPause: Duration
        package var longestPause: Duration

        package init(threshold: Int = 5, firstPause: Duration = .seconds(30), longestPause: Duration = .minutes(10)) {
            self.threshold = threshold
            self.firstPause = firstPause
            self.longestPause = longestPause
        }
    }

    /// Whether a request may be sent.
    package enum Admission: Sendable, Hashable {
        /// `isProbe`: its outcome decides whether the breaker closes.
        case go(isProbe: Bool)
        case wait(until: Instant, because: String)
    }

    /// A probe without an outcome is given up after this.
    private static let longestProbe: Duration = .minutes(2)

    private let policy: Policy
    private(set) var status: BreakerStatus
    private var pause: Duration
    /// A probe is under way, and is given up after this.
    private var probeUntil: Instant?

    package init(source: SourceID, endpoint: EndpointID, policy: Policy = Policy()) {
        self.policy = policy
        status = BreakerStatus(source: source, endpoint: endpoint)
        pause = policy.firstPause
    }

    /// Takes up what an earlier process knew.
    package init(restoring status: BreakerStatus, policy: Policy = Policy()) {
        self.policy = policy
        self.status = status
        let left = status.probesAt.flatMap { probesAt in status.openedAt.map { probesAt - $0 } }
        pause = min(max(left ?? policy.firstPause, policy.firstPause), policy.longestPause)
        if status.position == .halfOpen { self.status.position = .open }
    }

    /// Whether it is as it was made.
    package var isAtRest: Bool {
        status == BreakerStatus(source: status.source, endpoint: status.endpoint) && pause == policy.firstPause
            && probeUntil == nil
    }

    /// Asks to send a request now. One that is let through has to end in ``succeed()``, ``fail(_:isProbe:at:)`` or
    /// ``abandon(isProbe:at:)``.
    package mutating func admit(at now: Instant) -> Admission {
        switch status.position {
        case .closed: return .go(isProbe: false)
        case .open:
            if let probesAt = status.probesAt, probesAt > now { return .wait(until: probesAt, because: sentence) }
            status.position = .halfOpen
            status.probesAt = nil
        case .halfOpen:
            if let probeUntil, probeUntil > now {
                return .wait(until: min(probeUntil, now + .seconds(2)), because: sentence)
            }
        }
        probeUntil = now + Self.longestProbe
        return .go(isProbe: true)
    }

    /// The endpoint answered; whether the position changed.
    package mutating func succeed() -> Bool {
        let changed = status.position != .closed
        status = BreakerStatus(source: status.source, endpoint: status.endpoint)
        pause = policy.firstPause
        probeUntil = nil
        return changed
    }

    /// The endpoint failed; whether the position changed.
    package mutating func fail(_ sentence: String, isProbe: Bool, at now: Instant) -> Bool {
        status.failures += 1
        status.because = sentence
        switch status.position {
        case .closed:
            guard status.failures >= policy.threshold else { return false }
            status.openedAt = now
        case .halfOpen:
            // A request that was sent before the breaker opened says nothing about now.
            guard isProbe else { return false }
            pause = min(pause * 2, policy.longestPause)
        case .open: return false
        }
        status.position = .open
        status.probesAt = now + pause
        probeUntil = nil
        return true
    }

    /// The request was given up without an answer of either kind (cancelled).
    package mutating func abandon(isProbe: Bool, at now: Instant) {
        guard isProbe, status.position == .halfOpen else { return }
        status.position = .open
        status.probesAt = now
        probeUntil = nil
    }

    private var sentence: String {
        "\(status.endpoint) of \(status.source) failed \(status.failures) times in a row: \(status.because ?? "")"
    }
}
