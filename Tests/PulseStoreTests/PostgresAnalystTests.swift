import PulseDomain
import PulsePostgres
import PulseStoreConformance
import Testing

@testable import PulseStore

/// Analysts log in with tools of their own: what holds for them holds in the server. Roles belong to the whole cluster,
/// which other tests use at the same time, so each test has roles of its own and the group is made once.
@Suite(.serialized) struct PostgresAnalystTests {
    private static let change = AdministrativeChange(
        by: Principal("grace"), reason: "a report", at: Instant(microseconds: 1_790_000_000_000_000),
        correlation: "0123456789abcdef0123456789abcdef")

    @Test func `an analyst reads his tenant, whatever he sets, and writes nothing`() async throws {
        let fixture = try await PostgresFixture()
        let world = try await ViewWorld(fixture)
        let rival = try await ViewWorld(fixture, tenant: "rival")
        for (world, id) in [(world, "ours"), (rival, "theirs")] {
            try await world.load(WorkItemColumns.self, [[.id: .text(id), .createdAt: "2025-01-06 00:00"]])
        }
        let store = try await fixture.openPostgres()
        guard case .needsAdministrator(let request) = try await store.addAnalyst("ada analyst", Self.change)
        else {
            Issue.record("the engine's role created a role")
            return
        }
        #expect(request.sentence.contains("pulse_engine") && request.database == fixture.database)
        #expect(request.sentence.contains("it has no CREATEROLE"))
        #expect(request.lasting?.hasPrefix("ALTER ROLE \"pulse_engine\" CREATEROLE;") == true)
        try await fixture.execute(request.sql)
        #expect(try await store.addAnalyst("ada analyst", Self.change) == .granted(isNewRole: false))
        #expect(try await store.addAnalyst("ada analyst", Self.change) == .readsAlready)
        #expect(try await store.analysts() == ["ada analyst"])

        let analyst = fixture.settings(user: "ada analyst")
        let seen = try await fixture.rows(ofView: "v_work_item_times", as: analyst)
        #expect(seen.map { $0["id"] } == ["ours"])
        let pool = PostgresPool(analyst)
        try await pool.withConnection { connection in
            for tenant in ["rival", "acme", ""] {
                try connection.execute("SET pulse.tenant = '\(tenant)'")
                for table in ["work_items", "v_work_items", "v_work_item_times"] {
                    let found = try connection.query("SELECT tenant FROM pulse.\(table)").rows
                    #expect(try found.map { try $0.value("tenant") } == [.text("acme")], "\(table)")
                }
                #expect(try connection.query("SELECT * FROM pulse.analysts").rows.count == 1)
            }
            try connection.execute("SET default_transaction_read_only = off; SET pulse.tenant = 'acme'")
            let refused = [
                "INSERT INTO pulse.tenants VALUES ('mine')", "UPDATE pulse.work_items SET title = ''",
                "DELETE FROM pulse.v_work_items", "TRUNCATE pulse.work_items", "CREATE TABLE pulse.mine (a int)",
                "INSERT INTO pulse.analysts VALUES ('rival', 'ada analyst')", "SELECT * FROM pulse.raw_pages",
                "SELECT * FROM pulse.row_versions_past", "SELECT * FROM pulse.jobs", "SELECT * FROM pulse.audit_log",
                "SET ROLE pulse_engine",
                "SET SESSION AUTHORIZATION pulse_engine", "ALTER TABLE pulse.work_items DISABLE ROW LEVEL SECURITY",
                "DROP POLICY analyst_only ON pulse.work_items",
            ]
            for statement in refused {
                let error = #expect(throws: PostgresError.self, "\(statement)") { try connection.execute(statement) }
                #expect(error?.state == "42501", "\(statement)")
            }
        }
        await pool.close()

        // A schema that is made anew gives analysts again what they had.
        try await fixture.execute(
            "UPDATE pulse.schema_version SET unified = ''; DROP VIEW pulse.v_work_item_times, pulse.v_people")
        await (try await fixture.openPostgres()).close()
        #expect(try await fixture.rows(ofView: "v_work_item_times", as: analyst).count == 1)

        #expect(try await store.removeAnalyst("ada analyst", Self.change))
        #expect(try await store.removeAnalyst("ada analyst", Self.change) == false)
        // Nothing to read is told, and does not look as if there were no rows.
        let refusal = await #expect(throws: PostgresError.self) {
            try await fixture.rows(ofView: "v_work_item_times", as: analyst)
        }
        #expect(refusal?.state == "42501" && refusal?.message.contains("ada analyst") == true)

        // Whatever came of it, newest first.
        let audit = try await store.audit(limit: 10)
        #expect(
            audit.map { [$0.action, $0.outcome] } == [
                ["remove_analyst", "ada analyst was no analyst of acme."],
                ["remove_analyst", "ada analyst reads acme no longer."],
                ["add_analyst", "ada analyst read acme before."], ["add_analyst", "ada analyst reads acme."],
                ["add_analyst", request.sentence],
            ])
        #expect(audit.map(\.isRefused) == [true, false, false, false, true])
        #expect(
            audit.allSatisfy { $0.by.name == "grace" && $0.reason == "a report" && $0.subject == "ada analyst" })
        await store.close()
    }

    @Test func `a role that was there before finds the views by their names alone, and reads only`() async throws {
        let fixture = try await PostgresFixture()
        try await fixture.execute("CREATE ROLE grace LOGIN")
        let store = try await fixture.openPostgres()
        guard case .needsAdministrator(let request) = try await store.addAnalyst("grace", Self.change) else {
            Issue.record("the engine's role changed another one")
            return
        }
        #expect(request.sql.contains("search_path") && !request.sql.contains("CREATE ROLE grace"))
        #expect(request.sql.contains("default_transaction_read_only = on"))
        try await fixture.execute(request.sql)
        #expect(try await store.addAnalyst("grace", Self.change) == .granted(isNewRole: false))
        let pool = PostgresPool(fixture.settings(user: "grace"))
        let path = try await pool.withConnection { try $0.query("SELECT 1 AS one FROM v_work_items").rows.count }
        #expect(path == 0)
        let reads = try await pool.withConnection {
            try $0.query("SELECT current_setting('default_transaction_read_only') AS it").rows.first?.value("it")
        }
        #expect(reads == .text("on"))
        await pool.close()
        let survey = try await PostgresSurvey.take(fixture.settings(user: "grace"), tenant: nil)
        let error = #expect(throws: PostgresAccessError.self) { try survey.checkMayBeOpened() }
        #expect(error?.code == "postgres.reads_only" && error?.remedy.contains("GRANT") == false)
        await store.close()
    }

    @Test func `an engine that may create roles needs nobody`() async throws {
        let fixture = try await PostgresFixture()
        try await fixture.execute("ALTER ROLE pulse_engine CREATEROLE")
        let store = try await fixture.openPostgres()
        var access = try await store.addAnalyst("bob", Self.change)
        if case .needsAdministrator(let request) = access {
            // From PostgreSQL 16 on, where another role made the group.
            try await fixture.execute(try #require(request.lasting))
            access = try await store.addAnalyst("bob", Self.change)
        }
        try await fixture.execute("ALTER ROLE pulse_engine NOCREATEROLE")
        #expect(access == .granted(isNewRole: true))
        #expect(try await fixture.rows(ofView: "v_dora_by_week", as: fixture.settings(user: "bob")).isEmpty)
        await store.close()
    }

    @Test(arguments: ["pulse_owner", "pulse_engine"])
    func `a role that sees or writes more is no analyst`(role: String) async throws {
        let fixture = try await PostgresFixture()
        let store = try await fixture.openPostgres()
        guard case .refused(let sentence) = try await store.addAnalyst(role, Self.change) else {
            Issue.record("\(role) became an analyst")
            return
        }
        #expect(sentence.contains(role))
        #expect(try await store.analysts().isEmpty)
        await store.close()
    }

    @Test func `every table, view and column in PostgreSQL says what it means`() async throws {
        let fixture = try await PostgresFixture()
        try await fixture.openPostgres().close()
        let pool = PostgresPool(fixture.settings)
        let silent = try await pool.withConnection { connection in
            try connection.query(
                """
                SELECT c.relname || coalesce('.' || a.attname, '') AS name FROM pg_class AS c
                LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                WHERE c.relnamespace = 'pulse'::regnamespace AND c.relkind IN ('r', 'p', 'v')
                    AND (coalesce(col_description(c.oid, a.attnum), '') = ''
                        OR coalesce(obj_description(c.oid, 'pg_class'), '') = '')
                """
            ).rows.map { try $0.value("name") }
        }
        await pool.close()
        #expect(silent == [])
    }
}
