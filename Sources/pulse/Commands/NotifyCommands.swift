import ArgumentParser
import PulseCommands

struct NotifyCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Who is told of alerts (`notify:` of the configuration).",
        subcommands: [Test.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sends each receiver a message that says it is a test; ends with 5 when one does not take it.")

        @OptionGroup var options: ReadingOptions

        @Argument(help: "Only this receiver.")
        var receiver: String?

        func run() async throws {
            let settings = options.settings
            try await NotifyCommand(settings.context, settings.wishes, isJSON: options.json).test(only: receiver).end()
        }
    }
}
