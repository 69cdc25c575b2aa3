import PulseDomain

// What receivers are to be told is decided within the transaction that stores the alert, so that each is told once. Of an
// alert there is at most one message that was not tried yet: what comes back meanwhile is counted in it.

extension SQLSession {
    /// An alert is there: queues it for who is to be told, or counts it where it was told not long ago.
    func queue(
        raised alert: Alert, since: Instant, for telling: AlertTelling, of tenant: TenantID, at now: Instant
    ) throws {
        let wanting = telling.receivers.filter { $0.wants(.raised, of: alert, in: tenant) }
        guard !wanting.isEmpty else { return }
        let shared = now + (try clockShift(now))
        for receiver in wanting {
            let place: SQLArguments = [tenant.rawValue, receiver.name, alert.id]
            // Its end was not told yet: to the receiver it was never over.
            try run(
                """
                DELETE FROM deliveries WHERE tenant = ? AND receiver = ? AND alert = ? AND event = 'resolved'
                    AND next_at IS NOT NULL AND attempts = 0
                """, place)
            let latest = try latestRaised(place)
            let isKnown: Int? = try value(
                """
                SELECT 1 AS one FROM deliveries
                WHERE tenant = ? AND receiver = ? AND alert = ? AND since = ? AND event = 'raised'
                """, place + [since])
            let gotWorse = latest.map { alert.severity < $0.severity } ?? false
            guard isKnown == nil || gotWorse else { continue }
            let isBack = isKnown == nil
            var (recurrences, due, since) = (0, shared, isBack ? since : shared)
            if let latest {
                let underWay = try severityUnderWay(place)
                let told = try lastTold(place)
                let heldUntil =
                    underWay == nil ? told.map { $0.at + telling.repeatsAfter } : shared + telling.repeatsAfter
                due = max(shared, heldUntil ?? shared)
                switch latest.progress {
                case .underWay: recurrences = isBack ? 1 : 0
                case .delivered: recurrences = isBack && due > shared ? 1 : 0
                case .untold:
                    recurrences = latest.recurrences + (isBack ? 1 : 0)
                    let replaced = try run(
                        """
                        DELETE FROM deliveries
                        WHERE tenant = ? AND receiver = ? AND alert = ? AND since = ? AND event = 'raised'
                            AND outcome IS DISTINCT FROM 'given_up'
                        """, place + [latest.since])
                    if !isBack, replaced > 0 { since = latest.since }
                }
                if (underWay ?? told?.severity).map({ alert.severity < $0 }) ?? false { due = shared }
            }
            try insert(alert, since: since, .raised, place, recurrences: recurrences, due: due, at: shared)
        }
    }

    private func latestRaised(_ place: SQLArguments) throws -> LatestRaised? {
        let found = try row(
            """
            SELECT since, document, recurrences, attempts, next_at, outcome FROM deliveries
            WHERE tenant = ? AND receiver = ? AND alert = ? AND event = 'raised'
            ORDER BY created_at DESC, since DESC LIMIT 1
            """, place)
        guard let found else { return nil }
        let alert: Alert = try StoredValue.value(json: try found["document"] as String)
        let (nextAt, outcome): (Instant?, String?) = try (found["next_at"], found["outcome"])
        let isTried = (try found["attempts"] as Int) > 0
        return LatestRaised(
            since: try found["since"], severity: alert.severity, recurrences: try found["recurrences"],
            progress: outcome == "delivered" ? .delivered : nextAt != nil && isTried ? .underWay : .untold)
    }

    /// How bad the alert is of which the receiver is just being told.
    private func severityUnderWay(_ place: SQLArguments) throws -> Severity? {
        let document: String? = try value(
            """
            SELECT document FROM deliveries
            WHERE tenant = ? AND receiver = ? AND alert = ? AND event = 'raised' AND next_at IS NOT NULL AND attempts > 0
            ORDER BY created_at DESC LIMIT 1
            """, place)
        return try document.map {
            let alert: Alert = try StoredValue.value(json: $0)
            return alert.severity
        }
    }

    /// When the receiver was told of the alert last, and how bad it was.
    private func lastTold(_ place: SQLArguments) throws -> (at: Instant, severity: Severity)? {
        let told = try row(
            """
            SELECT ended_at, document FROM deliveries
            WHERE tenant = ? AND receiver = ? AND alert = ? AND event = 'raised' AND outcome = 'delivered'
            ORDER BY ended_at DESC LIMIT 1
            """, place)
        return try told.map {
            let alert: Alert = try StoredValue.value(json: try $0["document"] as String)
            return (try $0["ended_at"], alert.severity)
        }
    }

    /// An alert is over: tells it to who knows of it, when it has stayed away for a while.
    func queue(
        resolved alert: Alert, since: Instant, for telling: AlertTelling, of tenant: TenantID, at now: Instant
    ) throws {
        guard !telling.receivers.isEmpty else { return }
        let shared = now + (try clockShift(now))
        for receiver in telling.receivers {
            let place: SQLArguments = [tenant.rawValue, receiver.name, alert.id]
            guard let latest = try latestRaised(place) else { continue }
            // What was held back is over before its time: the next message counts it.
            try keepQuiet("receiver = ? AND next_at > ?", tenant, alert.id, [receiver.name, shared])
            guard receiver.tellsResolved else { continue }
            let told: Int? = try value(
                """
                SELECT 1 AS one FROM deliveries AS raised
                WHERE tenant = ?1 AND receiver = ?2 AND alert = ?3 AND event = 'raised'
                    AND (outcome = 'delivered' OR next_at IS NOT NULL)
                    AND NOT EXISTS (
                        SELECT 1 FROM deliveries AS later
                        WHERE later.tenant = ?1 AND later.receiver = ?2 AND later.alert = ?3
                            AND later.event = 'resolved' AND later.created_at >= raised.created_at)
                LIMIT 1
                """, place)
            guard told != nil else { continue }
            try insert(
                alert, since: since, .resolved, place,
                recurrences: latest.progress == .untold ? latest.recurrences : 0,
                due: shared + telling.resolvedAfter, at: shared)
        }
    }

    /// Somebody has seen it: what was not tried yet need not be told.
    func keepQuiet(seen alert: String, of tenant: TenantID) throws { try keepQuiet("TRUE", tenant, alert, []) }

    private func keepQuiet(
        _ filter: String, _ tenant: TenantID, _ alert: String, _ arguments: SQLArguments
    ) throws {
        try run(
            """
            UPDATE deliveries SET next_at = NULL, ended_at = created_at, outcome = 'quiet'
            WHERE tenant = ? AND alert = ? AND event = 'raised' AND attempts = 0 AND next_at IS NOT NULL AND \(filter)
            """, [tenant.rawValue, alert] + arguments)
    }

    private func insert(
        _ alert: Alert, since: Instant, _ event: AlertEvent, _ place: SQLArguments, recurrences: Int, due: Instant,
        at shared: Instant
    ) throws {
        try run(
            """
            INSERT INTO deliveries
                (tenant, receiver, alert, since, event, document, recurrences, created_at, due_at, attempts, next_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
            ON CONFLICT DO NOTHING
            """, place + [since, event.rawValue, StoredValue.json(alert), recurrences, shared, due, due])
    }
}

/// The last message that tells of an alert.
private struct LatestRaised {
    enum Progress { case underWay, delivered, untold }

    var since: Instant
    var severity: Severity
    var recurrences: Int
    var progress: Progress
}
