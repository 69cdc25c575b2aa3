/// SQL that makes the tables that grow for ever partitioned ones. Part of migration 3: it is not edited.
///
/// What was there becomes one partition that ends with the present day or month; the index that a row's number is looked
/// up by holds in every partition, so a number alone still finds its row. Runs are no longer referred to by a constraint:
/// dropping a partition would have to lock them.
enum PostgresPartitioning {
    /// How long each tenant keeps what.
    static let retention = "retention"

    private struct Table {
        let name: String
        let time: String
        let step: String
        let key: String?
        /// Names and columns; those that begin the list are there before.
        let indexes: [(name: String, columns: String, isNew: Bool)]
        let constraints: [String]
    }

    private static let tables = [
        Table(
            name: "raw_pages", time: "fetched_at", step: "day", key: "tenant, id, fetched_at",
            indexes: [
                ("by_job", "(tenant, job, id)", false), ("by_age", "(tenant, fetched_at)", false),
                ("by_run", "(tenant, run)", false),
            ], constraints: ["raw_pages_pkey", "raw_pages_tenant_run_fkey"]),
        Table(
            name: "row_versions", time: "replaced_at", step: "month", key: "tenant, id, replaced_at",
            indexes: [
                ("by_row", "(tenant, table_name, source, row_id, id)", false),
                ("by_age", "USING brin (replaced_at)", true),
            ], constraints: ["row_versions_pkey"]),
        Table(
            name: "quota_ledger", time: "at", step: "month", key: nil,
            indexes: [
                ("by_quota", "(tenant, identity, bucket, at)", false), ("by_run", "(tenant, run)", false),
                ("by_age", "USING brin (at)", true),
            ], constraints: ["quota_ledger_tenant_run_fkey"]),
    ]

    static let partitions = (tables.map(partitioned) + [rest]).joined(separator: ";\n")

    private static func partitioned(_ table: Table) -> String {
        let (name, past) = (table.name, "\(table.name)_past")
        var statements = [
            "ALTER TABLE \(name) RENAME TO \(past)",
            // Whoever changes the schema sees all tenants' rows, and moves them.
            "ALTER TABLE \(past) NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE \(past) " + table.constraints.map { "DROP CONSTRAINT \($0)" }.joined(separator: ", "),
        ]
        for index in table.indexes where !index.isNew {
            statements.append("ALTER INDEX \(name)_\(index.name) RENAME TO \(past)_\(index.name)")
        }
        statements.append(
            """
            CREATE TABLE \(name) (LIKE \(past) INCLUDING DEFAULTS INCLUDING COMMENTS) PARTITION BY RANGE (\(table.time));
            CREATE TABLE \(name)_other (LIKE \(past) INCLUDING DEFAULTS INCLUDING COMMENTS)
            """)
        if name == "row_versions" { statements.append(sameNumbers) }
        if let key = table.key { statements.append("ALTER TABLE \(name) ADD PRIMARY KEY (\(key))") }
        for index in table.indexes {
            statements.append("CREATE INDEX \(name)_\(index.name) ON \(name) \(index.columns)")
        }
        statements.append(split(table))
        return statements.joined(separator: ";\n")
    }

    /// Former versions are numbered by the database; numbers are not used again.
    private static let sameNumbers = """
        DO $numbers$ DECLARE last bigint := pg_sequence_last_value('row_versions_id_seq'::regclass); BEGIN
            ALTER TABLE row_versions_past ALTER id DROP IDENTITY;
            ALTER TABLE row_versions ALTER id ADD GENERATED ALWAYS AS IDENTITY;
            IF last IS NOT NULL THEN PERFORM setval('row_versions_id_seq', last); END IF;
        END $numbers$
        """

    /// Attaches what was there, and keeps what others were granted on it. Rows of the future, which a wrong clock wrote,
    /// go where everything goes that has no partition.
    private static func split(_ table: Table) -> String {
        let (name, past) = (table.name, "\(table.name)_past")
        return """
            DO $split$ DECLARE
                ends timestamptz := (date_trunc('\(table.step)', now() AT TIME ZONE 'UTC') + interval '1 \(table.step)')
                    AT TIME ZONE 'UTC';
                granted record;
            BEGIN
                WITH later AS (DELETE FROM \(past) WHERE \(table.time) >= ends RETURNING *)
                INSERT INTO \(name)_other SELECT * FROM later;
                FOR granted IN
                    SELECT acl.grantee, acl.privilege_type FROM pg_class, aclexplode(relacl) AS acl
                    WHERE oid = '\(past)'::regclass AND acl.grantee <> relowner
                LOOP
                    EXECUTE format('GRANT %1$s ON \(name) TO %2$s; REVOKE %1$s ON \(past) FROM %2$s',
                        granted.privilege_type,
                        CASE granted.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(granted.grantee)) END);
                END LOOP;
                DROP POLICY IF EXISTS analyst ON \(past);
                DROP POLICY IF EXISTS analyst_only ON \(past);
                ALTER TABLE \(name) ATTACH PARTITION \(name)_other DEFAULT;
                EXECUTE format('ALTER TABLE \(name) ATTACH PARTITION \(past) FOR VALUES FROM (MINVALUE) TO (%L)', ends);
                EXECUTE format('COMMENT ON TABLE \(past) IS %L', 'What \(name) has of the time before ' || ends);
            END $split$;
            COMMENT ON TABLE \(name)_other IS 'What \(name) has of times that no other partition is for.'
            """
    }

    private static let rest = """
        COMMENT ON TABLE raw_pages IS 'Responses as they came; without those that changed nothing. A partition a day.';
        COMMENT ON TABLE row_versions IS 'What changed rows were before. A partition a month.';
        COMMENT ON TABLE quota_ledger IS 'What each commit had spent. A partition a month.';

        CREATE TABLE retention (
            tenant text NOT NULL REFERENCES tenants,
            table_name text NOT NULL,
            kept_for bigint,
            PRIMARY KEY (tenant, table_name)
        );
        COMMENT ON TABLE retention IS 'How long tenants keep what grows for ever: a partition is dropped when none keeps it.';
        COMMENT ON COLUMN retention.kept_for IS 'Microseconds; null: for ever.';

        CREATE INDEX audit_log_by_age ON audit_log USING brin (at);
        CREATE INDEX checkpoints_by_age ON checkpoints USING brin (saved_at)
        """
}
