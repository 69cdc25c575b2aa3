import ArgumentParser
import PulseCommands

/// The command line. Each command parses its arguments and hands over to PulseCommands.
struct Pulse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulse",
        abstract: "Collects engineering data into tables, and gives those who keep that going a console.",
        discussion: """
            Without a command it shows the console on the configured sources, with the engine in this process; when \
            another pulse holds the store, it joins that one.

            Exit codes:
            \(ExitStatus.table)
            """,
        version: CommandContext.version,
        groupedSubcommands: [
            CommandGroup(name: "Ways in:", subcommands: [DemoCommand.self, ExploreCommand.self, RunCommand.self]),
            CommandGroup(
                name: "To look:",
                subcommands: [
                    StatusCommand.self, JobsCommand.self, RunsCommand.self, LimitsCommand.self, AlertsCommand.self,
                    CheckpointsCommand.self, LogsCommand.self, AuditCommand.self,
                ]),
            CommandGroup(
                name: "To act:",
                subcommands: [
                    StartCommand.self, PauseCommand.self, ResumeCommand.self, StopCommand.self, RetryCommand.self,
                    HoldCommand.self, ReleaseCommand.self, RewindCommand.self, SkipCommand.self,
                    RetransformCommand.self, QuarantineCommand.self, TombstonesCommand.self, AcknowledgeCommand.self,
                ]),
            CommandGroup(
                name: "To set up:",
                subcommands: [
                    ConfigCommand.self, SourcesCommand.self, DoctorCommand.self, CompletionsCommand.self,
                    ExitCodesCommand.self,
                ]),
        ])

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var console: ConsoleOptions

    @Flag(help: "Print what `pulse status` and `pulse jobs` print instead of showing the console.")
    var plain = false

    func run() async throws {
        let context = CommandContext.current
        if plain || !context.output.isTerminal {
            try await ReadingCommand(context, settings.wishes, isJSON: false).overview()
        } else {
            try await MainSession.run(settings.wishes, console: console.wishes, context: context).end()
        }
    }
}
