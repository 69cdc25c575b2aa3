import PulseDomain

extension StoreAudit {
    /// What rows of the unified tables refer to, each table and each reference by itself.
    static let rowChecks: [Check] =
        UnifiedSchema.tables.map(origin) + UnifiedSchema.tables.flatMap(references)
        + [WorkItemPullRequestColumns.table, WorkItemCommitColumns.table].map(links) + [versions]

    /// The run, the page and the tombstone that rows name. Pages, and runs whose records changed nothing, are kept for a
    /// while only, so one that is gone is none that was never there: numbers are given out once.
    private static func origin(of table: Table) -> Check {
        let name = UnifiedTables.quoted(table.name.rawValue)
        return Check(what: "\(table.name): run, page, tombstone", area: .rows) { db, tenant in
            var problems: [String] = []
            func look(_ wrong: String, _ condition: String) throws {
                let count = try db.count(
                    "SELECT count(*) FROM \(name) AS r WHERE r.tenant = ?1 AND \(condition)", tenant)
                if count > 0 { problems.append("\(count.counted("row")) of \(table.name) with \(wrong).") }
            }
            try look(
                "a run that is not there",
                "r.run_id > coalesce((SELECT value FROM counters WHERE tenant = ?1 AND name = 'run'), 0)")
            try look(
                "a page of another source",
                """
                r.page_id IS NOT NULL AND EXISTS (SELECT 1 FROM raw_pages AS x
                    WHERE x.tenant = r.tenant AND x.id = r.page_id AND x.source <> r.source)
                """)
            try look("a tombstone, and yet there", "r.tombstone_id IS NOT NULL AND r.deleted_at IS NULL")
            try look(
                "a tombstone that was taken back or never carried out",
                """
                r.tombstone_id IS NOT NULL AND EXISTS (SELECT 1 FROM tombstones AS x WHERE x.tenant = r.tenant
                    AND x.id = r.tombstone_id AND (x.undone_at IS NOT NULL OR x.is_held))
                """)
            try look(
                "a tombstone whose number was not given out",
                """
                r.tombstone_id > coalesce((SELECT value FROM counters WHERE tenant = ?1 AND name = 'tombstone'), 0)
                """)
            return Finding(
                what: "\(table.name): run, page, tombstone", rows: try db.rows(in: table.name.rawValue, tenant),
                problems: problems)
        }
    }

    /// A row that another one owns comes with it, so its owner is there. Repositories, and what is only told (people,
    /// projects, parents), have jobs of their own and may not be loaded.
    private static func references(of table: Table) -> [Check] {
        table.columns.enumerated().compactMap { position, column in
            guard let target = column.refersTo else { return nil }
            let isFirm = position == table.owner && target != RepositoryColumns.table
            let (name, other) = (UnifiedTables.quoted(table.name.rawValue), UnifiedTables.quoted(target.rawValue))
            let reference = "r.\(UnifiedTables.quoted(column.name))"
            let what = "\(table.name).\(column.name) in \(target)"
            return Check(what: what, area: .references) { db, tenant in
                let told = try db.count(
                    "SELECT count(*) FROM \(name) AS r WHERE r.tenant = ?1 AND \(reference) IS NOT NULL", tenant)
                let lost = try db.count(
                    """
                    SELECT count(*) FROM \(name) AS r WHERE r.tenant = ?1 AND \(reference) IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM \(other) AS x WHERE x.tenant = r.tenant AND x.source = r.source
                            AND x.id = \(reference))
                    """, tenant)
                guard lost > 0 else { return Finding(what: what, rows: told, problems: []) }
                let sentence = "\(lost.counted("row")) \(lost.noun("leads", "lead")) to nothing in \(target)"
                return isFirm
                    ? Finding(what: what, rows: told, problems: ["\(sentence), which owns \(lost.noun("it", "them"))."])
                    : Finding(what: what, rows: told, problems: [], notes: ["\(sentence): not loaded."])
            }
        }
    }

    /// The work item that a link was found to mean is there.
    private static func links(of table: TableName) -> Check {
        let what = "\(table): work items"
        return Check(what: what, area: .links) { db, tenant in
            let wrong = try db.count(
                """
                SELECT count(*) FROM \(table) AS l WHERE l.tenant = ?1 AND l.work_item_id IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM work_items AS w WHERE w.tenant = l.tenant
                        AND w.source = l.work_item_source AND w.id = l.work_item_id)
                """, tenant)
            return Finding(
                what: what, rows: try db.rows(in: table.rawValue, tenant),
                problems: wrong == 0
                    ? [] : ["\(wrong.counted("link")) of \(table) \(wrong.noun("leads", "lead")) to no work item."])
        }
    }

    /// Rows are marked and never removed, so what they were before belongs to one that is there.
    private static let versions = Check(what: "row_versions", area: .versions) { db, tenant in
        var problems: [String] = []
        for table in UnifiedSchema.tables {
            let wrong = try db.count(
                """
                SELECT count(*) FROM row_versions AS v WHERE v.tenant = ?1 AND v.table_name = ?2
                    AND NOT EXISTS (SELECT 1 FROM \(UnifiedTables.quoted(table.name.rawValue)) AS r
                        WHERE r.tenant = v.tenant AND r.source = v.source AND r.id = v.row_id)
                """, tenant, [table.name.rawValue])
            if wrong > 0 { problems.append("\(wrong.counted("former version")) of \(table.name) without a row.") }
        }
        let strange = try db.count(
            """
            SELECT count(*) FROM row_versions AS v WHERE v.tenant = ?1
                AND v.replaced_by > coalesce((SELECT value FROM counters WHERE tenant = ?1 AND name = 'run'), 0)
            """, tenant)
        if strange > 0 { problems.append("\(strange.counted("former version")) of no run.") }
        return Finding(what: "row_versions", rows: try db.rows(in: "row_versions", tenant), problems: problems)
    }
}
