import PulseDomain
import PulsePostgres

/// Reads rows of a source and writes them to a target, a chunk a transaction.
struct CopiedRows: Sendable {
    /// A row with what tells its place among the others.
    struct Row: Sendable {
        var key: [CopyState.KeyPart]
        var values: [SQLValue]
    }

    let source: SQLiteStore
    let target: PostgresStore

    // MARK: The source

    /// The rows behind a key, in the order of keys.
    func chunk(of table: CopiedTable, after key: [CopyState.KeyPart]) async throws -> [Row] {
        let tenant = source.tenant.rawValue
        let isNumbered = table.key.isEmpty
        let names = isNumbered ? ["rowid"] : table.key.map(UnifiedTables.quoted)
        let places = names.indices.map { "?\($0 + 2)" }.joined(separator: ", ")
        let list = names.joined(separator: ", ")
        let begin = key.isEmpty ? "" : " AND (\(list)) > (\(places))"
        // The sign keeps SQLite from sorting what it found by the tenant, instead of reading in order.
        let sql = """
            SELECT \(list), \(table.list) FROM \(table.quoted) WHERE \(isNumbered ? "+" : "")tenant = ?1\(begin)\
            \(table.condition) ORDER BY \(list) LIMIT \(table.chunk)
            """
        return try await source.read { db in
            try db.rows(sql, [tenant] + key).map { row in
                Row(
                    key: try row.values.prefix(names.count).map(CopyState.KeyPart.init),
                    values: Array(row.values.dropFirst(names.count)))
            }
        }
    }

    func sumOfSource(_ table: CopiedTable) async throws -> TableSum {
        var sum = TableSum()
        var after: [CopyState.KeyPart] = []
        while true {
            let chunk = try await chunk(of: table, after: after)
            for row in chunk { sum.add(row.values, of: table.columns) }
            guard let last = chunk.last, chunk.count == table.chunk else { return sum }
            after = last.key
        }
    }

    func count(of table: CopiedTable, in store: some SQLStore) async throws -> Int {
        let tenant = store.tenant.rawValue
        return try await store.read { db in
            try db.value("SELECT count(*) FROM \(table.quoted) WHERE tenant = ?\(table.condition)", [tenant]) ?? 0
        }
    }

    // MARK: The target

    func state() async throws -> CopyState? {
        try StoredValue.value(json: try await target.note(CopiedTable.note))
    }

    func save(_ state: CopyState) async throws {
        let tenant = target.tenant
        try await target.write { try Self.save(state, tenant, $0) }
    }

    private static func save(_ state: CopyState, _ tenant: TenantID, _ db: any SQLSession) throws {
        try db.run(
            """
            INSERT INTO notes (tenant, name, text) VALUES (?, ?, ?)
            ON CONFLICT (tenant, name) DO UPDATE SET text = excluded.text
            """, [tenant.rawValue, CopiedTable.note, try StoredValue.json(state)])
    }

    /// Adds rows together with the note of them. COPY goes to a staging table, because it refuses tables with row-level
    /// security (manual, "COPY").
    func add(_ rows: [[SQLValue]], to table: CopiedTable, _ state: CopyState) async throws {
        let tenant = target.tenant
        try await target.write { db in
            let connection = try Self.connection(of: db)
            let staging = UnifiedTables.quoted("copied_\(table.name)")
            try connection.execute(
                """
                CREATE TEMP TABLE IF NOT EXISTS \(staging) ON COMMIT DELETE ROWS
                AS SELECT \(table.list) FROM \(table.quoted) WITH NO DATA
                """)
            try connection.copyIn("COPY \(staging) (\(table.list)) FROM STDIN (FORMAT binary)") { writer in
                for row in rows {
                    try writer.beginRow(columns: table.columns.count)
                    for (value, column) in zip(row, table.columns) { try column.kind.write(value, to: &writer) }
                }
            }
            // Former versions are numbered by the database and keep their numbers.
            let overriding = table.name == "row_versions" ? "OVERRIDING SYSTEM VALUE " : ""
            try connection.execute(
                "INSERT INTO \(table.quoted) (\(table.list)) \(overriding)SELECT \(table.list) FROM \(staging)")
            try Self.save(state, tenant, db)
        }
    }

    /// Notes that a table is whole, and lets the planner know what is in it.
    func finish(_ table: CopiedTable, _ state: CopyState) async throws {
        let tenant = target.tenant
        try await target.write { db in
            try Self.save(state, tenant, db)
            try Self.connection(of: db).execute("ANALYZE \(table.quoted)")
        }
    }

    /// What engines number from now on comes behind what was copied. Sequences belong to all tenants, and engines of
    /// others may be drawing from them: they are drawn from too, not set.
    func advanceNumbers() async throws {
        let tenant = target.tenant.rawValue
        let numbered = [
            ("raw_page_numbers", "raw_pages", "raw_page"), ("quarantine_numbers", "quarantine", "quarantine"),
            ("row_versions_id_seq", "row_versions", ""),
        ]
        try await target.write { db in
            for (sequence, table, counter) in numbered {
                let last: Int64 =
                    try db.value(
                        """
                        SELECT greatest((SELECT max(id) FROM \(table) WHERE tenant = ?1),
                            (SELECT value FROM counters WHERE tenant = ?1 AND name = ?2), 0)
                        """, [tenant, counter]) ?? 0
                _ = try db.rows(
                    """
                    SELECT count(nextval('pulse.\(sequence)')) FROM generate_series(
                        1, greatest(0, ?1 - coalesce(pg_sequence_last_value('pulse.\(sequence)'::regclass), 0)))
                    """, [last])
            }
        }
    }

    /// Takes away what an unfinished copy left, those that refer to others first.
    func removeAll(of tables: [CopiedTable]) async throws {
        let tenant = target.tenant.rawValue
        try await target.write { db in
            for table in tables.reversed() {
                try db.run("DELETE FROM \(table.quoted) WHERE tenant = ?", [tenant])
            }
        }
    }

    func sumOfTarget(_ table: CopiedTable) async throws -> TableSum {
        let tenant = target.tenant.rawValue.replacing("'", with: "''")
        return try await target.read { db in
            let connection = try Self.connection(of: db)
            // A cursor of this name is always for the same statement: what is prepared for it stays right.
            let cursor = UnifiedTables.quoted("compared_\(table.name)")
            try connection.execute(
                """
                DECLARE \(cursor) NO SCROLL CURSOR FOR
                SELECT \(table.list) FROM \(table.quoted) WHERE tenant = '\(tenant)'\(table.condition)
                """)
            var sum = TableSum()
            while true {
                let rows = try db.rows("FETCH \(table.chunk) FROM \(cursor)", [])
                for row in rows { sum.add(row.values, of: table.columns) }
                if rows.count < table.chunk { break }
            }
            try connection.execute("CLOSE \(cursor)")
            return sum
        }
    }

    private static func connection(of db: any SQLSession) throws -> PostgresConnection {
        guard let session = db as? PostgresSession else {
            throw StoreError.inconsistent("the target of a copy is no database of PostgreSQL")
        }
        return session.connection
    }
}
