import ArgumentParser
import PulseCommands

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Whether all is well: the verdict, alerts, and how many jobs are in which state.",
        discussion: "It ends with 0 when all is well, and with 5 while there is a problem that nobody has acknowledged."
    )

    @OptionGroup var options: ReadingOptions

    func run() async throws { try await options.command.status().end() }
}

struct EnginesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engines",
        abstract: "Lists the engines that work on the store, or did within a day: what each does, and whether it lives."
    )

    @OptionGroup var options: ReadingOptions

    @Flag(help: "Print it again whenever it changes, until no engine works any more.")
    var watch = false

    func run() async throws {
        if watch { try await options.command.watchEngines() } else { try await options.command.engines() }
    }
}

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Lists the jobs with their states, the most pressing first.")

    @OptionGroup var options: ReadingOptions

    @Flag(help: "Print it again whenever it changes, at most once a second.")
    var watch = false

    func run() async throws {
        if watch { try await options.command.watchJobs() } else { try await options.command.jobs() }
    }
}

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "runs", abstract: "Lists the last runs of a job.")

    @OptionGroup var options: ReadingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    func run() async throws { try await options.command.runs(of: job) }
}

struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Shows the providers' limits with forecasts, and breakers that are not closed."
    )

    @OptionGroup var options: ReadingOptions

    func run() async throws { try await options.command.limits() }
}

struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Shows what is wrong, why, what happens by itself, and what helps.",
        discussion: "It ends with 5 while there is a warning or worse that nobody has acknowledged, else with 0.")

    @OptionGroup var options: ReadingOptions

    func run() async throws { try await options.command.alerts().end() }
}

struct CheckpointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoints", abstract: "Lists where a job's partitions stood, newest first.")

    @OptionGroup var options: ReadingOptions

    @Argument(help: "The job: source/stream.", completion: .jobs)
    var job: String

    @Argument(help: "Only this partition: a project's key, owner/name of a repository.")
    var partition: String?

    @Option(
        name: [.customShort("n"), .customLong("limit")], help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 50

    func validate() throws { try Counts.check(limit) }
    func run() async throws { try await options.command.checkpoints(of: job, partition: partition, limit: limit) }
}

struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Prints the engine's log. --json prints one object a line.")

    @OptionGroup var options: ReadingOptions

    @Argument(help: "Only this job's.", completion: .jobs)
    var job: String?

    @Option(help: ArgumentHelp("Only those of engines whose names contain this.", valueName: "name"))
    var engine: String?

    @Flag(name: .shortAndLong, help: "Go on with what comes, until the engine ends.")
    var follow = false

    @Option(
        name: [.customShort("n"), .customLong("lines")],
        help: ArgumentHelp("So many of the newest lines.", valueName: "count"))
    var lines = 100

    func validate() throws { try Counts.check(lines) }
    func run() async throws { try await options.command.logs(job: job, engine: engine, count: lines, follows: follow) }
}

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Lists who commanded what, why, and what came of it, newest first.")

    @OptionGroup var options: ReadingOptions

    @Option(
        name: [.customShort("n"), .customLong("limit")], help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 100

    func validate() throws { try Counts.check(limit) }
    func run() async throws { try await options.command.audit(limit: limit) }
}

struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Lists the tables that were loaded into, or rows of one of them.",
        discussion: """
            Rows are chosen by column=value (nothing after = for none) and by words that they have to have, as in
            `pulse data work_items status=Done refund`. --json prints whole rows.
            """)

    @OptionGroup var options: ReadingOptions

    @Argument(help: "Rows of this table.", completion: .list(ReadingCommand.tableNames))
    var table: String?

    @Argument(help: ArgumentHelp("column=value, or a word that has to occur in the row.", valueName: "filter"))
    var filter: [String] = []

    @Option(help: ArgumentHelp("Only these columns, divided by commas.", valueName: "names"))
    var columns: String?

    @Flag(help: "Also rows that were found gone at the source.")
    var deleted = false

    @Option(
        name: [.customShort("n"), .customLong("limit")], help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 100

    func validate() throws { try Counts.check(limit) }
    func run() async throws {
        guard let table else { return try await options.command.tables() }
        try await options.command.rows(
            .init(
                table: table, words: filter,
                columns: columns?.split(separator: ",").map { $0.trimmingPrefix(while: { $0 == " " }) }.map(String.init)
                    ?? [],
                includesDeleted: deleted, limit: limit))
    }
}

/// Numbers of things to list.
enum Counts {
    static func check(_ count: Int) throws {
        guard (1...100_000).contains(count) else { throw ValidationError("The number has to be from 1 to 100000.") }
    }
}

extension CompletionKind {
    /// Names of jobs, asked for while completing.
    static var jobs: CompletionKind { .custom { words, _, _ in await JobCompletion.names(for: words) } }
}
