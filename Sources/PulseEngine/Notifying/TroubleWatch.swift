import PulseDomain
import PulseStore

/// Telling one receiver that the store fails: it cannot be queued in the store, so each engine tells it by itself.
struct TroubleWatch: Sendable {
    /// A store that was started anew is nothing to tell.
    private static let patience = Duration.minutes(2)

    private var alert: Alert?
    private var event = AlertEvent.raised
    private var dueAt: Instant?
    private var endedAt: Instant?
    /// When there is something to be tried; `nil`: nothing.
    private(set) var nextAt: Instant?
    private var attempts = 0
    private var isTold = false
    private var toldAt: Instant?
    private var recurrences = 0

    /// Notes what is so: `nil` while the store works.
    mutating func follow(_ present: Alert?, _ receiver: NotifyReceiver, _ telling: AlertTelling, at now: Instant) {
        if let present {
            // What is told stays the same for every try.
            if event == .raised, alert?.since == present.since { return }
            if toldAt != nil { recurrences += 1 }
            endedAt = nil
            let held = toldAt.map { $0 + telling.repeatsAfter } ?? present.since
            begin(.raised, of: present, at: max(present.since + Self.patience, held))
        } else if let alert, event == .raised {
            endedAt = now
            if isTold, receiver.tellsResolved {
                begin(.resolved, of: alert, at: now + telling.resolvedAfter)
            } else {
                (self.alert, dueAt, nextAt) = (nil, nil, nil)
            }
        }
    }

    private mutating func begin(_ event: AlertEvent, of alert: Alert, at due: Instant) {
        (self.event, self.alert, attempts, isTold) = (event, alert, 0, false)
        (dueAt, nextAt) = (due, due)
    }

    /// What is to be tried now.
    mutating func due(for receiver: NotifyReceiver, at now: Instant) -> Delivery? {
        guard let alert, let dueAt, let nextAt, nextAt <= now else { return nil }
        attempts += 1
        return Delivery(
            key: .init(receiver: receiver.name, alert: alert.id, since: alert.since, event: event), alert: alert,
            dueAt: dueAt, age: now - dueAt, queuedFor: now - alert.since, attempts: attempts, endedAt: endedAt,
            recurrences: recurrences, lastToldAt: recurrences > 0 ? toldAt : nil)
    }

    mutating func end(_ delivery: Delivery, _ end: DeliveryEnd, at now: Instant) {
        // The store may have come back meanwhile.
        guard delivery.key.event == event, delivery.key.since == alert?.since else { return }
        switch end {
        case .again(let next, _), .postponed(let next): nextAt = next
        case .givenUp: nextAt = nil
        case .delivered:
            nextAt = nil
            guard event == .raised else { return }
            (isTold, toldAt, recurrences) = (true, now, 0)
        }
    }
}

extension Engine {
    /// Tells what cannot be queued, when it is time; when it is to be looked at again.
    func tellTrouble(to receiver: NotifyReceiver, through sender: any AlertSender, _ notifier: Notifier) async
        -> Instant?
    {
        let name = receiver.name
        let present = status.trouble.flatMap { trouble in
            outage.since.map { AlertRules.trouble(trouble, since: $0) }
        }
        if let present, !receiver.wants(.raised, of: present, in: status.tenant) { return nil }
        receiverWatches[name]?.trouble.follow(present, receiver, notifier.telling, at: time.now)
        guard let delivery = receiverWatches[name]?.trouble.due(for: receiver, at: time.now) else {
            return receiverWatches[name]?.trouble.nextAt
        }
        let message = AlertMessage(of: delivery, tenant: status.tenant, advice: notifier.advice(delivery.alert))
        let time = time
        guard let answer = await unlessEnding({ await sender.send(message, now: time.now) }) else { return nil }
        let end = notifier.policy.end(of: delivery, answer: answer, at: time.now, using: random)
        receiverWatches[name]?.trouble.end(delivery, end, at: time.now)
        tell(end, of: delivery)
        return receiverWatches[name]?.trouble.nextAt
    }
}
