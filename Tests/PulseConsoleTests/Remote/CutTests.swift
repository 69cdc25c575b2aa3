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

@Suite(.long) struct CutTests {
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
                            || Self.isQuiet(state) && state.fleet.jobs.allSatisfy { $0.value.run?.id != former[$0.key] }
                    }
                    rounds += 1
                }
                try await Self.finish(engine)
                let truth = try await engine.overview()
                await console.run { state in
                    truth.jobs.allSatisfy { state.fleet.jobs[$0.id]?.run?.id == $0.run?.id } && Self.isQuiet(state)
                        && state.connection == .live
                }
                #expect(proxy.cuts == Self.cuts)
                // The clock goes on and throughput with it: what jobs, limits and alerts say is compared.
                let direct = LiveConsole(engine, Size(120, 40))
                await direct.run { $0.fleet.engine != nil }
                for job in truth.jobs { #expect(console.state.fleet.jobs[job.id] == job) }
                #expect(Self.rows(console) == Self.rows(direct))
            }
            await engine.stop()
            try await tasks.waitForAll()
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
        for await _ in await engine.events() {
            let jobs = try await engine.overview().jobs
            if jobs.allSatisfy({ $0.run?.state.name.isFinal ?? true }) { return }
        }
    }

    private static func isQuiet(_ state: ConsoleState) -> Bool {
        !state.fleet.jobs.isEmpty && state.fleet.jobs.values.allSatisfy { $0.run?.state.name.isFinal ?? false }
    }

    /// The rows of the table of jobs, as they are drawn.
    private static func rows(_ console: LiveConsole) -> [String] {
        console.text().split(separator: "\n").map(String.init).filter { line in
            console.state.fleet.jobs.keys.contains { line.contains($0.rawValue) }
        }
    }
}
