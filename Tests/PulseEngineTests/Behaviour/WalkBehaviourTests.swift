import PulseConfiguration
import PulseDomain
import PulseEngine
import PulseSimulation
import PulseStore
import PulseTestTurns
import Synchronization
import Testing

/// What a walk keeps when runs end and others go on with it.
@Suite(.long) struct WalkBehaviourTests {
    private static func pages(_ pages: [[String]]) -> @Sendable (Any, Int) -> [String]? {
        { _, number in pages.indices.contains(number) ? pages[number] : nil }
    }

    /// A library of five books of which the last is gone when it is looked at again.
    private static func library(
        on clock: SimulationExecutor, status: @escaping @Sendable (Int) async -> Int = { _ in 200 }
    ) async throws -> Library {
        let store = try await Library.store()
        let all = pages([["a", "b"], ["c", "d", "e"]])
        let first = try await Library(on: clock, store, ScriptedConnector(page: { all($0, $1) }))
        try await first.engine.run(untilIdle: true)
        #expect(try await first.books == ["a", "b", "c", "d", "e"])
        let less = pages([["a"], ["b"], ["c"], ["d"]])
        var settings = EngineSettings()
        settings.holdTombstonesAbove = 1
        settings.batchRecords = 1
        return try await Library(
            on: clock, store, ScriptedConnector(page: { less($0, $1) }, isCensus: true), settings: settings,
            status: status)
    }

    @Test func `after each commit there is a moment to tidy up`() async throws {
        try await SimulatedPulse.simulate { clock in
            let all = Self.pages([["a", "b"], ["c", "d", "e"], ["f"]])
            var settings = EngineSettings()
            settings.batchRecords = 1
            let count = Locked(0)
            let library = try await Library(
                on: clock, Library.store(), ScriptedConnector(page: { all($0, $1) }), settings: settings,
                afterCommit: { count.change { $0 += 1 } })
            try await library.engine.run(untilIdle: true)
            let checkpoint = try #require(try await library.checkpoint())
            #expect(checkpoint.isComplete && checkpoint.sequence == 3)
            #expect(count.value == 3)
        }
    }

    enum Break: CaseIterable { case stopped, failed, killed }

    @Test(arguments: Break.allCases, [RunMode.full, .census])
    func `a walk that another run goes on with counts what the first one listed`(how: Break, mode: RunMode) async throws
    {
        try await SimulatedPulse.simulate { clock in
            var library = try await Self.library(
                on: clock, status: { number in how == .failed && number > 4 ? 503 : 200 })
            _ = try await library.perform(.start(Library.job, mode))
            let started = library
            switch how {
            case .stopped:
                try await library.running {
                    try await started.wait("a commit") {
                        let newest = try await started.checkpoint()
                        return newest?.mode == mode && newest?.isComplete == false
                    }
                    #expect(try await started.perform(.stop(Library.job)).isAccepted)
                    try await started.wait("stopped") { try await started.run?.state.name == .stopped }
                }
            case .failed:
                try await library.running {
                    try await started.wait("failed") { try await started.run?.state.name == .failed }
                    #expect(try await started.perform(.stop(Library.job)).isRefused)
                }
            case .killed:
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { try? await started.engine.run() }
                    try? await started.wait("a commit") {
                        let newest = try await started.checkpoint()
                        return newest?.mode == mode && newest?.isComplete == false
                    }
                    group.cancelAll()
                }
            }
            let broken = try #require(try await library.checkpoint())
            let origin = try #require(broken.walk)
            #expect(!broken.isComplete && broken.mode == mode)
            // What is written from now on is no business of the walk's census.
            try await clock.sleep(for: .hours(1))
            let less = Self.pages([["a"], ["b"], ["c"], ["d"]])
            var settings = EngineSettings()
            settings.holdTombstonesAbove = 1
            library = try await Library(
                on: clock, library.store, ScriptedConnector(page: { less($0, $1) }, isCensus: true), settings: settings)
            if try await library.run?.state.name.isFinal == true {
                #expect(try await library.perform(.start(Library.job, mode)).isAccepted)
            }
            try await library.engine.run(untilIdle: true)
            let done = try #require(try await library.checkpoint())
            #expect(done.isComplete && done.walk == origin && done.counts.extracted == 4)
            #expect(how == .killed || done.run > broken.run)
            #expect(library.wire.count("/A/") < 4)
            #expect(try await library.books == ["a", "b", "c", "d"])
            let findings = try await library.engine.tombstones(TombstoneFilter())
            #expect(findings.map(\.records) == [1] && findings.first?.run == done.run)
        }
    }

    @Test func `a walk that was rewound into sets no tombstones, and the next one does`() async throws {
        try await SimulatedPulse.simulate { clock in
            let library = try await Self.library(on: clock)
            _ = try await library.perform(.start(Library.job, .full))
            try await library.engine.run(untilIdle: true)
            #expect(try await library.books == ["a", "b", "c", "d"])
            // Into the middle of the walk that is complete: the ids before it are forgotten.
            let middle = try #require(
                try await library.engine.checkpoints(of: Library.job, partition: "A", limit: 100).first {
                    $0.mode == .full && $0.pages == 2
                })
            #expect(try await library.perform(.rewind(Library.job, "A", toSequence: middle.sequence)).isAccepted)
            _ = try await library.perform(.start(Library.job, .full))
            try await library.engine.run(untilIdle: true)
            #expect(try await library.checkpoint()?.isComplete == true)
            #expect(try await library.books == ["a", "b", "c", "d"])
        }
    }

    @Test func `every request is in the ledger once, also of a run that is stopped in one and resumed`() async throws {
        try await SimulatedPulse.simulate { clock in
            let library = try await Self.library(
                on: clock, status: { [3, 4].contains($0) ? 503 : 200 })
            let before = try await library.store.runs(of: nil, limit: 10).reduce(0) { $0 + $1.requests }
            // identify, list and two pages of the first load.
            #expect(before == 4)
            _ = try await library.perform(.start(Library.job, .full))
            try await library.running {
                try await library.wait("a request") { library.wire.seen.count == 6 }
                #expect(try await library.perform(.stop(Library.job)).isAccepted)
                try await library.wait("stopped") { try await library.run?.state.name == .stopped }
                #expect(try await library.perform(.resume(Library.job)).isAccepted)
                try await library.wait("done") { try await library.run?.state.name == .succeeded }
            }
            let after = try await library.store.runs(of: nil, limit: 10).reduce(0) { $0 + $1.requests }
            #expect(after == before + library.wire.seen.count)
        }
    }

    @Test func `requests before a commit that fails are not lost`() async throws {
        try await SimulatedPulse.simulate { clock in
            let store = try await Library.store()
            let book = Self.pages([["a"], ["b"], ["c"]])
            // Another worker takes the run over while the second page is on its way, so its commit is refused.
            let library = try await Library(on: clock, store, ScriptedConnector(page: { book($0, $1) })) { number in
                if number == 4, let run = try? await store.runs(of: nil, limit: 1).first {
                    let isFree = try? await store.setState(
                        .queued, of: run.id, expecting: .running, fence: nil, at: clock.now)
                    let fence = try? await store.claim(
                        run.id, holder: "thief", at: clock.now, leaseUntil: clock.now + .days(1))
                    if isFree != true || fence == nil { Issue.record("the run could not be taken over") }
                }
                return 200
            }
            try await library.running {
                try await library.wait("the worker's end") {
                    try await store.logs(job: nil, after: nil, limit: 100).contains {
                        $0.message == "Another engine took the run over."
                    }
                }
            }
            let run = try #require(try await store.runs(of: nil, limit: 1).first)
            #expect(run.requests == library.wire.seen.count && run.counts.extracted == 1)
        }
    }

    @Test func `every stage tells its records, and indexing its own time`() async throws {
        try await SimulatedPulse.simulate { clock in
            let ticks = Mutex(0)
            let store = try await Library.store(stopwatch: {
                ticks.withLock { ticks in
                    ticks += 1
                    return .milliseconds(ticks)
                }
            })
            let book = Self.pages([["a", "b"], ["c"]])
            let library = try await Library(on: clock, store, ScriptedConnector(page: { book($0, $1) }))
            try await library.engine.run(untilIdle: true)
            let stages = try await library.engine.jobDetail(Library.job).stages
            #expect(stages.map(\.stage) == Stage.allCases)
            #expect(stages.allSatisfy { $0.pages == 2 && $0.records == 3 }, "\(stages)")
            let index = try #require(stages.first { $0.stage == .index })
            let commits = try await store.checkpoints(of: Library.job, partition: nil, limit: 10).count
            #expect(index.busy == .milliseconds(commits))
        }
    }

    @Test(arguments: [OverlapPolicy.skip, .queue])
    func `runs that are due while one is under way are told once and then together`(policy: OverlapPolicy) async throws
    {
        try await SimulatedPulse.simulate { clock in
            let store = try await Library.store()
            let book = Self.pages([["a"], ["b"]])
            let library = try await Library(
                on: clock, store, ScriptedConnector(page: { book($0, $1) }),
                schedule: ScheduleDefinition(cron: "* * * * *", overlap: policy))
            try await library.running {
                try await library.wait("running") { try await library.run?.state.name == .running }
                #expect(try await library.perform(.pause(Library.job, until: nil)).isAccepted)
                let run = try await library.run?.id
                try await clock.sleep(for: .minutes(30))
                #expect(try await library.perform(.resume(Library.job)).isAccepted)
                try await library.wait("the end") {
                    try await store.runs(of: Library.job, limit: 10).contains {
                        $0.id == run && $0.state.name == .succeeded
                    }
                }
                try await clock.sleep(for: .seconds(1))
            }
            let lines = try await store.logs(job: Library.job, after: nil, limit: 1_000)
            let left = lines.filter { $0.message == "A due run is left out: one is under way." }
            let queued = lines.filter { $0.message == "A due run waits for the one under way." }
            let sums = lines.filter { $0.message == "Due runs were left out while one was under way." }
            if policy == .skip {
                #expect(left.count == 1 && queued.isEmpty && sums.count == 1)
                let count = try #require(sums.first?.facts.first { $0.name == "runs" }.flatMap { Int($0.value) })
                #expect((29...31).contains(count))
            } else {
                #expect(left.isEmpty && queued.count == 1 && sums.isEmpty)
            }
        }
    }

    @Test func `a partition that is not listed any more is told once`() async throws {
        try await SimulatedPulse.simulate { clock in
            let store = try await Library.store()
            let book = Self.pages([["a"]])
            var connector = ScriptedConnector(page: { book($0, $1) }, keys: ["A", "B"])
            try await Library(on: clock, store, connector).engine.run(untilIdle: true)
            connector.keys = ["A"]
            for _ in 0..<2 {
                let library = try await Library(on: clock, store, connector)
                _ = try await library.perform(.start(Library.job, .incremental))
                try await library.engine.run(untilIdle: true)
            }
            let lines = try await store.logs(job: Library.job, after: nil, limit: 1_000)
            let told = lines.filter { $0.message == "A partition that was loaded before is not listed any more." }
            #expect(told.map(\.partition) == ["B"])
        }
    }
}
