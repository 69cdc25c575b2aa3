import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// What is shown while the store does not answer.
@Suite struct OutageTests {
    private static let shown: [ScreenName] = [.jobs, .limits, .health]

    @Test(arguments: [Size(80, 24), Size(120, 40), Size(200, 50)])
    func `the header says as of when, since when the store is away and when it is tried again`(_ size: Size) {
        let console = Console(.away, size)
        let lines = console.text().split(separator: "\n")
        #expect(lines[0].contains("✗ stale, as of 14:31:42") && !lines[0].contains("live"), "\(lines[0])")
        #expect(
            lines[1].hasPrefix(" ✗ Stale  The store does not answer since 14:31:44; next try in 4s."), "\(lines[1])")
    }

    @Test func `rates are not shown as if they were of now`() {
        for status in Scene.away.overview().jobs {
            let row = JobRow(status, TimeTexts(now: Scene.moment, isPast: true))
            #expect(row.rate.isEmpty && !row.when.hasPrefix("done"), "\(status.id)")
        }
        let text = Console(.away).text()
        #expect(text.contains("nothing is known since 14:31:42") && !text.contains("req/s"))
        #expect(text.contains("14:31:42 │"), "the chart ends where it is known")
    }

    @Test func `nobody is called silent for what the store could not tell, and nobody is said to work`() throws {
        var console = Console(.away, Size(120, 40))
        console.press(KeyPress("7"))
        console.send(.time(.seconds(600)))
        let text = console.text()
        #expect(text.contains("as they were at 14:31:42"))
        #expect(!text.contains("has not been heard of") && !text.contains("✗ silent"), "\(text)")
        #expect(text.contains("? unknown etl-2 77") && text.contains("last heard of at 14:31:38"), "\(text)")
        #expect(console.state.fleet.missed(at: console.state.now) == [])
    }

    @Test func `ages do not grow while nothing is heard, and what is to come is told by the clock`() throws {
        let asOf = Scene.moment - .seconds(23)
        let past = TimeTexts(now: asOf, isPast: true)
        #expect(past.ago(asOf - .minutes(12)) == "12m ago" && past.until(asOf + .seconds(37)) == "at 14:32:19")
        #expect(past.untilAndAt(asOf + .minutes(28)) == "at 14:59" && past.lasting(until: asOf) == "until 14:31:42")
        #expect(past.until(asOf - .seconds(1)) == "now" && past.changesAt == nil)
        var console = Console(.away, Size(120, 40))
        let first = console.text()
        #expect(
            first.contains("resumes at 15:52") && first.contains("at 15:00 ") && !first.contains(" in 28m"), "\(first)")
        console.send(.time(.seconds(3 * 3_600)))
        // The header alone goes with the time.
        let rows = { (text: String) in
            text.split(separator: "\n").dropFirst(2).filter { !$0.contains("store has trouble") }
        }
        #expect(rows(console.text()) == rows(first))
        #expect(console.text().contains("17:32 UTC"))
    }

    @Test(arguments: [true, false])
    func `no command is begun that the store cannot take, and it is said why`(_ isShared: Bool) throws {
        var overview = Scene.busy.overview()
        overview.engine.trouble =
            "sqlite:/data/pulse.db cannot be read or written: disk I/O error. Look after the disk."
        if isShared { overview.engine.absence = Scene.away.overview().engine.absence }
        var console = Console()
        console.send(.overview(overview))
        for key in ["s", "p", "h", "T", "a"] as [Character] {
            console.press(KeyPress(key))
            #expect(console.state.overlay == nil, "\(key)")
            let notice = try #require(console.state.notice?.text)
            #expect(
                notice.contains(isShared ? "does not answer since 14:31:44" : "cannot be read or written"), "\(notice)")
            #expect(notice.contains("not kept for later"))
        }
        // Nor is one carried out whose dialog was open by then.
        console.send(.overview(Scene.busy.overview()))
        console.press(KeyPress("h"))
        #expect(console.dialog != nil)
        console.send(.happened([.engine(overview.engine)]))
        console.press(KeyPress(.tab), KeyPress(.tab), KeyPress(.enter))
        #expect(!console.effects.contains { if case .perform = $0 { true } else { false } })
    }

    @Test func `what is old is faint, and what is selected is seen all the same`() throws {
        var console = Console(.away, Size(120, 40))
        for screen in Self.shown {
            console.press(KeyPress(Character(String(screen.rawValue))))
            let surface = console.drawing().surface
            let body = ScreenFrame.area(of: console.state.size).body
            let limits = HomeLayout(console.state).limits
            let area = screen == .jobs ? limits : body
            for y in area.minY..<area.maxY {
                for x in area.minX..<area.maxX {
                    let style = try #require(surface.cell(at: Point(x, y))).style
                    let isFaint = style.foreground == .role(.muted) || style.background == .role(.selection)
                    #expect(isFaint, "\(screen) \(x) \(y)")
                }
            }
        }
    }

    @Test func `all is live again by itself when the store answers, and whoever was heard of before is given time`() {
        var console = Console(.away, Size(120, 40))
        console.press(KeyPress("7"))
        var engine = Scene.away.overview().engine
        engine.absence?.endedAt = console.state.now
        engine.trouble = nil
        console.send(.happened([.engine(engine)]))
        #expect(console.state.fleet.staleness == nil)
        let text = console.text()
        #expect(text.contains("● live") && !text.contains("silent") && !text.contains("unknown"), "\(text)")
        // Who is not heard of by then is silent.
        console.send(.time(.seconds(16)))
        #expect(console.text().contains("✗ silent"))
    }

    @Test func `a lost link to the engine is shown in the same way`() {
        var console = Console(.busy)
        console.send(.time(.seconds(185)))
        console.send(.linkLost(Failure(.transient, code: "x", "The engine does not answer.", remedy: "Wait.")))
        let text = console.text()
        #expect(text.contains("✗ offline, as of 14:32:05") && text.contains("nothing is known since 14:32:05"))
        console.send(.overview(Scene.busy.overview(at: Scene.moment + .seconds(190))))
        #expect(console.text().contains("● live") && console.state.fleet.staleness == nil)
    }
}
