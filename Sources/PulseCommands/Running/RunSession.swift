import PulseAssembly
import PulseConfiguration
import PulseConsole
import PulseControl
import PulseDomain
import PulseEngine
import PulseStore

/// `pulse run`: the engine without a console.
package struct RunSession: Sendable {
    package struct Wishes: Sendable, Hashable {
        /// Whether to end when everything is done; otherwise when told to.
        package var isOnce: Bool
        /// Jobs as typed; empty: all.
        package var jobs: [String]
        package var isFull: Bool
        package var isJSON: Bool

        package init(isOnce: Bool = false, jobs: [String] = [], isFull: Bool = false, isJSON: Bool = false) {
            self.isOnce = isOnce
            self.jobs = jobs
            self.isFull = isFull
            self.isJSON = isJSON
        }
    }

    private let wishes: Wishes
    private let context: CommandContext

    package init(_ wishes: Wishes, context: CommandContext) {
        self.wishes = wishes
        self.context = context
    }

    package func run(_ settings: SettingsWishes) async throws -> ExitStatus {
        let signals = EndSignals()
        let settings = try SettingsFinder(context).settings(settings)
        let finder = EngineFinder(context)
        try EngineFinder.makeFolder(of: settings.databasePath)
        let holder: StoreHolder
        switch try await finder.find(settings.databasePath) {
        case .free(let free): holder = free
        case .held(_, let other):
            throw CommandError(
                .unreachable,
                "The store is held by Pulse \(other.version), process \(other.pid), which runs the engine.",
                remedy: "Use `pulse start JOB` to start a job there, or end that process.")
        }
        var engine = EngineSettings()
        // Whoever runs it once looks at how it ended: what failed is taken up by the next run.
        if wishes.isOnce { engine.runRetries = [] }
        let opened = try await finder.open(settings, holder: holder, engine: engine) { configuration, store in
            guard wishes.isOnce else { return }
            let jobs = ConfiguredJobs(configuration)
            let wanted = try jobs.wanted(wishes.jobs, succeeded: try await OnceRuns.succeeded(in: store))
            configuration = jobs.configuration(only: wanted)
        }
        let server = finder.server(for: opened, databasePath: settings.databasePath)
        if !wishes.isOnce {
            context.output.note("The engine runs on \(opened.embedded.store.location). Ctrl-C ends it.")
        }
        return try await run(opened, server, holder, signals)
    }

    /// The engine beside its log on standard error; ends with a table of the jobs where it runs once.
    private func run(
        _ opened: OpenedEngine, _ server: ControlServer?, _ holder: StoreHolder, _ signals: EndSignals
    ) async throws -> ExitStatus {
        let engine = opened.embedded.engine
        if wishes.isOnce { try await OnceRuns.start(full: wishes.isFull, on: engine, by: context.principal) }
        let session = EngineSession(opened.embedded, server: server, holder: holder)
        return try await session.run(untilIdle: wishes.isOnce) { isIdle in
            let log = Task { await follow(await engine.events()) }
            defer { log.cancel() }
            if let signal = await signals.first(unless: isIdle, orStuck: wishes.isOnce ? engine : nil) {
                return ExitStatus(signal: signal)
            }
            return try await report(engine)
        } isEnding: {
            context.output.note("Finishing the pages under way…")
        }
    }

    private func follow(_ events: AsyncStream<OperationsEvent>) async {
        var renderer = context.output.renderer(at: .epoch)
        renderer.usesColor = false
        for await event in events {
            guard case .log(let line) = event, line.level >= .info else { continue }
            context.output.noteRaw(renderer.logs([line]))
        }
    }

    private func report(_ engine: Engine) async throws -> ExitStatus {
        let overview = try await engine.overview()
        let text =
            wishes.isJSON
            ? try JSONText.document(overview.jobs.map(JobJSON.init))
            : context.output.renderer(at: overview.asOf).jobs(overview)
        try context.output.print(text)
        return OnceRuns.status(of: overview.jobs)
    }
}
