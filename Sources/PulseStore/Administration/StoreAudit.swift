import PulseDomain

/// Looks whether a tenant's data agrees with itself: what no constraint of the database can say.
package struct StoreAudit: Sendable {
    /// Something that was looked at.
    package struct Finding: Sendable, Hashable {
        package var what: String
        /// How many rows were looked at; `nil` where it is not about rows.
        package var rows: Int?
        /// What is wrong, a sentence each; empty: nothing.
        package var problems: [String]
    }

    private let store: any SQLStore

    package init(_ store: SQLiteStore) { self.store = store }
    package init(_ store: PostgresStore) { self.store = store }

    /// Looks at everything; takes as long as reading the tables.
    package func findings() async throws -> [Finding] {
        var damage: [String] = []
        if let file = store as? SQLiteStore { damage = try await file.checkThoroughly() }
        var findings = [Finding(what: "database", problems: damage + (try await store.check()))]
        findings.append(try await counts())
        for table in [WorkItemPullRequestColumns.table, WorkItemCommitColumns.table] {
            findings.append(try await links(of: table))
        }
        findings.append(try await numbers())
        return findings
    }

    /// Every record of a run is accounted for (invariant 2).
    private func counts() async throws -> Finding {
        let tenant = store.tenant.rawValue
        return try await store.read { db in
            let wrong = try db.rows(
                """
                SELECT id, job FROM runs WHERE tenant = ?
                    AND extracted <> inserted + updated + unchanged + quarantined + filtered ORDER BY id LIMIT 20
                """, [tenant])
            return Finding(
                what: "counts of runs", rows: try db.value("SELECT count(*) FROM runs WHERE tenant = ?", [tenant]),
                problems: try wrong.map {
                    "Run \(try $0["id"] as Int64) of \(try $0["job"] as String) has records that are not accounted for."
                })
        }
    }

    /// The work item that a link tells is there.
    private func links(of table: TableName) async throws -> Finding {
        let tenant = store.tenant.rawValue
        return try await store.read { db in
            let wrong: Int =
                try db.value(
                    """
                    SELECT count(*) FROM \(table) AS l WHERE l.tenant = ? AND l.work_item_id IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM work_items AS w WHERE w.tenant = l.tenant
                            AND w.source = l.work_item_source AND w.id = l.work_item_id)
                    """, [tenant]) ?? 0
            return Finding(
                what: "links in \(table)",
                rows: try db.value("SELECT count(*) FROM \(table) WHERE tenant = ?", [tenant]),
                problems: wrong == 0
                    ? [] : ["\(wrong.counted("link")) of \(table) \(wrong.noun("leads", "lead")) to no work item."])
        }
    }

    /// What is numbered next comes behind what is there.
    private func numbers() async throws -> Finding {
        let tenant = store.tenant.rawValue
        return try await store.read { db in
            var problems: [String] = []
            for (name, table, column) in [
                ("run", "runs", "id"), ("log", "logs", "sequence"), ("audit", "audit_log", "sequence"),
                ("tombstone", "tombstones", "id"),
            ] {
                let last: Int64 =
                    try db.value("SELECT max(\(column)) FROM \(table) WHERE tenant = ?", [tenant]) ?? 0
                let counter: Int64 =
                    try db.value("SELECT value FROM counters WHERE tenant = ? AND name = ?", [tenant, name]) ?? 0
                if last > counter { problems.append("\(table) has the number \(last), and \(counter) was given out.") }
            }
            return Finding(what: "numbers", problems: problems)
        }
    }
}
