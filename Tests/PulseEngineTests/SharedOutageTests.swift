import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// What engines of several processes know of each other while their store does not answer, and after it.
@Suite(.long) struct SharedOutageTests {
    private static func open(
        _ names: [String], on clock: SimulationExecutor, _ database: Database
    ) async throws -> [(engine: Engine, store: FaultyStore)] {
        let options = SandboxOptions.tiny
        var configuration = Demo.configuration(for: options)
        configuration.sources.runOnce()
        let sandbox = Sandbox(options, time: ProviderTime(clock), quotas: .unlimited)
        var opened: [(engine: Engine, store: FaultyStore)] = []
        for (number, name) in names.enumerated() {
            let store = FaultyStore(try await database.open())
            var settings = EngineSettings()
            settings.seed = UInt64(number + 1)
            let engine = try await EmbeddedEngine.open(
                configuration, store: store, transport: sandbox,
                setting: .init(time: clock, settings: settings, isSimulated: true, holder: name),
                token: Demo.token(for: options))
            opened.append((engine.engine, store))
        }
        return opened
    }

    private static func running(
        _ engines: [Engine], _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for engine in engines { group.addTask { try await engine.run() } }
            defer { group.cancelAll() }
            try await body()
            for engine in engines { await engine.stop() }
            try await group.waitForAll()
        }
    }

    @Test func `while the store is away what is known is as of then, nobody is called silent, and it mends by itself`()
        async throws
    {
        let database = try await Database.Kind.postgres.make()
        try await SimulatedPulse.simulate { clock in
            let opened = try await Self.open(["engine 1", "engine 2"], on: clock, database)
            let engines = opened.map(\.engine)
            let stores = opened.map(\.store)
            try await Self.running(engines) {
                try await clock.sleep(for: .minutes(2))
                let answered = clock.now
                for store in stores {
                    store.plan { _ in .unreachable(location: "postgres://db/pulse", detail: "connection refused") }
                }
                try await clock.sleep(for: .minutes(5))
                for engine in engines {
                    let seen = try await engine.overview()
                    let absence = try #require(seen.engine.absence)
                    #expect(absence.isPresent && abs((absence.asOf - answered).inSeconds) < 3)
                    #expect(absence.since >= absence.asOf && (absence.since - absence.asOf).inSeconds < 6)
                    #expect(absence.nextTryAt - clock.now < .seconds(15), "\(absence)")
                    #expect(absence.because.contains("connection refused"))
                    #expect(seen.engines.count == 2)
                    #expect(seen.engines.allSatisfy { $0.presence(at: seen.asOf, absence) == .working })
                    #expect(seen.jobs.allSatisfy { $0.run?.takenOverAt == nil })
                    #expect(seen.alerts.map(\.kind) == [.storeTrouble], "\(seen.alerts)")
                }
                for store in stores { store.mend() }
                // Longer than between two tries, shorter than it takes to be silent.
                try await clock.sleep(for: .seconds(7))
                for engine in engines {
                    let seen = try await engine.overview()
                    #expect(seen.engine.absence?.isPresent == false && seen.engine.trouble == nil)
                    let presences = seen.engines.map { $0.presence(at: seen.asOf, seen.engine.absence) }
                    #expect(presences == [.working, .working])
                }
                try await clock.sleep(for: .seconds(40))
                for engine in engines {
                    let seen = try await engine.overview()
                    #expect(seen.engine.absence == nil && seen.alerts == [])
                    #expect(seen.engines.allSatisfy { $0.presence(at: seen.asOf) == .working })
                }
            }
        }
    }

    @Test(arguments: 1...3)
    func `the first statement that works ends an outage for everybody, before anything is told that follows from it`(
        _ seconds: Int
    ) async throws {
        let database = try await Database.Kind.postgres.make()
        try await SimulatedPulse.simulate { clock in
            let opened = try await Self.open(["engine 1", "engine 2"], on: clock, database)
            let logs = opened.map { $0.engine.log() }
            try await Self.running(opened.map(\.engine)) {
                // In the middle of the first load.
                try await clock.sleep(for: .seconds(seconds))
                for (_, store) in opened {
                    store.plan { _ in .unreachable(location: "postgres://db/pulse", detail: "connection refused") }
                }
                try await clock.sleep(for: .seconds(40))
                var waiting = 0
                for (engine, _) in opened {
                    let seen = try await engine.overview()
                    #expect(seen.engine.absence?.isPresent == true && seen.engine.trouble != nil)
                    waiting += seen.jobs.count { job in
                        if case .waiting(let wait)? = job.run?.state {
                            wait.reason == .store && job.run?.isElsewhere == false
                        } else {
                            false
                        }
                    }
                }
                #expect(waiting > 0, "runs are under way")
                for (_, store) in opened { store.mend() }
                for (engine, _) in opened {
                    let asked = clock.elapsed
                    while try await engine.overview().engine.trouble != nil {
                        try #require(clock.elapsed - asked < .seconds(7), "it is told for too long")
                        try await clock.sleep(for: .milliseconds(1))
                    }
                    let seen = try await engine.overview()
                    #expect(
                        seen.engine.absence?.isPresent == false && !seen.alerts.contains { $0.kind == .storeTrouble })
                }
                // All who waited go on with the first of them.
                try await clock.sleep(for: .seconds(1))
                for (engine, _) in opened {
                    let seen = try await engine.overview()
                    #expect(seen.engine.trouble == nil)
                    for job in seen.jobs {
                        if case .waiting(let wait)? = job.run?.state { #expect(wait.reason != .store, "\(job.id)") }
                    }
                    #expect(seen.engines.allSatisfy { $0.report.trouble == nil })
                }
            }
            for ((engine, _), log) in zip(opened, logs) {
                engine.endLog()
                var told: [String] = []
                for await line in log { told.append(line.message) }
                let began = try #require(told.firstIndex { $0.hasPrefix("The store has trouble") })
                #expect(told[told.index(after: began)] == "The store works again.", "\(told[began...].prefix(5))")
                #expect(told.count { $0.hasPrefix("The store has trouble") } == 1)
            }
        }
    }

    @Test func `a run that an engine hands over when it ends is told of by both`() async throws {
        let database = try await Database.Kind.postgres.make()
        try await SimulatedPulse.simulate { clock in
            let opened = try await Self.open(["engine 1", "engine 2"], on: clock, database)
            let store = opened[0].store
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await opened[0].engine.run() }
                var held: StoredRun?
                while held == nil {
                    try #require(clock.elapsed < .minutes(5), "nothing ran")
                    try await clock.sleep(for: .milliseconds(200))
                    held = try await store.openRuns().first {
                        $0.state.name == .running && $0.job == "jira-main/issues" && $0.counts.extracted > 0
                    }
                }
                await opened[0].engine.stop()
                try await group.waitForAll()
                group.addTask { try await opened[1].engine.run() }
                try await clock.sleep(for: .minutes(5))
                await opened[1].engine.stop()
                try await group.waitForAll()
                let run = try #require(held)
                let lines = try await store.logs(job: run.job, after: nil, limit: 1_000)
                let left = try #require(lines.first { $0.message == "A run is handed over: its engine ends." })
                let taken = try #require(lines.first { $0.message.hasPrefix("A run that was handed over goes on") })
                #expect(left.engine == "engine 1" && left.correlation == run.correlation)
                #expect(
                    taken.engine == "engine 2" && taken.facts == [.init("from", "engine 1"), .init("by", "engine 2")])
                #expect(taken.sequence > left.sequence && !lines.contains { $0.message.contains("taken over") })
                #expect(try await store.run(run.id)?.state.name == .succeeded)
            }
        }
    }

    @Test func `an alert outlives the engine that raised it, until somebody has seen it`() async throws {
        let database = try await Database.Kind.postgres.make()
        try await SimulatedPulse.simulate { clock in
            let job: JobID = "jira-main/issues"
            let opened = try await Self.open(["engine 1"], on: clock, database)
            try await Self.running(opened.map(\.engine)) { try await clock.sleep(for: .minutes(2)) }
            // As an engine left it that took a run over, and is no more.
            let told = Alert(
                id: "run_taken_over:a:2026-01-01T00:00:00Z", kind: .runTakenOver, severity: .warning,
                sentence: "The engine a fell silent; its runs were taken over.", because: "It was killed.",
                since: clock.now, job: job)
            try await opened[0].store.saveAlerts([told], at: clock.now)
            let others = try await Self.open(["engine 2", "engine 3"], on: clock, database)
            let (leader, witness) = (others[0].engine, others[1].engine)
            try await Self.running([leader, witness]) {
                // So that it follows what others decide.
                let events = await witness.events()
                try await clock.sleep(for: .minutes(3))
                for engine in [leader, witness] {
                    let seen = try await engine.overview().alerts
                    #expect(seen.map(\.id) == [told.id] && seen.first?.sentence == told.sentence, "\(seen)")
                    #expect(seen.first?.severity == .notice && seen.first?.since == told.since)
                }
                _ = try await witness.perform(.test(.acknowledge(alert: told.id)))
                try await clock.sleep(for: .minutes(2))
                for engine in [leader, witness] { #expect(try await engine.overview().alerts == []) }
                withExtendedLifetime(events) {}
            }
        }
    }
}
