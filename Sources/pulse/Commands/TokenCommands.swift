import ArgumentParser
import PulseAPI
import PulseCommands

struct TokenCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Personal tokens, by which scripts come in at a team's Pulse.",
        subcommands: [List.self, Create.self, Revoke.self], defaultSubcommand: List.self)

    /// What they share.
    struct Options: ParsableArguments {
        @OptionGroup var place: PlaceOptions

        @Flag(help: "Print JSON.")
        var json = false

        var command: TokenCommand { TokenCommand(.current, place.wishes, isJSON: json) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists your tokens; never the tokens themselves.")

        @OptionGroup var options: Options

        func run() async throws { try await options.command.list() }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints it, alone, on standard output. It is not shown again.",
            discussion: """
                It may at most what you may, in the tenant of your login. Keep it where only you can read it: \
                `(umask 077; pulse token create ci > ci.token)`. Scripts give it as PULSE_TOKEN beside PULSE_GATEWAY.
                """)

        @OptionGroup var options: Options

        @Argument(help: "What it is for.")
        var name: String

        @Option(help: ArgumentHelp("What it may do, if you may.", valueName: "scope"))
        var scope = TokenScope.read

        @Option(
            help: ArgumentHelp(
                "How long it is good, such as 12h or 90d, or until when; at most a year. Otherwise 90 days.",
                valueName: "time"))
        var expires: String?

        func run() async throws { try await options.command.create(name, scope: scope, expires: expires) }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a token back: it is good for nothing any more.")

        @OptionGroup var options: Options

        @Argument(help: "Its id, as the list has it.")
        var id: String

        func run() async throws { try await options.command.revoke(id) }
    }
}

extension TokenScope: ExpressibleByArgument {}
