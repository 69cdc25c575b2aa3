import PulseConfiguration
import PulseConsole
package import PulseDomain
import PulseTerminal

/// A console on the terminal.
package struct ConsoleSession: Sendable {
    /// What the person asked for about it.
    package struct Wishes: Sendable, Hashable {
        /// Name of a theme, or the path of a theme file; `nil`: the default.
        package var theme: String?
        package var isReadOnly: Bool
        package var usesMouse: Bool

        package init(theme: String? = nil, isReadOnly: Bool = false, usesMouse: Bool = false) {
            self.theme = theme
            self.isReadOnly = isReadOnly
            self.usesMouse = usesMouse
        }
    }

    private let options: ConsoleOptions
    private let terminal: TerminalOptions

    /// Throws `CommandError` or `ThemeError` for a theme that is not there or not right.
    package init(
        _ wishes: Wishes, isEmbedded: Bool, context: CommandContext
    ) throws {
        let environment = context.environment
        let themes = try ThemeLibrary(configuration: context.folders.configuration)
            .themes(beginningWith: wishes.theme)
        options = ConsoleOptions(
            principal: context.principal,
            readOnlyBecause: wishes.isReadOnly ? "Pulse was started with --read-only." : nil,
            isEmbedded: isEmbedded, themes: themes)
        var terminal = TerminalOptions(
            environment: TerminalEnvironment { environment[$0] }, theme: themes.first ?? .terminal)
        terminal.usesMouse = wishes.usesMouse
        self.terminal = terminal
    }

    /// Returns when the person quits or the terminal goes away, which then is as it was.
    package func run(on operations: any Operations) async throws -> ExitStatus {
        let outcome = try await ConsoleLoop.runOnOwnThread(
            operations: operations, terminal: terminal, console: options)
        switch outcome {
        case .quit: return .ok
        case .signal(let signal): return ExitStatus(signal: signal)
        }
    }
}
