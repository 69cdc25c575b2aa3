import ArgumentParser
import PulseCommands
import PulseDomain

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "Records that could not be loaded: why, and what to do with them.",
        subcommands: [List.self, Show.self, Replay.self, Discard.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists records in quarantine, newest first.")

        @OptionGroup var options: ReadingOptions

        @Option(help: "Only this job's.", completion: .jobs)
        var job: String?

        @Flag(help: "Also those that were replayed or discarded.")
        var all = false

        @Option(
            name: [.customShort("n"), .customLong("limit")], help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit = 200

        func validate() throws { try Counts.check(limit) }

        func run() async throws {
            try await options.command.quarantine(job: job, state: all ? nil : .waiting, limit: limit)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one record with its payload.")

        @OptionGroup var options: ReadingOptions

        @Argument(help: "Its number, as listed.")
        var number: Int64

        func run() async throws { try await options.command.quarantined(number) }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Transforms records again and loads those that pass now.")

        @OptionGroup var options: ActingOptions

        @Argument(help: "Their numbers, as listed.")
        var numbers: [Int64] = []

        @Flag(help: "Everything that is in quarantine; with --job, of that job.")
        var all = false

        @Option(help: "Everything of this job.", completion: .jobs)
        var job: String?

        func validate() throws {
            guard numbers.isEmpty || (!all && job == nil) else {
                throw ValidationError("Numbers and --all or --job exclude each other.")
            }
            guard !numbers.isEmpty || all || job != nil else {
                throw ValidationError("Name records by their numbers, or --all, or --job JOB.")
            }
        }

        func run() async throws {
            guard numbers.isEmpty else { return try await options.command.perform(.replay(numbers)).end() }
            try await options.command.replayAll(of: job).end()
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Gives records up: they are not loaded.")

        @OptionGroup var options: ActingOptions

        @Argument(help: "Their numbers, as listed.")
        var numbers: [Int64]

        func run() async throws { try await options.command.perform(.discard(numbers)).end() }
    }
}

struct TombstonesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tombstones", abstract: "What censuses found gone at the sources.",
        subcommands: [List.self, Show.self, Confirm.self, Undo.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists findings, newest first.")

        @OptionGroup var options: ReadingOptions

        @Option(help: "Only this job's.", completion: .jobs)
        var job: String?

        @Option(
            name: [.customShort("n"), .customLong("limit")], help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit = 100

        func validate() throws { try Counts.check(limit) }
        func run() async throws { try await options.command.tombstones(job: job, limit: limit) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the rows that a finding is about.")

        @OptionGroup var options: ReadingOptions

        @Argument(help: "Its number, as listed.")
        var number: Int64

        @Option(
            name: [.customShort("n"), .customLong("limit")], help: ArgumentHelp("At most so many.", valueName: "count"))
        var limit = 1_000

        func validate() throws { try Counts.check(limit) }
        func run() async throws { try await options.command.tombstoneRows(of: number, limit: limit) }
    }

    struct Confirm: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Marks the rows of a finding that was held back as deleted.")

        @OptionGroup var options: ActingOptions

        @Argument(help: "Its number, as listed.")
        var number: Int64

        func run() async throws { try await options.command.perform(.confirmTombstones(number)).end() }
    }

    struct Undo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a finding back: its rows are there again.")

        @OptionGroup var options: ActingOptions

        @Argument(help: "Its number, as listed.")
        var number: Int64

        func run() async throws { try await options.command.perform(.undoTombstones(number)).end() }
    }
}

struct AcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acknowledge", abstract: "Says that you have seen an alert, or all there are.")

    @OptionGroup var options: ActingOptions

    @Argument(help: "The alert's id, as `pulse alerts` tells.")
    var alert: String?

    @Flag(help: "Every alert that nobody has acknowledged.")
    var all = false

    func validate() throws {
        if (alert == nil) != all { throw ValidationError("Name an alert, or say --all.") }
    }

    func run() async throws {
        if let alert {
            try await options.command.perform(.acknowledge(alert: alert)).end()
        } else {
            try await options.command.acknowledgeAll().end()
        }
    }
}
