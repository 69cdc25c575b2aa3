import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// What is told of everything together, in a word or two.
@Suite struct VerdictTests {
    @Test(arguments: [
        ("calm", "All well"), ("busy", "3 problems"), ("empty", "Nothing to do yet"), ("failing", "Engine in trouble"),
    ])
    func `the verdict says it in a word`(_ scene: String, _ word: String) throws {
        let overview = try #require(Scene(rawValue: scene)).overview()
        var fleet = Fleet()
        fleet.replace(overview)
        #expect(Verdict(fleet, .live, TimeTexts(now: Scene.moment)).label.word == word)
    }

    @Test func `a failed job that no alert speaks of is a problem too`() {
        var overview = Scene.busy.overview()
        overview.alerts = []
        var fleet = Fleet()
        fleet.replace(overview)
        #expect(Verdict(fleet, .live, TimeTexts(now: Scene.moment)).label.word == "1 problem")
    }

    @Test func `who is not told of alerts is said, and why`() {
        let times = TimeTexts(now: Scene.moment)
        let rows = (Scene.receivers() + [ReceiverStatus(name: "new", way: "mail"), Self.waiting]).map {
            ReceiverRow($0, times)
        }
        #expect(rows.map(\.label.word) == ["told", "not told", "not told all", "ready", "being told"])
        #expect(rows.map(\.isFailing) == [false, true, false, false, false])
        #expect(rows[0].facts == ["told 12m ago", "2 came back and are told later"])
        #expect(rows[1].facts == ["failing for 48m", "3 messages wait", "told 5h ago"])
        #expect(rows[1].because.hasPrefix("The mail program") && rows[0].because.isEmpty)
        #expect(rows[2].facts.last == "7 given up within a week")
        let plain = PlainRenderer(width: 200, now: Scene.moment, glyphs: .ascii).status(Scene.untold())
        #expect(plain.contains("alerts go to ops (webhook, the last 12m ago), oncall (mail, the last 5h ago)"))
        #expect(plain.contains("x oncall is not told | failing for 48m"), "\(plain)")
    }

    private static let waiting = ReceiverStatus(name: "new", way: "mail", waiting: 1, lastDeliveredAt: Scene.moment)

    /// A scene with receivers, and what is told of them at the top.
    struct Told: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var scene: Scene
        var receivers: [ReceiverStatus]
        var label: String
        var because: String?
    }

    @Test(arguments: [
        Told(testDescription: "told", scene: .calm, receivers: [Scene.receivers()[0]], label: "All well"),
        Told(
            testDescription: "one is not told", scene: .calm, receivers: Scene.receivers(), label: "1 problem",
            because: "Alerts do not reach oncall: The mail program (sendmail) ended with status 1. "
                + "Run it by hand to see why. It is tried again by itself."),
        Told(testDescription: "beside others", scene: .busy, receivers: Scene.receivers(), label: "4 problems"),
    ])
    func `nothing is well while somebody would not be told of an alert`(_ told: Told) {
        var overview = told.scene.overview()
        overview.engine.receivers = told.receivers
        var fleet = Fleet()
        fleet.replace(overview)
        let verdict = Verdict(fleet, .live, TimeTexts(now: Scene.moment))
        #expect(verdict.label.word == told.label && verdict.because == told.because)
        let plain = PlainRenderer(width: 200, now: Scene.moment)
        #expect(plain.problems(overview) == Int(told.label.prefix { $0.isNumber }) ?? 0)
        #expect(plain.status(overview).split(separator: "\n")[0].contains(told.label))
        var console = Console(Size(80, 24))
        console.send(.overview(overview))
        let line = console.text().split(separator: "\n")[1]
        #expect(line.contains(told.label) && line.contains("oncall") == (told.because != nil), "\(line)")
    }

    @Test func `that no engine is left is told before what follows from it`() {
        var overview = Scene.calm.overview()
        overview.engines = Scene.engines(Scene.moment)
        for index in overview.engines.indices { overview.engines[index].seenAt = Scene.moment - .minutes(5) }
        overview.engines[1].holds = [HeldRun(job: "a/b", run: RunID(1), leaseUntil: Scene.moment)]
        overview.engine.holder = "engines of other processes"
        for isRunning in [true, false] {
            let plain = PlainRenderer(width: 300, now: Scene.moment)
            #expect(
                plain.status(overview, isRunning: isRunning).hasPrefix("✗ No engine is running, 2 problems  "),
                "\(plain.status(overview, isRunning: isRunning))")
        }
        var console = Console(Size(80, 24))
        console.send(.overview(overview))
        #expect(console.text().split(separator: "\n")[1].hasPrefix(" ✗ No engine is running, 2 problems"))
    }

    @Test func `problems that somebody has seen are known problems`() {
        var overview = Scene.busy.overview()
        overview.alerts = overview.alerts.map { alert in
            var alert = alert
            alert.acknowledgedBy = Principal("grace")
            return alert
        }
        var fleet = Fleet()
        fleet.replace(overview)
        #expect(Verdict(fleet, .live, TimeTexts(now: Scene.moment)).label.word == "3 known problems")
    }

    @Test(arguments: [
        ("etl-3 4712", "etl-3 4712 silent 23s; 2 runs taken over at 14:32:42"),
        (Scene.silentEngine, "build-far…al 5120 silent 23s; 2 runs taken over at 14:32:42"),
    ])
    func `the time of a take-over stays where there is little room`(_ name: String, _ words: String) throws {
        var overview = Scene.calm.overview()
        overview.engines = Scene.engines(Scene.moment).filter { $0.id == Scene.silentEngine || $0.pid == 77 }
        overview.engines[0].id = name
        var fleet = Fleet()
        fleet.replace(overview)
        let brief = try #require(Verdict(fleet, .live, TimeTexts(now: Scene.moment)).brief)
        #expect(brief.hasSuffix("silent 23s; 2 runs taken over at 14:32:42") && TerminalText.width(brief) <= 64)
        #expect(
            EngineRow(overview.engines[0], in: fleet, TimeTexts(now: Scene.moment)).story == "taken over at 14:32:42")
        var console = Console(.calm, Size(80, 24))
        console.send(.overview(overview))
        #expect(console.text().split(separator: "\n")[1].contains("taken over at 14:32:42"))
        console.press(KeyPress("7"))
        #expect(console.text().contains("taken over at 14:32:42 "))
    }

    @Test func `nothing is well while an engine is missed, and the words say what becomes of its runs`() {
        func verdict(_ change: (inout Overview) -> Void) -> Verdict {
            var overview = Scene.calm.overview()
            overview.engines = Scene.engines(Scene.moment)
            change(&overview)
            var fleet = Fleet()
            fleet.replace(overview)
            return Verdict(fleet, .live, TimeTexts(now: Scene.moment))
        }
        let untold = verdict { _ in }
        #expect(untold.label == .warning("1 problem"))
        #expect(
            untold.because
                == "build-farm-9.eu-central 5120 has not been heard of for 23s; its 2 runs will be taken over at 14:32:42."
        )
        #expect(verdict { $0.alerts = [Scene.silence(Scene.moment)] }.label == .warning("1 problem"))
        let alone = verdict { overview in overview.engines.removeAll { $0.id != Scene.silentEngine } }
        #expect(alone.because?.hasSuffix("no engine is there to take over its 2 runs.") == true)
        #expect(alone.label == .error("No engine is running, 1 problem"))
        #expect(verdict { $0.engines.removeAll { $0.id == Scene.silentEngine } }.label.word == "All well")
        // The engine that answers is there, however long ago it told of itself.
        let answering = verdict { overview in
            overview.engines.removeAll { $0.id == Scene.silentEngine }
            overview.engines[0].seenAt = Scene.moment - .minutes(3)
        }
        #expect(answering.label.word == "All well")
    }

    @Test func `only what nobody has acknowledged counts as a problem`() {
        let plain = PlainRenderer(width: 80, now: Scene.moment)
        var overview = Scene.busy.overview()
        #expect(plain.problems(overview) == 3)
        for index in overview.alerts.indices { overview.alerts[index].acknowledgedBy = Principal("ada") }
        #expect(plain.problems(overview) == 0)
        overview.engine.trouble = "The disk is full."
        #expect(plain.problems(overview) == 1)
        #expect(plain.problems(Scene.calm.overview()) == 0)
        #expect(plain.problems(Scene.calm.overview(), isRunning: false) == 0)
    }

    @Test func `a problem that no engine is left to raise an alert for stands among the alerts`() {
        var overview = Scene.calm.overview()
        overview.alerts = []
        overview.engines = Scene.engines(Scene.moment).filter { $0.id == Scene.silentEngine }
        let plain = PlainRenderer(width: 110, now: Scene.moment)
        let text = plain.alerts(overview, isRunning: false)
        #expect(plain.problems(overview, isRunning: false) > 0)
        #expect(text.contains("1 problem") && !text.contains("All well"))
    }
}
