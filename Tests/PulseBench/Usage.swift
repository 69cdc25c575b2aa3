import Glibc
import PulseMeasuring

/// The benchmark program's command line.
enum Usage {
    static let text = """
        usage: swift run -c release PulseBench [COMMAND] [OPTIONS]

        Prints ratios of things that were measured beside each other in one run, in turns, the quickest of several rounds.

          json      A page of Jira and one of GitHub to rows, against JSONDecoder on the same bytes.
          load      The whole engine, from simulated source to SQLite file, against prepared inserts of the same rows.
          postgres  The whole engine over loopback HTTP into a PostgreSQL of its own, against psql's \\copy of the same rows.
          reload    The same load again, with nothing changed, against the first.
          memory    Peak memory of loads of different size, each in a process of its own. Long.
          all       json, load and reload; the same as no command.

        options:
          --issues N    issues of the simulated Jira (5000; postgres 100000)
          --rounds N    rounds of load and reload (3)
          --memory N    one load of N issues in this process, and its peak memory
          --factor N    how many times as much the larger load of `memory` holds (100)
          --serve-pages N, --load-postgres CONNECTION --at ADDRESS [--bare] [--incremental]
                        parts of `postgres`, each a process of its own
          --folder DIR  where databases are made and removed again (the system's folder for temporary files)
        """

    struct Options {
        var issues = 5_000
        var hasIssues = false
        var rounds = 3
        var factor = 100
        var folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var memoryIssues: Int?
    }

    static func run(_ arguments: [String]) async throws {
        var options = Options()
        var commands: [String] = []
        var load: PostgresLoad?
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--issues":
                options.issues = try count(argument, rest.popFirst())
                options.hasIssues = true
            case "--serve-pages": return try PageServer(issues: try count(argument, rest.popFirst())).run()
            case "--load-postgres": load = PostgresLoad(connection: rest.popFirst() ?? "")
            case "--at": load?.address = rest.popFirst() ?? ""
            case "--bare": load?.keeping = World.Keeping(rawPages: false, rowVersions: false)
            case "--incremental": load?.isIncremental = true
            case "--rounds": options.rounds = try count(argument, rest.popFirst())
            case "--factor": options.factor = try count(argument, rest.popFirst())
            case "--memory": options.memoryIssues = try count(argument, rest.popFirst())
            case "--folder":
                guard let folder = rest.popFirst() else { throw BenchError("--folder takes a folder.\n\n\(text)") }
                options.folder = folder
            case "-h", "--help":
                print(text)
                return
            case "json", "load", "postgres", "reload", "memory", "all": commands.append(argument)
            default: throw BenchError("\(argument) is not known.\n\n\(text)")
            }
        }
        if let load { return try await load.runHere() }
        if let issues = options.memoryIssues {
            return try await MemoryBenchmark(options).measureHere(issues: issues)
        }
        if commands.isEmpty || commands.contains("all") { commands = ["json", "load", "reload"] }
        print("PulseBench on \(Machine.line)\n")
        for command in commands {
            switch command {
            case "json": try await PageBenchmark().run()
            case "load": try await LoadBenchmark(options).run()
            case "postgres":
                var options = options
                if !options.hasIssues { options.issues = 100_000 }
                try await PostgresBenchmark(options).run()
            case "reload": try await ReloadBenchmark(options).run()
            default: try MemoryBenchmark(options).run()
            }
            print("")
        }
        print("Afterwards: \(Machine.line)")
    }

    static func exit(failing: Bool) -> Never { Glibc.exit(failing ? 1 : 0) }

    private static func count(_ name: String, _ value: String?) throws -> Int {
        guard let number = value.flatMap({ Int($0) }), number > 0 else {
            throw BenchError("\(name) takes a number above 0.\n\n\(text)")
        }
        return number
    }
}
