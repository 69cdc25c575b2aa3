import PulseDomain
import PulseStore

// The engine that leads tells receivers of alerts. What they are to be told is stored with the alerts, so that neither a
// restart nor a take-over loses or doubles it; who dies while he tells it leaves it to be told again, by the same id.

/// What an engine knows of messages to one receiver.
struct ReceiverWatch: Sendable {
    /// When the next message is due; `nil` while none waits.
    var dueAt: Instant?
    /// Whether the store is asked, or the receiver told.
    var isUnderWay = false
    /// Until when the receiver wished not to be tried; `nil`: it never did.
    var wishedUntil: Instant?
    /// How tries ended that the store does not know of yet: it is told before anything is sent again.
    var unstored: [(delivery: Delivery, end: DeliveryEnd)] = []
    /// That the store fails, which cannot be queued in it.
    var trouble = TroubleWatch()
}

extension Engine {
    /// Messages under way to a receiver side by side.
    private static let deliveriesAtOnce = 4
    /// How long a message is one engine's, after it took it: longer than any try takes.
    private static let deliveryLease = Duration.minutes(2)
    /// Before it is looked again whether a job that is tried again has come through.
    private static let undecided = Duration.minutes(2)

    /// Delivers what is due until the engine is told to end, or has ended. No receiver waits for another.
    func deliverAlerts() async {
        guard let notifier else { return }
        await withDiscardingTaskGroup { group in
            for receiver in notifier.receivers {
                group.addTask { await self.deliverAlerts(to: receiver, notifier) }
            }
        }
    }

    private func deliverAlerts(to receiver: NotifyReceiver, _ notifier: Notifier) async {
        let name = receiver.name
        guard let queued = receiverWakes[name], let sender = notifier.senders[name] else { return }
        while !stopping.isRaised, !ended.isRaised, !Task.isCancelled {
            queued.lower()
            receiverWatches[name, default: ReceiverWatch()].isUnderWay = true
            let lookAgain = await tellTrouble(to: receiver, through: sender, notifier)
            let due = await deliverDue(receiver, through: sender, notifier)
            let next = [lookAgain, due].compactMap(\.self).min()
            receiverWatches[name]?.isUnderWay = false
            receiverWatches[name]?.dueAt = next
            // Who waits for everything to be done looks again.
            wake.raise()
            guard (try? await time.sleep(until: next, unless: queued)) != nil else { return }
        }
    }

    /// Something may be to be delivered, or everything is to end.
    func wakeDeliveries() {
        for signal in receiverWakes.values { signal.raise() }
    }

    /// Whether a message is due that was not tried yet.
    func hasDeliveriesDue(at now: Instant) -> Bool {
        receiverWatches.contains { name, watch in
            if watch.isUnderWay || receiverWakes[name]?.isRaised == true { return true }
            return leads(at: now) && watch.dueAt.map { $0 <= now } ?? false
        }
    }

    /// Delivers what is due; when the next message is. While another engine leads, that is looked at again soon.
    private func deliverDue(
        _ receiver: NotifyReceiver, through sender: any AlertSender, _ notifier: Notifier
    ) async -> Instant? {
        let (now, returned) = (time.now, reach.returned)
        do {
            try await storeEnds(of: receiver.name)
            guard leads(at: now) else {
                try await look(at: receiver)
                return now + settings.lease * 0.5
            }
            let due = try await store.claimDeliveries(
                to: receiver.name, at: now, lease: Self.deliveryLease, limit: Self.deliveriesAtOnce)
            if !due.isEmpty { try await deliver(due, to: receiver.name, through: sender, notifier) }
            try await look(at: receiver)
            return try await store.nextDelivery(to: receiver.name, at: time.now)
        } catch {
            isInTrouble(error, before: returned)
            return time.now + .seconds(10)
        }
    }

    /// How telling receivers goes.
    func lookAtReceivers() async throws {
        for receiver in notifier?.receivers ?? [] { try await look(at: receiver) }
    }

    private func look(at receiver: NotifyReceiver) async throws {
        let found = try await store.receiverStatus(of: receiver.name, way: receiver.wayName, at: time.now)
        var known =
            status.receivers ?? (notifier?.receivers ?? []).map { ReceiverStatus(name: $0.name, way: $0.wayName) }
        guard let index = known.firstIndex(where: { $0.name == receiver.name }) else { return }
        known[index] = found
        guard known != status.receivers else { return }
        status.receivers = known
        changed.raise()
    }

    private func deliver(
        _ due: [Delivery], to name: String, through sender: any AlertSender, _ notifier: Notifier
    ) async throws {
        let (time, tenant) = (time, status.tenant)
        var problem: (any Error)?
        var works = false
        await withTaskGroup(of: (Delivery, DeliveryAnswer?).self) { group in
            for delivery in due {
                if isUndecided(delivery, at: time.now) {
                    receiverWatches[name]?.unstored.append((delivery, .postponed(until: time.now + Self.undecided)))
                    continue
                }
                let message = AlertMessage(of: delivery, tenant: tenant, advice: notifier.advice(delivery.alert))
                group.addTask {
                    // Whoever leads next tells it again: nobody waits for a slow receiver to end.
                    let answer = await self.unlessEnding { await sender.send(message, now: time.now) }
                    return (delivery, answer)
                }
            }
            for await case (let delivery, let answer?) in group {
                let end = notifier.policy.end(of: delivery, answer: answer, at: time.now, using: random)
                receiverWatches[name]?.unstored.append((delivery, end))
                if end == .delivered { works = true }
                if case .failed(_, let wish?) = answer { receiverWatches[name]?.wishedUntil = time.now + wish }
                // The others are sent whatever the store says.
                do { try await storeEnds(of: name) } catch { problem = error }
            }
        }
        if let problem { throw problem }
        try await storeEnds(of: name)
        // What it did not take while it was away need not wait for its time.
        guard works else { return }
        let due = max(time.now, receiverWatches[name]?.wishedUntil ?? time.now)
        try await store.hastenDeliveries(to: name, due: due, at: time.now)
    }

    /// Whether it would tell the end of what may not be over: a job that failed is being tried again.
    private func isUndecided(_ delivery: Delivery, at now: Instant) -> Bool {
        let vanishes = delivery.alert.kind == .jobFailed || delivery.alert.kind == .suspiciousSuccess
        guard delivery.key.event == .resolved, vanishes, let entry = delivery.alert.job.flatMap({ entries[$0] }),
            let run = entry.run, !run.state.name.isFinal
        else { return false }
        return entry.lastSuccessAt.map { now - $0 > delivery.queuedFor } ?? true
    }

    /// Stores how tries ended. What the store does not take is kept: it may have arrived.
    private func storeEnds(of name: String) async throws {
        while let (delivery, end) = receiverWatches[name]?.unstored.first {
            try await store.endDelivery(delivery, end, at: time.now)
            receiverWatches[name]?.unstored.removeFirst()
            tell(end, of: delivery)
        }
    }

    func tell(_ end: DeliveryEnd, of delivery: Delivery) {
        var facts: [LogLine.Fact] = []
        let (level, message): (LogLevel, String)
        switch end {
        case .delivered: (level, message) = (.info, "An alert was delivered.")
        case .postponed: return
        case .again(let next, let because):
            // Told once: the state of receivers says the rest.
            guard delivery.attempts == 1 else { return }
            (level, message) = (.warning, "An alert could not be delivered, and is tried again.")
            facts = [.init("failure", because), .init("next", next.iso8601ToSecond)]
        case .givenUp(let because):
            (level, message) = (.error, "An alert was not delivered, and is given up.")
            facts = [.init("failure", because)]
        }
        logs.add(
            level, job: delivery.alert.job, message,
            [
                .init("receiver", delivery.key.receiver), .init("alert", delivery.key.alert),
                .init("event", delivery.key.event.rawValue), .init("tries", "\(delivery.attempts)"),
            ] + facts)
    }

    /// What `body` returns, unless the engine is to end before; `nil` then.
    nonisolated func unlessEnding<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value? {
        let signals = [stopping, ended]
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask { await body() }
            for signal in signals {
                group.addTask {
                    // Cancelled: the answer came first.
                    try? await signal.wait()
                    return nil
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
