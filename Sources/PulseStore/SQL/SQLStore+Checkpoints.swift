package import PulseDomain

extension SQLStore {
    package func checkpoint(of partition: PartitionID) async throws -> Checkpoint? {
        guard partition.tenant == tenant else { return nil }
        return try await read { try Checkpoint.newest(of: partition, in: $0) }
    }

    package func settledCheckpoint(of partition: PartitionID, run: RunID) async throws -> Checkpoint? {
        try checkOwns(partition)
        let tenant = tenant
        return try await write { db in
            try db.awaitCommits(of: run, tenant)
            return try Checkpoint.newest(of: partition, in: db)
        }
    }

    package func newestCheckpoints(of job: JobID) async throws -> [PartitionKey: Checkpoint] {
        let tenant = tenant
        return try await read { db in
            let rows = try db.rows(
                """
                SELECT checkpoints.* FROM (
                    SELECT partition, max(sequence) AS sequence FROM checkpoints WHERE tenant = ?1 AND job = ?2
                    GROUP BY partition
                ) AS newest
                JOIN checkpoints ON checkpoints.tenant = ?1 AND checkpoints.job = ?2
                    AND checkpoints.partition = newest.partition AND checkpoints.sequence = newest.sequence
                """, [tenant.rawValue, job.rawValue])
            return try Dictionary(
                rows.map { row in
                    let checkpoint = try Checkpoint(row: row, tenant: tenant)
                    return (checkpoint.partition.key, checkpoint)
                }, uniquingKeysWith: { $0.sequence > $1.sequence ? $0 : $1 })
        }
    }

    package func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        let tenant = tenant
        let (job, limit) = (filter.job.rawValue, max(0, filter.limit))
        return try await read { db in
            let rows =
                if let partition = filter.partition {
                    try db.rows(
                        """
                        SELECT * FROM checkpoints WHERE tenant = ? AND job = ? AND partition = ? AND sequence < ?
                        ORDER BY sequence DESC LIMIT ?
                        """, [tenant.rawValue, job, partition.rawValue, filter.before?.sequence ?? .max, limit])
                } else if let before = filter.before {
                    try db.rows(
                        """
                        SELECT * FROM checkpoints WHERE tenant = ?1 AND job = ?2 AND (
                            (saved_at, sequence) < (?3, ?4)
                            OR (saved_at = ?3 AND sequence = ?4 AND partition > ?5))
                        ORDER BY saved_at DESC, sequence DESC, partition LIMIT ?6
                        """,
                        [tenant.rawValue, job, before.savedAt, before.sequence, before.partition.rawValue, limit])
                } else {
                    try db.rows(
                        """
                        SELECT * FROM checkpoints WHERE tenant = ? AND job = ?
                        ORDER BY saved_at DESC, sequence DESC, partition LIMIT ?
                        """, [tenant.rawValue, job, limit])
                }
            return try rows.map { try Checkpoint(row: $0, tenant: tenant) }
        }
    }

    package func rewind(_ partition: PartitionID, toSequence: Int64, at now: Instant) async throws -> Checkpoint? {
        try checkOwns(partition)
        return try await write { db in
            guard
                let row = try db.row(
                    "SELECT * FROM checkpoints WHERE tenant = ? AND job = ? AND partition = ? AND sequence = ?",
                    [partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue, toSequence])
            else { return nil }
            var checkpoint = try Checkpoint(row: row, tenant: partition.tenant)
            let newest = try Checkpoint.newest(of: partition, in: db)
            // What a finished or abandoned walk listed is forgotten: a census at its end would take the rest for gone.
            if newest?.walk != checkpoint.walk || newest?.isComplete == true { checkpoint.walk = nil }
            checkpoint.savedAt = now
            return try checkpoint.saved(in: db)
        }
    }
}

extension Checkpoint {
    static func newest(of partition: PartitionID, in db: any SQLSession) throws -> Checkpoint? {
        try db.row(
            """
            SELECT * FROM checkpoints WHERE tenant = ? AND job = ? AND partition = ? ORDER BY sequence DESC LIMIT 1
            """, [partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue]
        ).map { try Checkpoint(row: $0, tenant: partition.tenant) }
    }

    /// Adds it as the partition's newest one, behind the one with the sequence `previous` if that is given; as it was
    /// saved, with its sequence.
    func saved(in db: any SQLSession, after previous: Int64? = nil) throws -> Checkpoint {
        var saved = self
        let newest: Int64? = try db.value(
            "SELECT max(sequence) FROM checkpoints WHERE tenant = ? AND job = ? AND partition = ?",
            [partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue])
        if let previous, previous != newest ?? 0 { throw StoreError.superseded }
        saved.sequence = (newest ?? 0) + 1
        let identity: SQLArguments = [
            partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue, saved.sequence,
            partition.source.rawValue, partition.stream.rawValue, run.rawValue, StoredValue.text(mode), cursor?.json,
            try StoredValue.json(watermark), try StoredValue.json(highWater),
        ]
        try db.run(
            """
            INSERT INTO checkpoints
                (tenant, job, partition, sequence, source, stream, run, mode, cursor, watermark, high_water,
                \(RecordCounts.columns), pages, expected, page_size, walk, walk_started_at, is_suspicious, saved_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            identity + counts.arguments
                + [pages, expected, pageSize, walk?.number, walk?.startedAt, isSuspicious, savedAt])
        return saved
    }

    fileprivate init(row: SQLRow, tenant: TenantID) throws {
        try self.init(
            partition: PartitionID(row, tenant: tenant), sequence: row["sequence"], run: RunID(row["run"]),
            mode: try StoredValue.mode(row["mode"]), cursor: (try row["cursor"] as String?).map(Cursor.init(json:)),
            watermark: try StoredValue.value(json: row["watermark"] as String?),
            highWater: try StoredValue.value(json: row["high_water"] as String?), counts: RecordCounts(row),
            pages: row["pages"], expected: row["expected"], pageSize: row["page_size"],
            walk: (try row["walk"] as Int64?).map { try WalkOrigin(number: $0, startedAt: row["walk_started_at"]) },
            isSuspicious: row["is_suspicious"], savedAt: row["saved_at"])
    }
}
