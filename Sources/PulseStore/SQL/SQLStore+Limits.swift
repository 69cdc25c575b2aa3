package import PulseDomain

extension SQLStore {
    package func saveQuotas(_ quotas: [StoredQuota]) async throws {
        let name = tenant.rawValue
        try await write { db in
            for quota in quotas {
                // Processes share a quota: what was seen later counts.
                try db.run(
                    """
                    INSERT INTO quotas
                        (tenant, identity, bucket, most, remaining, resets_at, "window", blocked_until, updated_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, identity, bucket) DO UPDATE
                    SET most = excluded.most, remaining = excluded.remaining, resets_at = excluded.resets_at,
                        "window" = excluded."window", blocked_until = excluded.blocked_until,
                        updated_at = excluded.updated_at
                    WHERE excluded.updated_at >= quotas.updated_at
                    """,
                    [
                        name, quota.id.identity, quota.id.bucket, quota.limit, quota.remaining, quota.resetsAt,
                        quota.window?.inMicroseconds, quota.blockedUntil, quota.updatedAt,
                    ])
            }
        }
    }

    package func quotas() async throws -> [StoredQuota] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows("SELECT * FROM quotas WHERE tenant = ? ORDER BY identity, bucket", [name]).map { row in
                try StoredQuota(
                    id: QuotaID(identity: row["identity"], bucket: row["bucket"]), limit: row["most"],
                    remaining: row["remaining"], resetsAt: row["resets_at"],
                    window: (try row["window"] as Int64?).map { .microseconds($0) }, blockedUntil: row["blocked_until"],
                    updatedAt: row["updated_at"])
            }
        }
    }

    package func saveBreakers(_ breakers: [BreakerStatus]) async throws {
        let name = tenant.rawValue
        try await write { db in
            for breaker in breakers {
                try db.run(
                    """
                    INSERT INTO breakers
                        (tenant, source, endpoint, position, failures, opened_at, probes_at, because)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, source, endpoint) DO UPDATE
                    SET position = excluded.position, failures = excluded.failures, opened_at = excluded.opened_at,
                        probes_at = excluded.probes_at, because = excluded.because
                    """,
                    [
                        name, breaker.source.rawValue, breaker.endpoint.rawValue, breaker.position.rawValue,
                        breaker.failures, breaker.openedAt, breaker.probesAt, breaker.because,
                    ])
            }
        }
    }

    package func breakers() async throws -> [BreakerStatus] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows("SELECT * FROM breakers WHERE tenant = ? ORDER BY source, endpoint", [name]).map { row in
                try BreakerStatus(
                    source: SourceID(try row["source"] as String), endpoint: EndpointID(try row["endpoint"] as String),
                    position: try StoredValue.named(row["position"]), failures: row["failures"],
                    openedAt: row["opened_at"], probesAt: row["probes_at"], because: row["because"])
            }
        }
    }
}
