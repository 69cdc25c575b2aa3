package import PulseDomain

extension SQLStore {
    package func rawPages(of job: JobID, after: Int64, limit: Int) async throws -> [StoredPage] {
        let tenant = tenant
        return try await read { try RawPages(db: $0, tenant: tenant).pages(of: job, after: after, limit: limit) }
    }

    package func commitRetransform(of page: StoredPage, content: PageContent, run: RunID, at now: Instant) async throws
        -> RecordCounts
    {
        let tenant = tenant
        try checkOwns(page.page.partition)
        return try await write { db in
            let counts = try db.merge(
                content, page: page.id,
                MergeContext(
                    tenant: tenant, source: page.page.partition.source, run: run, now: now, keepsVersions: true,
                    kind: .historical(page: page.id)))
            // Records that this page had brought into quarantine and that can be read now are loaded.
            let stillRejected = Set(content.rejected.compactMap(\.recordID))
            let waiting = try db.rows(
                """
                SELECT id, record_id FROM quarantine
                WHERE tenant = ? AND state = 'waiting' AND job = ? AND page_id = ? AND record_id IS NOT NULL
                """, [tenant.rawValue, page.page.partition.job.rawValue, page.id])
            for entry in waiting where try !stillRejected.contains(entry["record_id"]) {
                try db.run(
                    "UPDATE quarantine SET state = 'replayed', replays = replays + 1 WHERE tenant = ? AND id = ?",
                    [tenant.rawValue, try entry["id"] as Int64])
            }
            try QuarantineWriter(db: db, tenant: tenant).add(
                content.rejected, from: page.page, pageID: page.id, run: run, at: now, onFirstChange: {})
            return counts
        }
    }
}
