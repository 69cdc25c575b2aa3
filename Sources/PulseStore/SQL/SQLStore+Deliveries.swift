package import PulseDomain

extension SQLStore {
    /// How long messages are remembered.
    private static var deliveryMemory: Duration { .days(30) }

    /// What is told of an alert is told in its order: the end after the beginning, and what came back after what was.
    private static var isFirst: String {
        """
        NOT EXISTS (
            SELECT 1 FROM deliveries AS earlier
            WHERE earlier.tenant = message.tenant AND earlier.receiver = message.receiver
                AND earlier.alert = message.alert AND earlier.next_at IS NOT NULL
                AND (earlier.created_at, earlier.event) < (message.created_at, message.event))
        """
    }

    package func claimDeliveries(
        to receiver: String, at now: Instant, lease: Duration, limit: Int
    ) async throws -> [Delivery] {
        let tenant = tenant.rawValue
        return try await write { db in
            let shared = now + (try db.clockShift(now))
            let due = try db.rows(
                """
                SELECT * FROM deliveries AS message
                WHERE tenant = ? AND receiver = ? AND next_at <= ? AND \(Self.isFirst)
                ORDER BY created_at, alert, event LIMIT ?
                """, [tenant, receiver, shared, limit])
            return try due.compactMap { row -> Delivery? in
                let (alert, since): (String, Instant) = try (row["alert"], row["since"])
                let (event, seen): (String, Instant) = try (row["event"], row["next_at"])
                // Another engine may have been quicker.
                let isOurs =
                    try db.run(
                        """
                        UPDATE deliveries SET attempts = attempts + 1, next_at = ?
                        WHERE tenant = ? AND receiver = ? AND alert = ? AND since = ? AND event = ? AND next_at = ?
                        """, [shared + lease, tenant, receiver, alert, since, event, seen]) > 0
                guard isOurs else { return nil }
                let (dueAt, queuedAt): (Instant, Instant) = try (row["due_at"], row["created_at"])
                let recurrences: Int = try row["recurrences"]
                let endedAt: Instant? = try db.value(
                    """
                    SELECT max(ended_at) FROM alerts WHERE tenant = ?1 AND alert = ?2 AND NOT EXISTS (
                        SELECT 1 FROM alerts WHERE tenant = ?1 AND alert = ?2 AND ended_at IS NULL)
                    """, [tenant, alert])
                let toldAt: Instant? = try db.value(
                    """
                    SELECT max(ended_at) FROM deliveries
                    WHERE tenant = ? AND receiver = ? AND alert = ? AND event = 'raised' AND outcome = 'delivered'
                    """, [tenant, receiver, alert])
                return Delivery(
                    key: .init(receiver: receiver, alert: alert, since: since, event: try StoredValue.named(event)),
                    alert: try StoredValue.value(json: try row["document"] as String), dueAt: dueAt,
                    age: shared - dueAt, queuedFor: shared - queuedAt,
                    attempts: (try row["attempts"] as Int) + 1, endedAt: endedAt, recurrences: recurrences,
                    lastToldAt: recurrences > 0 ? toldAt : nil)
            }
        }
    }

    package func endDelivery(_ delivery: Delivery, _ end: DeliveryEnd, at now: Instant) async throws {
        let (tenant, key) = (tenant.rawValue, delivery.key)
        let isThis = "tenant = ? AND receiver = ? AND alert = ? AND since = ? AND event = ?"
        // Who comes late changes nothing of a message that somebody else has tried since; but that it arrived is so.
        let (isStillOurs, number) = ("\(isThis) AND next_at IS NOT NULL AND attempts = ?", delivery.attempts)
        try await write { db in
            let place: SQLArguments = [tenant, key.receiver, key.alert]
            let this = place + [key.since, key.event.rawValue]
            let shift = try db.clockShift(now)
            let shared = now + shift
            switch end {
            case .again(let next, let because):
                try db.run(
                    "UPDATE deliveries SET next_at = ?, failure = ? WHERE \(isStillOurs)",
                    [next + shift, because] + this + [number])
            case .postponed(let next):
                try db.run(
                    "UPDATE deliveries SET next_at = ?, due_at = ?, attempts = attempts - 1 WHERE \(isStillOurs)",
                    [next + shift, next + shift] + this + [number])
            case .delivered:
                let isNews = try db.run(
                    """
                    UPDATE deliveries SET next_at = NULL, ended_at = ?, outcome = 'delivered', failure = NULL
                    WHERE \(isThis) AND outcome IS DISTINCT FROM 'delivered'
                    """, [shared] + this)
                if isNews > 0, key.event == .raised { try db.holdBack(place, from: shared, isTold: true) }
            case .givenUp(let because):
                let isNews = try db.run(
                    """
                    UPDATE deliveries SET next_at = NULL, ended_at = ?, outcome = 'given_up', failure = ?
                    WHERE \(isStillOurs)
                    """, [shared, because] + this + [number])
                if isNews > 0, key.event == .raised { try db.holdBack(place, from: shared, isTold: false) }
            }
            // Also what nobody will ever claim, because its receiver is not configured any more.
            try db.run(
                "DELETE FROM deliveries WHERE tenant = ?1 AND (ended_at < ?2 OR due_at < ?2)",
                [tenant, shared - Self.deliveryMemory])
        }
    }

    package func hastenDeliveries(to receiver: String, due: Instant, at now: Instant) async throws {
        let tenant = tenant.rawValue
        try await write { db in
            let shared = due + (try db.clockShift(now))
            try db.run(
                """
                UPDATE deliveries SET next_at = ?3
                WHERE tenant = ?1 AND receiver = ?2 AND next_at > ?3 AND attempts > 0 AND failure IS NOT NULL
                """, [tenant, receiver, shared])
        }
    }

    package func nextDelivery(to receiver: String, at now: Instant) async throws -> Instant? {
        let tenant = tenant.rawValue
        return try await read { db in
            let next: Instant? = try db.value(
                """
                SELECT min(next_at) FROM deliveries AS message
                WHERE tenant = ? AND receiver = ? AND next_at IS NOT NULL AND \(Self.isFirst)
                """, [tenant, receiver])
            let shift = try db.clockShift(now)
            return next.map { $0 - shift }
        }
    }

    package func receiverStatus(of name: String, way: String, at now: Instant) async throws -> ReceiverStatus {
        let tenant = tenant.rawValue
        return try await read { db in
            let shift = try db.clockShift(now)
            var status = ReceiverStatus(name: name, way: way)
            let row = try db.row(
                """
                SELECT count(CASE WHEN next_at <= ?3 OR (next_at IS NOT NULL AND attempts > 0) THEN 1 END) AS waiting,
                    count(CASE WHEN next_at > ?3 AND attempts = 0 AND event = 'raised' THEN 1 END) AS held_back,
                    max(CASE WHEN outcome = 'delivered' THEN ended_at END) AS delivered,
                    min(CASE WHEN next_at IS NOT NULL AND failure IS NOT NULL THEN due_at END) AS failing,
                    min(CASE WHEN failure IS NOT NULL THEN next_at END) AS next_try,
                    count(CASE WHEN outcome = 'given_up' AND ended_at > ?4 THEN 1 END) AS given_up
                FROM deliveries WHERE tenant = ?1 AND receiver = ?2
                """, [tenant, name, now + shift, now + shift - .days(7)])
            guard let row else { return status }
            status.waiting = try row["waiting"]
            status.heldBack = try row["held_back"]
            status.lastDeliveredAt = (try row["delivered"] as Instant?).map { $0 - shift }
            status.failingSince = (try row["failing"] as Instant?).map { $0 - shift }
            status.nextTryAt = (try row["next_try"] as Instant?).map { $0 - shift }
            status.givenUp = try row["given_up"]
            status.failure = try db.value(
                """
                SELECT failure FROM deliveries
                WHERE tenant = ? AND receiver = ? AND next_at IS NOT NULL AND failure IS NOT NULL
                ORDER BY next_at DESC LIMIT 1
                """, [tenant, name])
            return status
        }
    }
}

extension SQLSession {
    /// What came back while a message was under way is held back from when that arrived; where it never did, not at all.
    fileprivate func holdBack(_ place: SQLArguments, from end: Instant, isTold: Bool) throws {
        let waiting = try rows(
            """
            SELECT since, created_at, next_at FROM deliveries
            WHERE tenant = ? AND receiver = ? AND alert = ? AND event = 'raised' AND attempts = 0
                AND next_at IS NOT NULL
            """, place)
        for row in waiting {
            let (queued, next): (Instant, Instant) = try (row["created_at"], row["next_at"])
            let due = isTold ? end + (next - queued) : end
            try run(
                """
                UPDATE deliveries SET next_at = ?, due_at = ?
                WHERE tenant = ? AND receiver = ? AND alert = ? AND since = ? AND event = 'raised'
                """, [due, due] + place + [try row["since"] as Instant])
        }
    }
}
