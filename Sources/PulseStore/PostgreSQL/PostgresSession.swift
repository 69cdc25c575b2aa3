import PulseDomain
import PulsePostgres
import Synchronization

/// A transaction of PostgreSQL.
struct PostgresSession: SQLSession {
    let connection: PostgresConnection
    /// Time since an arbitrary start.
    let stopwatch: @Sendable () -> Duration
    var novelty = Novelty()
    /// Whether leases follow the server's clock.
    var usesServerClock = false

    @discardableResult
    func run(_ sql: String, _ arguments: SQLArguments) throws -> Int {
        try connection.query(PostgresSQL.of(sql), Self.bound(arguments)).affected
    }

    func rows(_ sql: String, _ arguments: SQLArguments) throws -> [SQLRow] {
        let result = try connection.query(PostgresSQL.of(sql), Self.bound(arguments))
        let columns = SQLRow.Columns(result.columns)
        return try result.rows.map { row in
            SQLRow(columns, try result.columns.indices.map { SQLValue(try row.value($0)) })
        }
    }

    /// A lock that commits of other partitions do not wait for, and ``awaitCommits(of:_:)`` does.
    func heldFence(of run: RunID, _ tenant: TenantID) throws -> Int64? {
        try value(
            "SELECT fence FROM runs WHERE tenant = ? AND id = ? FOR KEY SHARE", [tenant.rawValue, run.rawValue])
    }

    func awaitCommits(of run: RunID, _ tenant: TenantID) throws {
        _ = try rows(
            "SELECT fence FROM runs WHERE tenant = ? AND id = ? FOR UPDATE", [tenant.rawValue, run.rawValue])
    }

    func takeTurns(at name: String, of tenant: TenantID) throws {
        try run(
            "SELECT pg_advisory_xact_lock(hashtextextended(? || chr(31) || ?, 0))", [tenant.rawValue, name])
    }

    func clockShift(_ now: Instant) throws -> Duration {
        guard usesServerClock, let server: Instant = try value("SELECT clock_timestamp()", []) else { return .zero }
        return server - now
    }

    var instantType: String { "timestamptz" }
    var skipLocked: String { "FOR NO KEY UPDATE SKIP LOCKED" }

    /// The counter's row is held until the commit, so that numbers are seen in their order.
    func noteChange(of job: JobID, _ tenant: TenantID) throws {
        let number = try nextNumber(.change, of: tenant)
        try run(
            """
            INSERT INTO job_changes (tenant, job, number) VALUES (?, ?, ?)
            ON CONFLICT (tenant, job) DO UPDATE SET number = excluded.number
            """, [tenant.rawValue, job.rawValue, number])
        try run("SELECT pg_notify('\(PostgresStore.channel)', ?)", [tenant.rawValue])
    }

    /// Numbers that many commits need at once come from sequences, which hold back nobody; the others have no gaps.
    func nextNumber(_ name: NumberName, of tenant: TenantID, count: Int) throws -> Int64 {
        let last: Int64?
        switch name {
        case .rawPage, .quarantine:
            last = try value("SELECT max(nextval('\(name.rawValue)_numbers')) FROM generate_series(1, ?)", [count])
        case .run, .walk, .log, .audit, .tombstone, .change:
            last = try value(
                """
                INSERT INTO counters (tenant, name, value) VALUES (?1, ?2, ?3)
                ON CONFLICT (tenant, name) DO UPDATE SET value = counters.value + ?3 RETURNING value
                """, [tenant.rawValue, name.rawValue, count])
        }
        guard let last else { throw StoredValueError(description: "counter \(name)") }
        return last - Int64(count) + 1
    }

    func resolveLinks(to keys: Set<String>, of tenant: TenantID) throws {
        try resolve(TouchedKeys(items: keys), of: tenant)
    }

    /// Renews the links that tell one of the keys.
    ///
    /// An item and a link to it may come at the same time, and neither transaction sees the other's row. So whoever wrote
    /// links waits for those that wrote items, and the other way round: the later one sees what the earlier committed.
    func resolve(_ touched: TouchedKeys, of tenant: TenantID) throws {
        let keys = touched.items.union(touched.links)
        guard !keys.isEmpty else { return }
        let lock = touched.links.isEmpty ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock"
        try run("SELECT \(lock)(hashtextextended(?, 1819176555))", [tenant.rawValue])
        let list = PostgresValue.array(PostgresArray(keys.sorted()))
        for table in [WorkItemPullRequestColumns.table, WorkItemCommitColumns.table] {
            try connection.query(PostgresLinks.resolve(in: table), [.text(tenant.rawValue), list], renewsPlan: true)
        }
    }

    func addCensus(_ ids: [String], of partition: PartitionID, walk: Int64) throws {
        try run(
            """
            INSERT INTO census_ids (tenant, job, partition, walk, row_id)
            SELECT ?1, ?2, ?3, ?4, id FROM jsonb_array_elements_text(?5::jsonb) AS id ON CONFLICT DO NOTHING
            """,
            [
                partition.tenant.rawValue, partition.job.rawValue, partition.key.rawValue, walk,
                try StoredValue.json(ids),
            ])
    }

    private static func bound(_ arguments: SQLArguments) -> [PostgresValue] {
        arguments.map { ($0?.sqlValue ?? .null).postgresValue }
    }
}

extension SQLValue {
    fileprivate var postgresValue: PostgresValue {
        switch self {
        case .null: .null
        case .boolean(let flag): .boolean(flag)
        case .integer(let integer): .integer(integer)
        case .real(let real): .real(real)
        case .text(let text): .text(text)
        case .bytes(let bytes): .bytes(bytes)
        case .instant(let instant): .instant(instant.microseconds)
        }
    }

    fileprivate init(_ value: PostgresValue) {
        self =
            switch value {
            case .null: .null
            case .boolean(let flag): .boolean(flag)
            case .integer(let integer): .integer(integer)
            case .real(let real): .real(real)
            case .text(let text): .text(text)
            case .bytes(let bytes): .bytes(bytes)
            case .instant(let microseconds): .instant(Instant(microseconds: microseconds))
            case .array: preconditionFailure("arrays are sent and never read")
            }
    }
}

/// Statements as PostgreSQL numbers their places.
enum PostgresSQL {
    private static let known = Mutex<[String: String]>([:])

    /// `$1` for the first `?`, `$2` for `?2`. A `?` within quotes stays.
    static func of(_ sql: String) -> String {
        if let known = known.withLock({ $0[sql] }) { return known }
        var text = ""
        var next = 1
        var isQuoted = false
        var characters = Substring(sql)
        while let character = characters.popFirst() {
            if character == "'" { isQuoted.toggle() }
            guard character == "?", !isQuoted else {
                text.append(character)
                continue
            }
            let digits = characters.prefix { $0.isASCII && $0.isNumber }
            characters = characters.dropFirst(digits.count)
            text += "$" + (digits.isEmpty ? String(next) : String(digits))
            if digits.isEmpty { next += 1 }
        }
        known.withLock { $0[sql] = text }
        return text
    }
}

/// Keys of work items whose links are to be renewed.
struct TouchedKeys {
    /// Of items and aliases that were written.
    var items: Set<String> = []
    /// That links tell which were written.
    var links: Set<String> = []
}

/// Which work item a key means; the rules are those of SQLite's `LinkResolver`.
enum PostgresLinks {
    /// Renews the derived columns of links that tell one of the keys in parameter 2, an array. Most keys have no link:
    /// nothing else is looked up for them.
    static func resolve(in table: TableName) -> String {
        """
        UPDATE \(table) AS link SET work_item_source = found.source, work_item_id = found.id
        FROM (
            SELECT told.key, coalesce(item.source, former.source) AS source, coalesce(item.id, former.id) AS id
            FROM (
                SELECT listed.key FROM (SELECT unnest($2::text[]) AS key) AS listed CROSS JOIN LATERAL (
                    SELECT 1 FROM \(table) AS known
                    WHERE known.tenant = $1 AND known.key = listed.key LIMIT 1
                ) AS known
                OFFSET 0
            ) AS told
            LEFT JOIN LATERAL (
                SELECT source, id FROM work_items
                WHERE tenant = $1 AND work_items.key = told.key AND deleted_at IS NULL
                ORDER BY source, id LIMIT 1
            ) AS item ON TRUE
            LEFT JOIN LATERAL (
                SELECT work_items.source, work_items.id FROM work_item_aliases AS aliases
                JOIN work_items ON work_items.tenant = $1 AND work_items.source = aliases.source
                    AND work_items.id = aliases.work_item_id AND work_items.deleted_at IS NULL
                WHERE aliases.tenant = $1 AND aliases.id = told.key AND aliases.deleted_at IS NULL
                ORDER BY work_items.source, work_items.id LIMIT 1
            ) AS former ON item.id IS NULL
            OFFSET 0
        ) AS found
        WHERE link.tenant = $1 AND link.key = found.key
            AND (link.work_item_source, link.work_item_id) IS DISTINCT FROM (found.source, found.id)
        """
    }
}
