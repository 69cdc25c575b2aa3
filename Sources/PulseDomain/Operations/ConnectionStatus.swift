/// How a console stands with the gateway that it works through.
package struct ConnectionStatus: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// The first connection is being made.
        case connecting
        /// Events arrive as they happen.
        case live
        /// Events do not arrive: why, as a sentence, and when the next try begins.
        case reconnecting(nextTryAt: Instant, because: String)
        /// It is not tried again: why, as a sentence.
        case ended(because: String)
    }

    package var state: State
    /// Since when what is shown may be out of date; `nil` while live.
    package var staleSince: Instant?
    /// How long the last answer took; `nil` before the first.
    package var roundTrip: Duration?

    package init(state: State = .connecting, staleSince: Instant? = nil, roundTrip: Duration? = nil) {
        self.state = state
        self.staleSince = staleSince
        self.roundTrip = roundTrip
    }
}
