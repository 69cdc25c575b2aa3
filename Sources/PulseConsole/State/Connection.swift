import PulseDomain

/// How the console stands with the engine. Times are on the console's own clock.
enum Connection: Hashable, Sendable {
    /// No answer yet.
    case connecting
    /// Events arrive.
    case live
    /// The link was lost; what is shown grows old. `since`: when that was known, or, with a gateway between, when that
    /// was heard last; `retryAt`: when it is tried
    /// again, for the `attempt`th time.
    case lost(Failure, since: Duration, retryAt: Duration, attempt: Int)
}
