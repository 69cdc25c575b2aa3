package import PulseConfiguration
package import PulseDomain
package import PulseEngine
package import PulseHTTP
package import PulseStore

/// An engine with its store and sources, ready to run: the embedded placement.
package struct EmbeddedEngine: Sendable {
    package let engine: Engine
    package let store: any Store
    package let sources: [EngineSource]

    package init(engine: Engine, store: any Store, sources: [EngineSource]) {
        self.engine = engine
        self.store = store
        self.sources = sources
    }

    /// What differs between the ways in.
    package struct Setting: Sendable {
        package var time: any TimeSource
        package var settings: EngineSettings
        package var isSimulated: Bool
        package var clockRate: Double
        /// Who holds the store: `build-7 4711`.
        package var holder: String
        /// The machine and the process that it runs in.
        package var host = ""
        package var pid = 0
        /// Since when an engine is at work on the store; `nil`: from now on.
        package var startedAt: Instant?
        /// The store as it is shown, where that is another than what the store says of itself.
        package var location: String?
        /// The commands that help with an alert, as they are typed.
        package var advice: @Sendable (Alert) -> [String] = { _ in [] }

        package init(
            time: any TimeSource = SystemClock(), settings: EngineSettings = EngineSettings(),
            isSimulated: Bool = false, clockRate: Double = 1, holder: String, startedAt: Instant? = nil,
            location: String? = nil
        ) {
            self.time = time
            self.settings = settings
            self.isSimulated = isSimulated
            self.clockRate = clockRate
            self.holder = holder
            self.startedAt = startedAt
            self.location = location
        }
    }

    /// Assembles and opens: runs that a dead process left are queued again. Throws `Failure` or `StoreError`.
    package static func open(
        _ configuration: Configuration, store: any Store, transport: any HTTPTransport, setting: Setting,
        token: @escaping TokenReader = { try await SecretReader.read($0, of: $1) }
    ) async throws -> EmbeddedEngine {
        var sources: [EngineSource] = []
        var jobs: [JobDefinition] = []
        for source in configuration.sources {
            let assembled = try SourceAssembly.source(source, transport: transport, token: token)
            sources.append(assembled)
            jobs += try SourceAssembly.jobs(of: source, source: assembled)
        }
        var settings = setting.settings
        settings.concurrentRuns = configuration.engine.concurrentRuns
        settings.knowsAllJobs = !configuration.isPartial
        settings.batchRecords = configuration.engine.batchRecords
        settings.keepsRawPages = configuration.engine.rawPages != nil
        settings.retention = Retention(
            // Pages that were kept before they were no longer wanted go when it is their time.
            rawPages: configuration.engine.rawPages ?? Retention().rawPages,
            rowVersions: configuration.engine.rowVersionAge, ledger: configuration.engine.ledger,
            history: configuration.engine.history)
        settings.keepsRowVersions = configuration.engine.rowVersions
        settings.holdTombstonesAbove = configuration.engine.holdTombstonesAbove
        var status = EngineStatus(
            holder: setting.holder, tenant: configuration.tenant, store: setting.location ?? store.location,
            version: PulseVersion.current,
            startedAt: setting.startedAt ?? setting.time.now, clockRate: setting.clockRate,
            isSimulated: setting.isSimulated)
        (status.host, status.pid) = (setting.host, setting.pid)
        let notifier = NotifierAssembly.notifier(
            configuration.notify, transport: transport, token: token, advice: setting.advice)
        let engine: Engine
        do {
            engine = try Engine(
                store: store, sources: sources, definitions: jobs, time: setting.time, settings: settings,
                status: status, notifier: notifier, afterCommit: ProcessMemory.giveBack)
        } catch {
            throw Failure(.ours, code: "config.schedule", error.sentence, remedy: "See crontab(5).")
        }
        try await engine.open()
        return EmbeddedEngine(engine: engine, store: store, sources: sources)
    }
}

/// Which Pulse this is.
package enum PulseVersion {
    package static let current = "0.1.0"
}
