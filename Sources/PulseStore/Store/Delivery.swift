package import PulseDomain

/// Who is told of alerts, and how often of one that comes and goes.
package struct AlertTelling: Sendable, Hashable {
    package var receivers: [NotifyReceiver]
    /// What comes back sooner after a receiver was told of it is held back until then, unless it got worse.
    package var repeatsAfter: Duration
    /// That an alert is over is told when it has stayed away for so long.
    package var resolvedAfter: Duration

    package init(_ receivers: [NotifyReceiver], repeatsAfter: Duration = .zero, resolvedAfter: Duration = .zero) {
        self.receivers = receivers
        self.repeatsAfter = repeatsAfter
        self.resolvedAfter = resolvedAfter
    }

    package static let nobody = AlertTelling([])
}

/// A message about an alert that is on its way to a receiver.
package struct Delivery: Sendable, Hashable {
    /// What it is about, and for whom: there is one of each.
    package struct Key: Sendable, Hashable {
        package var receiver: String
        package var alert: String
        /// Since when the alert was there, or was as bad: one that comes back is another.
        package var since: Instant
        package var event: AlertEvent

        package init(receiver: String, alert: String, since: Instant, event: AlertEvent) {
            self.receiver = receiver
            self.alert = alert
            self.since = since
            self.event = event
        }
    }

    package var key: Key
    /// The alert as it was then.
    package var alert: Alert
    /// When it became due, on the clock that all engines go by: the same at every try.
    package var dueAt: Instant
    /// How long it had been due when it was claimed.
    package var age: Duration
    /// How long ago it was queued, when it was claimed.
    package var queuedFor: Duration
    /// Tries, the present one included.
    package var attempts: Int
    /// Since when the alert is over; `nil` while it is there.
    package var endedAt: Instant?
    /// How often the alert came back since the receiver was told of it.
    package var recurrences: Int
    /// When that was; `nil` when it was not told of it within a month.
    package var lastToldAt: Instant?

    package init(
        key: Key, alert: Alert, dueAt: Instant, age: Duration, queuedFor: Duration, attempts: Int,
        endedAt: Instant? = nil,
        recurrences: Int, lastToldAt: Instant?
    ) {
        self.key = key
        self.alert = alert
        self.dueAt = dueAt
        self.age = age
        self.queuedFor = queuedFor
        self.attempts = attempts
        self.endedAt = endedAt
        self.recurrences = recurrences
        self.lastToldAt = lastToldAt
    }
}

/// How a try to deliver a message ended.
package enum DeliveryEnd: Sendable, Hashable {
    case delivered
    /// It is tried again then; why it failed, as a sentence.
    case again(at: Instant, because: String)
    /// It was not tried, because it is too early; it is looked at again then.
    case postponed(until: Instant)
    /// It is never tried again.
    case givenUp(because: String)
}
