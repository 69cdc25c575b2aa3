/// How telling a receiver of alerts goes.
package struct ReceiverStatus: Sendable, Hashable, Codable {
    package var name: String
    /// `webhook` or `mail`.
    package var way: String
    /// Messages that are due and not delivered yet.
    package var waiting: Int
    /// Alerts that came back soon after they were told of: they are told when the time between is over.
    package var heldBack: Int
    package var lastDeliveredAt: Instant?
    /// Since when the oldest message that failed waits; `nil` while none does.
    package var failingSince: Instant?
    /// Why the last message that failed did, as a sentence; `nil` while none waits that did.
    package var failure: String?
    /// When the first of those is tried again; `nil` while none waits.
    package var nextTryAt: Instant?
    /// Messages that were given up within a week.
    package var givenUp: Int

    package init(
        name: String, way: String, waiting: Int = 0, heldBack: Int = 0, lastDeliveredAt: Instant? = nil,
        failingSince: Instant? = nil, failure: String? = nil, nextTryAt: Instant? = nil, givenUp: Int = 0
    ) {
        self.name = name
        self.way = way
        self.waiting = waiting
        self.heldBack = heldBack
        self.lastDeliveredAt = lastDeliveredAt
        self.failingSince = failingSince
        self.failure = failure
        self.nextTryAt = nextTryAt
        self.givenUp = givenUp
    }
}

extension NotifyReceiver {
    /// `webhook` or `mail`.
    package var wayName: String {
        switch way {
        case .webhook: "webhook"
        case .mail: "mail"
        }
    }
}
