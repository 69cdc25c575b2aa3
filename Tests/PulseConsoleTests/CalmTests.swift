import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// That nothing is wrong is not all well where nothing moves, or where something is missing.
@Suite struct CalmTests {
    /// Jobs without a problem, and what is said of them.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var label: Label
        var because: String?
        var jobs: [JobStatus]
    }

    private static func job(
        _ name: String, _ state: RunState, quarantined: Int = 0, queued: Wait? = nil
    ) -> JobStatus {
        Scene.job(
            JobID("a/\(name)"), "", Scene.run(1, state, now: Scene.moment, queued: queued), now: Scene.moment,
            quarantined: quarantined)
    }

    private static func wait(_ reason: WaitReason, since: Duration, until: Duration) -> RunState {
        .waiting(
            Wait(reason: reason, since: Scene.moment - since, until: Scene.moment + until, because: "It is spent."))
    }

    private static let spent = wait(.quota(Scene.quota), since: .minutes(20), until: .seconds(252))
    private static let slot = Wait(
        reason: .capacity, since: Scene.moment, until: Scene.moment + .minutes(1), because: "2 runs are under way.")

    private static let cases: [Case] = [
        Case(testDescription: "done", label: .ok("All well"), jobs: [job("x", .succeeded([]))]),
        Case(
            testDescription: "waiting", label: Label("◐", "~", "Waiting", .waiting),
            because: "2 jobs for the quota graphql, 4m 12s, until 14:36; 1 other waits, too.",
            jobs: [job("x", spent), job("y", spent), job("z", .queued, queued: slot)]),
        Case(
            testDescription: "waiting, with what was loaded before", label: Label("◐", "~", "Waiting", .waiting),
            because: "1 job for the quota graphql, 4m 12s, until 14:36.",
            jobs: [job("x", spent), job("y", .succeeded([]))]),
        Case(
            testDescription: "the first to go on is told", label: Label("◐", "~", "Waiting", .waiting),
            because: "1 job for the breaker of search, 40s, until 14:32; 1 other waits, too.",
            jobs: [job("x", spent), job("y", wait(.breaker("search"), since: .minutes(1), until: .seconds(40)))]),
        Case(
            testDescription: "something moves", label: Label("◐", "~", "Partly waiting", .waiting),
            because: "1 job for the quota graphql, 4m 12s, until 14:36.",
            jobs: [job("x", spent), job("y", .running), job("z", .queued, queued: slot)]),
        Case(
            testDescription: "something will move in a moment", label: Label("◐", "~", "Partly waiting", .waiting),
            because: "1 job for the quota graphql, 4m 12s, until 14:36; 1 other waits, too.",
            jobs: [
                job("x", spent), job("y", wait(.pacing(Scene.quota), since: .seconds(2), until: .seconds(9))),
                job("z", wait(.breaker("search"), since: .minutes(1), until: .minutes(9))),
            ]),
        Case(
            testDescription: "a wait that is over soon", label: .ok("All well"),
            jobs: [job("x", wait(.backoff(attempt: 2), since: .seconds(2), until: .seconds(9)))]),
        Case(
            testDescription: "quarantine", label: .warning("11 records in quarantine"),
            jobs: [job("x", .succeeded(.withQuarantine), quarantined: 11), job("y", .succeeded([]))]),
        Case(
            testDescription: "quarantine while others run", label: .warning("1 record in quarantine"),
            jobs: [job("x", .succeeded(.withQuarantine), quarantined: 1), job("y", .running)]),
        Case(
            testDescription: "left out", label: Label("◑", "!", "1 job incomplete", .warning),
            jobs: [job("x", .succeeded(.withSkippedPartitions))]),
        Case(
            testDescription: "nothing may run",
            label: Label("◆", "=", "Nothing runs: all jobs are paused, held or stopped", .paused),
            jobs: [
                job("x", .paused(Pause(by: Principal("ada"), reason: "", since: Scene.moment))),
                job("y", .stopped(by: Principal("ada"), reason: "")),
            ]),
    ]

    private static func overview(_ jobs: [JobStatus]) -> Overview {
        Overview(asOf: Scene.moment, engine: Scene.engine(Scene.moment), jobs: jobs)
    }

    @Test(arguments: cases)
    func `all is only well when nothing waits for long and nothing is missing`(_ told: Case) {
        var fleet = Fleet()
        fleet.replace(Self.overview(told.jobs))
        let verdict = Verdict(fleet, .live, TimeTexts(now: Scene.moment))
        #expect(verdict.label == told.label && verdict.because == told.because && verdict.problems == 0)
        // One text on the screens, in the status and in the list of alerts.
        let plain = PlainRenderer(width: 200, now: Scene.moment)
        let words = told.label.plain(.unicode) + (told.because.map { "  \($0)" } ?? "")
        #expect(plain.status(Self.overview(told.jobs)).hasPrefix(words + "\n"))
        #expect(!plain.alerts(Self.overview(told.jobs)).contains("All well"))
        var console = Console(Size(200, 50))
        console.send(.overview(Self.overview(told.jobs)))
        #expect(console.text().split(separator: "\n")[1].hasPrefix(" " + words))
    }

    @Test func `where there is little room a standstill says what and until when in fewer words`() {
        var console = Console(Size(80, 24))
        console.send(.overview(Self.overview([Self.job("x", Self.spent), Self.job("z", .queued, queued: Self.slot)])))
        let line = console.text().split(separator: "\n")[1]
        #expect(line.contains("◐ Waiting  1 job for the quota graphql, 4m 12s"), "\(line)")
    }

    @Test func `on the smallest screen what is in quarantine is told in fewer words`() {
        var console = Console(Size(20, 6))
        console.send(.overview(Self.overview([Self.job("x", .succeeded(.withQuarantine), quarantined: 11)])))
        #expect(console.text().hasPrefix("▲ 11 in quarantine\n"))
        #expect(Console(.failing, Size(20, 6)).text().hasPrefix("✗ Engine in trouble\n"))
        #expect(Console(.failing, Size(40, 8)).text().hasPrefix("✗ Engine in trouble +12 more\n"))
    }

    @Test func `records in quarantine are counted, whatever else there is to say, and once`() {
        for size in [Size(200, 50), Size(120, 40)] {
            for text in [
                Console(.busy, size).text(), PlainRenderer(width: 200, now: Scene.moment).status(Scene.busy.overview()),
            ] {
                #expect(text.contains("▲ 5 in quarantine"), "\(text)")
            }
        }
        let plain = PlainRenderer(width: 200, now: Scene.moment)
        let text = plain.status(Self.overview([Self.job("x", .succeeded(.withQuarantine), quarantined: 11)]))
        #expect(text.ranges(of: "in quarantine").count == 1 && text.contains("✓ 1 done"), "\(text)")
    }

    @Test func `the count of records in quarantine follows the jobs`() {
        var fleet = Fleet()
        fleet.replace(
            Self.overview([Self.job("x", .succeeded(.withQuarantine), quarantined: 11), Self.job("y", Self.spent)]))
        #expect(fleet.quarantined == 11 && fleet.longWaits.values.map(\.jobs) == [["a/y"]])
        fleet.apply(.job(Self.job("x", .succeeded([]), quarantined: 4)))
        fleet.apply(.job(Self.job("y", .running)))
        fleet.apply(.job(Self.job("new", Self.spent, quarantined: 2)))
        #expect(fleet.quarantined == 6 && fleet.longWaits.values.map(\.jobs) == [["a/new"]])
    }

    @Test func `the end of a wait is that of those who wait now`() throws {
        var fleet = Fleet()
        fleet.replace(Self.overview([Self.job("x", Self.spent), Self.job("y", Self.spent)]))
        var later = Self.job("x", Self.spent)
        later.run?.state = .waiting(
            Wait(
                reason: .quota(Scene.quota), since: Scene.moment + .seconds(252), until: Scene.moment + .minutes(9),
                because: "It is spent."))
        fleet.apply(.job(later))
        // The other goes on at the end that was told first.
        let times = TimeTexts(now: Scene.moment)
        #expect(fleet.longWaits[.quota(Scene.quota)]?.jobs == ["a/x", "a/y"])
        fleet.apply(.job(Self.job("y", .succeeded([]))))
        #expect(Standstill(fleet)?.brief(times) == "1 job for the quota graphql, 9m 00s")
        fleet.apply(.job(Self.job("x", .running)))
        #expect(Standstill(fleet) == nil && fleet.longWaits.isEmpty)
    }
}
