import PulseDomain

extension StoreAudit {
    /// Told by name at most; the rest is counted.
    private static let named = 20

    static let runChecks = [counts, kept, checkpoints]

    /// Every record of a run is accounted for (invariant 2).
    private static let counts = Check(what: "counts of runs", area: .runs) { db, tenant in
        let wrong = try db.rows(
            """
            SELECT id, job FROM runs WHERE tenant = ?1
                AND extracted <> inserted + updated + unchanged + quarantined + filtered ORDER BY id LIMIT \(named)
            """, [tenant.rawValue])
        return Finding(
            what: "counts of runs", rows: try db.rows(in: "runs", tenant),
            problems: try wrong.map {
                "Run \(try $0["id"] as Int64) of \(try $0["job"] as String) has records that are not accounted for."
            })
    }

    /// What runs left behind names a run that is there.
    private static let kept = Check(what: "runs of what is kept", area: .runs) { db, tenant in
        var (rows, problems) = (0, [String]())
        for table in ["checkpoints", "raw_pages", "quota_ledger", "quarantine", "tombstones"] {
            rows += try db.rows(in: table, tenant)
            let wrong = try db.count(
                """
                SELECT count(*) FROM \(table) AS r WHERE r.tenant = ?1
                    AND NOT EXISTS (SELECT 1 FROM runs AS x WHERE x.tenant = r.tenant AND x.id = r.run)
                """, tenant)
            if wrong > 0 {
                problems.append("\(wrong.counted("row")) of \(table) without a run.")
            }
        }
        return Finding(what: "runs of what is kept", rows: rows, problems: problems)
    }

    /// Checkpoints of a partition follow each other without a gap (the oldest are let go), and none was saved before the one it follows. Clocks of
    /// several machines may differ by a few minutes.
    private static let checkpoints = Check(what: "order of checkpoints", area: .checkpoints) { db, tenant in
        let pairs = """
            FROM (SELECT job, partition, sequence, saved_at,
                    lag(sequence) OVER w AS former, lag(saved_at) OVER w AS formerly
                FROM checkpoints WHERE tenant = ?1 WINDOW w AS (PARTITION BY job, partition ORDER BY sequence)) AS c
            """
        var problems: [String] = []
        let gaps = try db.rows(
            """
            SELECT job, partition, sequence \(pairs) WHERE sequence <> former + 1
            ORDER BY job, partition, sequence LIMIT \(named)
            """, [tenant.rawValue])
        problems += try gaps.map {
            "Checkpoint \(try $0["sequence"] as Int64) of \(try $0["job"] as String), "
                + "\(try $0["partition"] as String), does not follow the one before."
        }
        let back = try db.rows(
            """
            SELECT job, partition, sequence, saved_at, formerly \(pairs) WHERE saved_at < formerly
            ORDER BY job, partition, sequence
            """, [tenant.rawValue])
        problems += try back.filter { try ($0["formerly"] as Instant) - ($0["saved_at"] as Instant) > .minutes(5) }
            .prefix(named).map {
                "Checkpoint \(try $0["sequence"] as Int64) of \(try $0["job"] as String), "
                    + "\(try $0["partition"] as String), was saved before the one that it follows."
            }
        return Finding(
            what: "order of checkpoints", rows: try db.rows(in: "checkpoints", tenant), problems: problems)
    }
}
