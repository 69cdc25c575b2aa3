import PulseDomain

/// The kept raw pages.
struct RawPages {
    let db: any SQLSession
    let tenant: TenantID

    /// The id that the next kept page gets. Ids are never used twice: rows refer to pages that may have been pruned.
    func firstFreeID() throws -> Int64 {
        let last: Int64? = try db.value(
            "SELECT value FROM counters WHERE tenant = ? AND name = 'raw_page'", [tenant.rawValue])
        return (last ?? 0) + 1
    }

    func setFirstFreeID(_ id: Int64) throws {
        try db.run(
            """
            INSERT INTO counters (tenant, name, value) VALUES (?, 'raw_page', ?)
            ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value
            """, [tenant.rawValue, id - 1])
    }

    func add(_ page: RawPage, id: Int64, body: StoredBody, run: RunID) throws {
        try db.run(
            """
            INSERT INTO raw_pages
                (tenant, id, job, source, stream, partition, run, cursor, request, fetched_at, correlation, size,
                is_compressed, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                tenant.rawValue, id, page.partition.job.rawValue, page.partition.source.rawValue,
                page.partition.stream.rawValue, page.partition.key.rawValue, run.rawValue, page.cursor.json,
                page.request, page.fetchedAt, page.correlation.rawValue, page.body.count, body.isCompressed,
                body.bytes,
            ])
    }

    func pages(of job: JobID, after: Int64, limit: Int) throws -> [StoredPage] {
        try db.rows(
            "SELECT * FROM raw_pages WHERE tenant = ? AND job = ? AND id > ? ORDER BY id LIMIT ?",
            [tenant.rawValue, job.rawValue, after, max(0, limit)]
        ).map { row in
            let body = try StoredBody(bytes: row["body"], isCompressed: row["is_compressed"])
            return try StoredPage(
                id: row["id"], run: RunID(row["run"]),
                page: RawPage(
                    partition: PartitionID(row, tenant: tenant), cursor: Cursor(json: row["cursor"]),
                    request: row["request"], body: try body.expanded(to: row["size"]), fetchedAt: row["fetched_at"],
                    correlation: CorrelationID(try row["correlation"] as String)))
        }
    }
}
