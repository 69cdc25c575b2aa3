import PulseAssembly
import PulseConfiguration
import PulseConnectors
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseMeasuring
import PulseSandbox
import PulseStore
import Synchronization

/// A simulated world without limits, latency, faults or changes, and engines on it that hold nothing back either: what is
/// measured is Pulse (and the simulation's answers, which come from the same process).
struct World {
    private let options: SandboxOptions
    private let transport: MeteredTransport
    private let configuration: Configuration
    private let time = SystemClock()

    /// - Parameter cacheInMegabytes: how much of the rendered issues is kept between loads.
    init(issues: Int, pullRequests: Int = 300, cacheInMegabytes: Int) {
        options = Self.options(issues: issues, pullRequests: pullRequests, cacheInMegabytes: cacheInMegabytes)
        transport = MeteredTransport(Sandbox(options, time: SystemClock(), quotas: .unlimited))
        configuration = Demo.configuration(for: options)
    }

    /// Issues of a Jira that another process simulates; nothing else of it is asked for.
    init(at address: String) {
        options = Self.options(issues: 1, pullRequests: 1, cacheInMegabytes: 0)
        transport = MeteredTransport(CurlTransport(configuration: CurlTransport.Configuration(proxy: .none)))
        var configuration = Demo.configuration(for: options)
        configuration.sources = configuration.sources.filter { $0.kind == .jira }
        for index in configuration.sources.indices {
            configuration.sources[index].url = address
            configuration.sources[index].streams = ["issues"]
        }
        self.configuration = configuration
    }

    static func options(issues: Int, pullRequests: Int, cacheInMegabytes: Int) -> SandboxOptions {
        let jira = JiraOptions(issues: issues, eventsPerHour: 0, indexLag: .zero, cacheInMegabytes: cacheInMegabytes)
        let github = GitHubOptions(repositories: 8, pullRequests: pullRequests, eventsPerHour: 0)
        return SandboxOptions(
            startsAt: Instant(CivilTime(year: 2026, month: 3, day: 2)), jira: jira, github: github, latency: .none)
    }

    /// How long answering has taken so far, in seconds, over all threads. The simulation answers without waiting.
    var answeringSeconds: Double { transport.seconds }

    /// What is switched off to see its share.
    struct Keeping {
        var rawPages = true
        var rowVersions = true
    }

    /// One load of everything in Jira; how it went. Throws unless every job succeeded.
    func load(into store: any Store, keeping: Keeping = Keeping(), mode: RunMode = .full) async throws -> RecordCounts {
        let engine = try await engine(on: store, keeping: keeping)
        return try await load(mode, with: engine)
    }

    /// An engine that is open.
    func engine(on store: any Store, keeping: Keeping) async throws -> Engine {
        guard var source = configuration.sources.first(where: { $0.kind == .jira }) else {
            throw BenchError("There is no source of kind jira.")
        }
        (source.schedule, source.census) = (nil, nil)
        let assembled = try self.source(source)
        var settings = EngineSettings()
        settings.keepsRawPages = keeping.rawPages
        settings.keepsRowVersions = keeping.rowVersions
        let status = EngineStatus(
            holder: "bench", tenant: store.tenant, store: store.location, version: PulseVersion.current,
            startedAt: time.now, clockRate: 1, isSimulated: true)
        let engine = try Engine(
            store: store, sources: [assembled], definitions: SourceAssembly.jobs(of: source, source: assembled),
            time: time, settings: settings, status: status, afterCommit: ProcessMemory.giveBack)
        try await engine.open()
        return engine
    }

    /// One run of every job, from the commands to its last commit. Throws unless all succeeded.
    func load(_ mode: RunMode, with engine: Engine) async throws -> RecordCounts {
        for job in try await engine.overview().jobs where job.run != nil {
            let command = CommandRequest(
                .start(job.id, mode), by: Principal("bench"), reason: "benchmark", correlation: "bench")
            _ = try await engine.perform(command)
        }
        try await engine.run(untilIdle: true)
        var counts = RecordCounts()
        for job in try await engine.overview().jobs {
            guard let run = job.run, run.state.name == .succeeded else {
                throw BenchError("The job \(job.id) did not succeed: \(String(describing: job.run?.state)).")
            }
            counts += run.counts
        }
        return counts
    }

    private func source(_ configuration: SourceConfiguration) throws -> EngineSource {
        var source = try SourceAssembly.source(
            configuration, transport: transport, token: Demo.token(for: options))
        source.policy = QuotaPolicy(
            unknownRate: 1e9, burst: 1e9, concurrency: 64, window: .hours(1), reserve: .amount(0))
        return source
    }

    // MARK: Single pages

    /// The first page of `stream` that holds records, and the walk that it belongs to.
    func page(of kind: SourceKind, stream: StreamID) async throws -> (any Connector, RawPage, Walk) {
        guard let configured = configuration.sources.first(where: { $0.kind == kind }) else {
            throw BenchError("There is no source of kind \(kind.rawValue).")
        }
        let source = try self.source(configured)
        let client = DirectClient(source: source, time: time)
        let connector = source.connector
        guard let descriptor = connector.streams.first(where: { $0.id == stream }) else {
            throw BenchError("There is no stream \(stream).")
        }
        let identity = try await connector.identify(through: client)
        let partitions = try await connector.partitions(of: stream, identity: identity, through: client)
        var best: (any Connector, RawPage, Walk)?
        for partition in partitions {
            let walk = Walk(
                partition: PartitionID(
                    tenant: "bench", source: source.id, stream: stream, key: partition.key),
                descriptor: partition, mode: .full, identity: identity, watermark: nil,
                pageSize: descriptor.pageSize, startedAt: time.now, correlation: "bench")
            let page = try await connector.page(at: connector.firstCursor(of: walk), of: walk, through: client)
            if page.raw.body.count > best?.1.body.count ?? 0 { best = (connector, page.raw, walk) }
        }
        guard let best else { throw BenchError("There is no page of \(stream).") }
        return best
    }
}

/// Measures how long the simulation works on its answers.
private final class MeteredTransport: HTTPTransport {
    private let transport: any HTTPTransport
    private let total = Mutex(Duration.zero)

    init(_ transport: any HTTPTransport) { self.transport = transport }

    var seconds: Double { total.withLock { $0.inSeconds } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let begin = ContinuousClock.now
        let response = try await transport.send(request)
        total.withLock { $0 += begin.duration(to: .now) }
        return response
    }
}

/// Sends at once, with the credential.
private struct DirectClient: SourceClient {
    let source: EngineSource
    let time: any TimeSource

    func send(_ request: SourceRequest) async throws -> HTTPResponse {
        var http = request.http
        for field in try await source.authorize(false) { http.headers.set(field.name, field.value) }
        let response = try await source.transport.send(http)
        if let failure = source.connector.verdict(on: response, to: request).failure { throw failure }
        return response
    }
}
