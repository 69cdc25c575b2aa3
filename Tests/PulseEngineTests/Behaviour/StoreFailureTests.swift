import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSandbox
import PulseSimulation
import PulseStore
import PulseTestTurns
import Testing

/// What becomes of work when the store fails in the middle of it.
///
/// `PULSE_FAULT_STRIDE` is the distance between the calls that are tried (1 for every one of them).
@Suite(.long) struct StoreFailureTests {
    typealias Pulse = SimulatedPulse

    private static let stride = Environment.count("PULSE_FAULT_STRIDE", default: 59)

    /// A world on a store that can fail; the plan begins when the engine is opened.
    private static func world(_ clock: SimulationExecutor) async throws -> (Sandbox, FaultyStore) {
        let store = try await SQLiteStore.open(.memory, tenant: "demo", options: .init(execution: .inline))
        var options = SandboxOptions.tiny
        options.jira.projects = 1
        options.jira.issues = 16
        options.github.repositories = 1
        options.github.pullRequests = 4
        return (Sandbox(options, time: ProviderTime(clock)), FaultyStore(store))
    }

    /// As a person does it: a start that the store refuses is tried again.
    private static func open(_ clock: SimulationExecutor, _ sandbox: Sandbox, _ store: FaultyStore, _ fault: StoreError)
        async throws -> Pulse
    {
        for _ in 0..<1_000 {
            do {
                return try await Pulse.open(on: clock, sandbox: sandbox, store: store) { $0.sources.runOnce() }
            } catch let error as StoreError {
                #expect(error == fault)
                try await clock.sleep(for: .seconds(30))
            }
        }
        throw Pulse.NeverHappened(what: "the engine was opened")
    }

    /// What an undisturbed run leaves, and how many calls of the store it takes, the first ones to open the engine.
    private struct Undisturbed {
        var rows: [String]
        var calls: Int
        var opening: Int
    }

    private static func undisturbed() async throws -> Undisturbed {
        try await SimulatedPulse.simulate { clock in
            let (sandbox, store) = try await world(clock)
            let pulse = try await open(clock, sandbox, store, .closed)
            let opening = store.calls
            try await pulse.engine.run(untilIdle: true)
            let calls = store.calls
            let rows = try await TableDump.rows(of: store)
            #expect(rows.count > 100)
            return Undisturbed(rows: rows, calls: calls, opening: opening)
        }
    }

    /// That all is as if nothing had been: rows, runs, alerts, what the provider saw.
    private static func expectMended(_ pulse: Pulse, _ rows: [String], _ comment: Comment) async throws {
        for job in try await pulse.engine.overview().jobs {
            #expect(job.run?.state.name == .succeeded, "\(comment): \(job.id) \(String(describing: job.run?.state))")
        }
        #expect(try await TableDump.rows(of: pulse.store) == rows, comment)
        for run in try await pulse.store.runs(of: nil, limit: 1_000) {
            #expect(run.counts.isBalanced && run.state.name == .succeeded, "\(comment): \(run)")
        }
        let overview = try await pulse.engine.overview()
        #expect(overview.alerts == [] && overview.engine.trouble == nil, comment)
        #expect(try await pulse.store.alerts() == [], comment)
        #expect(pulse.sandbox.report().violations == 0, comment)
    }

    @Test(arguments: FaultyStore.Fault.allCases, [false, true])
    func `whichever call fails once, everything mends itself and nothing is lost`(
        fault: FaultyStore.Fault, answersAreLost: Bool
    ) async throws {
        let usual = try await Self.undisturbed()
        let rows = usual.rows
        let offset = (FaultyStore.Fault.allCases.firstIndex(of: fault) ?? 0) * 5 + (answersAreLost ? 3 : 0)
        for call in Swift.stride(from: 1 + offset % Self.stride, through: usual.calls, by: Self.stride) {
            try await SimulatedPulse.simulate { clock in
                let (sandbox, store) = try await Self.world(clock)
                let error = fault.error
                store.plan(answersAreLost: answersAreLost) { $0 == call ? error : nil }
                let pulse = try await Self.open(clock, sandbox, store, error)
                try await pulse.engine.run(untilIdle: true)
                #expect(store.failures == 1, "call \(call)")
                try await Self.settle(pulse)
                try await Self.expectMended(pulse, rows, "call \(call)")
            }
        }
    }

    /// That during an outage no run has failed, and all that are under way wait for the store and say so.
    private static func expectWaiting(_ pulse: Pulse, _ error: StoreError, _ comment: Comment) async throws {
        for job in try await pulse.engine.overview().jobs {
            switch job.run?.state {
            case .waiting(let wait):
                #expect(wait.reason == .store && wait.because == error.sentence, "\(comment): \(wait)")
                #expect(
                    wait.since < pulse.clock.now && wait.until - pulse.clock.now < .minutes(1), "\(comment): \(wait)")
            // Its end is not stored yet, or it has not begun.
            case .running, .queued, .succeeded, nil: continue
            default: Issue.record("\(comment): \(job.id) \(String(describing: job.run?.state))")
            }
        }
    }

    /// That an outage was told once, at its beginning and at its end, and that no run was begun twice for it.
    private static func expectToldOnce(_ pulse: Pulse, atLeast length: Duration, _ comment: Comment) async throws {
        let lines = try await pulse.store.logs(job: nil, after: nil, limit: 10_000)
        #expect(lines.count { $0.message.hasPrefix("The store has trouble") } == 1, comment)
        let ends = lines.filter { $0.message == "The store works again." }
        let lasted = ends.first?.facts.first { $0.name == "trouble.seconds" }.flatMap { Int($0.value) }
        #expect(ends.count == 1 && lasted.map { .seconds($0) >= length } == true, "\(comment): \(ends)")
        for run in try await pulse.store.runs(of: nil, limit: 1_000) {
            #expect(run.attempts == 1, "\(comment): \(run)")
        }
    }

    @Test(arguments: FaultyStore.Fault.allCases)
    func `an outage of the store is told with its remedy, and mends by itself`(fault: FaultyStore.Fault) async throws {
        let usual = try await Self.undisturbed()
        let rows = usual.rows
        let offset = (FaultyStore.Fault.allCases.firstIndex(of: fault) ?? 0) * 7
        let calls = usual.calls - usual.opening
        for call in Swift.stride(from: 1 + offset % Self.stride, through: calls * 4 / 5, by: Self.stride * 3) {
            try await SimulatedPulse.simulate { clock in
                let (sandbox, store) = try await Self.world(clock)
                let error = fault.error
                let pulse = try await Self.open(clock, sandbox, store, error)
                store.plan { $0 >= call ? error : nil }
                try await pulse.running {
                    try await pulse.wait("the store failed") { store.failures > 0 }
                    try await clock.sleep(for: .minutes(10))
                    let overview = try await pulse.engine.overview()
                    let alert = overview.alerts.first { $0.kind == .storeTrouble }
                    #expect(alert?.because.contains(error.sentence) == true, "\(overview.alerts)")
                    #expect(alert?.because.contains(error.remedy) == true, "\(overview.alerts)")
                    #expect(overview.engine.trouble?.contains(error.sentence) == true)
                    #expect(await !pulse.engine.isIdle)
                    if error.isOutage { try await Self.expectWaiting(pulse, error, "call \(call)") }
                    store.mend()
                    try await pulse.wait("all is done", within: .minutes(5)) {
                        let jobs = try await pulse.engine.overview().jobs
                        return jobs.allSatisfy { $0.run?.state.name == .succeeded }
                    }
                    try await Self.settle(pulse)
                    try await Self.expectMended(pulse, rows, "call \(call)")
                    if error.isOutage {
                        try await Self.expectToldOnce(pulse, atLeast: .minutes(9), "call \(call)")
                    }
                }
            }
        }
    }

    @Test func `an engine that is told to end does not wait for its store, and the next one goes on`() async throws {
        let usual = try await Self.undisturbed()
        let error = FaultyStore.Fault.inputOutput.error
        try await SimulatedPulse.simulate { clock in
            let (sandbox, store) = try await Self.world(clock)
            let pulse = try await Self.open(clock, sandbox, store, error)
            let half = (usual.calls - usual.opening) / 2
            store.plan { $0 >= half ? error : nil }
            let lines = pulse.engine.log()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await pulse.engine.run() }
                try await pulse.wait("a run waits for the store") {
                    try await pulse.engine.overview().jobs.contains { job in
                        if case .waiting(let wait)? = job.run?.state { wait.reason == .store } else { false }
                    }
                }
                let asked = clock.elapsed
                await pulse.engine.stop()
                try await group.waitForAll()
                #expect(clock.elapsed - asked < .seconds(30))
            }
            // What the store was not told is known here: for whoever reads the engine's own log, and ends it.
            pulse.engine.endLog()
            var told: [String] = []
            for await line in lines { told.append(line.message) }
            #expect(told.first == "The engine has started." && told.last == "The engine has stopped.", "\(told)")
            #expect(told.contains { $0.hasPrefix("The store has trouble") }, "\(told)")
            let left = await pulse.engine.leftRuns
            #expect(!left.isEmpty && left.allSatisfy { $0.because == error.sentence && $0.takenOverAt == nil })
            store.mend()
            let next = try await Self.open(clock, sandbox, store, error)
            try await next.engine.run(untilIdle: true)
            try await Self.settle(next)
            try await Self.expectMended(next, usual.rows, "the next engine")
        }
    }

    @Test func `a run whose last commits went with a server goes on from what is there, and nothing is missing`()
        async throws
    {
        let usual = try await Self.undisturbed()
        try await SimulatedPulse.simulate { clock in
            let (sandbox, store) = try await Self.world(clock)
            let pulse = try await Self.open(clock, sandbox, store, .closed)
            try await pulse.running {
                var behind: Checkpoint?
                try await pulse.wait("two pages are committed") {
                    behind = try await store.newestCheckpoints(of: Pulse.issues).values.first {
                        $0.sequence >= 2 && !$0.isComplete
                    }
                    return behind != nil
                }
                // What a server that follows may lack when it comes to lead.
                let newest = try #require(behind)
                let earlier = try await store.rewind(
                    newest.partition, toSequence: newest.sequence - 1, at: clock.now)
                #expect(earlier != nil)
                try await pulse.wait("all is done", within: .minutes(20)) {
                    try await pulse.engine.overview().jobs.allSatisfy { $0.run?.state.name == .succeeded }
                }
            }
            try await Self.expectMended(pulse, usual.rows, "rewound")
            let lines = try await store.logs(job: Pulse.issues, after: nil, limit: 1_000)
            #expect(lines.count { $0.message == "A partition goes on from another checkpoint." } == 1)
            #expect(try await store.runs(of: Pulse.issues, limit: 10).map(\.attempts) == [1])
        }
    }

    @Test func `a command that was carried out is audited when the store works again`() async throws {
        try await SimulatedPulse.simulate { clock in
            let (sandbox, store) = try await Self.world(clock)
            let pulse = try await Self.open(clock, sandbox, store, .closed)
            try await pulse.engine.run(untilIdle: true)
            let error = FaultyStore.Fault.full.error
            // The hold is stored, its entry is not.
            store.plan { $0 > 1 ? error : nil }
            #expect(try await pulse.perform(.hold(Pulse.issues), reason: "migration").isAccepted)
            store.mend()
            #expect(try await pulse.engine.audit(limit: 10).isEmpty)
            try await pulse.running { try await clock.sleep(for: .seconds(10)) }
            let audit = try await pulse.engine.audit(limit: 10)
            #expect(audit.map(\.reason) == ["migration"] && audit.map(\.isRefused) == [false])
        }
    }

    /// Lets the engine look around once more: alerts go when their cause has gone.
    private static func settle(_ pulse: Pulse) async throws {
        try await pulse.clock.sleep(for: .minutes(2))
        let overview = try await pulse.engine.overview()
        if overview.alerts != [] || overview.engine.trouble != nil { try await pulse.engine.run(untilIdle: true) }
    }
}

/// All rows of the unified tables as texts, without what tells when and by which run they were loaded.
enum TableDump {
    static func rows(of store: any Store) async throws -> [String] {
        var texts: [String] = []
        for table in UnifiedSchema.tables {
            let rows = try await store.rows(of: table.name, includingDeleted: true, after: nil, limit: 100_000)
            texts += rows.map { "\(table.name) \($0.prefix(table.columns.count))" }
        }
        return texts
    }
}
