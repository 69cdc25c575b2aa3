import PulseAssembly
import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// Engines of several processes that share one PostgreSQL database, on a virtual clock.
///
/// `PULSE_SHARED_HOURS` sets the simulated hours (3 by default), `PULSE_ZOMBIES` the rounds of stopped engines (3).
@Suite(.long) struct ManyEnginesTests {
    /// Engines with a store of their own on the same database, and what they all speak to.
    struct Team: Sendable {
        let clock: SimulationExecutor
        let sandbox: Sandbox
        let engines: [EmbeddedEngine]
        let processes: [Freezer]

        var store: any Store { engines[0].store }

        static func open(
            _ size: Int, on clock: SimulationExecutor, _ database: Database, _ options: SandboxOptions,
            faults: FaultPlan = .none, quotas: SandboxQuotas = .real,
            configure: (inout Configuration) -> Void = { _ in }
        ) async throws -> Team {
            let sandbox = Sandbox(options, time: ProviderTime(clock), faults: faults, quotas: quotas)
            var configuration = Demo.configuration(for: options)
            configure(&configuration)
            var (engines, processes) = ([EmbeddedEngine](), [Freezer]())
            for number in 1...size {
                let process = Freezer(time: clock, transport: sandbox)
                var settings = EngineSettings()
                settings.seed = UInt64(number)
                settings.concurrentRuns = 3
                engines.append(
                    try await EmbeddedEngine.open(
                        configuration, store: try await database.open(), transport: process,
                        setting: .init(
                            time: process, settings: settings, isSimulated: true, holder: "engine \(number)"),
                        token: Demo.token(for: options)))
                processes.append(process)
            }
            return Team(clock: clock, sandbox: sandbox, engines: engines, processes: processes)
        }

        /// Runs all engines beside `body` and stops them afterwards.
        func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for engine in engines { group.addTask { try await engine.engine.run() } }
                do {
                    try await body()
                } catch {
                    await stop()
                    throw error
                }
                await stop()
                try await group.waitForAll()
            }
        }

        private func stop() async {
            for process in processes { process.thaw() }
            for engine in engines { await engine.engine.stop() }
        }

        /// Runs of the same job that were under way at the same time.
        func overlaps() async throws -> [String] {
            let runs = try await store.runs(of: nil, limit: 100_000)
            return Dictionary(grouping: runs, by: \.job).values.flatMap { runs in
                let runs = runs.sorted { $0.id < $1.id }
                return zip(runs, runs.dropFirst()).filter { before, after in
                    guard let ended = before.endedAt else { return true }
                    return after.createdAt < ended
                }.map { "\($0.0.job): run \($0.1.id) was added before run \($0.0.id) had ended" }
            }
        }

        /// Windows in which more was spent than there is.
        var overspent: [String] {
            sandbox.report().windows.filter { $0.used > $0.limit }.map { "\($0)" }
        }
    }

    @Test func `three engines share the work: no limit is broken in sum, no job runs twice, the tables hold the truth`()
        async throws
    {
        let database = try await Database.Kind.postgres.make()
        let hours = Environment.count("PULSE_SHARED_HOURS", default: 3)
        try await SimulatedPulse.simulate { clock in
            let team = try await Team.open(3, on: clock, database, .lively, faults: .simulation(seed: 3)) {
                for index in $0.sources.indices {
                    $0.sources[index].schedule = ScheduleDefinition(cron: index == 0 ? "*/20 * * * *" : "*/30 * * * *")
                    $0.sources[index].census = ScheduleDefinition(cron: "15 */2 * * *")
                }
            }
            try await team.running {
                try await clock.sleep(for: .hours(hours))
            }
            #expect(team.sandbox.report().violations == 0)
            #expect(team.overspent == [])
            #expect(try await team.overlaps() == [])
            // Each has done something of it.
            for process in team.processes { #expect(process.requests > 0) }
            try await SimulatedPulse(clock: clock, sandbox: team.sandbox, store: team.store, pulse: team.engines[0])
                .settleAndCompare()
        }
    }

    @Test
    func `what an engine that hangs was doing is taken over within a lease, and what it commits later is refused`()
        async throws
    {
        let rounds = Environment.count("PULSE_ZOMBIES", default: 3)
        let database = try await Database.Kind.postgres.make()
        try await SimulatedPulse.simulate { clock in
            var options = SandboxOptions.tiny
            options.jira.issues = 200
            let team = try await Team.open(3, on: clock, database, options, quotas: .unlimited) {
                $0.sources.runOnce()
                $0.engine.batchRecords = 10
            }
            try await team.running {
                for round in 0..<rounds {
                    // Somebody is in the middle of the issues.
                    if round > 0 {
                        let start = try await team.engines[round % 3].engine.perform(
                            .test(.start("jira-main/issues", .full)))
                        try #require(start == .accepted("jira-main/issues starts (full)."))
                    }
                    var holder: String?
                    let asked = clock.elapsed
                    while holder == nil {
                        try #require(clock.elapsed - asked < .minutes(10), "nobody began")
                        try await clock.sleep(for: .milliseconds(300))
                        holder = try await team.store.openRuns().first {
                            $0.job == "jira-main/issues" && $0.state.name == .running && $0.counts.extracted > 0
                        }?.holder
                    }
                    let index = try #require(team.engines.indices.first { holder == "engine \($0 + 1)" })
                    let began = clock.elapsed
                    team.processes[index].freeze()
                    var (other, silentAfter, alertAfter): (String?, Duration?, Duration?) = (holder, nil, nil)
                    let witness = team.engines[(index + 1) % 3].engine
                    let frozen = "engine \(index + 1)"
                    while other == holder || other == nil {
                        try await clock.sleep(for: .seconds(1))
                        other = try await team.store.openRuns().first { $0.job == "jira-main/issues" }?.holder
                        try #require(clock.elapsed - began < .minutes(10), "nobody took it over")
                        if silentAfter == nil {
                            let seen = try await witness.overview()
                            let member = try #require(seen.engines.first { $0.id == frozen })
                            if member.presence(at: seen.asOf) == .silent {
                                silentAfter = clock.elapsed - began
                                let run = seen.jobs.first { $0.id == "jira-main/issues" }?.run
                                #expect(run?.engine == frozen && run?.ratePerSecond == nil && run?.isElsewhere == true)
                            }
                        }
                        if alertAfter == nil,
                            try await team.store.alerts().contains(where: { $0.kind == .engineSilent })
                        {
                            alertAfter = clock.elapsed - began
                        }
                    }
                    // A lease of a minute, and the others' next look.
                    #expect(clock.elapsed - began <= .seconds(60 + 5))
                    // What it left is settled then: it is history, with who has it.
                    try await clock.sleep(for: .seconds(3))
                    let seen = try await witness.overview()
                    let gone = try #require(seen.engines.first { $0.id == frozen })
                    if gone.holds.isEmpty {
                        #expect(gone.presence(at: seen.asOf) == .lost)
                        #expect(gone.taken.contains { $0.job == "jira-main/issues" && $0.by != nil && $0.by != frozen })
                    }
                    let noticed = try await team.store.logs(job: nil, after: nil, limit: 10_000)
                        .last { $0.message == "The engine has fallen silent." }
                    #expect(noticed?.engine == frozen && noticed?.facts.last?.value != frozen)
                    // As soon as heartbeats stop, whoever led; not only when the lease is over.
                    #expect(try #require(silentAfter) <= .seconds(20))
                    #expect(try #require(alertAfter) <= .seconds(25))
                    let told = try await team.store.logs(job: "jira-main/issues", after: nil, limit: 1_000)
                        .last { $0.message.hasPrefix("A run is taken over") }
                    #expect(told?.facts.contains(.init("from", frozen)) == true)
                    #expect(told?.facts.last?.name == "by" && told?.facts.last?.value == told?.engine)
                    // The alert names it too, and who goes on, in the words of whoever leads.
                    if told != nil {
                        let end = clock.elapsed + .seconds(30)
                        while try await !team.store.alerts().contains(where: {
                            $0.kind == .runTakenOver && $0.sentence.hasPrefix("The engine \(frozen) fell silent;")
                                && ($0.next?.contains("goes on with") == true
                                    || $0.next?.hasPrefix("Nothing waits for it any more.") == true)
                        }) {
                            try #require(clock.elapsed < end, "no alert names \(frozen)")
                            try await clock.sleep(for: .milliseconds(500))
                        }
                    }
                    team.processes[index].thaw()
                    let resumed = clock.elapsed
                    while try await team.store.openRuns().contains(where: { $0.job == "jira-main/issues" }) {
                        try #require(clock.elapsed - resumed < .minutes(30), "it never ended")
                        try await clock.sleep(for: .seconds(1))
                    }
                }
                // Whoever leads looks at the end of the last one.
                try await clock.sleep(for: .seconds(30))
            }
            #expect(try await team.overlaps() == [])
            // Whoever fell silent is back, and every run that was taken over has succeeded.
            // What it was is told of until somebody has seen it, as what has happened.
            let alerts = try await team.store.alerts()
            #expect(!alerts.contains { $0.kind == .engineSilent })
            let takeOvers = alerts.filter { $0.kind == .runTakenOver }
            #expect(takeOvers.count >= rounds && takeOvers.allSatisfy { $0.severity == .notice })
            #expect(try await team.store.engines(at: clock.now).allSatisfy { $0.endedAt != nil })
            let lines = try await team.store.logs(job: nil, after: nil, limit: 10_000).map(\.message)
            let tookOver = lines.count { $0.hasPrefix("A run is taken over") }
            #expect(tookOver >= rounds)
            // Who comes back late has no say about a run that is another's by now.
            #expect(!lines.contains("A run has failed."))
            for run in try await team.store.runs(of: nil, limit: 1_000) {
                #expect(run.counts.isBalanced, "run \(run.id) of \(run.job): \(run.counts)")
                #expect(run.state.name == .succeeded, "run \(run.id) of \(run.job)")
            }
            let differences = try await TruthComparison.differences(
                between: team.store, and: team.sandbox.groundTruth(), settled: clock.now)
            #expect(differences == [])
        }
    }

    @Test func `a command to one engine is obeyed by the one that works`() async throws {
        let database = try await Database.Kind.postgres.make()
        try await SimulatedPulse.simulate { clock in
            var options = SandboxOptions.tiny
            options.jira.issues = 200
            let team = try await Team.open(2, on: clock, database, options, quotas: .unlimited) {
                $0.sources.runOnce()
                $0.engine.batchRecords = 10
            }
            let job: JobID = "jira-main/issues"
            @Sendable func state() async throws -> RunStateName? {
                try await team.store.runs(of: job, limit: 1).first?.state.name
            }
            @Sendable func wait(for wanted: RunStateName) async throws {
                let end = clock.elapsed + .minutes(5)
                while try await state() != wanted {
                    try #require(clock.elapsed < end, "it never was \(wanted)")
                    try await clock.sleep(for: .milliseconds(200))
                }
            }
            try await team.running {
                try await wait(for: .running)
                let holder = try await team.store.openRuns().first { $0.job == job }?.holder
                let other = team.engines[holder == "engine 1" ? 1 : 0].engine
                // It knows of the run by then.
                try await clock.sleep(for: .seconds(3))
                let pause = try await other.perform(.test(.pause(job, until: nil)))
                #expect(
                    pause == .accepted("\(job) is paused.")
                        || pause == .accepted("\(job) pauses at the next page boundary."))
                try await wait(for: .paused)
                try await clock.sleep(for: .seconds(3))
                #expect(try await other.overview().jobs.first { $0.id == job }?.run?.state.name == .paused)
                _ = try await other.perform(.test(.resume(job)))
                try await wait(for: .running)
                try await clock.sleep(for: .seconds(3))
                _ = try await other.perform(.test(.stop(job)))
                try await wait(for: .stopped)
                let receipt = try await team.engines[0].engine.perform(.test(.start("jira-main/projects", .full)))
                let again = try await team.engines[1].engine.perform(.test(.start("jira-main/projects", .full)))
                let accepted = [receipt, again].count { if case .accepted = $0 { true } else { false } }
                #expect(accepted == 1, "\(receipt) \(again)")
            }
        }
    }
}
