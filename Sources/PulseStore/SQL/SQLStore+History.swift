package import PulseDomain

extension SQLStore {
    package func pruneHistory(before instant: Instant, limit: Int) async throws -> Int {
        let tenant = tenant.rawValue
        return try await write { db in
            var deleted = 0
            for statement in Self.historyDeletions where deleted < limit {
                deleted += try db.run(statement, [tenant, instant, max(0, limit - deleted)])
            }
            return deleted
        }
    }

    /// In this order: a run goes after what names it. `?1` is the tenant, `?2` the age, `?3` how many at most.
    private static var historyDeletions: [String] {
        // What changed something is named by rows and their former versions.
        let named = ["checkpoints", "raw_pages", "quarantine", "quota_ledger", "tombstones"].map {
            " AND NOT EXISTS (SELECT 1 FROM \($0) AS x WHERE x.tenant = ?1 AND x.run = r.id)"
        }
        return [
            // The oldest first: what is left of a partition has no gap.
            """
            DELETE FROM checkpoints WHERE tenant = ?1 AND (job, partition, sequence) IN (
                SELECT c.job, c.partition, c.sequence FROM checkpoints AS c
                WHERE c.tenant = ?1 AND c.saved_at < ?2 AND EXISTS (
                    SELECT 1 FROM checkpoints AS n WHERE n.tenant = ?1 AND n.job = c.job
                        AND n.partition = c.partition AND n.sequence > c.sequence)
                ORDER BY c.sequence LIMIT ?3)
            """,
            """
            DELETE FROM alerts WHERE tenant = ?1 AND (alert, since) IN (
                SELECT a.alert, a.since FROM alerts AS a WHERE a.tenant = ?1 AND a.ended_at < ?2 LIMIT ?3)
            """,
            // What waits for somebody is kept, and what was discarded: the same record is not to come back.
            """
            DELETE FROM quarantine WHERE tenant = ?1 AND id IN (
                SELECT q.id FROM quarantine AS q
                WHERE q.tenant = ?1 AND q.state = 'replayed' AND q.at < ?2 LIMIT ?3)
            """,
            """
            DELETE FROM runs WHERE tenant = ?1 AND id IN (
                SELECT r.id FROM runs AS r
                WHERE r.tenant = ?1 AND r.state IN ('stopped', 'failed', 'succeeded') AND r.ended_at < ?2
                    AND r.inserted + r.updated + r.quarantined + r.tombstoned = 0
                    AND EXISTS (
                        SELECT 1 FROM runs AS n WHERE n.tenant = ?1 AND n.job = r.job AND n.id > r.id
                            AND (n.mode = r.mode OR r.mode LIKE 'range %'))
                    \(named.joined())
                LIMIT ?3)
            """,
        ]
    }
}
