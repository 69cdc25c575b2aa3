import GRDB
import PulseDomain

extension SQLiteAccounts {
    func attempt(_ subjects: [LoginSubject], at now: Instant) async throws -> Instant? {
        try await write { db in
            let ends = try subjects.compactMap { subject in
                try Int64.fetchOne(
                    db, sql: "SELECT blocked_until FROM login_failures WHERE subject = ? AND blocked_until > ?",
                    arguments: [subject.key, now.microseconds])
            }
            if let end = ends.max() { return Instant(microseconds: end) }
            for subject in subjects { try Self.count(subject, at: now, in: db) }
            return nil
        }
    }

    private static func count(_ subject: LoginSubject, at now: Instant, in db: Database) throws {
        let failures =
            try Int.fetchOne(
                db, sql: "SELECT failures FROM login_failures WHERE subject = ? AND last_at > ?",
                arguments: [subject.key, (now - LoginThrottle.memory).microseconds]) ?? 0
        let blocked = now + LoginThrottle.wait(after: failures + 1, free: subject.free)
        try db.execute(
            sql: """
                INSERT INTO login_failures (subject, failures, last_at, blocked_until) VALUES (?, ?, ?, ?)
                ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,
                    blocked_until = excluded.blocked_until
                """,
            arguments: [subject.key, failures + 1, now.microseconds, blocked.microseconds])
    }

    func succeed(account: LoginSubject, address: LoginSubject) async throws {
        try await write { db in
            try db.execute(sql: "DELETE FROM login_failures WHERE subject = ?", arguments: [account.key])
            try db.execute(
                sql: "UPDATE login_failures SET failures = failures - 1, blocked_until = 0 WHERE subject = ?",
                arguments: [address.key])
        }
    }

    func buckets() async throws -> [String: BucketLevel] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT subject, tokens, at FROM buckets").reduce(into: [:]) { levels, row in
                levels[row["subject"]] = BucketLevel(
                    tokens: row["tokens"], at: Instant(microseconds: row["at"]))
            }
        }
    }

    func keep(_ buckets: [String: BucketLevel], at now: Instant) async throws {
        try await write { db in
            for (subject, level) in buckets {
                try db.execute(
                    sql: """
                        INSERT INTO buckets (subject, tokens, at) VALUES (?, ?, ?)
                        ON CONFLICT (subject) DO UPDATE SET tokens = excluded.tokens, at = excluded.at
                        """, arguments: [subject, level.tokens, level.at.microseconds])
            }
        }
    }

    // MARK: Audit

    func audit(_ entry: GatewayAudit) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO audit
                        (at, tenant, principal, address, action, subject, outcome, is_refused, correlation)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    entry.at.microseconds, entry.tenant.rawValue, entry.by.name, entry.address, entry.action,
                    entry.subject, entry.outcome, entry.isRefused, entry.correlation.rawValue,
                ])
        }
    }

    func audits(of tenant: TenantID, before: Int64?, limit: Int) async throws -> [GatewayAudit] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM audit WHERE tenant = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?
                    """, arguments: [tenant.rawValue, before ?? .max, limit]
            ).map { row in
                GatewayAudit(
                    sequence: row["sequence"], at: Instant(microseconds: row["at"]),
                    tenant: TenantID(rawValue: row["tenant"]), by: Principal(row["principal"]),
                    address: row["address"], action: row["action"], subject: row["subject"],
                    outcome: row["outcome"], isRefused: row["is_refused"],
                    correlation: CorrelationID(rawValue: row["correlation"]))
            }
        }
    }
}
