package import PulseDomain

extension SQLStore {
    package func addRun(_ run: NewRun) async throws -> StoredRun {
        let tenant = tenant
        return try await write { db in try Self.add(run, of: tenant, db) }
    }

    package func addOnlyRun(_ run: NewRun, due: Instant?) async throws -> StoredRun? {
        let tenant = tenant
        return try await write { db in
            try db.takeTurns(at: "run of \(run.job)", of: tenant)
            let other: Int64? = try db.value(
                """
                SELECT id FROM runs WHERE tenant = ?1 AND job = ?2 AND (
                    state NOT IN ('stopped', 'failed', 'succeeded')
                    OR (mode = ?3 AND created_at >= CAST(?4 AS \(db.instantType))))
                LIMIT 1
                """, [tenant.rawValue, run.job.rawValue, StoredValue.text(run.mode), due])
            return other == nil ? try Self.add(run, of: tenant, db) : nil
        }
    }

    private static func add(_ run: NewRun, of tenant: TenantID, _ db: any SQLSession) throws -> StoredRun {
        let id = try db.nextNumber(.run, of: tenant)
        try db.run(
            """
            INSERT INTO runs
                (tenant, id, job, mode, state, state_details, state_since, started_by, reason, priority, created_at,
                correlation)
            VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?8, ?9, ?6, ?10)
            """,
            [
                tenant.rawValue, id, run.job.rawValue, StoredValue.text(run.mode),
                StoredValue.json(RunState.queued), run.createdAt, run.by.name, run.reason, run.priority,
                run.correlation.rawValue,
            ])
        try db.noteChange(of: run.job, tenant)
        return StoredRun(
            id: RunID(id), job: run.job, mode: run.mode, state: .queued, stateSince: run.createdAt, by: run.by,
            reason: run.reason, priority: run.priority, createdAt: run.createdAt, correlation: run.correlation)
    }

    package func run(_ id: RunID) async throws -> StoredRun? {
        let name = tenant.rawValue
        return try await read { db in
            try db.row("SELECT * FROM runs WHERE tenant = ? AND id = ?", [name, id.rawValue]).map(StoredRun.init(row:))
        }
    }

    package func runs(_ filter: RunFilter) async throws -> [StoredRun] {
        let name = tenant.rawValue
        let before = filter.before?.rawValue ?? .max
        return try await read { db in
            let rows =
                if let job = filter.job {
                    try db.rows(
                        "SELECT * FROM runs WHERE tenant = ? AND job = ? AND id < ? ORDER BY id DESC LIMIT ?",
                        [name, job.rawValue, before, max(0, filter.limit)])
                } else {
                    try db.rows(
                        "SELECT * FROM runs WHERE tenant = ? AND id < ? ORDER BY id DESC LIMIT ?",
                        [name, before, max(0, filter.limit)])
                }
            return try rows.map(StoredRun.init(row:))
        }
    }

    package func newestRuns(mode: RunMode?) async throws -> [JobID: StoredRun] {
        let name = tenant.rawValue
        return try await read { db in
            // A step into the index for each job; grouping would read all runs.
            let runs = try db.rows(
                """
                SELECT runs.* FROM jobs JOIN runs ON runs.tenant = jobs.tenant AND runs.id = (
                    SELECT id FROM runs WHERE tenant = jobs.tenant AND job = jobs.job
                        AND (CAST(?2 AS TEXT) IS NULL OR mode = ?2)
                    ORDER BY id DESC LIMIT 1)
                WHERE jobs.tenant = ?1
                """, [name, mode.map(StoredValue.text)]
            ).map(StoredRun.init(row:))
            return Dictionary(uniqueKeysWithValues: runs.map { ($0.job, $0) })
        }
    }

    package func openRuns() async throws -> [StoredRun] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows(
                """
                SELECT * FROM runs WHERE tenant = ? AND state NOT IN ('stopped', 'failed', 'succeeded') ORDER BY id
                """, [name]
            ).map(StoredRun.init(row:))
        }
    }

    package func claim(_ run: RunID, holder: String, at now: Instant, leaseUntil: Instant) async throws -> Fence? {
        let tenant = tenant
        let name = tenant.rawValue
        return try await write { db in
            try db.awaitCommits(of: run, tenant)
            let shift = try db.clockShift(now)
            return try db.value(
                """
                UPDATE runs SET fence = fence + 1, attempts = attempts + 1, holder = ?1, lease_until = ?2
                WHERE tenant = ?3 AND id = (
                    SELECT id FROM runs WHERE tenant = ?3 AND id = ?4 AND state = 'queued'
                        AND (holder IS NULL OR lease_until <= ?5) \(db.skipLocked))
                RETURNING fence
                """, [holder, leaseUntil + shift, name, run.rawValue, now + shift]
            ).map { Fence(run: run, number: $0) }
        }
    }

    package func heartbeat(holder: String, at now: Instant, leaseUntil: Instant) async throws {
        let name = tenant.rawValue
        try await write { db in
            let shift = try db.clockShift(now)
            _ = try db.run(
                """
                UPDATE runs SET lease_until = ?
                WHERE tenant = ? AND holder = ? AND state NOT IN ('stopped', 'failed', 'succeeded')
                """, [leaseUntil + shift, name, holder])
        }
    }

    package func setState(
        _ state: RunState, of run: RunID, expecting expected: RunStateName, fence: Fence?, at now: Instant
    ) async throws -> Bool {
        let tenant = tenant
        let name = tenant.rawValue
        if let fence, fence.run != run { return false }
        return try await write { db in
            let changed: String? = try db.value(
                """
                UPDATE runs SET state = ?1, state_details = ?2, state_since = ?3,
                    started_at = CASE WHEN ?1 = 'running' THEN coalesce(started_at, ?3) ELSE started_at END,
                    ended_at = CASE WHEN ?4 THEN ?3 END,
                    holder = CASE WHEN ?5 THEN holder END,
                    lease_until = CASE WHEN ?5 THEN lease_until END
                WHERE tenant = ?6 AND id = ?7 AND state = ?8 AND (CAST(?9 AS BIGINT) IS NULL OR fence = ?9)
                RETURNING job
                """,
                [
                    state.name.rawValue, StoredValue.json(state), now, state.name.isFinal, state.name.isHeld, name,
                    run.rawValue, expected.rawValue, fence?.number,
                ])
            guard let changed else { return false }
            if case .succeeded(let flags) = state, !flags.contains(.suspicious) {
                try db.run(
                    """
                    UPDATE jobs SET last_success_at = ?, last_success_extracted = found.extracted
                    FROM (SELECT job AS of_job, mode, extracted FROM runs WHERE tenant = ? AND id = ?) AS found
                    WHERE jobs.tenant = ? AND jobs.job = found.of_job AND found.mode IN ('incremental', 'full')
                    """, [now, name, run.rawValue, name])
            }
            try db.noteChange(of: JobID(changed), tenant)
            return true
        }
    }
}

extension StoredRun {
    init(row: SQLRow) throws {
        try self.init(
            id: RunID(row["id"]), job: JobID(try row["job"] as String), mode: try StoredValue.mode(row["mode"]),
            state: try StoredValue.value(json: row["state_details"] as String), stateSince: row["state_since"],
            by: Principal(row["started_by"]), reason: row["reason"], priority: row["priority"],
            createdAt: row["created_at"], startedAt: row["started_at"], endedAt: row["ended_at"],
            counts: RecordCounts(row), requests: row["requests"], attempts: row["attempts"], fence: row["fence"],
            holder: row["holder"], leaseUntil: row["lease_until"],
            correlation: CorrelationID(try row["correlation"] as String))
    }
}
