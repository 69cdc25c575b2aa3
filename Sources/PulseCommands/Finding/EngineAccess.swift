import Foundation
import Glibc
import PulseAPI
import PulseAssembly
package import PulseConfiguration
import PulseConsole
package import PulseControl
package import PulseDomain
import PulseEngine
import PulsePostgres
import PulseStore

/// The engine that a command speaks to: one behind a gateway, one that another process runs, or one that this process
/// opened for it.
package struct EngineAccess: Sendable {
    package let operations: any Operations
    /// Whether what is commanded takes effect now: an engine runs on the store.
    package let isRunning: Bool
    /// Whether those that run are not asked, and this process looks at the store that it shares with them.
    let isShared: Bool
    /// How the link to a gateway stands; `nil` where there is none.
    let link: ConnectionMonitor?
    /// To a gateway; `nil` where there is none.
    private let client: APIClient?
    /// What there is nothing of yet, as a sentence with what makes it; `nil` where there is something to look at.
    private(set) var absence: CommandError?
    private let opened: OpenedEngine?

    init(remote: RemoteOperations) {
        operations = remote
        (isRunning, isShared) = (true, false)
        link = remote.client.monitor
        client = remote.client
        opened = nil
    }

    init(client: ControlClient) {
        operations = client
        (isRunning, isShared) = (true, false)
        link = nil
        self.client = nil
        opened = nil
    }

    init(opened: OpenedEngine, absence: CommandError? = nil) {
        self.absence = absence
        link = nil
        client = nil
        operations = opened.embedded.engine
        isShared = opened.engineSince != nil
        isRunning = isShared
        self.opened = opened
    }

    /// Throws `Failure` where a gateway would refuse the command for the role of who gives it.
    func checkMayGive(_ command: Command) async throws {
        guard let client else { return }
        let profile: Profile = try await client.ask(APIRequest(.profile))
        let route = RouteTable.route(OperationsCall.perform(command, reason: "").request.route)
        if let needed = route.role, profile.role < needed { throw Problem.forbidden(needs: needed).failure }
    }

    /// Writes what waits to be written and gives the store back.
    package func close() async {
        guard let opened else { return }
        await opened.close()
    }
}

/// An engine with the lock of its store, not running.
struct OpenedEngine: Sendable {
    let embedded: EmbeddedEngine
    /// `nil` for a store in memory, and for one that engines share.
    let holder: StoreHolder?
    /// Since when engines of other processes run on the store; `nil`: none does.
    var engineSince: Instant?
    /// Whether it was opened only to be looked at.
    var isRead = false

    func close() async {
        if !isRead {
            await embedded.engine.stop()
            // An engine that was told to stop only writes its log and its knowledge of limits. That the command's own
            // work is committed does not depend on it.
            try? await embedded.engine.run()
        }
        await embedded.store.close()
    }
}

/// Finds the engine of a store: whoever holds the lock is asked, and nothing is written without it.
package struct EngineFinder: Sendable {
    private let context: CommandContext
    let time: any TimeSource

    package init(_ context: CommandContext, time: any TimeSource) {
        self.context = context
        self.time = time
    }

    package init(_ context: CommandContext) { self.init(context, time: SystemClock()) }

    /// What was found at a store.
    package enum Found: Sendable {
        /// Ours now, or everybody's.
        case free(StoreClaim)
        /// Another process runs an engine on it, and answers.
        case held(ControlClient, HeldBy)
    }

    /// Takes the lock of a file, or connects to who has it; looks whether a shared store can be used. Throws
    /// `HolderError`, `Failure` or `PostgresAccessError`.
    package func find(_ store: StoreReference) async throws -> Found {
        switch store {
        case .sqlite(let path): return try await find(path)
        case .postgres(let settings):
            try await PostgresSurvey.take(settings, tenant: nil).checkMayBeOpened()
            return .free(.shared(settings))
        }
    }

    /// Takes the lock, or connects to who has it. A short command of another process may hold it for a moment: that is
    /// waited for, about two seconds. Throws `HolderError` or `Failure`.
    private func find(_ databasePath: String) async throws -> Found {
        let socket = ControlSocket.path(forDatabase: databasePath, in: context.folders.runtime)
        var attempt = 0
        while true {
            let held: HolderError
            do throws(HolderError) {
                return .free(
                    .file(
                        databasePath,
                        try StoreHolder.acquire(
                            databasePath: databasePath, socketPath: socket, version: PulseVersion.current,
                            at: time.now)))
            } catch {
                held = error
            }
            guard case .held(_, let holder) = held else { throw held }
            attempt += 1
            do {
                guard let holder, holder.isOnThisHost else { throw held }
                return .held(
                    try await ControlClient.connect(
                        to: holder.socketPath, version: PulseVersion.current, time: time), holder)
            } catch let failure as Failure where failure.code != "control.nobody" {
                throw failure
            } catch {
                guard attempt < 20 else { throw held }
            }
            try await time.sleep(for: .milliseconds(100))
        }
    }

    /// The engine for one command.
    ///
    /// - Parameter isReading: Nothing is created then: a store that is not there is an empty one.
    package func access(_ wishes: SettingsWishes, isReading: Bool) async throws -> EngineAccess {
        if let place = try PlaceFinder(context).remote(wishes) {
            if !isReading, place.isReadOnly { throw Self.readOnly(place) }
            return EngineAccess(remote: RemoteOperations(place.client(context, time: time)))
        }
        let finder = SettingsFinder(context)
        // With the store named, a running engine can be asked without knowing its configuration.
        let settings: Settings?
        if wishes.store != nil, finder.path(wishes) == nil {
            settings = nil
        } else {
            settings = try finder.settings(wishes)
        }
        if let wanted = wishes.tenant, let settings, wanted != settings.configuration.tenant {
            throw Self.otherTenant(wanted, than: settings.configuration.tenant, said: "The configuration is")
        }
        let place = try settings?.store ?? finder.store(wishes, nil)
        let path = place.location
        let exists = try await Self.isThere(place)
        if !exists, let settings, isReading {
            return try await accessNothing(
                settings, location: "\(path), not there yet", absence: Self.nothing(at: place))
        }
        if settings != nil { try Self.makeFolder(of: place) }
        switch try await find(place) {
        case .held(let client, _):
            if let wanted = wishes.tenant {
                let tenant = try await client.overview().engine.tenant
                if tenant != wanted { throw Self.otherTenant(wanted, than: tenant, said: "The running engine is") }
            }
            return EngineAccess(client: client)
        case .free(let claim):
            guard let settings else {
                guard isReading else { throw Self.nobodyKnows(place) }
                guard exists else {
                    var nothing = Self.nothing(at: place)
                    nothing.status = .usage
                    throw nothing
                }
                return EngineAccess(opened: try await openStored(claim, tenant: wishes.tenant))
            }
            let tenant = settings.configuration.tenant
            if isReading, try await !claim.tenants(including: tenant).contains(tenant) {
                // Looking adds nobody to a store of others.
                return try await accessNothing(
                    settings, location: "\(path), nothing of \(tenant) yet",
                    absence: CommandError(
                        .failed, "\(path) holds nothing of the tenant \(tenant) yet.",
                        remedy: "The first `pulse run` begins; `pulse store tenants` lists whose data is there."))
            }
            let since = try await claim.engineSince(tenant)
            var engine = EngineSettings()
            engine.onlyLooks = isReading
            var opened = try await open(
                settings, claim, runBy: since == nil ? Self.nobody : Self.others, since: since, engine: engine)
            (opened.isRead, opened.engineSince) = (isReading, since)
            return EngineAccess(opened: opened)
        }
    }

    /// What is configured, where nothing is stored: kept in memory and then forgotten.
    private func accessNothing(
        _ settings: Settings, location: String, absence: CommandError
    ) async throws -> EngineAccess {
        let store = try await SQLiteStore.open(.memory, tenant: settings.configuration.tenant)
        let embedded = try await open(settings, on: store, holder: Self.nobody, location: location)
        return EngineAccess(opened: OpenedEngine(embedded: embedded, holder: nil, isRead: true), absence: absence)
    }

    /// There is nothing to look at.
    static func nothing(at store: StoreReference) -> CommandError {
        CommandError(.failed, "There is no store at \(store.location) yet.", remedy: "`pulse store init` makes it.")
    }

    /// Whether there is something to look at: a file, or tables.
    static func isThere(_ store: StoreReference) async throws -> Bool {
        switch store {
        case .sqlite(let path): FileManager.default.fileExists(atPath: path)
        case .postgres(let settings): try await PostgresSurvey.take(settings, tenant: nil).hasTables()
        }
    }

    static func otherTenant(_ wanted: TenantID, than tenant: TenantID, said: String) -> CommandError {
        CommandError(
            .usage, "\(said) the one of the tenant \(tenant), and --tenant \(wanted) was given.",
            remedy: "Leave --tenant out, or name the configuration of \(wanted) with --config.")
    }

    static func readOnly(_ place: RemotePlace) -> CommandError {
        CommandError(
            .refused, "The context \(place.shown) is read-only: no command is given there.",
            remedy: "Where that is not meant, make another for it: `pulse context add NAME \(place.address)`.")
    }

    /// Without an engine only a configuration says what is to be done on a store.
    static func nobodyKnows(_ store: StoreReference) -> CommandError {
        guard case .sqlite(let path) = store else {
            return CommandError(
                .usage, "No configuration was found that says what is to be done on \(store.location).",
                remedy: "Name it with --config FILE; `pulse jobs --tenant NAME` looks at what is there.")
        }
        return CommandError(
            .usage, "No engine runs on \(path), and no configuration was found that says what it is.",
            remedy: "Name it with --config FILE; a demo's store goes on with `pulse demo --store \(path)`.")
    }

    static let nobody = "no engine runs"
    static let others = "engines of other processes"

    /// Opens store and engine. `adjusting` may change the configuration after a look at the store.
    func open(
        _ settings: Settings, _ claim: StoreClaim, runBy: String? = nil, since: Instant? = nil,
        engine: EngineSettings = EngineSettings(),
        adjusting: (inout Configuration, any Store) async throws -> Void = { _, _ in }
    ) async throws -> OpenedEngine {
        var settings = settings
        let store = try await claim.open(
            settings.configuration.tenant, runs: runBy == nil, onlyLooks: engine.onlyLooks)
        do {
            try await claim.checkIsWhole(settings.configuration.tenant, store)
            try await adjusting(&settings.configuration, store)
            let embedded = try await open(
                settings, on: store, holder: runBy ?? StoreClaim.runner, since: since,
                engine: engine)
            return OpenedEngine(embedded: embedded, holder: claim.holder)
        } catch {
            await store.close()
            throw error
        }
    }

    /// The same as a session that can be run, with what lets other processes in.
    ///
    /// - Parameter isOnce: Whoever runs it once looks at how it ended: what failed is taken up by the next run, and nothing starts by schedule.
    func session(
        _ settings: Settings, _ claim: StoreClaim, isOnce: Bool = false,
        adjusting: (inout Configuration, any Store) async throws -> Void = { _, _ in }
    ) async throws -> EngineSession {
        var engine = EngineSettings()
        if isOnce { (engine.runRetries, engine.followsSchedules) = ([], false) }
        let opened = try await open(settings, claim, engine: engine, adjusting: adjusting)
        return EngineSession(opened.embedded, server: server(for: opened.embedded, claim), holder: claim.holder)
    }

    private func open(
        _ settings: Settings, on store: any Store, holder: String, since: Instant? = nil,
        engine: EngineSettings = EngineSettings(), location: String? = nil
    ) async throws -> EmbeddedEngine {
        var setting = EmbeddedEngine.Setting(
            time: time, settings: engine, holder: holder, startedAt: since, location: location)
        (setting.host, setting.pid) = (HeldBy.hostName, Int(getpid()))
        setting.advice = { $0.commandLines(of: "pulse") }
        return try await EmbeddedEngine.open(
            settings.configuration, store: store, transport: settings.configuration.transport(), setting: setting)
    }

    /// The server through which others drive what this process runs; `nil`, with a note, when there can be none. On a
    /// shared store it is not needed: whoever may come in comes by the database.
    func server(for embedded: EmbeddedEngine, _ claim: StoreClaim) -> ControlServer? {
        guard case .file(let databasePath, _) = claim else { return nil }
        do throws(ControlError) {
            return try ControlServer(
                operations: embedded.engine,
                socketPath: ControlSocket.path(forDatabase: databasePath, in: context.folders.runtime),
                version: PulseVersion.current, time: time, translating: { Failure(describing: $0) })
        } catch {
            context.output.note("pulse: Other processes cannot join: \(error.failure.sentence) \(error.failure.remedy)")
            return nil
        }
    }

    /// A store that is not there yet is made so that only its owner may read it.
    static func makePrivate(_ path: String) throws {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // There already, or not to be made: opening it tells.
        if file >= 0 { Glibc.close(file) }
    }

    static func makeFolder(of store: StoreReference) throws {
        guard case .sqlite(let path) = store else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandError(
                .failed, "The folder \(folder) for the store cannot be made.",
                remedy: "Make it, or choose another path with --store.")
        }
    }
}
