import Foundation
import PulsePostgres
import PulsePostgresCluster
import PulseTestTurns
import Testing

/// `pulse store` as a process.
@Suite(.long) struct StoreCommandTests {
    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private func rows(_ table: String, _ status: String) throws -> Int? {
        let tables = try json(status)["tables"] as? [[String: Any]]
        return tables?.first { $0["table"] as? String == table }?["rows"] as? Int
    }

    @Test func `a database is made, renewed, loaded, looked at and checked`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin", "PAY-2 go on"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        let config = try home.configuration(store: database)
        let early = try await home.pulse(["store", "status", "--config", config])
        #expect(early.end == .exited(1) && early.error.contains("`pulse store init` makes it"), "\(early.error)")
        let bare = try await home.pulse(["store", "init", "--dry-run", "--store", database])
        #expect(bare.end == .exited(0) && bare.out.contains("The tenant local would be added"), "\(bare.out)")
        #expect(bare.out.contains("--tenant NAME"), "\(bare.out)")
        let plan = try await home.pulse(["store", "migrate", "--dry-run", "--config", config])
        #expect(plan.end == .exited(0) && plan.out.contains("The tables are made."), "\(plan.error)")
        let made = try await home.pulse(["store", "init", "--config", config, "--json"])
        #expect(made.end == .exited(0), "\(made.error)")
        #expect(try json(made.out)["changes"] as? [String] == ["The tables are made."])
        let again = try await home.pulse(["store", "migrate", "--config", config])
        #expect(again.end == .exited(0) && again.out.hasSuffix("is up to date.\n"), "\(again.out) \(again.error)")

        #expect(try await home.pulse(["run", "--once", "--config", config]).end == .exited(0))
        let status = try await home.pulse(["store", "status", "--config", config, "--json"])
        #expect(status.end == .exited(0), "\(status.error)")
        #expect(try rows("commits", status.out) == 2)
        #expect(try json(status.out)["tenants"] as? [String] == ["local"])
        #expect((try json(status.out)["database"] as? String)?.hasPrefix("PostgreSQL ") == true)
        let text = try await home.pulse(["store", "status", "--store", database, "--tenant", "local"])
        #expect(text.end == .exited(0) && text.out.contains("commits"), "\(text.error)")
        let analysts = try await home.pulse(["store", "analysts", "--config", config])
        #expect(analysts.end == .exited(0) && analysts.out == "No analyst reads local.\n", "\(analysts.error)")
        let refused = try await home.pulse(["store", "analysts", "--add", "eve", "--config", config])
        #expect(refused.end == .exited(3), "\(refused.error)")
        for part in [
            "Nothing was changed.", "An administrator runs this in the database", "CREATE ROLE \"eve\" LOGIN;",
            "Or this, and Pulse does it by itself from then on:", "ALTER ROLE \"pulse_engine\" CREATEROLE;",
        ] { #expect(refused.error.contains(part), "\(refused.error)") }
        let nobody = try await home.pulse(["store", "analysts", "--remove", "nobody", "--config", config])
        #expect(nobody.end == .exited(2), "\(nobody.error)")
        let verified = try await home.pulse(["store", "verify", "--config", config, "--json"])
        #expect(verified.end == .exited(0), "\(verified.out) \(verified.error)")
        #expect(try json(verified.out)["is_right"] as? Bool == true)
        let short = try await home.pulse(["store", "verify", "--config", config])
        #expect(short.out.split(separator: "\n").count == 11, "\(short.out)")
        #expect(short.out.hasSuffix(" checks found nothing wrong; --verbose lists each.\n"), "\(short.out)")
        let long = try await home.pulse(["store", "verify", "--verbose", "--config", config])
        #expect(long.out.contains("work_items.project_id in projects"), "\(long.out)")
    }

    @Test func `what is wrong in a store is told, and ends with 1`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        for store in [database, "sqlite:pulse.db"] {
            let config = try home.configuration(store: store)
            #expect(try await home.pulse(["run", "--once", "--config", config]).end == .exited(0))
            #expect(try await home.pulse(["store", "verify", "--config", config]).end == .exited(0))
        }
        let pool = PostgresPool(PostgresSettings(connection: database))
        try await pool.withConnection {
            try $0.execute("SET pulse.tenant = 'local'; UPDATE pulse.work_item_commits SET work_item_id = 'gone'")
            try $0.execute("UPDATE pulse.runs SET extracted = extracted + 1 WHERE id = 1")
        }
        await pool.close()
        let config = try home.configuration(store: database)
        let wrong = try await home.pulse(["store", "verify", "--config", config])
        #expect(wrong.end == .exited(1))
        #expect(wrong.out.contains("1 link of work_item_commits leads to no work item."), "\(wrong.out)")
        #expect(wrong.out.contains("Run 1 of local/"), "\(wrong.out)")
    }

    @Test func `an SQLite file is moved into a database, and work goes on there`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin", "PAY-2 go on"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        let file = try home.configuration()
        #expect(try await home.pulse(["run", "--once", "--config", file]).end == .exited(0))
        let copy = try await home.pulse(["store", "copy", home.store, database, "--json"])
        #expect(copy.end == .exited(0), "\(copy.error)")
        let told = try json(copy.out)
        #expect(told["is_same"] as? Bool == true && told["tenant"] as? String == "local")
        let again = try await home.pulse(["store", "copy", home.store, database])
        #expect(again.end == .exited(0) && again.out.contains("was complete"), "\(again.error)")
        // Nothing is new there, and everything is known.
        let shared = try home.configuration(store: database)
        let run = try await home.pulse(["run", "--once", "--config", shared, "--json"])
        #expect(run.end == .exited(0), "\(run.error)")
        let status = try await home.pulse(["store", "status", "--config", shared, "--json"])
        #expect(try rows("commits", status.out) == 2)
        #expect(try await home.pulse(["store", "verify", "--config", shared]).end == .exited(0))
        // It was used since: what differs is told, and nothing is changed.
        let differs = try await home.pulse(["store", "copy", home.store, database])
        #expect(differs.end == .exited(1) && differs.error.contains("is not the same in both"), "\(differs.error)")
    }

    @Test func `a file of another tenant is copied only when that is meant, and can be taken out again`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin", "PAY-2 go on"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        let file = try home.configuration("tenant: acme")
        #expect(try await home.pulse(["run", "--once", "--config", file]).end == .exited(0))
        let team = try home.configuration("tenant: team", store: database)
        let plan = try await home.pulse(["store", "copy", home.store, database, "--config", team, "--dry-run"])
        #expect(plan.end == .exited(0) && plan.out.contains("the tables would be made"), "\(plan.out) \(plan.error)")
        #expect(plan.out.contains("is the tenant team's: its engines will not see what is acme's."), "\(plan.out)")
        #expect(try await home.pulse(["store", "status", "--store", database]).end == .exited(1))
        #expect(try await home.pulse(["run", "--once", "--config", team]).end == .exited(0))
        let asked = try await home.pulse(["store", "copy", home.store, database, "--config", team])
        #expect(asked.end == .exited(3) && asked.error.contains("There is data of team there: "), "\(asked.error)")
        #expect(asked.error.contains("--yes was not given"), "\(asked.error)")
        // Also where nothing says whose it is to be: others are there.
        let unnamed = try await home.pulse(["store", "copy", home.store, database])
        #expect(unnamed.end == .exited(3) && unnamed.error.contains("a database of team"), "\(unnamed.error)")
        let copied = try await home.pulse(["store", "copy", home.store, database, "--yes"])
        #expect(copied.end == .exited(0), "\(copied.error)")
        #expect(copied.error.contains(" rows so far)") && copied.error.contains(" of "), "\(copied.error)")

        let listed = try await home.pulse(["store", "tenants", "--store", database, "--json"])
        let tenants = try #require(try json(listed.out)["tenants"] as? [[String: Any]], "\(listed.error)")
        #expect(tenants.map { $0["tenant"] as? String } == ["acme", "team"])
        #expect(tenants.allSatisfy { ($0["data_rows"] as? Int ?? 0) > 2 && $0["engine_since"] is NSNull })
        let wrong = try await home.pulse(["store", "tenants", "remove", "acne", "--store", database])
        #expect(wrong.end == .exited(2) && wrong.error.contains("Did you mean acme?"), "\(wrong.error)")
        let alone = try await home.pulse(["store", "tenants", "remove", "acme", "--store", database])
        #expect(alone.end == .exited(3) && alone.error.contains("--yes was not given"), "\(alone.error)")
        let would = try await home.pulse(["store", "tenants", "remove", "acme", "--store", database, "--dry-run"])
        #expect(would.end == .exited(0) && would.out.contains("It would remove "), "\(would.error)")
        let engine = try home.start(["run", "--config", team])
        #expect(await engine.error.contains("The engine runs on"))
        let busy = try await home.pulse(["store", "tenants", "remove", "team", "--yes", "--store", database])
        #expect(busy.end == .exited(3) && busy.error.contains("An engine of team is connected"), "\(busy.error)")
        let removed = try await home.pulse([
            "store", "tenants", "remove", "acme", "--yes", "--reason", "by mistake", "--store", database,
        ])
        #expect(removed.end == .exited(0) && removed.out.contains("acme is removed from "), "\(removed.error)")
        engine.send(SIGTERM)
        #expect(await engine.end() == .exited(143))
        let left = try await home.pulse(["store", "tenants", "--store", database])
        #expect(left.out.contains(" removed acme: ") && left.out.contains("by mistake"), "\(left.out)")
        #expect(try await home.pulse(["store", "verify", "--config", team]).end == .exited(0))
        // And it can be copied once more.
        #expect(try await home.pulse(["store", "copy", home.store, database, "--yes"]).end == .exited(0))
    }

    @Test func `a tenant that is half copied, or half removed, is no store to work on or to look at`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin", "PAY-2 go on"])
        let cluster = try await PostgresCluster.shared()
        let database = try await cluster.makeDatabase(of: "pulse_engine")
        let name = try #require(database.split(separator: "=").last).description
        func sql(_ text: String) async throws {
            try await cluster.perform("psql", ["--dbname", name, "--command", text])
        }
        func hinder(_ event: String) async throws {
            try await sql(
                """
                CREATE FUNCTION pulse.hindered() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'hindered'; END $$;
                CREATE TRIGGER hindered BEFORE \(event) ON pulse.commits
                    FOR EACH ROW EXECUTE FUNCTION pulse.hindered()
                """)
        }
        let shared = try home.configuration(store: database)
        #expect(try await home.pulse(["store", "init", "--config", shared]).end == .exited(0))
        let file = try home.configuration()
        #expect(try await home.pulse(["run", "--once", "--config", file]).end == .exited(0))
        func expectRefused(_ sentence: String, _ remedy: String) async throws {
            for command in [["status"], ["jobs"], ["run", "--once"], ["pause", "commits", "--yes"]] {
                let result = try await home.pulse(command + ["--config", try home.configuration(store: database)])
                #expect(result.end == .exited(1), "\(command): \(result.out)")
                #expect(result.error.contains(sentence) && result.error.contains(remedy), "\(result.error)")
            }
        }
        try await hinder("INSERT")
        #expect(try await home.pulse(["store", "copy", home.store, database]).end == .exited(1))
        try await expectRefused("A copy of local to ", "`pulse store copy` goes on with it")
        try await sql("DROP FUNCTION pulse.hindered CASCADE")
        let copied = try await home.pulse(["store", "copy", home.store, database])
        #expect(copied.end == .exited(0) && copied.out.contains("was gone on with"), "\(copied.error)")
        let whole = try home.configuration(store: database)
        #expect(try await home.pulse(["run", "--once", "--config", whole]).end == .exited(0))
        try await hinder("DELETE")
        let remove = ["store", "tenants", "remove", "local", "--yes", "--store", database]
        #expect(try await home.pulse(remove).end == .exited(1))
        try await expectRefused("local is being removed from ", "`pulse store tenants remove local` goes on with it")
        try await sql("DROP FUNCTION pulse.hindered CASCADE")
        #expect(try await home.pulse(remove).end == .exited(0))
    }

    @Test func `what cannot be copied is refused`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        let config = try home.configuration()
        let none = try await home.pulse(["store", "copy", home.store, database])
        #expect(none.end == .exited(2) && none.error.contains("There is no file"), "\(none.error)")
        let back = try await home.pulse(["store", "copy", database, home.store])
        #expect(back.end == .exited(2) && back.error.contains("from an SQLite file"), "\(back.error)")
        let foreign = "\(home.path)/README.md"
        try "text".write(toFile: foreign, atomically: true, encoding: .utf8)
        let other = try await home.pulse(["store", "copy", foreign, database])
        #expect(other.end == .exited(2) && other.error.contains("is not a database of Pulse"), "\(other.error)")
        #expect(!FileManager.default.fileExists(atPath: foreign + ".lock"))
        let engine = try home.start(["run", "--config", config])
        #expect(await engine.error.contains("The engine runs on"))
        let held = try await home.pulse(["store", "copy", home.store, database])
        #expect(held.end == .exited(4) && held.error.contains("cannot be copied"), "\(held.error)")
        engine.send(SIGTERM)
        #expect(await engine.end() == .exited(143))
        let shared = try home.configuration(store: database)
        #expect(try await home.pulse(["run", "--once", "--config", shared]).end == .exited(0))
        let mixed = try await home.pulse(["store", "copy", home.store, database])
        #expect(mixed.end == .exited(3) && mixed.error.contains("holds data of this tenant"), "\(mixed.error)")
    }
}
