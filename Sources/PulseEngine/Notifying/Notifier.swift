package import PulseDomain
package import PulseStore

/// Who is told of alerts, through what, and for how long it is tried.
package struct Notifier: Sendable {
    package var telling: AlertTelling
    /// By the names of receivers.
    package var senders: [String: any AlertSender]
    package var policy: DeliveryPolicy
    /// The commands that help with an alert, as they are typed.
    package var advice: @Sendable (Alert) -> [String]

    package init(
        telling: AlertTelling, senders: [String: any AlertSender], policy: DeliveryPolicy = DeliveryPolicy(),
        advice: @escaping @Sendable (Alert) -> [String] = { _ in [] }
    ) {
        self.telling = telling
        self.senders = senders
        self.policy = policy
        self.advice = advice
    }

    var receivers: [NotifyReceiver] { telling.receivers }
}

/// What becomes of a message after a try.
package struct DeliveryPolicy: Sendable, Hashable {
    /// How long it is tried, from when it became due.
    package var givenUpAfter: Duration
    /// Between tries: about 5 s, 10 s, 20 s and so on, five minutes at most, each less by chance. A receiver that takes a
    /// message is sent all others at once.
    package var backoff: Backoff

    package init(
        givenUpAfter: Duration = .hours(24), backoff: Backoff = Backoff(base: .seconds(5), longest: .minutes(5))
    ) {
        self.givenUpAfter = givenUpAfter
        self.backoff = backoff
    }

    package func end(
        of delivery: Delivery, answer: DeliveryAnswer, at now: Instant, using random: SharedRandom
    ) -> DeliveryEnd {
        switch answer {
        case .accepted: return .delivered
        case .refused(let because): return .givenUp(because: because)
        case .failed(let because, let wish):
            let pause = random.use { backoff.wait(beforeRetry: delivery.attempts, using: &$0) }
            let next = now + max(pause, wish ?? .zero)
            return delivery.age + (next - now) > givenUpAfter
                ? .givenUp(because: because) : .again(at: next, because: because)
        }
    }
}
