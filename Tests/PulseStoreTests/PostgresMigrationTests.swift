import PulseDomain
import PulsePostgres
import PulsePostgresCluster
import Testing

@testable import PulseStore

/// Every earlier schema becomes the present one, with what is in it.
@Suite(.serialized) struct PostgresMigrationTests {
    /// A database of the engines' role with nothing in it.
    private static func empty() async throws -> PostgresSettings {
        PostgresSettings(connection: try await PostgresCluster.shared().makeDatabase(of: "pulse_engine"))
    }

    private static func connect(_ settings: PostgresSettings, tenant: String = "acme") throws -> PostgresConnection {
        var settings = settings
        settings.sessionParameters["pulse.tenant"] = tenant
        return try PostgresConnection(settings)
    }

    /// A database of an earlier schema, with what two tenants loaded.
    private static func old(_ version: Int) async throws -> PostgresSettings {
        let settings = try await empty()
        try PostgresSchema.bringUpToDate(try connect(settings), location: "", upTo: version)
        for (number, tenant) in ["acme", "rival"].enumerated() {
            let connection = try connect(settings, tenant: tenant)
            try connection.execute(
                """
                INSERT INTO tenants VALUES ('\(tenant)');
                INSERT INTO runs (tenant, id, job, mode, state, state_details, state_since, started_by, reason, priority,
                    created_at, correlation)
                VALUES ('\(tenant)', 1, 'jira/issues', 'full', 'succeeded', '{}', now(), '{}', '', 0, now(), 'c');
                INSERT INTO counters VALUES ('\(tenant)', 'run', 1);
                INSERT INTO raw_pages (tenant, id, job, source, stream, partition, run, cursor, request, fetched_at,
                    correlation, size, is_compressed, body)
                SELECT '\(tenant)', n * 2 + \(number), 'jira/issues', 'jira', 'issues', '*', 1, '{}', 'GET /',
                    -- The last one was written by a clock that was wrong.
                    now() - (n || ' days')::interval + CASE n WHEN 9 THEN interval '400 days' ELSE '0' END,
                    'c', 2, FALSE, '\\x7b7d'
                FROM generate_series(0, 9) AS n;
                INSERT INTO row_versions (tenant, table_name, source, row_id, document, replaced_by, replaced_at)
                SELECT '\(tenant)', 'people', 'jira', 'ada', '{"name": "A"}', 1, now() - (n || ' months')::interval
                FROM generate_series(0, 5) AS n;
                INSERT INTO quota_ledger SELECT '\(tenant)', 1, now() - (n || ' days')::interval, 'i', 'b', n, n
                FROM generate_series(0, 99) AS n;
                INSERT INTO people (tenant, source, id, name, run_id, loaded_at, page_id)
                VALUES ('\(tenant)', 'jira', 'ada', 'Ada', 1, now(), \(number))
                """)
        }
        return settings
    }

    private static let content = """
        SELECT 'raw_pages' AS t, md5(string_agg(r::text, '' ORDER BY id)) AS sum FROM raw_pages AS r
        UNION ALL SELECT 'row_versions', md5(string_agg(r::text, '' ORDER BY id)) FROM row_versions AS r
        UNION ALL SELECT 'quota_ledger', md5(string_agg(r::text, '' ORDER BY at)) FROM quota_ledger AS r
        UNION ALL SELECT 'people', md5(string_agg(r::text, '' ORDER BY id)) FROM people AS r
        """

    /// Everything that the catalogue says of the schema, a line each, without what differs by chance: object numbers and
    /// the names of partitions' indexes.
    private static let catalogue = """
        SELECT line FROM (
            SELECT 'relation ' || c.relname || ' ' || c.relkind::text || ' ' || c.relrowsecurity || c.relforcerowsecurity
                || ' ' || coalesce(pg_get_expr(c.relpartbound, c.oid), '') || ' '
                || coalesce(obj_description(c.oid, 'pg_class'), '') || ' '
                || coalesce(pg_get_viewdef(CASE c.relkind WHEN 'v' THEN c.oid END), '') AS line
            FROM pg_class AS c WHERE c.relnamespace = 'pulse'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
            UNION ALL SELECT 'column ' || c.relname || ' ' || a.attnum || ' ' || a.attname || ' '
                || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || a.attidentity::text || a.attcollation
                || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(col_description(c.oid, a.attnum), '')
            FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
            LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relnamespace = 'pulse'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0
                AND NOT a.attisdropped
            UNION ALL SELECT 'index ' || c.relname || ' ' || CASE WHEN c.relispartition
                THEN regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON', 'INDEX ON')
                ELSE pg_get_indexdef(i.indexrelid) END || ' ' || i.indisvalid
            FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid WHERE c.relnamespace = 'pulse'::regnamespace
            UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || CASE WHEN c.relispartition THEN '' ELSE conname END
                || ' ' || pg_get_constraintdef(n.oid) || ' ' || convalidated
            FROM pg_constraint AS n JOIN pg_class AS c ON c.oid = n.conrelid WHERE connamespace = 'pulse'::regnamespace
            UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || permissive || ' ' || cmd || ' '
                || array_to_string(roles, ',') || ' ' || coalesce(qual, '') || ' ' || coalesce(with_check, '')
            FROM pg_policies WHERE schemaname = 'pulse'
            UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'pulse'::regnamespace
            UNION ALL SELECT 'version ' || version || ' ' || unified FROM pulse.schema_version
        ) AS lines ORDER BY line
        """

    private static func lines(_ sql: String, _ settings: PostgresSettings, tenant: String = "acme") throws -> [String] {
        try connect(settings, tenant: tenant).query(sql).rows.map { row in
            guard case .text(let first) = try row.value(0) else { return "" }
            guard case .text(let second) = try row.value(1) else { return first }
            return first + " " + second
        }
    }

    /// What can be told apart: the group of analysts belongs to the cluster, and other tests make it at any time.
    private static func schema(_ settings: PostgresSettings) throws -> [String] {
        try lines(catalogue, settings).filter { !$0.hasPrefix("policy ") || !$0.contains(" analyst") }
    }

    @Test(arguments: 1..<PostgresMigrations.all.count)
    func `an earlier schema becomes the same as a new one, and keeps what is in it`(version: Int) async throws {
        let settings = try await Self.old(version)
        let before = try ["acme", "rival"].map { try Self.lines(Self.content, settings, tenant: $0) }
        let plan = try await PostgresSurvey.take(settings, tenant: nil).pendingChanges(settings)
        #expect(plan.count { $0.hasPrefix("Migration ") } == PostgresMigrations.all.count - version)
        let store = try await PostgresStore.open(settings, tenant: "acme")
        let new = try await Self.empty()
        await (try PostgresStore.open(new, tenant: "acme")).close()
        let (renewed, made) = (try Self.schema(settings), try Self.schema(new))
        #expect(Set(renewed).symmetricDifference(made).sorted() == [])
        #expect(renewed.count == made.count && made.count > 800)
        #expect(try ["acme", "rival"].map { try Self.lines(Self.content, settings, tenant: $0) } == before)
        #expect(try await PostgresSurvey.take(settings, tenant: nil).pendingChanges(settings) == [])
        #expect(try await StoreAudit(store).findings().flatMap(\.problems) == [])

        // Numbers go on.
        let connection = try Self.connect(settings)
        try connection.execute(
            """
            INSERT INTO row_versions (tenant, table_name, source, row_id, document, replaced_by, replaced_at)
            VALUES ('acme', 'people', 'jira', 'ada', '{}', 1, now())
            """)
        let last = try connection.query("SELECT max(id) AS last FROM row_versions").first?.value("last")
        #expect(last == .integer(13))
        await store.close()
    }

    @Test func `what others were granted on a table stays with it`() async throws {
        let settings = try await Self.old(1)
        try Self.connect(settings).execute("GRANT SELECT ON raw_pages TO PUBLIC")
        await (try PostgresStore.open(settings, tenant: "acme")).close()
        let granted = try Self.connect(settings).query(
            """
            SELECT relname::text AS name FROM pg_class, aclexplode(relacl) AS acl
            WHERE relnamespace = 'pulse'::regnamespace AND acl.grantee = 0
            """)
        #expect(try granted.rows.map { try $0.value("name") } == [.text("raw_pages")])
    }

    @Test(arguments: 0..<PostgresMigrations.all.count)
    func `engines that start at once agree on who changes the schema`(version: Int) async throws {
        let settings = version == 0 ? try await Self.empty() : try await Self.old(version)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for tenant in ["acme", "acme", "rival", "third"] {
                group.addTask { await (try PostgresStore.open(settings, tenant: TenantID(tenant))).close() }
            }
            try await group.waitForAll()
        }
        let new = try await Self.empty()
        await (try PostgresStore.open(new, tenant: "acme")).close()
        #expect(try Self.schema(settings) == Self.schema(new))
    }

    @Test(.timeLimit(.minutes(1)))
    func `an engine that dies in the middle of a migration leaves the schema as it was`() async throws {
        let settings = try await Self.old(1)
        let (before, content) = (try Self.schema(settings), try Self.lines(Self.content, settings))
        // The last of the tables is in use: the migration has changed the others when it has to wait.
        let reader = try Self.connect(settings)
        try reader.execute("BEGIN; SELECT 1 FROM quota_ledger LIMIT 1")
        let opening = Task { try await PostgresStore.open(settings, tenant: "acme", options: Self.impatient) }
        let killer = try Self.connect(settings)
        let killing = """
            SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
            """
        while try killer.query(killing).rows.isEmpty { await Task.yield() }
        let outcome = await opening.result
        #expect(throws: StoreError.self) { try outcome.get() }
        #expect(try Self.schema(settings) == before)
        #expect(try Self.lines(Self.content, settings) == content)
        try reader.execute("ROLLBACK")
        await (try PostgresStore.open(settings, tenant: "acme")).close()
        #expect(try Self.lines(Self.content, settings) == content)
    }

    private static let impatient = PostgresStore.Options(limits: .init(connections: 1, patience: .zero))

    @Test func `a schema of a newer Pulse is refused with a sentence and left as it is`() async throws {
        let settings = try await Self.empty()
        await (try PostgresStore.open(settings, tenant: "acme")).close()
        try Self.connect(settings).execute("UPDATE schema_version SET version = 99")
        let before = try Self.schema(settings)
        let error = await #expect(throws: StoreError.self) { try await PostgresStore.open(settings, tenant: "other") }
        #expect(error?.sentence == "\(settings.location) was written by a newer Pulse (schema 99).")
        #expect(try Self.schema(settings) == before)
    }

    @Test func `opening what is up to date needs no right to make anything`() async throws {
        let settings = try await Self.empty()
        await (try PostgresStore.open(settings, tenant: "acme")).close()
        let name = try #require(settings.connection.firstMatch(of: /dbname=(\S+)/)?.output.1)
        let owner = try PostgresConnection(
            PostgresSettings(connection: try await PostgresCluster.shared().connection(to: String(name))))
        try owner.execute(
            "ALTER DATABASE \(name) OWNER TO pulse_owner; REVOKE CREATE ON DATABASE \(name) FROM pulse_engine")
        let survey = try await PostgresSurvey.take(settings, tenant: nil)
        #expect(!survey.mayCreate && survey.missingRights == [] && survey.tenants == ["acme"])
        let store = try await PostgresStore.open(settings, tenant: "new")
        #expect(try await store.jobs() == [])
        await store.close()
    }
}
