import Foundation
import PulseDomain
import PulseHTTP
import PulseMeasuring
import PulsePostgres
import PulsePostgresCluster
import PulseSandbox
import PulseStore

/// The whole engine, from pages over loopback HTTP to rows that a PostgreSQL has committed, against `psql \copy` of the same
/// rows into the same tables.
struct PostgresBenchmark {
    private let options: Usage.Options

    init(_ options: Usage.Options) { self.options = options }

    /// An ordinary server: what is committed is on the disk.
    private static let settings = ["shared_buffers=1GB", "max_wal_size=4GB"]

    private enum Case: String, CaseIterable {
        case first = "first load"
        case half = "load where half of the rows are there"
        case same = "again, nothing changed"
        case changed = "again, 1 % changed"
        case nothing = "run with nothing new"
    }

    func run() async throws {
        print(
            """
            postgres: \(options.issues) issues of Jira over loopback HTTP into a PostgreSQL of its own \
            (\(Self.settings.joined(separator: ", "))), a checkpoint about every 1,000, in turns with psql's \\copy of the \
            same rows into the same tables as superuser: for other roles PostgreSQL refuses COPY into tables with \
            row-level security (quickest of \(options.rounds))
            """)
        let pages = try Child(["--serve-pages", "\(options.issues)"])
        let address = "http://127.0.0.1:\(try pages.words(after: "port").joined())"
        let cluster = try await PostgresCluster.start(settings: Self.settings)
        let copied = try await CopiedRows(on: cluster, from: try await warm(cluster, address))
        var copy = Measured()
        var bare: [Case: PostgresLoad.Figures] = [:]
        var whole: [Case: PostgresLoad.Figures] = [:]
        for round in 1...options.rounds {
            let name = try await database(cluster)
            try await cluster.perform("psql", ["-d", name, "-c", "CHECKPOINT"])
            try await copy.time { try await copied.copy(into: name) }
            progress("copy: \(copy.seconds.shown(3)) s")
            try await cluster.perform("dropdb", [name])
            try await measure(cluster, address, World.Keeping(rawPages: false, rowVersions: false), round * 2, &bare)
            try await measure(cluster, address, World.Keeping(), round * 2 + 1, &whole)
        }
        print("  \(copied.count) rows in \(copied.tables.count) tables")
        report("", "wall", "of \\copy", "per issue", "peak")
        report("psql \\copy", "\(copy.seconds.shown(2)) s", "1.00")
        print("  without raw pages and versions")
        show(bare, copy)
        print("  with both")
        show(whole, copy)
    }

    /// Told at once, also into a file: a whole run takes minutes.
    private func progress(_ line: String) {
        print("    \(line)")
        fflush(nil)
    }

    private func show(_ figures: [Case: PostgresLoad.Figures], _ copy: Measured) {
        for name in Case.allCases {
            guard let found = figures[name] else { continue }
            let isShort = name == .nothing
            report(
                "  \(name.rawValue)",
                isShort ? "\((found.wall * 1e3).shown(0)) ms" : "\(found.wall.shown(2)) s",
                isShort ? "" : (found.wall / copy.seconds).shown(2),
                isShort
                    ? "\((found.processor * 1e3).shown(0)) ms"
                    : "\((found.processor / Double(options.issues) * 1e6).shown(0)) µs each",
                "\(found.peak.shown(0)) MiB")
        }
    }

    /// Fills the server's memory with pages; the database that was loaded meanwhile.
    private func warm(_ cluster: PostgresCluster, _ address: String) async throws -> String {
        let name = try await database(cluster)
        _ = try load(cluster, name, address, World.Keeping(rawPages: false, rowVersions: false))
        return name
    }

    private func load(
        _ cluster: PostgresCluster, _ name: String, _ address: String, _ keeping: World.Keeping,
        incremental: Bool = false
    ) throws -> PostgresLoad.Figures {
        try PostgresLoad(
            connection: cluster.connection(to: name, user: "pulse_engine"), address: address, keeping: keeping,
            isIncremental: incremental
        ).run()
    }

    private func measure(
        _ cluster: PostgresCluster, _ address: String, _ keeping: World.Keeping, _ revision: Int,
        _ figures: inout [Case: PostgresLoad.Figures]
    ) async throws {
        let name = try await database(cluster)
        func note(_ step: Case) async throws -> RecordCounts {
            try await cluster.perform("psql", ["-d", name, "-c", "CHECKPOINT"])
            let found = try load(cluster, name, address, keeping, incremental: step == .nothing)
            figures[step, default: PostgresLoad.Figures()].note(found)
            progress("\(step.rawValue): \(found.wall.shown(3)) s, \(found.counts)")
            return found.counts
        }
        let first = try await note(.first)
        let same = try await note(.same)
        _ = try await CurlTransport(configuration: CurlTransport.Configuration(proxy: .none)).send(
            HTTPRequest(url: "\(address)/revision/\(revision)"))
        let changed = try await note(.changed)
        let nothing = try await note(.nothing)
        try await cluster.perform(
            "psql",
            ["-X", "-q", "-d", name]
                + UnifiedSchema.tables.flatMap { table in
                    [
                        "-c", "DELETE FROM pulse.\"\(table.name)\" WHERE hashtext(id) % 2 = 0",
                        "-c", "VACUUM ANALYZE pulse.\"\(table.name)\"",
                    ]
                })
        let half = try await note(.half)
        try await cluster.perform("dropdb", [name])
        guard first.inserted + first.unchanged == first.extracted, same.unchanged == first.extracted,
            // One a page of 100; the last page of each project is not full.
            changed.updated * 120 > options.issues, changed.updated <= options.issues / 100 + JiraOptions().projects,
            changed.updated + changed.unchanged == first.extracted, nothing.inserted + nothing.updated == 0,
            half.inserted > 0, half.extracted == first.extracted
        else {
            throw BenchError("The loads were not what they should be: \([first, same, changed, nothing, half]).")
        }
    }

    /// An empty database with the schema.
    private func database(_ cluster: PostgresCluster) async throws -> String {
        let name = cluster.newName()
        try await cluster.perform("createdb", ["--owner", "pulse_engine", name])
        let store = try await PostgresStore.open(
            PostgresSettings(connection: cluster.connection(to: name, user: "pulse_engine")),
            tenant: PostgresLoad.tenant)
        await store.close()
        return name
    }
}

/// The rows of a database in the files that psql's `\copy` made of them, in its default format.
struct CopiedRows {
    private let cluster: PostgresCluster
    /// Those that have rows.
    private(set) var tables: [String] = []
    private(set) var count = 0

    init(on cluster: PostgresCluster, from name: String) async throws {
        self.cluster = cluster
        let pool = PostgresPool(PostgresSettings(connection: cluster.connection(to: name)))
        let counts = try await pool.withConnection { connection in
            try UnifiedSchema.tables.map { table in
                let found = try connection.query("SELECT count(*) FROM pulse.\"\(table.name)\"").first
                guard case .integer(let count)? = try found?.value(0) else { return (table.name.rawValue, 0) }
                return (table.name.rawValue, Int(count))
            }
        }
        await pool.close()
        for (table, rows) in counts ?? [] where rows > 0 {
            tables.append(table)
            count += rows
        }
        try await run("out", "TO", in: name)
    }

    /// Copies them into a database that has the tables.
    func copy(into name: String) async throws { try await run("in", "FROM", in: name) }

    private func run(_ script: String, _ direction: String, in name: String) async throws {
        let path = "\(cluster.folder)/\(script).sql"
        let lines = tables.map { "\\copy pulse.\"\($0)\" \(direction) '\(cluster.folder)/\($0).rows'\n" }
        try lines.joined().write(toFile: path, atomically: false, encoding: .utf8)
        try await cluster.perform("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", path])
    }
}
