/// How a console stands with the gateway that it works through.
package struct ConnectionStatus: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// The first connection is being made.
        case connecting
        /// Events arrive as they happen.
        case live
        /// Events do not arrive: why, when the next try begins, and which one that is since the connection was lost (1:
        /// the first).
        case reconnecting(nextTryAt: Instant, attempt: Int, because: Failure)
        /// It is not tried again, because that would not help.
        case ended(because: Failure)
    }

    package var state: State
    /// Since when what is shown may be out of date: the last moment at which the gateway was heard; `nil` while live.
    package var staleSince: Instant?
    /// How long the last answer took; `nil` before the first.
    package var roundTrip: Duration?

    package init(state: State = .connecting, staleSince: Instant? = nil, roundTrip: Duration? = nil) {
        self.state = state
        self.staleSince = staleSince
        self.roundTrip = roundTrip
    }
}
