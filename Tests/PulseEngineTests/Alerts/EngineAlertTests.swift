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
        _ engines: [EngineMember], takenOver: [JobID: AlertRules.Input.TakenOver] = [:], jobs: [JobStatus] = [],
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

    @Test func `an engine whose runs were taken over is worth knowing, and no more`() throws {
        var gone = Self.member("a", silentFor: .minutes(10))
        gone.taken = [
            TakenRun(job: "jira/j0", run: RunID(1), at: Self.now - .minutes(9), by: "c"),
            TakenRun(job: "jira/j1", run: RunID(2), at: Self.now - .minutes(9), by: "b"),
        ]
        let alert = try #require(Self.alerts([gone]).first)
        #expect(alert.severity == .notice && alert.sentence == "The engine a ended without a word.")
        #expect(alert.next?.hasPrefix("Its 2 runs were taken over by b and c. It is told of") == true)
        // While it holds another one it is missed.
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

    private static func job(_ state: RunState, engine: String? = nil) -> JobStatus {
        var run = RunStatus(
            id: RunID(9), state: state, mode: .full, startedBy: .schedule, createdAt: now, stateSince: now,
            correlation: "c")
        run.engine = engine
        return JobStatus(definition: JobDefinition(id: "jira/issues", title: ""), run: run)
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

    private static func takeOver(by: String? = nil, number: Int = 1) -> [JobID: AlertRules.Input.TakenOver] {
        ["jira/issues": .init(from: "a", by: by, at: now - .minutes(1), number: number)]
    }

    @Test func `a run that was taken over is told of with both engines, whoever has it later`() throws {
        let going = try #require(
            Self.alerts([], takenOver: Self.takeOver(by: "b"), jobs: [Self.job(.running, engine: "c")]).first)
        #expect(going.kind == .runTakenOver && going.severity == .warning && going.job == "jira/issues")
        #expect(going.sentence == "Run 9 of jira/issues was taken over from a by b.")
        #expect(going.next == "c goes on with it from its checkpoints." && going.since == Self.now - .minutes(1))
        let queued = try #require(Self.alerts([], takenOver: Self.takeOver(), jobs: [Self.job(.queued)]).first)
        #expect(queued.id == going.id && queued.next?.contains("as soon as an engine has a place") == true)
        #expect(queued.sentence == "Run 9 of jira/issues was taken over from a.")
        // Who has seen the first take-over has not seen the second.
        let again = try #require(
            Self.alerts([], takenOver: Self.takeOver(by: "b", number: 2), jobs: [Self.job(.running)]).first)
        #expect(again.id != going.id)
    }

    @Test func `a take-over is told of until somebody has seen it, also when its run is over and another one runs`()
        throws
    {
        var told = try #require(
            Self.alerts([], takenOver: Self.takeOver(by: "b"), jobs: [Self.job(.running, engine: "b")]).first)
        // Another engine decides, and remembers nothing of it but the alert in the store.
        for (state, run) in [(RunState.succeeded([]), 9), (.running, 10)] {
            var job = Self.job(state)
            job.run?.id = RunID(Int64(run))
            let over = try #require(Self.alerts([], jobs: [job], before: [told]).first)
            #expect(over.id == told.id && over.sentence == told.sentence && over.since == told.since)
            #expect(over.severity == .notice && over.next?.hasPrefix("The run is over.") == true)
        }
        #expect(Self.alerts([], jobs: [Self.job(.running)], before: [told]) == [told])
        // Taken over again, it is told by the newer one what becomes of the run.
        let both = Self.alerts(
            [], takenOver: Self.takeOver(by: "c", number: 2), jobs: [Self.job(.running, engine: "c")], before: [told])
        #expect(both.map(\.severity) == [.warning, .notice] && both.map(\.id).last == told.id)
        #expect(both.last?.next?.hasPrefix("It was taken over again since.") == true)
        var late = told
        late.since = Self.now - .days(1)
        #expect(Self.alerts([], jobs: [Self.job(.succeeded([]))], before: [late]) == [])
        told.acknowledgedBy = Principal("ada")
        #expect(Self.alerts([], jobs: [Self.job(.succeeded([]))], before: [told]) == [])
    }
}
