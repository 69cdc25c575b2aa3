import PulseDomain
import Testing

@testable import PulseEngine

@Suite struct EngineAlertTests {
    private static let now = AlertRulesTests.now

    private static func member(
        _ id: String, silentFor: Duration, runs: Int = 0, host: String = "build-7", started: Duration = .hours(2),
        endedAt: Instant? = nil
    ) -> EngineMember {
        EngineMember(
            id: id, host: host, pid: 1, version: "1", startedAt: now - started, seenAt: now - silentFor,
            endedAt: endedAt,
            holds: (0..<runs).map {
                HeldRun(job: JobID("jira/j\($0)"), run: RunID(Int64($0 + 1)), leaseUntil: now + .seconds(37 - $0))
            })
    }

    private static func alerts(
        _ engines: [EngineMember], takenOver: [JobID: TakeOver] = [:], jobs: [JobStatus] = [],
        before: [Alert] = [], absence: StoreAbsence? = nil
    ) -> [Alert] {
        AlertRules.evaluate(
            AlertRules.Input(
                jobs: jobs, quotas: [], breakers: [], heldTombstones: [], quarantinedBefore: [:], engines: engines,
                absence: absence, takenOver: takenOver), before: before, at: now)
    }

    @Test func `engines that live, or said that they end, are no matter for anybody`() {
        let calm = [
            Self.member("a", silentFor: .seconds(14), runs: 2),
            Self.member("b", silentFor: .hours(3), endedAt: Self.now - .hours(3)),
        ]
        #expect(Self.alerts(calm) == [])
    }

    @Test func `a silent engine is told of as soon as its heartbeats stop, with the time of the take-over`() throws {
        let alert = try #require(
            Self.alerts([Self.member("a", silentFor: .seconds(16), runs: 2), Self.member("b", silentFor: .zero)]).first)
        #expect(alert.kind == .engineSilent && alert.severity == .warning)
        #expect(alert.sentence == "The engine a is silent.")
        #expect(alert.next == "Its 2 runs are taken over." && alert.nextAt == Self.now + .seconds(37))
        #expect(alert.since == Self.now - .seconds(16))
        let alone = try #require(Self.alerts([Self.member("a", silentFor: .seconds(16), runs: 1)]).first)
        #expect(alone.next == "Nobody can take over its 1 run: start an engine." && alone.nextAt == nil)
    }

    @Test func `a silent engine without runs is told of until it is seen, replaced, or long ago`() throws {
        let silent = Self.member("a", silentFor: .minutes(10))
        var alert = try #require(Self.alerts([silent]).first)
        #expect(alert.next?.contains("until an engine starts on its machine") == true && alert.nextAt == nil)
        #expect(alert.severity == .notice, "nothing is at stake")
        #expect(Self.alerts([silent, Self.member("b", silentFor: .zero, started: .minutes(5))]) == [])
        #expect(Self.alerts([silent, Self.member("b", silentFor: .zero, host: "c", started: .minutes(5))]).count == 1)
        #expect(Self.alerts([Self.member("a", silentFor: .hours(2))]) == [])
        alert.acknowledgedBy = Principal("ada")
        #expect(Self.alerts([silent], before: [alert]) == [])
        // What it holds is a matter whoever has seen it.
        #expect(Self.alerts([Self.member("a", silentFor: .hours(2), runs: 1)], before: [alert]).count == 1)
    }

    @Test func `an engine is missed while it holds a run; what was taken from it is told by itself`() throws {
        var gone = Self.member("a", silentFor: .minutes(10))
        gone.taken = [TakenRun(job: "jira/j0", run: RunID(1), at: Self.now - .minutes(9), by: "c")]
        #expect(Self.alerts([gone]) == [])
        gone.holds = [HeldRun(job: "jira/j2", run: RunID(3), leaseUntil: Self.now + .seconds(5))]
        #expect(Self.alerts([gone]).map(\.severity) == [.warning])
    }

    @Test func `who is silent is missed until nothing waits for it`() {
        let now = Self.now
        var engine = Self.member("a", silentFor: .minutes(10))
        #expect(engine.presence(at: now) == .silent)
        let replaced = Self.member("b", silentFor: .zero, started: .minutes(5))
        #expect(engine.presence(at: now, among: [engine, replaced]) == .lost)
        engine.taken = [TakenRun(job: "jira/j0", run: RunID(1), at: now - .minutes(9))]
        #expect(engine.presence(at: now) == .lost)
        engine.holds = [HeldRun(job: "jira/j1", run: RunID(2), leaseUntil: now)]
        #expect(engine.presence(at: now, among: [engine, replaced]) == .silent)
        #expect(Self.member("a", silentFor: .minutes(61)).presence(at: now) == .lost)
        #expect(Self.member("a", silentFor: .minutes(61), runs: 1).presence(at: now) == .silent)
        #expect(Self.member("a", silentFor: .minutes(61), endedAt: now - .hours(1)).presence(at: now) == .ended)
    }

    private static func job(_ state: RunState, _ id: JobID = "jira/issues", engine: String? = nil) -> JobStatus {
        var run = RunStatus(
            id: RunID(9), state: state, mode: .full, startedBy: .schedule, createdAt: now, stateSince: now,
            correlation: "c")
        run.engine = engine
        return JobStatus(definition: JobDefinition(id: id, title: ""), run: run)
    }

    @Test func `nobody is silent for what a store that was away could not tell`() {
        let now = Self.now
        var away = StoreAbsence(
            asOf: now - .minutes(4), since: now - .minutes(4) + .seconds(2), nextTryAt: now + .seconds(4),
            because: "connection refused")
        let heard = Self.member("a", silentFor: .minutes(4) + .seconds(5), runs: 1)
        let dead = Self.member("b", silentFor: .minutes(5), runs: 1, host: "build-8")
        #expect(Self.alerts([heard], absence: away) == [])
        #expect(Self.alerts([heard, dead], absence: away).map(\.id) == [Alert.silence(of: "b")])
        // When the store is back, everybody has as long as ever to be heard of.
        away.endedAt = now - .seconds(9)
        #expect(Self.alerts([heard, dead], absence: away).map(\.id) == [Alert.silence(of: "b")])
        away.endedAt = now - .seconds(11)
        #expect(Self.alerts([heard], absence: away).map(\.id) == [Alert.silence(of: "a")])
        // Who was heard of since is judged by that alone.
        away.endedAt = now - .minutes(1)
        #expect(Self.alerts([Self.member("a", silentFor: .seconds(14))], absence: away) == [])
        #expect(Self.alerts([Self.member("a", silentFor: .seconds(16), runs: 1)], absence: away).count == 1)
    }

    private static func takeOver(from engine: String = "a", by: String? = nil, lastHeard: Duration = .minutes(2))
        -> TakeOver
    {
        TakeOver(from: engine, by: by, at: now - .minutes(1), lastHeardAt: now - lastHeard)
    }

    @Test func `all that one engine left is told of at once, with who goes on with it`() throws {
        let left: [JobID: TakeOver] = [
            "jira/issues": Self.takeOver(by: "b"), "jira/sprints": Self.takeOver(by: "c"),
            "jira/users": Self.takeOver(), "git/tags": Self.takeOver(from: "d"),
        ]
        let jobs = [
            Self.job(.running, engine: "e"), Self.job(.running, "jira/sprints", engine: "c"),
            Self.job(.queued, "jira/users"), Self.job(.running, "git/tags", engine: "e"),
        ]
        let told = Self.alerts([], takenOver: left, jobs: jobs)
        #expect(told.map(\.kind) == [.runTakenOver, .runTakenOver] && told.allSatisfy { $0.severity == .notice })
        let first = try #require(told.first)
        #expect(first.sentence == "The engine a fell silent; its runs were taken over.")
        #expect(first.because.contains("last heard of at \((Self.now - .minutes(2)).iso8601ToSecond)"))
        #expect(
            first.next
                == "c goes on with jira/sprints, e with jira/issues; jira/users waits for an engine with a place for it."
        )
        #expect(first.since == Self.now - .minutes(1) && first.job == nil)
        #expect(told.last?.next == "e goes on with git/tags." && told.last?.job == "git/tags")
        let many = ["a", "b", "c"].map { Self.job(.running, JobID("jira/\($0)"), engine: "e") }
        let all = Dictionary(uniqueKeysWithValues: many.map { ($0.id, Self.takeOver()) })
        #expect(Self.alerts([], takenOver: all, jobs: many).map(\.next) == ["e goes on with jira/a and 2 more."])
    }

    @Test func `who has seen that an engine was lost has not seen that it, or another one, is lost later`() {
        let jobs = [Self.job(.running, engine: "c")]
        func id(_ takeOver: TakeOver) -> [String] {
            Self.alerts([], takenOver: ["jira/issues": takeOver], jobs: jobs).map(\.id)
        }
        let first = id(Self.takeOver())
        #expect(id(Self.takeOver(by: "c")) == first)
        #expect(id(Self.takeOver(lastHeard: .minutes(1))) != first && id(Self.takeOver(from: "b")) != first)
    }

    @Test func `a take-over is told of until somebody has seen it, also when its runs are over and others run`() throws
    {
        let left: [JobID: TakeOver] = ["jira/issues": Self.takeOver(by: "b")]
        var told = try #require(Self.alerts([], takenOver: left, jobs: [Self.job(.running, engine: "b")]).first)
        // By whoever knows what was taken over; and by one that remembers nothing of it but the alert in the store.
        for known in [left, [:]] {
            let over = try #require(
                Self.alerts([], takenOver: known, jobs: [Self.job(.succeeded([]))], before: [told]).first)
            #expect(over.id == told.id && over.sentence == told.sentence && over.since == told.since)
            #expect(over.severity == .notice && over.next?.hasPrefix("Nothing waits for it any more.") == true)
        }
        // It ended before anybody looked.
        #expect(Self.alerts([], takenOver: left, jobs: [Self.job(.succeeded([]))]).map(\.id) == [told.id])
        var late = told
        late.since = Self.now - .days(1)
        #expect(Self.alerts([], jobs: [Self.job(.succeeded([]))], before: [late]) == [])
        told.acknowledgedBy = Principal("ada")
        for known in [left, [:]] {
            #expect(Self.alerts([], takenOver: known, jobs: [Self.job(.succeeded([]))], before: [told]) == [])
        }
        #expect(Self.alerts([], takenOver: left, jobs: [Self.job(.running)], before: [told]).count == 1)
    }

    /// Engines with their sources, and what is told of them.
    struct Configured: Sendable {
        var sources: [[String: String]?]
        var started = Duration.hours(2)
        var severity: Severity?
        var because = ""
    }

    @Test(arguments: [
        Configured(sources: [["jira": "1", "git": "2"], ["git": "2", "jira": "1"]]),
        Configured(sources: [["jira": "1"]]),
        // One that works for some sources only is meant to.
        Configured(sources: [["jira": "1", "git": "2"], nil]),
        // A new configuration is being brought out.
        Configured(sources: [["jira": "1"], ["jira": "2"]], started: .minutes(4)),
        Configured(
            sources: [["jira": "1"], ["jira": "2"], ["jira": "1"]], severity: .notice,
            because: "jira has other jobs, schedules or accounts."),
        Configured(
            sources: [["jira": "1", "git": "2"], ["jira": "1"]], severity: .warning,
            because: "git is configured for engine 0 alone."),
        Configured(
            sources: [["a": "1", "b": "1"], ["b": "2", "c": "1"]], severity: .warning,
            because: "a is configured for engine 0 alone; c is configured for engine 1 alone; "
                + "b has other jobs, schedules or accounts."),
    ])
    func `engines that do not know the same are told of once they had time to`(_ test: Configured) {
        let engines = test.sources.enumerated().map { number, sources in
            var engine = Self.member("engine \(number)", silentFor: .zero, started: test.started)
            engine.report.sources = sources?.map { ConfiguredSource(source: SourceID($0.key), digest: $0.value) }
            return engine
        }
        let told = Self.alerts(engines)
        #expect(told.map(\.severity) == [test.severity].compactMap(\.self))
        #expect(told.allSatisfy { $0.kind == .enginesDiffer && $0.because == test.because })
        // Who is gone has no say.
        let gone = engines.map { engine in
            var engine = engine
            engine.endedAt = Self.now
            return engine
        }
        #expect(Self.alerts(gone) == [])
    }
}
