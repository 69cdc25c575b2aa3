package import PulseDomain

extension SQLStore {
    package func saveJobs(_ jobs: [JobDefinition], isWhole: Bool) async throws {
        let name = tenant.rawValue
        try await write { db in
            if isWhole { try db.run("UPDATE jobs SET is_listed = FALSE WHERE tenant = ? AND is_listed = TRUE", [name]) }
            for (position, job) in jobs.enumerated() {
                try db.run(
                    """
                    INSERT INTO jobs (tenant, job, position, is_listed, definition) VALUES (?1, ?2, ?3, TRUE, ?4)
                    ON CONFLICT (tenant, job) DO UPDATE
                    SET position = CASE WHEN ?5 THEN excluded.position ELSE jobs.position END, is_listed = TRUE,
                        definition = excluded.definition
                    """, [name, job.id.rawValue, position, StoredValue.json(job), isWhole])
            }
        }
    }

    package func jobs() async throws -> [StoredJob] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows(
                """
                SELECT definition, hold, last_success_at, last_success_extracted FROM jobs
                WHERE tenant = ? AND is_listed = TRUE ORDER BY position, job
                """, [name]
            ).map(StoredJob.init(row:))
        }
    }

    package func job(_ id: JobID) async throws -> StoredJob? {
        let name = tenant.rawValue
        return try await read { db in
            try db.row(
                """
                SELECT definition, hold, last_success_at, last_success_extracted FROM jobs
                WHERE tenant = ? AND job = ? AND is_listed = TRUE
                """, [name, id.rawValue]
            ).map(StoredJob.init(row:))
        }
    }

    package func setHold(_ hold: Hold?, of job: JobID) async throws {
        let tenant = tenant
        try await write { db in
            let changed = try db.run(
                "UPDATE jobs SET hold = ? WHERE tenant = ? AND job = ?",
                [StoredValue.json(hold), tenant.rawValue, job.rawValue])
            guard changed == 1 else { throw StoreError.inconsistent("there is no job \(job) to be held") }
            try db.noteChange(of: job, tenant)
        }
    }

    package func savePartitions(_ partitions: [StoredPartition], of job: JobID) async throws {
        let name = tenant.rawValue
        try await write { db in
            for partition in partitions {
                try db.run(
                    """
                    INSERT INTO partitions (tenant, job, partition, title, reference) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, job, partition) DO UPDATE
                    SET title = excluded.title, reference = excluded.reference
                    WHERE (partitions.title, partitions.reference) IS DISTINCT FROM (excluded.title, excluded.reference)
                    """, [name, job.rawValue, partition.key.rawValue, partition.title, partition.reference])
            }
        }
    }

    package func partitions(of job: JobID) async throws -> [StoredPartition] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows(
                "SELECT partition, title, reference FROM partitions WHERE tenant = ? AND job = ? ORDER BY partition",
                [name, job.rawValue]
            ).map { row in
                try StoredPartition(
                    key: PartitionKey(try row["partition"] as String), title: row["title"], reference: row["reference"])
            }
        }
    }
}

extension StoredJob {
    fileprivate init(row: SQLRow) throws {
        try self.init(
            definition: try StoredValue.value(json: row["definition"] as String),
            hold: try StoredValue.value(json: row["hold"] as String?), lastSuccessAt: row["last_success_at"],
            lastSuccessExtracted: row["last_success_extracted"])
    }
}
