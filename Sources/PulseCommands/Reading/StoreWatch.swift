import PulseDomain
import PulseStore

/// What a command that looks at a shared store again and again knows of the store: since when what it shows is stale.
struct StoreWatch {
    /// How often it is looked at.
    static let interval = Duration.seconds(2)
    /// After an outage engines take some time to connect again: nobody has ended because nobody is seen.
    private static let grace = Duration.seconds(30)

    private var seenAt: Instant
    private var isLost = false
    private var backAt: Instant?

    /// Begins with a look that succeeded.
    init(_ now: Instant) { seenAt = now }

    /// Whether looking again may be all that it takes.
    static func isOutage(_ error: any Error) -> Bool {
        switch error {
        case PostgresAccessError.unreachable: true
        case let error as StoreError: error.isOutage
        case let failure as Failure: ["store.unreachable", "store.locked"].contains(failure.code)
        default: false
        }
    }

    /// What is to be said of a look that failed; `nil` when it was said before.
    mutating func failed(because error: any Error) -> String? {
        guard !isLost else { return nil }
        isLost = true
        let time = seenAt.iso8601.dropFirst(11).prefix(8)
        let sentence = CommandError(describing: error).lines.first ?? ""
        return "pulse: Stale since \(time), trying again. \(sentence)"
    }

    /// What is to be said of a look that succeeded; `nil` when nothing is new.
    mutating func answered(at now: Instant) -> String? {
        seenAt = now
        guard isLost else { return nil }
        (isLost, backAt) = (false, now)
        return "pulse: The store answers again."
    }

    /// Whether there is something to wait for: an engine, or one that may still come back.
    func goesOn(isRunning: Bool, at now: Instant) -> Bool {
        isRunning || backAt.map { now >= $0 && now - $0 < Self.grace } ?? false
    }
}
