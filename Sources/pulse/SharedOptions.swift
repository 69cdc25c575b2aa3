import ArgumentParser
import PulseArguments
import PulseCommands
import PulseDomain

/// Which configuration and store: shared by every command that needs them.
struct SettingsOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: .configurationFile, completion: .file())
    var config: String?

    @Option(help: .store, completion: .file())
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Whose data, where no configuration says it and the store holds that of several.", valueName: "tenant"))
    var tenant: String?

    @Option(
        help: ArgumentHelp(
            "A team's Pulse by its address, instead of this machine's; otherwise $PULSE_GATEWAY, or the context.",
            valueName: "url"))
    var gateway: String?

    @Option(
        name: .customLong("context"),
        help: ArgumentHelp(
            "A team's Pulse by its name, as `pulse context` lists them; `local` is this machine.", valueName: "name"))
    var contextName: String?

    @OptionGroup var printing: PrintingOptions

    var wishes: SettingsWishes {
        SettingsWishes(
            config: config, store: store, tenant: tenant.map { TenantID($0) }, gateway: gateway, context: contextName)
    }
    var context: CommandContext { printing.context }
}

/// How everything is printed.
struct PrintingOptions: ParsableArguments {
    @Flag(help: "Print as if there were no terminal: no console, no colours, no control sequences.")
    var plain = false

    var context: CommandContext { plain ? CommandContext.current.plain : .current }
}

/// For commands that print something.
struct ReadingOptions: ParsableArguments {
    @OptionGroup var settings: SettingsOptions

    @Flag(help: "Print JSON: stable keys, times in ISO 8601, null where there is nothing.")
    var json = false

    var command: ReadingCommand { ReadingCommand(settings.context, settings.wishes, isJSON: json) }
}

/// For commands that change something.
struct ActingOptions: ParsableArguments {
    @OptionGroup var settings: SettingsOptions

    @Option(help: ArgumentHelp("Why: kept in the audit, and shown to others.", valueName: "text"))
    var reason = "no reason given"

    @Flag(help: "Do not ask before something that cannot be taken back.")
    var yes = false

    @Flag(help: "Only tell what it would do, undo and cost.")
    var dryRun = false

    @Flag(help: "Print JSON.")
    var json = false

    var command: ActingCommand {
        ActingCommand(
            settings.context, settings.wishes,
            ActingWishes(reason: reason, isConfirmed: yes, isDryRun: dryRun, isJSON: json))
    }
}

/// How the console is to be.
struct ConsoleOptions: ParsableArguments {
    @Flag(help: "No command can be given: for screens that hang on a wall.")
    var readOnly = false

    @Option(
        help: ArgumentHelp("The colours: a theme's name, or the path of a theme file.", valueName: "name"),
        completion: .file(extensions: ["yaml"]))
    var theme: String?

    @Flag(help: "Report clicks and the wheel. Selecting text then needs Shift in most terminals.")
    var mouse = false

    var wishes: ConsoleSession.Wishes {
        ConsoleSession.Wishes(theme: theme, isReadOnly: readOnly, usesMouse: mouse)
    }
}

extension ExitStatus {
    /// Ends the command with this status.
    func end() throws { if self != .ok { throw Ending(status: self) } }
}
