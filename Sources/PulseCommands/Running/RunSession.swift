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
        try PlaceFinder(context).requireLocal(settings, "`pulse run`")
        let signals = EndSignals()
        let settings = try SettingsFinder(context).settings(settings)
        let finder = EngineFinder(context)
        let claim = try await finder.claim(settings.store)
        let session = try await finder.session(settings, claim, isOnce: wishes.isOnce) {
            configuration, store in
            guard wishes.isOnce else { return }
            let jobs = ConfiguredJobs(configuration)
            let wanted = try jobs.wanted(wishes.jobs, succeeded: try await OnceRuns.succeeded(in: store))
            configuration = jobs.configuration(only: wanted)
        }
        let engine = session.embedded.engine
        if wishes.isOnce {
            try await OnceRuns.start(full: wishes.isFull, on: engine, by: context.principal)
        } else {
            context.output.note("The engine runs on \(session.embedded.store.location). Ctrl-C ends it.")
        }
        let unattended = UnattendedRun(
            context, signals, isOnce: wishes.isOnce,
            telling: { [self] in note(LogLine(at: finder.time.now, level: .notice, message: $0)) },
            showing: { _, wait in await wait() })
        let lines = engine.log()
        // Beside its log on standard error, to the last line; ends with a table of the jobs where it runs once.
        async let log: Void = follow(lines)
        let status: Result<ExitStatus, any Error>
        do {
            status = .success(try await unattended.run(session, report: report))
        } catch {
            status = .failure(error)
        }
        await log
        return try status.get()
    }

    /// What this engine does, when it happens; what others do is in the store's log.
    private func follow(_ lines: AsyncStream<LogLine>) async {
        for await line in lines where line.level >= .info { note(line) }
    }

    private func note(_ line: LogLine) {
        var renderer = context.output.renderer(at: .epoch)
        renderer.usesColor = false
        context.output.noteRaw(renderer.logs([line]))
    }

    private func report(_ engine: Engine) async throws -> ExitStatus {
        let overview = try await engine.overview()
        let text =
            wishes.isJSON
            ? try JSONText.document(overview.jobs.map(JSONObject.init))
            : context.output.renderer(at: overview.asOf).jobs(overview)
        try context.output.print(text)
        return OnceRuns.status(of: overview.jobs)
    }
}
