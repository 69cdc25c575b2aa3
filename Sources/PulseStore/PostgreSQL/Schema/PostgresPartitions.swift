import PulseDomain
import PulsePostgres

/// A partition of a table that grows for ever.
struct PostgresPartition: Sendable {
    let name: String
    /// Where it ends; `nil` for the one that takes what no other is for.
    let end: Instant?
    /// Whether it has no beginning, or is for everything else: old rows in it are not alone.
    let isOpen: Bool
}

/// Makes partitions for what comes, and drops those that nobody keeps.
///
/// Whoever waits for a lock on a table holds back everybody who comes later, so it is tried for a moment only: a table that
/// is busy is left until the next time.
enum PostgresPartitions {
    /// Any number: one process at a time makes and drops.
    private static let lock: Int64 = 0x504C_5350
    /// Partitions that are made before their time comes. What comes when there is none goes to the default partition.
    static let ahead: [RetainedTable: Int] = [.rawPages: 3, .rowVersions: 2, .ledger: 2]

    private static func step(of table: RetainedTable) -> (unit: String, format: String) {
        switch table {
        case .rawPages: ("day", "YYYYMMDD")
        case .rowVersions, .ledger: ("month", "YYYYMM")
        }
    }

    /// The partitions of a table, by their ends.
    static func all(of table: RetainedTable, _ connection: PostgresConnection) throws -> [PostgresPartition] {
        try connection.query(
            """
            SELECT name, "end", "end" IS NULL OR bound LIKE '%MINVALUE%' AS is_open FROM (
                SELECT c.relname::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound,
                    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz AS "end"
                FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                WHERE i.inhparent = to_regclass('pulse.\(table.rawValue)')
            ) AS found ORDER BY "end" NULLS LAST, name
            """
        ).rows.map { row in
            guard case .text(let name) = try row.value("name") else {
                throw StoredValueError(description: "a partition without a name")
            }
            var end: Instant?
            if case .instant(let microseconds) = try row.value("end") { end = Instant(microseconds: microseconds) }
            return PostgresPartition(name: name, end: end, isOpen: try row.value("is_open") == .boolean(true))
        }
    }

    /// Row-level security for the partitions that have none yet: it holds also where one is asked for by its own name.
    static func secure(_ connection: PostgresConnection) throws {
        let found = try connection.query(
            """
            SELECT c.relname::text AS name FROM pg_class AS c
            WHERE c.relnamespace = 'pulse'::regnamespace AND c.relispartition AND c.relkind = 'r'
                AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
            """)
        for row in found.rows {
            if case .text(let name) = try row.value("name") { try connection.execute(PostgresTenancy.policy(on: name)) }
        }
    }

    // MARK: Making

    /// Makes the partitions of the next days and months that are missing; the names of those that were made.
    ///
    /// The table that a partition is made of is locked for writers only when it is attached, and that is given up after a
    /// moment. In a transaction when `isWithin`, else in one for each.
    @discardableResult
    static func makeAhead(
        _ connection: PostgresConnection, patience: Duration = .seconds(2), isWithin: Bool = false
    ) throws -> [String] {
        var made: [String] = []
        for table in RetainedTable.allCases {
            for partition in try missing(of: table, connection) {
                if isWithin {
                    try connection.execute(partition.sql)
                } else if try !attempt(partition.sql, connection, patience) {
                    break
                }
                made.append(partition.name)
            }
        }
        return made
    }

    private static func missing(
        of table: RetainedTable, _ connection: PostgresConnection
    ) throws -> [(name: String, sql: String)] {
        let known = try all(of: table, connection)
        // Before migration 3 there are none.
        guard !known.isEmpty else { return [] }
        let last = known.compactMap(\.end).last ?? .epoch
        let (unit, format) = step(of: table)
        let found = try connection.query(
            """
            SELECT to_char(begins, '\(format)') AS label, begins::text AS begins,
                (begins + interval '1 \(unit)')::text AS ends
            FROM generate_series(
                date_trunc('\(unit)', now() AT TIME ZONE 'UTC'),
                date_trunc('\(unit)', now() AT TIME ZONE 'UTC') + interval '\(ahead[table] ?? 1) \(unit)',
                interval '1 \(unit)') AS begins
            WHERE begins AT TIME ZONE 'UTC' >= $1 ORDER BY begins
            """, [.instant(last.microseconds)])
        return try found.rows.map { row in
            guard case .text(let label) = try row.value("label"), case .text(let begin) = try row.value("begins"),
                case .text(let end) = try row.value("ends")
            else { throw StoredValueError(description: "a time of a partition") }
            let name = "\(table.rawValue)_p\(label)"
            return (name, creation(of: name, table, from: begin, to: end))
        }
    }

    private static func creation(of name: String, _ table: RetainedTable, from begin: String, to end: String) -> String
    {
        """
        CREATE TABLE pulse.\(name) (LIKE pulse.\(table.rawValue) INCLUDING DEFAULTS INCLUDING COMMENTS);
        DO $owner$ BEGIN
            EXECUTE (SELECT format('ALTER TABLE pulse.\(name) OWNER TO %I', pg_get_userbyid(relowner)) FROM pg_class
                WHERE oid = 'pulse.\(table.rawValue)'::regclass);
        END $owner$;
        \(PostgresTenancy.policy(on: name));
        COMMENT ON TABLE pulse.\(name) IS 'What \(table.rawValue) has from \(begin) to \(end), UTC.';
        ALTER TABLE pulse.\(table.rawValue) ATTACH PARTITION pulse.\(name)
            FOR VALUES FROM ('\(begin)+00') TO ('\(end)+00')
        """
    }

    // MARK: Dropping

    /// Drops the partitions that end before `horizon`; the names of those that were dropped.
    static func drop(
        _ table: RetainedTable, before horizon: Instant, _ connection: PostgresConnection, patience: Duration
    ) throws -> [String] {
        var dropped: [String] = []
        for partition in try all(of: table, connection) where partition.end.map({ $0 <= horizon }) ?? false {
            guard try attempt("DROP TABLE pulse.\(partition.name)", connection, patience) else { break }
            dropped.append(partition.name)
        }
        return dropped
    }

    /// Runs statements that lock a table, in a transaction. `false` when somebody is at it, another process was quicker, or
    /// rows that came too early are where a partition was to be made: then it is tried again some other time.
    private static func attempt(
        _ sql: String, _ connection: PostgresConnection, _ patience: Duration
    ) throws -> Bool {
        do {
            return try connection.transaction {
                let isOurs = try connection.query("SELECT pg_try_advisory_xact_lock($1) AS ours", [.integer(lock)])
                    .first
                guard try isOurs?.value("ours") == .boolean(true) else { return false }
                try connection.execute("SET LOCAL lock_timeout = \(max(1, patience.inMicroseconds / 1_000))")
                try connection.execute(sql)
                return true
            }
        } catch let error as PostgresError
            where error.kind == .locked || error.kind == .conflict || ["23514", "42P07", "42P01"].contains(error.state)
        {
            return false
        }
    }
}
