import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSimulation
import PulseStore

/// An engine over a ``ScriptedConnector``, on a virtual clock.
struct Library: Sendable {
    static let job = JobID(source: "library", stream: ScriptedConnector.stream)

    let clock: SimulationExecutor
    let store: SQLiteStore
    let engine: Engine
    let wire: ScriptedTransport

    static func store(
        stopwatch: @escaping @Sendable () -> Duration = SQLiteStore.Options.monotonicClock()
    ) async throws -> SQLiteStore {
        try await SQLiteStore.open(
            .memory, tenant: "demo", options: SQLiteStore.Options(execution: .inline, stopwatch: stopwatch))
    }

    /// Every request takes a second; `status` is asked with its number, from 1.
    init(
        on clock: SimulationExecutor, _ store: SQLiteStore, _ connector: ScriptedConnector,
        schedule: ScheduleDefinition? = nil, settings: EngineSettings = EngineSettings(),
        status: @escaping @Sendable (Int) async -> Int = { _ in 200 },
        afterCommit: @escaping @Sendable () -> Void = {}
    ) async throws {
        self.clock = clock
        self.store = store
        wire = ScriptedTransport(time: clock) { (request, number) async throws(HTTPError) in
            do { try await clock.sleep(for: .seconds(1)) } catch {
                throw .cancelled(HTTPError.Origin(host: "books"))
            }
            return HTTPResponse(
                status: await status(number), headers: [:], body: [], url: request.url, version: "HTTP/2")
        }
        let source = EngineSource(
            id: Self.job.source, kind: .git, connector: connector, transport: wire,
            authorize: { _ in HTTPHeaders() }, identity: "reader", policy: .usual(for: .git, reserve: .amount(0)))
        engine = try Engine(
            store: store, sources: [source],
            definitions: [JobDefinition(id: Self.job, title: "Books", schedule: schedule)], time: clock,
            settings: settings,
            status: EngineStatus(
                holder: "test", tenant: "demo", store: "memory", version: "0", startedAt: clock.now),
            afterCommit: afterCommit)
        try await engine.open()
    }

    func perform(_ command: Command) async throws -> CommandReceipt {
        try await engine.perform(.test(command, reason: "because"))
    }

    var run: RunStatus? { get async throws { try await engine.overview().jobs.first?.run } }

    func checkpoint(_ key: PartitionKey = "A") async throws -> Checkpoint? {
        try await store.newestCheckpoints(of: Self.job)[key]
    }

    var books: [String] {
        get async throws {
            try await store.rows(of: RepositoryColumns.table, includingDeleted: false, after: nil, limit: 100).map {
                if case .text(let id) = $0[0] { id } else { "" }
            }
        }
    }

    /// Runs the engine beside `body` and stops it afterwards.
    func running(_ body: @escaping @Sendable () async throws -> Void) async throws { try await engine.running(body) }

    /// Lets time pass until `condition` holds; fails after two hours of the virtual clock.
    func wait(_ what: String, until condition: () async throws -> Bool) async throws {
        let end = clock.elapsed + .hours(2)
        while try await !condition() {
            guard clock.elapsed < end else { throw SimulatedPulse.NeverHappened(what: what) }
            try await clock.sleep(for: .milliseconds(100))
        }
    }
}
