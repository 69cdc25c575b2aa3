import ArgumentParser
import PulseCommands

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Checks the configuration, prints an example, says where things are.",
        subcommands: [Check.self, Example.self, Path.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says everything that is wrong, with file, line and column. Sends nothing.")

        @OptionGroup var options: ReadingOptions

        func run() throws {
            try ConfigurationTexts(options.settings.context, isJSON: options.json).check(options.settings.wishes).end()
        }
    }

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints an annotated configuration to copy.")

        func run() throws { try ConfigurationTexts(.current).example() }
    }

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says which files are used: configuration, store, contexts, credentials, themes, socket.")

        @OptionGroup var options: ReadingOptions

        func run() throws {
            try ConfigurationTexts(options.settings.context, isJSON: options.json).paths(options.settings.wishes)
        }
    }
}

struct SourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources", abstract: "The configured sources.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks each source who we are, what there is, and for one page of each stream. Writes nothing.")

        @OptionGroup var options: ReadingOptions

        @Argument(help: "Only this source.")
        var name: String?

        func run() async throws {
            let check = SourceCheck(options.settings.context, isJSON: options.json)
            try await check.run(options.settings.wishes, only: name).end()
        }
    }
}

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at everything Pulse needs: libraries, terminal, files, store, clock, network.")

    @OptionGroup var options: ReadingOptions

    @Flag(help: "Send nothing.")
    var offline = false

    func run() async throws {
        try await Doctor(options.settings.context, isJSON: options.json, isOffline: offline).run(
            options.settings.wishes
        ).end()
    }
}

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Prints what a shell needs to complete commands and names of jobs.",
        discussion: """
            bash   pulse completions bash > ~/.local/share/bash-completion/completions/pulse
            zsh    pulse completions zsh > ~/.zfunc/_pulse    (with ~/.zfunc in $fpath before compinit)
            fish   pulse completions fish > ~/.config/fish/completions/pulse.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    func run() throws {
        let shell: CompletionShell =
            switch self.shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try CommandContext.current.output.print(Pulse.completionScript(for: shell) + "\n")
    }
}

struct ExitCodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exit-codes", abstract: "Prints what exit codes mean.")

    func run() throws { try CommandContext.current.output.print(ExitStatus.table) }
}
