package import PulseDomain

/// What the store keeps of an engine as one text: what it told last, and what became of its runs since.
private struct KeptReport: Codable {
    var report: EngineReport
    var taken: [TakenRun]

    init(_ report: EngineReport, taken: [TakenRun] = []) {
        self.report = report
        self.taken = taken
    }

    private enum CodingKeys: CodingKey { case taken }

    // The report's own members stand beside the others: it is read with them and without them.
    init(from decoder: any Decoder) throws {
        report = try EngineReport(from: decoder)
        taken = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent([TakenRun].self, forKey: .taken) ?? []
    }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        guard !taken.isEmpty else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(taken, forKey: .taken)
    }

    /// What cannot be read was written by another Pulse: what it does is not known then, only that it is there.
    init(reading text: String) {
        self = (try? StoredValue.value(json: text)) ?? KeptReport(EngineReport())
    }
}

extension SQLStore {
    /// How long an engine is remembered that is not heard of any more.
    static var engineMemory: Duration { .days(1) }
    /// And one that said that it ends.
    static var endedEngineMemory: Duration { .hours(1) }

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
                    StoredValue.json(KeptReport(engine.report)),
                ])
            // Who said that it ends is missed by nobody.
            try db.run(
                "DELETE FROM engines WHERE tenant = ? AND (seen_at < ? OR ended_at < ?)",
                [name, shared - memory, shared - Self.endedEngineMemory])
        }
    }

    package func noteTaken(_ run: TakenRun, from engine: String) async throws {
        let name = tenant.rawValue
        try await write { db in
            // Several may take over what one engine left.
            try db.takeTurns(at: "taken", of: TenantID(name))
            let told: String? = try db.value(
                "SELECT report FROM engines WHERE tenant = ? AND engine = ?", [name, engine])
            guard let told else { return }
            var kept = KeptReport(reading: told)
            // Whoever goes on with it may be quicker than the one that took it.
            if run.by == nil, kept.taken.contains(where: { $0.run == run.run }) { return }
            var run = run
            run.at += try db.clockShift(run.at)
            kept.taken.removeAll { $0.run == run.run }
            kept.taken.append(run)
            try db.run(
                "UPDATE engines SET report = ? WHERE tenant = ? AND engine = ?",
                [StoredValue.json(kept), name, engine])
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
                var kept = KeptReport(reading: try row["report"])
                for index in kept.taken.indices { kept.taken[index].at = kept.taken[index].at - shift }
                return try EngineMember(
                    id: row["engine"], host: row["host"], pid: row["pid"], version: row["version"],
                    startedAt: row["started_at"], seenAt: (try row["seen_at"] as Instant) - shift,
                    endedAt: ended.map { $0 - shift }, report: kept.report,
                    holds: holds[try row["engine"]] ?? [], taken: kept.taken)
            }
        }
    }
}
