import PulseAPI
import PulseAssembly
import PulseConfiguration
import PulseConsole
import PulseControl
import PulseDomain
import PulseEngine
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

    private let context: CommandContext
    private var options: ConsoleOptions
    private let terminal: TerminalOptions

    /// Throws `CommandError` or `ThemeError` for a theme that is not there or not right.
    package init(
        _ wishes: Wishes, isEmbedded: Bool, context: CommandContext
    ) throws {
        self.context = context
        let environment = context.environment
        let library = ThemeLibrary(configuration: context.folders.configuration)
        let theme = try library.first(wishes.theme)
        let watch = ThemeWatch(library: library, wanted: wishes.theme)
        options = ConsoleOptions(
            principal: context.principal,
            readOnlyBecause: wishes.isReadOnly ? "Pulse was started with --read-only." : nil,
            isEmbedded: isEmbedded, themes: [theme], themeNews: { watch.news() })
        var terminal = TerminalOptions(environment: TerminalEnvironment { environment[$0] }, theme: theme)
        terminal.usesMouse = wishes.usesMouse
        self.terminal = terminal
    }

    /// A console on the engine that another process runs. Returns when the person quits or the terminal goes away, which
    /// then is as it was.
    static func join(
        _ client: ControlClient, of holder: HeldBy, _ wishes: Wishes, context: CommandContext
    ) async throws -> ExitStatus {
        let session = try ConsoleSession(wishes, isEmbedded: false, context: context)
        context.output.note(
            "Process \(holder.pid) holds the store: this console drives the engine that runs there.")
        return try await Self.ending(
            ConsoleThread(operations: client, terminal: session.terminal, console: session.options))
    }

    /// A console on the engine behind a gateway. Paints at once, and goes on while the gateway is away. Throws `Failure`
    /// where nobody is logged in; returns as ``join(_:of:_:context:)`` does.
    static func remote(
        _ place: RemotePlace, _ wishes: Wishes, context: CommandContext
    ) async throws -> ExitStatus {
        let time = SystemClock()
        if place.token == nil {
            let sessions = try context.credentials(time).sessions()
            if place.session.place(among: sessions) == nil {
                throw Failure.loggedOut(of: place.session, among: sessions)
            }
        }
        let client = place.client(context, time: time)
        let link = GatewayLink(client, time: time, context: place.name)
        var session = try ConsoleSession(wishes, isEmbedded: false, context: context)
        if place.isReadOnly, session.options.readOnlyBecause == nil {
            session.options.readOnlyBecause = "The context \(place.shown) is read-only."
        }
        session.options.link = link.console
        session.options.opening = "Connecting to \(place.shown)…"
        let outcome = try await Self.ending(
            ConsoleThread(
                operations: RemoteOperations(client), terminal: session.terminal, console: session.options))
        await link.leave()
        return outcome
    }

    /// Paints at once, opens an engine meanwhile, and shows it as soon as it is there. Returns as
    /// ``join(_:of:_:context:)`` does, or throws what opening threw, with the terminal as it was.
    ///
    /// - Parameter sentence: What is being opened, for the screen.
    func run(
        opening sentence: String, _ open: @Sendable () async throws -> EngineSession
    ) async throws -> ExitStatus {
        var options = options
        options.opening = sentence
        let pending = PendingOperations()
        let console = ConsoleThread(operations: pending, terminal: terminal, console: options)
        let session: EngineSession
        do {
            session = try await open()
        } catch {
            console.close()
            // How the console ended says nothing about why there is no engine.
            _ = try? await console.outcome()
            throw error
        }
        pending.become(session.embedded.engine)
        return try await session.run(
            beside: { _ in try await Self.ending(console) }, telling: { [context] in context.output.note($0) })
    }

    private static func ending(_ console: ConsoleThread) async throws -> ExitStatus {
        switch try await console.outcome() {
        case .quit: .ok
        case .signal(let signal): ExitStatus(signal: signal)
        }
    }
}
