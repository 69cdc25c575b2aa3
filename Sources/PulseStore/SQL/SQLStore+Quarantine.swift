import Foundation
package import PulseDomain

extension SQLStore {
    package func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        let tenant = tenant
        return try await read { db in
            try db.rows(
                """
                SELECT * FROM quarantine WHERE tenant = ?1 AND (CAST(?2 AS TEXT) IS NULL OR job = ?2)
                AND (CAST(?3 AS TEXT) IS NULL OR state = ?3) AND (CAST(?4 AS BIGINT) IS NULL OR id < ?4)
                ORDER BY id DESC LIMIT ?5
                """,
                [tenant.rawValue, filter.job?.rawValue, filter.state?.rawValue, filter.before, max(0, filter.limit)]
            ).map { try QuarantineEntry(row: $0, tenant: tenant) }
        }
    }

    package func quarantineEntry(_ id: Int64) async throws -> QuarantineEntry? {
        let tenant = tenant
        return try await read { db in
            try db.row("SELECT * FROM quarantine WHERE tenant = ? AND id = ?", [tenant.rawValue, id])
                .map { try QuarantineEntry(row: $0, tenant: tenant) }
        }
    }

    package func quarantineCounts() async throws -> [JobID: Int] {
        let name = tenant.rawValue
        return try await read { db in
            let rows = try db.rows(
                """
                SELECT job, count(*) AS entries FROM quarantine WHERE tenant = ? AND state = 'waiting' GROUP BY job
                """, [name])
            return try Dictionary(
                rows.map { try (JobID($0["job"] as String), $0["entries"] as Int) }, uniquingKeysWith: { $0 + $1 })
        }
    }

    package func discardQuarantine(_ ids: [Int64], at now: Instant) async throws -> Int {
        let name = tenant.rawValue
        return try await write { db in
            try Set(ids).reduce(0) { count, id in
                try count
                    + db.run(
                        "UPDATE quarantine SET state = 'discarded' WHERE tenant = ? AND id = ? AND state = 'waiting'",
                        [name, id])
            }
        }
    }

    package func commitReplay(of id: Int64, content: PageContent, run: RunID, at now: Instant) async throws
        -> RecordCounts
    {
        let tenant = tenant
        return try await write { db in
            guard
                let row = try db.row(
                    "SELECT * FROM quarantine WHERE tenant = ? AND id = ? AND state = 'waiting'", [tenant.rawValue, id])
            else { throw StoreError.inconsistent("no quarantined record \(id) waits for a replay") }
            let entry = try QuarantineEntry(row: row, tenant: tenant)
            let page: Int64? = try row["page_id"]
            let counts = try db.merge(
                content, page: page,
                MergeContext(
                    tenant: tenant, source: entry.partition.source, run: run, now: now, keepsVersions: true,
                    kind: .historical(page: page)))
            if let again = content.rejected.first {
                try db.run(
                    "UPDATE quarantine SET code = ?, reason = ?, replays = replays + 1 WHERE tenant = ? AND id = ?",
                    [again.code, again.reason, tenant.rawValue, id])
            } else {
                try db.run(
                    "UPDATE quarantine SET state = 'replayed', replays = replays + 1 WHERE tenant = ? AND id = ?",
                    [tenant.rawValue, id])
            }
            return counts
        }
    }
}

extension QuarantineEntry {
    fileprivate init(row: SQLRow, tenant: TenantID) throws {
        try self.init(
            id: row["id"], partition: PartitionID(row, tenant: tenant), run: RunID(row["run"]),
            cursor: Cursor(json: row["cursor"]),
            record: RejectedRecord(
                recordID: row["record_id"], code: row["code"], reason: row["reason"],
                payload: row["payload"]),
            state: try StoredValue.named(row["state"]), at: row["at"], replays: row["replays"])
    }
}
