import PulseDomain

extension StoreAudit {
    /// What is numbered next comes behind what is there, and nothing between the numbers is missing.
    static let numberChecks = [
        // Old runs that changed nothing are let go, and the oldest lines of the log.
        numbers("run", "runs", "id", .endsWithLast),
        numbers("audit", "audit_log", "sequence", .isWhole),
        numbers("log", "logs", "sequence", .hasNoGaps), tombstones,
    ]

    /// What is expected of the numbers in a table.
    private enum Numbers {
        /// All that were given out.
        case isWhole
        /// From the first that is there to the last: the oldest are let go.
        case hasNoGaps
        /// The last that was given out, and any before it.
        case endsWithLast
    }

    private static func numbers(
        _ counter: String, _ table: String, _ column: String, _ expectation: Numbers
    ) -> Check {
        let what = "numbers of \(table)"
        return Check(what: what, area: .numbers) { db, tenant in
            let rows = try db.rows(in: table, tenant)
            let first = try db.count("SELECT min(\(column)) FROM \(table) WHERE tenant = ?1", tenant)
            let last = try db.count("SELECT max(\(column)) FROM \(table) WHERE tenant = ?1", tenant)
            let given = try db.count("SELECT value FROM counters WHERE tenant = ?1 AND name = ?2", tenant, [counter])
            var problems: [String] = []
            if last > given { problems.append("\(table) has the number \(last), and \(given) was given out.") }
            let expected = rows == 0 ? 0 : last - (expectation == .isWhole ? 1 : first) + 1
            if rows != expected, expectation != .endsWithLast {
                problems.append(
                    "\((expected - rows).counted("row")) of \(table) \((expected - rows).noun("is", "are")) missing.")
            }
            if last < given, expectation != .hasNoGaps {
                problems.append("\(table) ends with \(last), and \(given) was given out.")
            }
            return Finding(what: what, rows: rows, problems: problems)
        }
    }

    /// Only what is held has candidates, and what is held and found something has them.
    private static let tombstones = Check(what: "tombstones", area: .tombstones) { db, tenant in
        var problems: [String] = []
        func look(_ sentence: String, _ sql: String) throws {
            let count = try db.count(sql, tenant)
            if count > 0 { problems.append("\(count.counted("tombstone")) \(sentence).") }
        }
        let candidates = "(SELECT 1 FROM tombstone_candidates AS c WHERE c.tenant = t.tenant AND c.finding = t.id)"
        try look(
            "held back without what was found",
            """
            SELECT count(*) FROM tombstones AS t WHERE t.tenant = ?1 AND t.is_held AND t.undone_at IS NULL
                AND t.records > 0 AND NOT EXISTS \(candidates)
            """)
        try look(
            "carried out or taken back, with candidates left",
            """
            SELECT count(*) FROM tombstones AS t WHERE t.tenant = ?1 AND (NOT t.is_held OR t.undone_at IS NOT NULL)
                AND EXISTS \(candidates)
            """)
        try look(
            "with a number that was not given out",
            """
            SELECT count(*) FROM tombstones AS t WHERE t.tenant = ?1 AND t.id > coalesce(
                (SELECT value FROM counters WHERE tenant = ?1 AND name = 'tombstone'), 0)
            """)
        return Finding(what: "tombstones", rows: try db.rows(in: "tombstones", tenant), problems: problems)
    }
}
