import Foundation
import Glibc
import PulsePostgres
import PulsePostgresCluster
import PulseTestTurns
import Testing

/// The built program on a database that processes share.
@Suite(.long) struct PostgresTests {
    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    private static func execute(_ sql: String, on connection: String) async throws {
        let pool = PostgresPool(PostgresSettings(connection: connection))
        try await pool.withConnection { try $0.execute(sql) }
        await pool.close()
    }

    @Test func `jobs run on a shared database, and other processes look and command while an engine runs`() async throws
    {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin", "PAY-2 go on"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        let config = try home.configuration(store: database)

        let before = try await home.pulse(["status", "--config", config])
        #expect(before.end == .exited(1) && before.out.contains("not there yet"), "\(before.out) \(before.error)")
        #expect(before.error.contains("There is no store at ") && before.error.contains("`pulse store init`"))
        let nobody = try await home.pulse(["engines", "--config", config])
        #expect(nobody.end == .exited(1) && nobody.error == before.error, "\(nobody.error)")
        let once = try await home.pulse(["run", "--once", "--config", config, "--json"])
        #expect(once.end == .exited(0), "\(once.error)")
        let status = try await home.pulse(["status", "--json", "--config", config])
        #expect(status.end == .exited(0), "\(status.error)")
        #expect((try json(status.out)["engine"] as? [String: Any])?["store"] as? String == Self.location(of: database))

        let engine = try home.start(["run", "--config", config])
        #expect(await engine.error.contains("The engine runs on postgres://"))
        let jobs = try await home.pulse(["jobs", "--config", config])
        #expect(jobs.end == .exited(0) && jobs.out.contains("local/commits"), "\(jobs.error)")
        let running = try await home.pulse(["status", "--json", "--config", config])
        #expect((try json(running.out)["engine"] as? [String: Any])?["is_running"] as? Bool == true, "\(running.out)")
        let watch = try home.start(["jobs", "--watch", "--config", config])
        #expect(await watch.out.contains("local/"))
        let log = try home.start(["logs", "--follow", "--config", config])
        #expect(await log.out.contains("The engine has started."))
        let alone = try await home.pulse(["jobs", "--store", database, "--tenant", "local"])
        #expect(alone.end == .exited(0) && alone.out.contains("local/commits"), "\(alone.error)")
        let only = try await home.pulse(["jobs", "--store", database])
        #expect(only.end == .exited(0) && only.out.contains("local/commits"), "\(only.error)")
        let added = try await home.pulse(["store", "init", "--store", database, "--tenant", "other"])
        #expect(added.end == .exited(0), "\(added.error)")
        for command in [["jobs"], ["store", "status"], ["store", "verify"]] {
            let unnamed = try await home.pulse(command + ["--store", database])
            #expect(unnamed.end == .exited(2) && unnamed.error.contains("local, other"), "\(unnamed.error)")
            #expect(unnamed.error.contains("--tenant"), "\(unnamed.error)")
        }
        let hold = try await home.pulse(["hold", "tags", "--reason", "a look", "--config", config])
        #expect(hold.end == .exited(0), "\(hold.error)")
        let audit = try await home.pulse(["audit", "--config", config])
        #expect(audit.out.contains("a look"), "\(audit.out)")
        // A second engine is welcome.
        let second = try await home.pulse(["run", "--once", "commits", "--config", config])
        #expect(second.end == .exited(0), "\(second.error)")
        engine.send(SIGTERM)
        #expect(await engine.end() == .exited(143))
        for follower in [watch, log] {
            let end = await Home.result(of: follower)
            #expect(end.end == .exited(0) && end.error.hasSuffix("pulse: The engine has ended.\n"), "\(end.error)")
        }
        let ended = try await home.pulse(["status", "--json", "--config", config])
        #expect((try json(ended.out)["engine"] as? [String: Any])?["is_running"] as? Bool == false)
        let doctor = try await home.pulse(["doctor", "--config", config])
        #expect(doctor.out.contains("\(Self.location(of: database)), PostgreSQL "), "\(doctor.out)")
    }

    @Test func `an outage is told when it happens, by the engine that met it, and its end is the last line`()
        async throws
    {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let cluster = try await PostgresCluster.start()
        let config = try home.configuration(store: try await cluster.makeDatabase(of: "pulse_engine"))
        let engine = try home.start(["run", "--config", config])
        #expect(await engine.error.contains("The engine has started."))
        let other = try home.start(["run", "--config", config])
        #expect(await other.error.contains("The engine has started."))
        other.send(SIGTERM)
        let second = await Home.result(of: other)
        #expect(second.end == .exited(143) && second.error.hasSuffix(" The engine has stopped.\n"), "\(second.error)")
        let status = try await home.pulse(["status", "--config", config])
        #expect(status.end == .exited(0) && status.out.contains("1 engine at work"), "\(status.out) \(status.error)")
        try await cluster.stop("immediate")
        #expect(await engine.error.contains("The store has trouble"))
        engine.send(SIGTERM)
        let first = await Home.result(of: engine)
        #expect(first.end == .exited(143) && first.error.hasSuffix(" The engine has stopped.\n"), "\(first.error)")
        // Each speaks for itself.
        for text in [first.error, second.error] {
            #expect(text.split(separator: "\n").count { $0.contains("The engine has started.") } == 1, "\(text)")
        }
    }

    /// Every row of every table, of all tenants.
    private static func rows(of connection: String) async throws -> [String] {
        let owner = PostgresSettings(connection: connection.replacing("user=pulse_engine", with: "user=pulse_owner"))
        let pool = PostgresPool(owner)
        let rows = try await pool.withConnection { connection in
            try connection.query(
                "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'pulse'::regnamespace AND relkind = 'r'"
            ).rows.map { table in
                guard case .text(let name) = try table.value("name") else { return "" }
                let all = "SELECT coalesce(json_agg(t)::text, '') AS rows FROM pulse.\"\(name)\" AS t"
                return "\(name) \(try connection.query(all).rows.map { "\(try $0.value("rows"))" })"
            }.sorted()
        }
        await pool.close()
        return rows ?? []
    }

    @Test func `who only looks leaves no trace in a shared store`() async throws {
        let home = try Home()
        try await home.repository("shop", messages: ["PAY-1 begin"])
        let database = try await PostgresCluster.shared().makeDatabase(of: "pulse_engine")
        let config = try home.configuration(store: database)
        #expect(try await home.pulse(["run", "--once", "commits", "--config", config]).end == .exited(0))
        try await Self.execute("SET pulse.tenant = 'local'; DELETE FROM pulse.shared_notes", on: database)
        // The configuration has changed since: that is for an engine to write.
        let changed = try home.configuration("    schedule: \"@hourly\"", store: database)
        let before = try await Self.rows(of: database)
        #expect(before.contains { $0.contains("jobs") && $0.contains("local/commits") })
        for command in [
            ["status"], ["jobs"], ["engines"], ["limits"], ["alerts"], ["runs", "commits"], ["checkpoints", "commits"],
            ["logs"], ["audit"], ["quarantine", "list"], ["tombstones"], ["start", "commits", "--dry-run"],
            ["store", "status"], ["store", "tenants"], ["doctor", "--offline"],
        ] {
            let result = try await home.pulse(command + ["--config", changed])
            #expect([.exited(0), .exited(5)].contains(result.end), "\(command): \(result.error)")
            #expect(try await Self.rows(of: database) == before, "\(command)")
        }
        // An older Pulse's tables are not changed by a look either.
        try await Self.execute("UPDATE pulse.schema_version SET version = version - 1", on: database)
        let old = try await home.pulse(["status", "--config", config])
        #expect(
            old.end == .exited(1) && old.error.contains("`pulse store migrate` brings them up to date"), "\(old.error)")
    }

    private static func location(of connection: String) -> String { PostgresSettings(connection: connection).location }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The connection string, from that of an empty database of nobody in particular.
        var store: @Sendable (_ folder: String, _ database: String) -> String
        var told: String
        var status: Int32
        var password: String?
        /// Whether looking at what is there is told, too: it needs less.
        var isToldToReaders = true
    }

    @Test(arguments: [
        Case(
            testDescription: "a wrong password", store: { "host=\($0) user=pulse_guest dbname=\($1)" },
            told: "password authentication failed", status: 1, password: "hunter2-wrong"),
        Case(
            testDescription: "no password", store: { "host=\($0) user=pulse_guest dbname=\($1)" },
            told: "PGPASSWORD or ~/.pgpass", status: 1),
        Case(
            testDescription: "a password in an address",
            store: { folder, database in
                "postgres://pulse_guest:hunter2-wrong@\(folder.replacing("/", with: "%2F"))/\(database)"
            }, told: "password authentication failed", status: 1),
        Case(
            testDescription: "a host that is not there",
            store: { _, database in "postgres://ada:hunter2@none.invalid/\(database)" }, told: "cannot be reached",
            status: 4),
        Case(
            testDescription: "a server that does not run", store: { "host=\($0)/none dbname=\($1)" },
            told: "cannot be reached", status: 4),
        Case(
            testDescription: "a database that is not there",
            store: { folder, _ in
                "host=\(folder) user=pulse_engine dbname=none"
            }, told: "createdb", status: 1),
        Case(
            testDescription: "missing rights", store: { "host=\($0) user=pulse_engine dbname=\($1)" },
            told: "GRANT CREATE ON DATABASE", status: 1, isToldToReaders: false),
        Case(
            testDescription: "an address that is none",
            store: { _, _ in "postgres://ada:hunter2/x@db/pulse" }, told: "written %40", status: 2),
        Case(
            testDescription: "a setting that libpq refuses",
            store: { _, _ in "postgres://ada:hunter2@none.invalid/pulse?sslmode=bogus" },
            told: "sslmode has a value that libpq does not take", status: 2),
    ])
    func `a database that cannot be used is named with the reason, without the password`(_ example: Case) async throws {
        let home = try Home()
        let cluster = try await PostgresCluster.shared()
        let owner = try await cluster.makeDatabase()
        let folder = try #require(owner.firstMatch(of: /host=(\S+)/)?.output.1)
        let database = try #require(owner.firstMatch(of: /dbname=(\S+)/)?.output.1)
        try await Self.execute(
            """
            DO $$ BEGIN CREATE ROLE pulse_guest LOGIN PASSWORD 'right';
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$
            """, on: owner)
        let config = try home.configuration()
        let store = example.store(String(folder), String(database))
        let more = example.password.map { ["PGPASSWORD": $0] } ?? [:]
        for command in [["run", "--once"], example.isToldToReaders ? ["status"] : ["hold", "tags"]] {
            let result = try await home.pulse(command + ["--config", config, "--store", store], more: more)
            #expect(result.end == .exited(example.status), "\(result.error)")
            #expect(result.error.contains(example.told), "\(result.error)")
            #expect(
                result.error.hasPrefix("pulse: ") && result.error.split(separator: "\n").count == 1, "\(result.error)")
            #expect(!(result.error + result.out).contains("hunter2"), "\(result.error)")
        }
    }
}
