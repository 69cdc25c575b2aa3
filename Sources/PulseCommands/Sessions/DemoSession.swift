import Foundation
import PulseAssembly
import PulseConfiguration
import PulseConsole
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
            return try await show(folder.map { .file("\($0.path)/pulse.db") } ?? .memory, console)
        }
        let store = try SettingsFinder(context).store(SettingsWishes(store: typed), nil)
        try EngineFinder.makeFolder(of: store)
        switch try await EngineFinder(context).find(store) {
        case .free(let claim): return try await show(.kept(claim), console)
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

    /// Where the demo's tables are.
    private enum Place {
        case memory
        /// Gone at the end; nobody else comes in.
        case file(String)
        case kept(StoreClaim)
    }

    private func show(_ place: Place, _ wishes: ConsoleSession.Wishes) async throws -> ExitStatus {
        guard self.wishes.isOnce else {
            // A theme that is not there is told before anything begins.
            let console = try ConsoleSession(wishes, isEmbedded: true, context: context)
            return try await console.run(opening: "Making a world of simulated sources…") {
                try await self.session(place)
            }
        }
        let signals = EndSignals()
        return try await UnattendedRun(context, signals).run(try await self.session(place), report: report)
    }

    /// The demo's engine with what lets others in, not yet running.
    private func session(_ place: Place) async throws -> EngineSession {
        switch place {
        case .memory:
            return EngineSession(try await open(SQLiteStore.open(.memory, tenant: Self.tenant), shown: "in memory"))
        case .file(let path):
            try EngineFinder.makePrivate(path)
            let store = try await SQLiteStore.open(.file(path), tenant: Self.tenant)
            return EngineSession(try await open(store, shown: "gone at the end"))
        case .kept(let claim):
            let embedded = try await open(claim.open(Self.tenant, runs: true), shown: nil)
            return EngineSession(
                embedded, server: EngineFinder(context).server(for: embedded, claim), holder: claim.holder)
        }
    }

    private static let tenant: TenantID = "demo"

    private func report(_ engine: Engine) async throws -> ExitStatus {
        let overview = try await engine.overview()
        let renderer = context.output.renderer(at: overview.asOf)
        let problems = renderer.problems(overview)
        try context.output.print(
            wishes.isJSON
                ? try JSONText.document(JSONObject(homeOf: overview, problems: problems, isRunning: true))
                : renderer.home(overview))
        // The end says what the verdict on the screen says.
        return problems == 0 ? OnceRuns.status(of: overview.jobs) : .problems
    }

    /// A demo's engine, opened and not yet running.
    private func open(_ store: any Store, shown location: String?) async throws -> EmbeddedEngine {
        let speed = wishes.speed ?? (wishes.isOnce ? Self.quick : Self.lively)
        let clock = ScaledClock(startingAt: SystemClock().now, rate: speed)
        let options = Demo.world(seed: wishes.seed)
        let sandbox = Sandbox(options, time: clock, faults: wishes.isCalm ? .none : .demo)
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
                time: clock, isSimulated: true, clockRate: speed, holder: StoreClaim.runner, location: location),
            token: Demo.token(for: options))
    }
}
