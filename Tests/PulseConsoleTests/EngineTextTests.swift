import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// Engines that are gone, and runs that wait, as they are told in rows.
@Suite struct EngineTextTests {
    @Test func `an engine whose runs were taken over is history, with who has them`() throws {
        var fleet = Fleet()
        fleet.replace(Scene.many.overview())
        let times = TimeTexts(now: Scene.moment)
        let engine = try #require(fleet.engines.first { $0.id == "etl-3 5" })
        let row = EngineRow(engine, in: fleet, times)
        #expect(row.label.role == .muted && row.label.word == "lost")
        #expect(row.story == "without a word at 14:23:05; 1 run went to etl-1 4711")
        // It told only once.
        #expect(row.up == "—")
        #expect(
            EngineRow.history(of: engine, times)
                == "etl-3 5 ended without a word at 14:23:05; its 1 run was taken over by etl-1 4711.")
        #expect(fleet.missed(at: Scene.moment).map(\.id) == [Scene.silentEngine])
        let plain = PlainRenderer(width: 200, now: Scene.moment)
        #expect(plain.status(Scene.many.overview()).contains("1 silent"))
        #expect(plain.engines(Scene.many.overview()).contains("lost"))
    }

    @Test(arguments: [80, 120, 200])
    func `whose run is taken over, and when, is seen in its row`(_ width: Int) {
        let text = Console(.many, Size(width, width == 80 ? 24 : 40)).text()
        let names = [80: "buil…5120", 120: "build-fa…al 5120 ", 200: "build-far…ral 5120 "]
        #expect(text.contains("in 37s from \(names[width] ?? "")"), "\(text)")
    }

    @Test func `a run that waits for the store says so`() {
        var status = Scene.busy.overview().jobs[0]
        status.run?.state = .waiting(
            Wait(reason: .store, since: Scene.moment, until: Scene.moment + .seconds(3), because: "It is away."))
        let row = JobRow(status, TimeTexts(now: Scene.moment))
        #expect(row.whole == "in 3s: the store is tried again" && row.brief == "in 3s")
    }

    @Test func `screens that are not shown are numbers with room around them`() {
        for screen in ScreenName.allCases {
            var console = Console(.busy, Size(80, 24))
            console.press(KeyPress(Character(String(screen.rawValue))))
            let line = console.text().split(separator: "\n")[0]
            #expect(line.contains(" [\(screen.rawValue) \(screen.title)] "), "\(line)")
        }
    }

    @Test func `engines that are no more stand below those that live`() {
        let now = Scene.moment
        var dead = EngineMember(
            id: "dead", host: "h", pid: 1, version: "1", startedAt: now - .hours(1), seenAt: now - .minutes(2))
        let alive = EngineMember(
            id: "works", host: "h", pid: 2, version: "1", startedAt: now - .hours(1), seenAt: now - .seconds(2))
        var ended = dead
        (ended.id, ended.endedAt) = ("ended", now - .minutes(2))
        #expect(EngineMembers.ordered([ended, dead, alive], at: now).map(\.id) == ["works", "dead", "ended"])
        // Until its runs are another's, it is what matters.
        dead.holds = [HeldRun(job: "a/b", run: RunID(1), leaseUntil: now + .seconds(9))]
        #expect(EngineMembers.ordered([ended, alive, dead], at: now).map(\.id) == ["dead", "works", "ended"])
    }
}
