import Foundation
import PulseAssembly
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseStore

/// The demo: everything real but the providers.
package struct DemoSession: Sendable {
    package struct Wishes: Sendable, Hashable {
        package var seed: UInt64
        /// Simulated seconds in a real one; `nil`: lively to look at, or quick where nobody looks.
        package var speed: Double?
        /// A store to keep; `nil`: gone at the end.
        package var store: String?
        /// Whether nothing goes wrong.
        package var isCalm: Bool
        /// Whether to load everything one time, print what the screens show and end.
        package var isOnce: Bool
        package var isJSON: Bool

        package init(
            seed: UInt64 = 1, speed: Double? = nil, store: String? = nil, isCalm: Bool = false, isOnce: Bool = false,
            isJSON: Bool = false
        ) {
            self.seed = seed
            self.speed = speed
            self.store = store
            self.isCalm = isCalm
            self.isOnce = isOnce
            self.isJSON = isJSON
        }
    }

    /// The first load is over in half a minute then, schedules come round every two minutes, and the quarter of an hour
    /// in which most goes wrong passes in four.
    static let lively = 4.0
    private static let quick = 120.0

    private var wishes: Wishes
    private let context: CommandContext

    package init(_ wishes: Wishes, context: CommandContext) {
        self.wishes = wishes
        self.context = context
        if !wishes.isOnce, !context.output.isTerminal { self.wishes.isOnce = true }
    }

    package func run(console: ConsoleSession.Wishes) async throws -> ExitStatus {
        if wishes.isOnce, !context.output.isTerminal {
            context.output.note("Simulated sources are loaded one time; in a terminal, `pulse demo` shows the console.")
        }
        guard let typed = wishes.store else {
            let folder = TemporaryFolder(in: temporaryPlace, prefix: "pulse-demo-")
            defer { folder?.delete() }
            return try await show(folder.map { "\($0.path)/pulse.db" }, holder: nil, console)
        }
        let path = try SettingsFinder(context).databasePath(SettingsWishes(store: typed), nil)
        try EngineFinder.makeFolder(of: path)
        switch try await EngineFinder(context).find(path) {
        case .free(let holder): return try await show(path, holder: holder, console)
        case .held(let client, let holder):
            guard !wishes.isOnce else {
                throw CommandError(
                    .unreachable, "The store is held by process \(holder.pid).",
                    remedy: "Name another one with --store, or leave --once out to join it.")
            }
            return try await ConsoleSession.join(client, of: holder, console, context: context)
        }
    }

    /// A folder for what need not last (`$TMPDIR`, POSIX Base Definitions 8.3).
    private var temporaryPlace: String {
        context.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    }

    /// `path`: of the database; `nil`: in memory. Without a `holder` nobody else comes in.
    private func show(
        _ path: String?, holder: StoreHolder?, _ wishes: ConsoleSession.Wishes
    ) async throws -> ExitStatus {
        guard self.wishes.isOnce else {
            // A theme that is not there is told before anything begins.
            let console = try ConsoleSession(wishes, isEmbedded: true, context: context)
            return try await console.run(opening: "Making a world of simulated sources…") {
                try await self.session(path, holder)
            }
        }
        let signals = EndSignals()
        return try await UnattendedRun(context, signals).run(try await self.session(path, holder), report: report)
    }

    /// The demo's engine with what lets others in, not yet running.
    private func session(_ path: String?, _ holder: StoreHolder?) async throws -> EngineSession {
        if let path { try EngineFinder.makePrivate(path) }
        let embedded = try await open(path, isKept: holder != nil)
        let server =
            holder == nil ? nil : path.flatMap { EngineFinder(context).server(for: embedded, databasePath: $0) }
        return EngineSession(embedded, server: server, holder: holder)
    }

    private func report(_ engine: Engine) async throws -> ExitStatus {
        let overview = try await engine.overview()
        try context.output.print(
            wishes.isJSON
                ? try JSONText.document(JSONObject(homeOf: overview, isRunning: true))
                : context.output.renderer(at: overview.asOf).home(overview))
        return OnceRuns.status(of: overview.jobs)
    }

    /// A demo's engine, opened and not yet running.
    private func open(_ path: String?, isKept: Bool) async throws -> EmbeddedEngine {
        let speed = wishes.speed ?? (wishes.isOnce ? Self.quick : Self.lively)
        let clock = ScaledClock(startingAt: SystemClock().now, rate: speed)
        let options = Demo.world(seed: wishes.seed)
        let sandbox = Sandbox(options, time: clock, faults: wishes.isCalm ? .none : .demo)
        let store = try await SQLiteStore.open(path.map { .file($0) } ?? .memory, tenant: "demo")
        var configuration = Demo.configuration(for: options)
        if wishes.isOnce {
            for index in configuration.sources.indices {
                configuration.sources[index].schedule = nil
                configuration.sources[index].census = nil
                // At this speed half an hour is over in seconds.
                configuration.sources[index].staleAfter = nil
            }
        }
        return try await EmbeddedEngine.open(
            configuration, store: store, transport: sandbox,
            setting: .init(
                time: clock, isSimulated: true, clockRate: speed, holder: EngineFinder.thisProcess,
                location: isKept ? nil : path == nil ? "in memory" : "gone at the end"),
            token: Demo.token(for: options))
    }
}
