import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

@Suite struct FollowingTests {
    @Test func `until somebody moves, the cursor rests at the top while jobs finish`() throws {
        var console = Console()
        console.send(.overview(UpdateTests.many(1_000)))
        let first = try #require(console.state.home.jobs.selection)
        #expect(first == console.state.fleet.order.first)
        var status = try #require(console.state.fleet.jobs[first])
        status.run?.state = .succeeded([])
        console.send(.happened([.job(status)]))
        #expect(console.state.fleet.order.last == first)
        #expect(console.state.home.jobs.selection == console.state.fleet.order.first)
        #expect(console.state.home.jobs.top == 0)
        // A chosen one is followed wherever it goes.
        console.press(KeyPress("j"))
        let chosen = try #require(console.state.home.jobs.selection)
        status = try #require(console.state.fleet.jobs[chosen])
        status.run?.state = .succeeded([])
        console.send(.happened([.job(status)]))
        #expect(console.state.home.jobs.selection == chosen)
        console.press(KeyPress(.escape))
        #expect(console.state.home.jobs.selection == console.state.fleet.order.first)
    }

    @Test func `a chosen checkpoint stays chosen when it is none of the newest any more`() throws {
        var console = Console(.busy)
        let job: JobID = "jira-cloud/issues"
        _ = console.state.open(job)
        let data = Scene.detail(of: job)
        console.send(.detail(job, data))
        console.press(KeyPress(.tab), KeyPress("j"))
        let chosen = try #require(console.state.detail?.checkpoints.selection)
        #expect(chosen == CheckpointID(data.checkpoints[1]))
        var later = data
        later.checkpoints = data.checkpoints.prefix(1).map { checkpoint in
            var newer = checkpoint
            newer.sequence += 1_000
            return newer
        }
        console.send(.detail(job, later))
        #expect(console.state.detail?.checkpoints.selection == chosen)
        console.press(KeyPress("w"))
        #expect(console.dialog?.commands == [.rewind(job, chosen.partition, toSequence: chosen.sequence)])
    }

    static func lines(_ count: Int, from first: Int64 = 1) -> [LogLine] {
        (0..<count).map { index in
            LogLine(
                sequence: first + Int64(index), at: Scene.moment, level: .info,
                job: index % 2 == 0 ? "a/one" : "b/two",
                message: "Line \(first + Int64(index)) " + String(repeating: "long ", count: 40) + "its end",
                facts: [LogLine.Fact("status", "503")], correlation: CorrelationID("c0ffee"))
        }
    }

    @Test func `enter shows a log line whole, and y copies it`() throws {
        var console = Console(.busy, Size(80, 24))
        console.press(KeyPress("4"))
        console.send(.logs(Self.lines(100)))
        #expect(!console.text().contains("its end"))
        console.press(KeyPress("k"), KeyPress("k"))
        let chosen = try #require(console.state.logs.selected)
        #expect(chosen.message.hasPrefix("Line 98 "))
        console.send(.happened([.log(Self.lines(1, from: 101)[0])]))
        #expect(console.state.logs.selected == chosen)
        console.press(KeyPress("y"))
        #expect(console.effects.last == .copy(LogRow.plain(chosen)))
        console.press(KeyPress(.enter))
        let text = console.text()
        for part in ["its end", "503", "c0ffee", "b/two"] { #expect(text.contains(part)) }
        console.press(KeyPress(.escape))
        #expect(console.state.overlay == nil)
        #expect(console.state.screen == .logs)
    }

    @Test func `a line of a job's log is chosen and opened in full while others come`() throws {
        let job: JobID = "jira-cloud/issues"
        var console = Console(.busy, Size(80, 24))
        _ = console.state.open(job)
        var data = Scene.detail(of: job)
        data.logs = Self.lines(100)
        console.send(.detail(job, data))
        #expect(console.state.availability(of: .open) == .disabled("Enter opens lines of the log: Tab to Log."))
        console.press(KeyPress(.enter), KeyPress(.backTab))
        #expect(console.state.overlay == nil)
        func arrive(_ sequence: Int64) {
            var line = Self.lines(1, from: sequence)[0]
            line.job = job
            console.send(.happened([.log(line)]))
        }
        let text = console.text()
        #expect(text.contains("follows") && text.contains("▸14:32:05 · Line 100 "), "\(text)")
        arrive(101)
        #expect(console.state.detail?.logLine?.sequence == 101, "the newest, until somebody moves")
        console.press(KeyPress("k"), KeyPress(.up))
        arrive(102)
        let chosen = try #require(console.state.detail?.logLine)
        #expect(chosen.sequence == 99 && console.text().contains("stands still"))
        console.press(KeyPress("y"))
        #expect(console.effects.last == .copy(LogRow.plain(chosen)))
        console.press(KeyPress(.enter))
        for part in ["its end", "503", "c0ffee"] { #expect(console.text().contains(part)) }
        console.press(KeyPress(.escape), KeyPress("G"))
        #expect(console.state.detail?.logLine?.sequence == 102 && console.text().contains("follows"))
    }

    @Test func `the log is filtered by job or text, and the filter is taken back`() {
        var console = Console(.busy, Size(80, 24))
        console.press(KeyPress("4"))
        console.send(.logs(Self.lines(100)))
        console.press(KeyPress("/"))
        console.type("b/two 503")
        #expect(console.state.logs.shown.count == 50)
        console.press(KeyPress(.enter))
        console.send(.happened([.log(Self.lines(2, from: 101)[0]), .log(Self.lines(2, from: 101)[1])]))
        #expect(console.state.logs.shown.count == 51)
        console.press(KeyPress(.escape))
        #expect(console.state.logs.shown.count == 102)
        #expect(console.state.screen == .logs)
    }

    @Test(arguments: [KeyPress(.enter), KeyPress("f")])
    func `an alert of growing quarantine opens its records`(_ key: KeyPress) {
        var console = Console(.busy)
        let job: JobID = "jira-cloud/issues"
        console.send(
            .happened([
                .alerts([
                    Alert(
                        id: "q", kind: .quarantineGrowing, severity: .notice, sentence: "11 records.", because: "So.",
                        since: Scene.moment, job: job)
                ])
            ]))
        #expect(console.text().contains("opens Recovery"))
        console.press(KeyPress(.tab), key)
        #expect(console.state.screen == .recovery)
        #expect(console.state.recovery.job == job)
        #expect(console.effects.contains(.loadQuarantine(job)))
        console.press(KeyPress(.escape))
        #expect(console.state.recovery.job == nil)
        #expect(console.state.screen == .recovery)
    }

    @Test(arguments: [
        (
            #"{"a":[1,2],"b":{},"c":"x, {\"y"}"#,
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": \"x, {\\\"y\"\n}"
        ),
        ("no json: {", "no json: {"), (#"{"cut":"of"#, "{\n  \"cut\": \"of"),
    ])
    func `a payload is shown line by line`(_ payload: String, _ expected: String) {
        #expect(PrettyJSON.readable(Array(payload.utf8)) == expected)
    }

    @Test func `where nothing is chosen there is nothing to open or to copy`() {
        var console = Console(.empty)
        for key: Character in "1234567" {
            console.press(KeyPress(key))
            #expect(console.state.availability(of: .copy) == .disabled("There is nothing to copy."), "\(key)")
            guard console.state.screen != .limits else { continue }
            #expect(console.state.availability(of: .open) == .disabled("There is nothing to open."), "\(key)")
        }
    }

    @Test func `a run in its last partition is in none beyond it`() throws {
        var console = Console(.busy)
        var status = try #require(console.state.fleet.jobs["jira-cloud/issues"])
        let total = try #require(status.run?.progress.partitionsTotal)
        status.run?.progress.partitionsDone = total
        status.run?.endsAt = nil
        console.send(.happened([.job(status)]))
        #expect(JobRow(status, TimeTexts(now: Scene.moment)).outlook == "partition \(total) of \(total)")
    }

    @Test func `where there is no room a screen says so, and the selected job is seen`() {
        var console = Console(.busy, Size(40, 12))
        console.press(KeyPress("j"), KeyPress("j"), KeyPress("4"))
        #expect(console.state.screen == .jobs)
        #expect(console.state.notice?.text == "Logs needs 44 columns and 9 lines.")
        console.press(KeyPress(.escape))
        #expect(console.text().contains("▸"))
    }

    @Test(arguments: [Size(20, 6), Size(24, 8), Size(80, 24)])
    func `buttons do not overlap`(_ size: Size) {
        var console = Console(.busy, size)
        console.press(KeyPress("s"))
        console.answerPreview()
        let rows = console.text().split(separator: "\n")
        let row = rows.first { $0.contains("Cancel") }
        #expect(row.map { $0.contains("Start") && !$0.contains("CancelStart") } == true, "\(console.text())")
    }
}
