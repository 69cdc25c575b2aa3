package import PulseDomain

/// The way of messages to one receiver.
package protocol AlertSender: Sendable {
    /// Tries once. Cancellation ends it; the receiver may have got it all the same.
    ///
    /// - Parameter now: The time of this try.
    func send(_ message: AlertMessage, now: Instant) async -> DeliveryAnswer
}

/// What came of a try.
package enum DeliveryAnswer: Sendable, Hashable {
    /// The receiver has it. What it said, for a person: `HTTP 204`.
    case accepted(String)
    /// It may go better later, not before `after`. Why, as a sentence.
    case failed(String, after: Duration? = nil)
    /// The receiver wants no more. Why, as a sentence.
    case refused(String)
}
