import ArgumentParser
import PulseCommands

struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Shows the console on the configured sources; what `pulse` alone does.",
        discussion: """
            The engine runs in this process; when another pulse holds the store, this console joins that one.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var console: ConsoleOptions

    @Flag(help: "Print status, jobs and limits as JSON instead of showing the console.")
    var json = false

    func run() async throws {
        let context = settings.context
        if json || !context.output.isTerminal {
            try await ReadingCommand(context, settings.wishes, isJSON: json).overview()
        } else {
            try await MainSession.run(settings.wishes, console: console.wishes, context: context).end()
        }
    }
}
