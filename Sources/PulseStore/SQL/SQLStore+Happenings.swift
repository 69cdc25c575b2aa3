package import PulseDomain

extension SQLStore {
    package func appendLogs(_ lines: [LogLine], keeping: Int) async throws -> [LogLine] {
        guard !lines.isEmpty else { return [] }
        let tenant = tenant
        return try await write { db in
            let first = try db.nextNumber(.log, of: tenant, count: lines.count)
            var numbered = lines
            for index in numbered.indices {
                numbered[index].sequence = first + Int64(index)
                let line = numbered[index]
                try db.run(
                    """
                    INSERT INTO logs (tenant, sequence, at, level, engine, job, partition, message, facts, correlation)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        tenant.rawValue, line.sequence, line.at, line.level.rawValue, line.engine,
                        line.job?.rawValue, line.partition?.rawValue, line.message,
                        line.facts.isEmpty ? nil : StoredValue.json(line.facts), line.correlation?.rawValue,
                    ])
            }
            // A tenant's sequences have no gaps, so the newest lines are those of the highest sequences.
            try db.run(
                "DELETE FROM logs WHERE tenant = ? AND sequence <= ?",
                [tenant.rawValue, first + Int64(lines.count) - 1 - Int64(max(0, keeping))])
            return numbered
        }
    }

    package func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        let name = tenant.rawValue
        return try await read { db in
            let filter = "tenant = ?1 AND (CAST(?2 AS TEXT) IS NULL OR job = ?2)"
            let arguments: SQLArguments = [name, job?.rawValue, max(0, limit)]
            let rows =
                if let sequence {
                    try db.rows(
                        "SELECT * FROM logs WHERE \(filter) AND sequence > ?4 ORDER BY sequence LIMIT ?3",
                        arguments + [sequence])
                } else {
                    try db.rows(
                        """
                        SELECT * FROM (SELECT * FROM logs WHERE \(filter) ORDER BY sequence DESC LIMIT ?3) AS newest
                        ORDER BY sequence
                        """, arguments)
                }
            return try rows.map { row in
                try LogLine(
                    sequence: row["sequence"], at: row["at"], level: try StoredValue.named(row["level"]),
                    engine: row["engine"],
                    job: (try row["job"] as String?).map { JobID($0) },
                    partition: (try row["partition"] as String?).map { PartitionKey($0) }, message: row["message"],
                    facts: try StoredValue.value(json: row["facts"] as String?) ?? [],
                    correlation: (try row["correlation"] as String?).map { CorrelationID($0) })
            }
        }
    }

    package func appendAudit(_ entry: AuditEntry) async throws -> AuditEntry {
        let tenant = tenant
        return try await write { db in try db.addAudit(entry, of: tenant) }
    }

    package func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows(
                "SELECT * FROM audit_log WHERE tenant = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
                [name, before ?? .max, max(0, limit)]
            ).map { row in
                try AuditEntry(
                    sequence: row["sequence"], at: row["at"], by: Principal(row["principal"]), action: row["action"],
                    subject: row["subject"], reason: row["reason"], outcome: row["outcome"],
                    isRefused: row["is_refused"], correlation: CorrelationID(try row["correlation"] as String))
            }
        }
    }

    package func saveAlerts(_ alerts: [Alert], telling: AlertTelling, at now: Instant) async throws {
        let (tenant, name) = (tenant, tenant.rawValue)
        try await write { db in
            let kept = Set(alerts.map(\.id))
            let present = try db.rows(
                "SELECT alert, since, document FROM alerts WHERE tenant = ? AND ended_at IS NULL", [name])
            for row in present where try !kept.contains(row["alert"]) {
                try db.queue(
                    resolved: try StoredValue.value(json: try row["document"] as String), since: try row["since"],
                    for: telling, of: tenant, at: now)
                try db.run(
                    "UPDATE alerts SET ended_at = ? WHERE tenant = ? AND alert = ? AND since = ?",
                    [now, name, try row["alert"] as String, try row["since"] as Instant])
            }
            // An alert that is present keeps its row, whatever `since` it now tells.
            let since = try Dictionary(
                present.map { try ($0["alert"] as String, $0["since"] as Instant) }, uniquingKeysWith: max)
            // Somebody may have seen it since the caller looked.
            let seen = try Dictionary(
                present.compactMap { row -> (String, Principal)? in
                    let alert: Alert = try StoredValue.value(json: try row["document"] as String)
                    return alert.acknowledgedBy.map { (alert.id, $0) }
                }, uniquingKeysWith: { _, last in last })
            for (position, given) in alerts.enumerated() {
                var alert = given
                alert.acknowledgedBy = alert.acknowledgedBy ?? seen[alert.id]
                if alert.acknowledgedBy == nil {
                    try db.queue(
                        raised: alert, since: since[alert.id] ?? alert.since, for: telling, of: tenant, at: now)
                }
                try db.run(
                    """
                    INSERT INTO alerts (tenant, alert, since, position, document) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, alert, since) DO UPDATE
                    SET position = excluded.position, document = excluded.document, ended_at = NULL
                    WHERE (alerts.position, alerts.document, alerts.ended_at)
                        IS DISTINCT FROM (excluded.position, excluded.document, NULL)
                    """,
                    [name, alert.id, since[alert.id] ?? alert.since, position, StoredValue.json(alert)])
            }
        }
    }

    package func acknowledge(alert id: String, by: Principal) async throws -> Bool {
        let (tenant, name) = (tenant, tenant.rawValue)
        return try await write { db in
            let rows = try db.rows(
                "SELECT since, document FROM alerts WHERE tenant = ? AND alert = ? AND ended_at IS NULL", [name, id])
            for row in rows {
                var alert: Alert = try StoredValue.value(json: try row["document"] as String)
                alert.acknowledgedBy = by
                try db.run(
                    "UPDATE alerts SET document = ? WHERE tenant = ? AND alert = ? AND since = ?",
                    [StoredValue.json(alert), name, id, try row["since"] as Instant])
            }
            if !rows.isEmpty { try db.keepQuiet(seen: id, of: tenant) }
            return !rows.isEmpty
        }
    }

    package func alerts() async throws -> [Alert] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows(
                "SELECT document FROM alerts WHERE tenant = ? AND ended_at IS NULL ORDER BY position, alert", [name]
            ).map { try StoredValue.value(json: try $0["document"] as String) }
        }
    }
}

extension SQLSession {
    /// Adds to the audit, within the transaction of what is audited; the entry with its sequence.
    @discardableResult
    func addAudit(_ entry: AuditEntry, of tenant: TenantID) throws -> AuditEntry {
        var entry = entry
        entry.sequence = try nextNumber(.audit, of: tenant)
        try run(
            """
            INSERT INTO audit_log
                (tenant, sequence, at, principal, action, subject, reason, outcome, is_refused, correlation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                tenant.rawValue, entry.sequence, entry.at, entry.by.name, entry.action, entry.subject, entry.reason,
                entry.outcome, entry.isRefused, entry.correlation.rawValue,
            ])
        return entry
    }
}
