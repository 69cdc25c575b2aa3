package import PulseDomain

extension SQLStore {
    package func pruneHistory(before instant: Instant, limit: Int) async throws -> Int {
        let tenant = tenant.rawValue
        return try await write { db in
            // The oldest first: what is left of a partition has no gap.
            let checkpoints = try db.run(
                """
                DELETE FROM checkpoints WHERE tenant = ?1 AND (job, partition, sequence) IN (
                    SELECT c.job, c.partition, c.sequence FROM checkpoints AS c
                    WHERE c.tenant = ?1 AND c.saved_at < ?2 AND EXISTS (
                        SELECT 1 FROM checkpoints AS n WHERE n.tenant = ?1 AND n.job = c.job
                            AND n.partition = c.partition AND n.sequence > c.sequence)
                    ORDER BY c.sequence LIMIT ?3)
                """, [tenant, instant, max(0, limit)])
            guard checkpoints < limit else { return checkpoints }
            // What changed something is named by rows and their former versions.
            let named = ["checkpoints", "raw_pages", "quarantine", "quota_ledger", "tombstones"].map {
                " AND NOT EXISTS (SELECT 1 FROM \($0) AS x WHERE x.tenant = ?1 AND x.run = r.id)"
            }
            let runs = try db.run(
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
                """, [tenant, instant, max(0, limit - checkpoints)])
            return checkpoints + runs
        }
    }
}
