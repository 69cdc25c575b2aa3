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
