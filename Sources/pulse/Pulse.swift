import ArgumentParser
import PulseCommands

/// The command line. Each command parses its arguments and hands over to PulseCommands.
///
/// It has no options of its own: an option of the root would take that of the same name from a command.
struct Pulse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulse",
        abstract: "Collects engineering data into tables, and gives those who keep that going a console.",
        discussion: """
            Without a command it shows the console; its options are in `pulse help console`.

            Exit codes:
            \(ExitStatus.table)
            """,
        version: CommandContext.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Ways in",
                subcommands: [ConsoleCommand.self, DemoCommand.self, ExploreCommand.self, RunCommand.self]),
            CommandGroup(
                name: "To look",
                subcommands: [
                    StatusCommand.self, EnginesCommand.self, JobsCommand.self, RunsCommand.self, LimitsCommand.self,
                    AlertsCommand.self,
                    CheckpointsCommand.self, LogsCommand.self, DataCommand.self, AuditCommand.self,
                ]),
            CommandGroup(
                name: "To act",
                subcommands: [
                    StartCommand.self, PauseCommand.self, ResumeCommand.self, StopCommand.self, RetryCommand.self,
                    HoldCommand.self, ReleaseCommand.self, RewindCommand.self, SkipCommand.self,
                    RetransformCommand.self, QuarantineCommand.self, TombstonesCommand.self, AcknowledgeCommand.self,
                ]),
            CommandGroup(
                name: "A team's Pulse",
                subcommands: [
                    LoginCommands.self, LogoutCommands.self, WhoamiCommands.self, ContextCommands.self,
                    TokenCommands.self,
                ]),
            CommandGroup(
                name: "To set up",
                subcommands: [
                    ConfigCommand.self, SourcesCommand.self, StoreCommands.self, NotifyCommands.self,
                    DoctorCommand.self,
                    CompletionsCommand.self, ExitCodesCommand.self,
                ]),
        ], defaultSubcommand: ConsoleCommand.self)
}
