import Foundation
import PulseAPI
import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseSandbox
import PulseStore
import PulseTerminal
import PulseTestGateway
import PulseTestTurns
import Synchronization
import Testing

@testable import PulseConsole

/// A clock on which waiting takes no time.
private final class NoWaiting: TimeSource {
    private let clock = SystemClock()
    var now: Instant { clock.now }
    var elapsed: Duration { clock.elapsed }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        await Task.yield()
    }
}

@Suite(.long) struct RemoteCutTests {
    /// How often the connection is cut: 100 for the proof (`PULSE_CUTS=100`), fewer for every day.
    private static let cuts = ProcessInfo.processInfo.environment["PULSE_CUTS"].flatMap(Int.init) ?? 12

    @Test(.timeLimit(.minutes(2)))
    func `a console whose connection is cut again and again during runs ends up showing the truth`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/pulse-cuts-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let engine = try await Self.engine()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await engine.run() }
            tasks.addTask { await engine.publishChanges() }
            try await RunningGateway.with(engine, tenant: "demo", folder: folder) { gateway in
                let login = try await gateway.login()
                let proxy = try CuttingProxy(to: gateway.port, cuts: Self.cuts)
                defer { proxy.stop() }
                let client = APIClient(
                    base: proxy.url, transport: CurlTransport(configuration: .init(proxy: .none)),
                    tokens: TokenKeeper(constant: login.accessToken), time: NoWaiting())
                let console = LiveConsole(RemoteOperations(client), Size(120, 40))
                await console.run { $0.fleet.engine != nil }
                let jobs = try await engine.overview().jobs.map(\.id)
                var rounds = 0
                while !proxy.isDone || rounds == 0 {
                    let former = console.state.fleet.jobs.mapValues { $0.run?.id }
                    try await Self.start(jobs, on: engine)
                    // All runs of the round, as the console hears of them.
                    await console.run { state in
                        proxy.isDone
                            || jobs.allSatisfy { job in
                                state.fleet.jobs[job].map { Self.isOver($0) && $0.run?.id != former[job] } ?? false
                            }
                    }
                    rounds += 1
                }
                try await Self.finish(engine)
                let truth = try await engine.overview()
                let lines = Set(try await engine.logs(job: nil, after: 0, limit: 5_000).map(\.sequence))
                await console.run { state in
                    state.connection == .live && state.logs.buffer.lines.contains { $0.sequence == lines.max() }
                        && truth.jobs.allSatisfy { job in
                            state.fleet.jobs[job.id].map { Self.isOver($0) && $0.run?.id == job.run?.id } ?? false
                        }
                }
                #expect(proxy.cuts == Self.cuts)
                for job in truth.jobs { #expect(console.state.fleet.jobs[job.id] == job) }
                let heard = console.state.logs.buffer.lines.map(\.sequence)
                #expect(Set(heard) == lines.filter { $0 >= heard.min() ?? 0 })
                let direct = LiveConsole(engine, console.state.size)
                await direct.run { $0.fleet.engine != nil && $0.logs.buffer.lines.count >= heard.count }
                #expect(Self.picture(console.state, at: truth.asOf) == Self.picture(direct.state, at: truth.asOf))
            }
            await engine.stop()
            tasks.cancelAll()
            while let outcome = await tasks.nextResult() {
                do { try outcome.get() } catch is CancellationError {}
            }
        }
    }

    private static func engine() async throws -> Engine {
        let clock = ScaledClock(startingAt: Instant(seconds: 1_800_000_000), rate: 600)
        var options = SandboxOptions.small
        (options.jira.eventsPerHour, options.github.eventsPerHour) = (0, 0)
        var configuration = Demo.configuration(for: options)
        for index in configuration.sources.indices {
            (configuration.sources[index].schedule, configuration.sources[index].census) = (nil, nil)
            configuration.sources[index].staleAfter = nil
        }
        return try await EmbeddedEngine.open(
            configuration, store: try await SQLiteStore.open(.memory, tenant: "demo"),
            transport: Sandbox(options, time: clock, faults: .none),
            setting: .init(time: clock, isSimulated: true, clockRate: 600, holder: "here"),
            token: Demo.token(for: options)
        ).engine
    }

    private static func start(_ jobs: [JobID], on engine: Engine) async throws {
        for job in jobs {
            _ = try await engine.perform(
                CommandRequest(.start(job, .full), by: Principal("ada"), reason: "cut", correlation: "c"))
        }
    }

    /// Waits for the end of every run, as the engine tells it.
    private static func finish(_ engine: Engine) async throws {
        let events = await engine.events()
        // Whatever ends from here on is heard; what has ended before is never told again.
        if try await engine.overview().jobs.allSatisfy(isOver) { return }
        for await _ in events where try await engine.overview().jobs.allSatisfy(isOver) { return }
    }

    /// Whether the job's run is over, and what it left is told too.
    private static func isOver(_ job: JobStatus) -> Bool {
        guard let run = job.run, run.state.name.isFinal, let end = run.endedAt else { return false }
        return job.lastSuccessAt.map { $0 >= end } ?? false
    }

    /// What is drawn at a moment of jobs and log. Limits and charts draw what was heard when.
    private static func picture(_ state: ConsoleState, at now: Instant) -> [String] {
        let text = ConsoleDrawing(state, size: state.size, glyphs: .unicode, now: now).surface.plainText
        let lines = text.split(separator: "\n").map(String.init)
        return lines.filter { line in state.fleet.jobs.keys.contains { line.contains($0.rawValue) } }
            .map { $0.components(separatedBy: "││")[0] }
    }
}
