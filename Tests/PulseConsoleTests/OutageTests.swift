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
            lines[1].hasPrefix(" ✗ Stale, try in 4s  The store does not answer: connection refused (db"), "\(lines[1])")
        #expect(size.width < 120 || lines[1].contains("(db.acme.internal), since 14:31:44."), "\(lines[1])")
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
        #expect(
            past.untilAndAt(asOf + .minutes(28)) == "at 14:59"
                && past.lasting(until: asOf + .minutes(1)) == "until 14:32:42")
        // What was to come is drawn again once it is over.
        #expect(past.changesAt == asOf + .seconds(37))
        #expect(past.until(asOf - .seconds(1)) == "at 14:31:41, past")
        let later = TimeTexts(now: asOf, isPast: true, present: asOf + .minutes(1))
        #expect(later.until(asOf + .seconds(37)) == "at 14:32:19, past" && later.changesAt == nil)
        #expect(later.lasting(until: asOf + .seconds(9)) == "until 14:31:51, past")
        var console = Console(.away, Size(120, 40))
        let first = console.text()
        #expect(
            first.contains("resumes at 15:52") && first.contains("at 15:00 ") && !first.contains(" in 28m"), "\(first)")
        // The header alone goes with the time, and what comes to pass meanwhile.
        let rows = { (text: String) in
            text.split(separator: "\n").dropFirst(2).filter { !$0.contains("store has trouble") }
        }
        console.send(.time(.seconds(11)))
        #expect(rows(console.text()) == rows(first))
        let change = try #require(console.drawing().changesAt)
        #expect(change <= Scene.moment + .seconds(17))
        console.send(.time(.seconds(3 * 3_600)))
        let last = console.text()
        for moment in ["at 14:32:22", "resumes at 15:52", "at 15:00", "at 14:36:17"] {
            #expect(last.contains(moment + ", past"), "\(last)")
        }
        #expect(last.contains("at Fri 11:32 "), "what is still to come")
        #expect(rows(last).allSatisfy { !$0.contains(" now ") })
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

    @Test(arguments: [Staleness.Cause.link, .store])
    func `nothing is said to run that nobody knows of any more, and what the engine itself does is`(
        _ cause: Staleness.Cause
    ) throws {
        var overview = Scene.away.overview()
        let elsewhere: JobID = "github-oss/commits"
        for index in overview.jobs.indices {
            let id = overview.jobs[index].id
            overview.jobs[index].run?.isElsewhere = id == elsewhere
        }
        if cause == .link { overview.engine.absence = nil }
        for size in [Size(200, 50), Size(120, 40), Size(80, 24)] {
            var console = Console(size)
            console.send(.overview(overview))
            if cause == .link {
                console.send(.linkLost(Failure(.transient, code: "x", "The engine does not answer.", remedy: "Wait.")))
            }
            let rows = console.text().split(separator: "\n")
            let theirs = try #require(rows.first { $0.contains("github-oss/commits") })
            let own = try #require(rows.first { $0.contains("jira-cloud/issues") })
            #expect(theirs.contains("? was running") && !theirs.contains("●"), "\(theirs)")
            #expect(own.contains(cause == .store ? "● running" : "? was running"), "\(own)")
            #expect(rows.contains { $0.contains("✗ failed") }, "what is over stays so")
        }
        let plain = PlainRenderer(width: 120, now: Scene.moment)
        #expect(cause == .link || plain.jobs(overview).contains("? was running"))
        #expect(cause == .link || plain.status(overview).contains("as of 14:31:42: "))
    }

    @Test(arguments: [Size(200, 50), Size(120, 40), Size(80, 24)])
    func `alerts of before are faint and do not count on; that the store is away is loud and does`(_ size: Size) throws
    {
        var overview = Scene.away.overview()
        let old = Scene.busy.overview().alerts
        overview.alerts += old
        var console = Console(size)
        console.send(.overview(overview))
        for seconds in [0, 90] {
            console.send(.time(.seconds(seconds)))
            let surface = console.drawing().surface
            let lines = console.text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            for alert in console.state.fleet.alerts.prefix(HomeLayout(console.state).alerts.height > 4 ? 2 : 1) {
                let start = String(alert.sentence.prefix(24))
                let y = try #require(lines.firstIndex { $0.contains(start) }, "\(start)")
                let text = try #require(lines[y].firstRange(of: start))
                let x = lines[y].distance(from: lines[y].startIndex, to: text.lowerBound)
                let isFaint = surface.cell(at: Point(x, y))?.style.foreground == .role(.muted)
                #expect(isFaint == (alert.kind != .storeTrouble), "\(lines[y])")
                if alert.kind == .storeTrouble {
                    #expect(lines[y].contains(seconds == 0 ? "for 20s" : "for 1m"), "\(lines[y])")
                } else {
                    let age = TimeTexts(now: Scene.moment - .seconds(23)).age(since: alert.since)
                    #expect(lines[y].contains("for \(age)"), "\(lines[y])")
                }
            }
        }
    }

    @Test(arguments: [
        (
            "postgres://pulse@db.acme.internal:5433/pulse does not answer: connection to server at \"10.0.0.7\", port 5433 "
                + "failed: Connection refused. Work goes on by itself.",
            "connection refused (db.acme.internal:5433)",
            "Connection refused: db.acme.internal:5433 does not answer. Work goes on by itself."
        ),
        (
            "postgres://a@one,two:5433/pulse does not answer: SSL error.", "SSL error (one,two:5433)",
            "SSL error: one,two:5433 does not answer."
        ),
        (
            "postgres://pulse@/var/run/postgresql/pulse does not answer: The server closed the connection.",
            "the server closed the connection (/var/run/postgresql)",
            "The server closed the connection: /var/run/postgresql does not answer."
        ),
        (
            "sqlite:/srv/data/of/a/team/pulse.db cannot be read or written: disk I/O error. Look after the disk.",
            "disk I/O error (pulse.db)", "Disk I/O error: pulse.db cannot be read or written. Look after the disk."
        ),
        (
            "https://gateway.acme:8443 could not be asked. No connection to gateway.acme could be opened.",
            "No connection to gateway.acme could be opened", "No connection to gateway.acme could be opened."
        ),
        (
            "The engine no longer sends events.", "The engine no longer sends events",
            "The engine no longer sends events."
        ),
        ("", "", ""),
    ])
    func `the cause is told before the address, which is told briefly`(
        _ sentence: String, _ brief: String, _ whole: String
    ) {
        #expect(CauseText(sentence).brief == brief && CauseText(sentence).whole == whole)
    }

    @Test(arguments: [Size(120, 40), Size(80, 24)])
    func `a long address of the store takes no room from the cause, in the header and in the alert`(_ size: Size) {
        var overview = Scene.away.overview()
        let because =
            "postgres://pulse_engine@db-primary-1.eu-central.acme.internal,"
            + "db-primary-2.eu-central.acme.internal:6432/pulse_production does not answer: connection to server at "
            + "\"db-primary-1.eu-central.acme.internal\" (10.20.30.40), port 6432 failed: Connection refused."
        overview.engine.absence?.because = because
        overview.engine.trouble = because
        overview.alerts[0].because = because
        var console = Console(size)
        console.send(.overview(overview))
        let lines = console.text().split(separator: "\n")
        #expect(lines[1].contains("The store does not answer: connection refused"), "\(lines[1])")
        if size.width >= 120 { #expect(lines[4].contains("Connection refused: db-primary-1"), "\(lines[4])") }
        console.press(KeyPress("5"))
        #expect(console.text().contains("connection refused") || console.text().contains("Connection refused"))
    }

    @Test func `one alert tells its times in one way`() {
        let text = TimeTexts(now: Scene.moment).retold(Scene.silence(Scene.moment).because)
        #expect(text.hasSuffix("it was last heard of at 14:31:42."))
        let other = TimeTexts(now: Scene.moment).retold("since 2026-03-11T09:05:07.25Z, and 2026-13-99T00:00:00Z")
        #expect(other == "since Wed 09:05, and 2026-13-99T00:00:00Z")
        var console = Console(.many, Size(120, 40))
        #expect(!console.text().contains("2026-"))
        console.press(KeyPress("5"))
        #expect(!console.text().contains("2026-"))
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

    @Test func `why a key did nothing is not said any longer than it is so`() {
        var console = Console(.busy)
        console.send(.linkLost(.streamEnded))
        console.press(KeyPress("h"))
        #expect(console.state.notice?.text.hasPrefix("Nothing is sent") == true)
        console.send(.overview(Scene.busy.overview()))
        #expect(console.state.notice == nil)
        // What was done is said as long as anything.
        console.state.say("Held.", .success)
        console.send(.linkLost(.streamEnded))
        console.send(.overview(Scene.busy.overview()))
        #expect(console.state.notice?.text == "Held.")
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
