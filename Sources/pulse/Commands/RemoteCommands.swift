import ArgumentParser
import PulseCommands
import PulseDomain

struct LoginCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Logs in at a team's Pulse; `pulse` shows that one from then on.",
        discussion: """
            It asks for name and password at the terminal and keeps the login, not the password, in a file that only \
            you may read. Each context has a login of its own, so that several users of one gateway can be logged in. \
            A one-time password is changed on the way. Scripts give a personal token instead (`pulse token create`), \
            or leave the login out and set PULSE_GATEWAY and PULSE_TOKEN.
            """)

    @Argument(help: "The gateway's address, such as https://pulse.example.com; otherwise that of the context.")
    var gateway: String?

    @Option(
        name: .customLong("context"), help: ArgumentHelp("What to call it; otherwise its host.", valueName: "name"))
    var contextName: String?

    @Option(help: ArgumentHelp("Your name there; asked for where it is not given.", valueName: "name"))
    var user: String?

    @Option(help: ArgumentHelp("In which tenant, where you belong to several.", valueName: "tenant"))
    var tenant: String?

    @Option(
        name: .customLong("ca-file"),
        help: ArgumentHelp("PEM: authorities to trust besides the system's; kept with the context.", valueName: "file"),
        completion: .file())
    var caFile: String?

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp(
            "Log in with the personal token in this file, which only you may read; - is standard input.",
            valueName: "file"),
        completion: .file())
    var tokenFile: String?

    @Option(
        name: .customLong("token-command"),
        help: ArgumentHelp("Log in with the personal token that this command prints.", valueName: "command"))
    var tokenCommand: String?

    func run() async throws {
        try await LoginCommand(
            .current,
            .init(
                gateway: gateway, context: contextName, user: user, tenant: tenant.map { TenantID($0) },
                caFile: caFile, tokenFile: tokenFile, tokenCommand: tokenCommand)
        ).run()
    }
}

struct LogoutCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Ends the login at a team's Pulse, there and here; the context stays.")

    @OptionGroup var options: PlaceOptions

    func run() async throws { try await LogoutCommand(.current).run(options.wishes).end() }
}

struct WhoamiCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami", abstract: "Says who you are there: user, role, tenant, gateway, and when the login ends."
    )

    @OptionGroup var options: PlaceOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws { try await WhoamiCommand(.current, isJSON: json).run(options.wishes) }
}

/// Which team's Pulse.
struct PlaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("By its address; otherwise $PULSE_GATEWAY, or the context.", valueName: "url"))
    var gateway: String?

    @Option(name: .customLong("context"), help: ArgumentHelp("By its name.", valueName: "name"))
    var contextName: String?

    @Option(help: ArgumentHelp("Which of the tenants there.", valueName: "tenant"))
    var tenant: String?

    var wishes: SettingsWishes {
        SettingsWishes(tenant: tenant.map { TenantID($0) }, gateway: gateway, context: contextName)
    }
}

struct ContextCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context", abstract: "Says where commands go: this machine, or a team's Pulse.",
        subcommands: [List.self, Use.self, Add.self, Remove.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists contexts, and who is logged in; * is the current one.")

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws { try ContextCommand(.current, isJSON: json).list() }
    }

    struct Use: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a context the one that commands go to; `local` is this machine.")

        @Argument(help: "Its name.")
        var name: String

        func run() throws { try ContextCommand(.current).use(name) }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a context without logging in.")

        @Argument(help: "What to call it.")
        var name: String

        @Argument(help: "The gateway's address, such as https://pulse.example.com.")
        var gateway: String

        @Option(help: ArgumentHelp("In which tenant; otherwise that of the login.", valueName: "tenant"))
        var tenant: String?

        @Option(
            name: .customLong("ca-file"),
            help: ArgumentHelp("PEM: authorities to trust besides the system's.", valueName: "file"),
            completion: .file())
        var caFile: String?

        @Flag(help: "Refuse commands here, whatever your role allows.")
        var readOnly = false

        func run() throws {
            try ContextCommand(.current).add(
                name, gateway: gateway, tenant: tenant.map { TenantID($0) }, caFile: caFile, isReadOnly: readOnly)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forgets a context, and ends its login.")

        @Argument(help: "Its name.")
        var name: String

        func run() async throws { try await ContextCommand(.current).remove(name) }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows a context, and how its gateway answers now.")

        @Argument(help: "Its name; otherwise the current one.")
        var name: String?

        @OptionGroup var options: PlaceOptions

        @Flag(help: "Print JSON.")
        var json = false

        func run() async throws {
            try await ContextCommand(.current, isJSON: json).show(name, options.wishes).end()
        }
    }
}
