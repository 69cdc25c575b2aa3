package import PulseDomain

extension SQLStore {
    /// How long an engine is remembered that is not heard of any more.
    static var engineMemory: Duration { .days(1) }

    package func saveEngine(_ engine: EngineMember, at now: Instant) async throws {
        let name = tenant.rawValue
        let memory = Self.engineMemory
        try await write { db in
            let shared = now + (try db.clockShift(now))
            let ended = engine.endedAt == nil ? nil : shared
            try db.run(
                """
                INSERT INTO engines (tenant, engine, host, pid, version, started_at, seen_at, ended_at, report)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (tenant, engine) DO UPDATE SET
                    version = excluded.version, started_at = excluded.started_at, seen_at = excluded.seen_at,
                    ended_at = excluded.ended_at, report = excluded.report
                """,
                [
                    name, engine.id, engine.host, engine.pid, engine.version, engine.startedAt, shared, ended,
                    StoredValue.json(engine.report),
                ])
            try db.run("DELETE FROM engines WHERE tenant = ? AND seen_at < ?", [name, shared - memory])
        }
    }

    package func engines(at now: Instant) async throws -> [EngineMember] {
        let name = tenant.rawValue
        let memory = Self.engineMemory
        return try await read { db in
            let shift = try db.clockShift(now)
            var holds: [String: [HeldRun]] = [:]
            let held = try db.rows(
                """
                SELECT id, job, holder, lease_until FROM runs
                WHERE tenant = ? AND state NOT IN ('stopped', 'failed', 'succeeded')
                    AND holder IS NOT NULL AND lease_until IS NOT NULL
                ORDER BY id
                """, [name])
            for row in held {
                holds[try row["holder"], default: []].append(
                    HeldRun(
                        job: JobID(try row["job"] as String), run: RunID(try row["id"]),
                        leaseUntil: (try row["lease_until"] as Instant) - shift))
            }
            return try db.rows(
                "SELECT * FROM engines WHERE tenant = ? AND seen_at >= ? ORDER BY engine", [name, now + shift - memory]
            ).map { row in
                let ended: Instant? = try row["ended_at"]
                // What cannot be read was written by another Pulse: what it does is not known then, only that it is there.
                let told: String = try row["report"]
                let report: EngineReport? = try? StoredValue.value(json: told)
                return try EngineMember(
                    id: row["engine"], host: row["host"], pid: row["pid"], version: row["version"],
                    startedAt: row["started_at"], seenAt: (try row["seen_at"] as Instant) - shift,
                    endedAt: ended.map { $0 - shift }, report: report ?? EngineReport(),
                    holds: holds[try row["engine"]] ?? [])
            }
        }
    }
}
