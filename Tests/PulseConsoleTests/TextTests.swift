import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

@Suite struct TextTests {
    @Test(arguments: [
        (0, "0"), (999, "999"), (1_893, "1,893"), (99_999, "99,999"), (100_000, "100k"), (1_240_000, "1.2M"),
        (-12, "-12"), (.min, "-9223372T"),
    ])
    func `counts are short and exact while they are small`(_ number: Int, _ text: String) {
        #expect(Figures.count(number) == text)
    }

    @Test(arguments: [
        (0.0, "0"), (0.01, "<0.1"), (0.5, "0.5"), (9.94, "9.9"), (12.4, "12"), (999.4, "999"), (999.6, "1k"),
        (1_240, "1.2k"), (12_480, "12.5k"), (124_000, "124k"), (.infinity, "-"), (.nan, "-"),
    ])
    func `rates have at most four signs`(_ value: Double, _ text: String) { #expect(Figures.compact(value) == text) }

    @Test(arguments: [(0.0, "0%"), (0.001, "<1%"), (0.624, "62%"), (0.999, "99%"), (1.0, "100%"), (7.0, "100%")])
    func `a share is full only when it is`(_ share: Double, _ text: String) { #expect(Figures.percent(share) == text) }

    @Test(arguments: [(0, "0 B"), (512, "512 B"), (1_240, "1.2 kB"), (34_000_000, "34 MB")])
    func `bytes carry their unit`(_ count: Int, _ text: String) { #expect(Figures.bytes(count) == text) }

    @Test(arguments: [
        (0, "now"), (1, "1s"), (59, "59s"), (252, "4m 12s"), (599, "9m 59s"), (600, "10m"), (3_599, "59m"),
        (8_000, "2h 13m"), (200_000, "2d 7h"),
    ])
    func `countdowns are exact when it matters`(_ seconds: Int, _ text: String) {
        let times = TimeTexts(now: Scene.moment)
        #expect(times.countdown(to: Scene.moment + .seconds(seconds)) == text)
    }

    @Test(arguments: [
        (0, "<10s"), (9, "<10s"), (25, "20s"), (60, "1m"), (3_599, "59m"), (7_300, "2h"), (200_000, "2d"),
    ])
    func `ages are coarse`(_ seconds: Int, _ text: String) {
        #expect(TimeTexts(now: Scene.moment).age(since: Scene.moment - .seconds(seconds)) == text)
    }

    @Test(arguments: [0.0, 0.3, 7, 25.5, 59.9, 60, 252.25, 599.5, 600, 601, 3_599, 3_601, 100_000])
    func `a text of time changes when it said that it would, and not before`(_ seconds: Double) throws {
        let moment = Scene.moment
        let past = moment - .microseconds(Int64(seconds * 1_000_000))
        let future = moment + .microseconds(Int64(seconds * 1_000_000) + 1)
        for text in [{ (times: TimeTexts) in times.age(since: past) }, { $0.countdown(to: future) }] {
            let first = TimeTexts(now: moment)
            let shown = text(first)
            guard let changes = first.changesAt else { continue }
            #expect(text(TimeTexts(now: changes - .milliseconds(2))) == shown)
            #expect(text(TimeTexts(now: changes + .milliseconds(2))) != shown)
        }
    }

    @Test func `times of other days carry their day`() {
        let times = TimeTexts(now: Scene.moment)
        #expect(times.clock(Scene.moment) == "14:32")
        #expect(times.clock(Scene.moment - .days(2)) == "Tue 14:32")
        #expect(times.clock(Scene.moment - .days(20)) == "20 Feb 14:32")
        #expect(times.clock(Scene.moment - .days(400)) == "5 Feb 2025")
    }

    @Test func `the engine's clock runs at its own rate and never goes back`() {
        var clock = EngineClock(asOf: Scene.moment, at: .seconds(10), rate: 60)
        #expect(clock.now(at: .seconds(12)) == Scene.moment + .seconds(120))
        #expect(clock.elapsed(at: Scene.moment + .seconds(120)) == .seconds(12))
        clock.note(Scene.moment, at: .seconds(12))
        #expect(clock.now(at: .seconds(12)) == Scene.moment + .seconds(120))
        clock.note(Scene.moment + .hours(1), at: .seconds(12))
        #expect(clock.now(at: .seconds(13)) == Scene.moment + .hours(1) + .seconds(60))
    }

    @Test func `a log is bounded and its lines keep their numbers`() {
        var buffer = LogBuffer()
        let lines = (1...(LogBuffer.lineLimit + 1_500)).map {
            LogLine(sequence: Int64($0), at: Scene.moment, level: .info, message: "Line \($0)")
        }
        buffer.append(lines)
        #expect(buffer.lines.count <= LogBuffer.lineLimit)
        #expect(buffer[buffer.range.upperBound - 1].sequence == lines.last?.sequence)
        #expect(buffer[buffer.range.lowerBound].sequence == Int64(buffer.range.lowerBound + 1))
        buffer.append(Array(lines.suffix(10)))
        #expect(buffer.range.upperBound == lines.count)
        let huge = LogLine(
            sequence: 1_000_000, at: Scene.moment, level: .info,
            message: String(repeating: "x", count: LogBuffer.byteLimit))
        buffer.append([huge])
        #expect(buffer.lines.count == 1)
    }

    @Test func `a column that has nothing in it leaves its room to others`() {
        var overview = Scene.busy.overview()
        #expect(Console(.busy, Size(200, 50)).text().contains("TREND"))
        for index in overview.jobs.indices { overview.jobs[index].history = [] }
        var console = Console(Size(200, 50))
        console.send(.overview(overview))
        #expect(!console.text().contains("TREND"))
        // What happens next is worth more than how it went, where there is no room for both.
        #expect(!Console(.busy, Size(120, 40)).text().contains("TREND"))
        overview.jobs[0].history = [0, 3]
        console.send(.happened([.job(overview.jobs[0])]))
        #expect(console.text().contains("TREND"))
    }

    @Test func `limits that there is no room for are counted`() {
        var overview = Scene.busy.overview()
        let text = Console(.busy, Size(80, 24)).text()
        #expect(text.contains(" 1 more: 2"), "\(text)")
        overview.breakers = []
        var console = Console(.calm, Size(80, 24))
        console.send(.overview(overview))
        #expect(!console.text().contains("more: 2"))
    }

    @Test func `what can be commanded now stays in the footer, whatever else does not`() throws {
        var console = Console(.busy, Size(80, 24))
        for job in ["github-main/pull_requests", "jira-cloud/issues", "jira-cloud/worklogs"] as [JobID] {
            console.state.home.jobs.select(
                row: try #require(console.state.fleet.order.firstIndex(of: job)), in: console.state.fleet.order)
            let footer = try #require(console.text().split(separator: "\n").last)
            for binding in KeyBinding.all where binding.group == .commands && binding.scopes.contains(.home) {
                guard let hint = binding.hint, console.state.availability(of: binding.action).isEnabled else {
                    continue
                }
                #expect(footer.contains("\(binding.keys[0].label) \(hint)"), "\(job): \(footer)")
            }
        }
    }

    @Test(arguments: [Size(120, 40), Size(80, 24)])
    func `why a request failed stands before where, in the log and among what happened`(_ size: Size) {
        var line = LogLine(
            sequence: 1, at: Scene.moment, level: .warning, job: "jira-cloud/issues", message: "A request failed.",
            facts: [
                .init("endpoint", "search"), .init("failure.code", "jira.server.500"), .init("failure", "It is full."),
            ])
        line.partition = "PLAT"
        var console = Console(.calm, size)
        console.send(.logs([line]))
        #expect(size.width < 120 || console.text().contains("A request failed.  failure=It is full."))
        console.press(KeyPress("4"))
        #expect(console.text().contains("A request failed.  failure=It is full."), "\(console.text())")
        // What is piped or copied stays as it was told.
        #expect(LogRow.plain(line).hasSuffix("endpoint=search failure.code=jira.server.500 failure=It is full."))
    }

    /// What a queued job waits for, and what its row says.
    struct Queued: Sendable {
        var wait: Wait?
        var next: String
    }

    private static func wait(_ reason: WaitReason) -> Wait {
        Wait(reason: reason, since: Scene.moment, until: Scene.moment + .seconds(21), because: "That is why.")
    }

    @Test(arguments: [
        Queued(wait: nil, next: "waits for a free slot"),
        Queued(wait: wait(.capacity), next: "waits for a free slot"),
        Queued(wait: wait(.dependency("jira-cloud/issues")), next: "after issues"),
        Queued(wait: wait(.dependency("github-oss/commits")), next: "after github-oss/commits"),
        Queued(wait: wait(.engine), next: "waits: no engine runs"),
        Queued(wait: wait(.quota(Scene.quota)), next: "in 21s · quota graphql"),
    ])
    func `a queued job says what it waits for, and no time at which it will not start`(_ queued: Queued) {
        let run = Scene.run(1, .queued, now: Scene.moment, queued: queued.wait)
        let job = Scene.job("jira-cloud/sprints", "", run, now: Scene.moment, next: .seconds(21))
        let pen = Pen(glyphs: .unicode, now: Scene.moment)
        let next = JobsTable.cells(pen.row(job), barWidth: 8, pen)[6].spans.map(\.text).joined()
        #expect(next == queued.next)
        let lines = RunSummary.lines(job, pen, width: 110).map { $0.spans.map(\.text).joined() }
        #expect(lines.contains { $0.contains(" due in 21s") } && !lines.contains { $0.contains("next in 21s") })
        #expect(queued.wait == nil || lines.contains("That is why."))
    }

    /// How far a run is, and what stands under PROGRESS.
    struct Reached: Sendable {
        var state: RunState
        var done: Int
        var expected: Int?
        var partitions: (Int, Int)
        var shown: String
    }

    @Test(arguments: [
        Reached(state: .running, done: 12_480, partitions: (0, 40), shown: "12,480 read"),
        Reached(state: .running, done: 12_480, expected: 20_100, partitions: (0, 40), shown: "━━━━╸───  62%"),
        Reached(state: .running, done: 12_480, partitions: (10, 40), shown: "━━──────  25%"),
        Reached(state: .running, done: 0, partitions: (0, 1), shown: "0 read"),
        Reached(state: .queued, done: 0, partitions: (0, 1), shown: ""),
        Reached(state: .queued, done: 340, partitions: (0, 1), shown: "340 read"),
        Reached(state: .failed(.streamEnded), done: 340, partitions: (0, 1), shown: "340 read"),
        Reached(state: .succeeded([]), done: 340, partitions: (1, 1), shown: ""),
    ])
    func `no share is shown while nobody knows one`(_ reached: Reached) {
        let run = Scene.run(
            1, reached.state, now: Scene.moment, done: reached.done, expected: reached.expected,
            partitions: reached.partitions)
        let pen = Pen(glyphs: .unicode, now: Scene.moment)
        let row = pen.row(Scene.job("a/b", "", run, now: Scene.moment))
        #expect(JobsTable.cells(row, barWidth: 8, pen)[2].spans.map(\.text).joined() == reached.shown)
        let lines = RunSummary.lines(Scene.job("a/b", "", run, now: Scene.moment), pen, width: 110)
            .map { $0.spans.map(\.text).joined() }
        #expect(lines.allSatisfy { !$0.contains(" 0%") })
        #expect(lines.contains { $0.contains("records read") } == (reached.shown.hasSuffix("read")), "\(lines)")
    }

    @Test func `only what runs has a rate`() {
        let wait = Wait(reason: .capacity, since: Scene.moment, until: Scene.moment, because: "")
        for state in [PartitionStatus.State.complete, .waiting(wait), .pending, .running] {
            let status = PartitionStatus(key: "A", title: "A", state: state, ratePerSecond: 61.9)
            let rate = PartitionRow(status, TimeTexts(now: Scene.moment)).rate
            #expect(rate.isEmpty == (state != .running))
        }
    }

    @Test func `records that an earlier run loaded are told apart from those of this one`() throws {
        var status = try #require(Scene.busy.overview().jobs.first { $0.id == "jira-cloud/issues" })
        let pen = Pen(glyphs: .unicode, now: Scene.moment)
        func summary() -> String {
            RunSummary.lines(status, pen, width: 120).map { $0.spans.map(\.text).joined() }.joined(separator: "\n")
        }
        #expect(!summary().contains("earlier run"))
        status.run?.progress.done += 599
        #expect(summary().contains("599 of them by an earlier run"))
    }

    @Test func `lines of several engines stand in the order of their times, and each is taken once`() {
        func line(_ sequence: Int64, _ second: Int, _ engine: String) -> LogLine {
            LogLine(sequence: sequence, at: Scene.moment + .seconds(second), level: .info, engine: engine, message: "m")
        }
        var logs = LogState()
        logs.buffer.append([line(1, 1, "a"), line(2, 4, "a"), line(3, 2, "b")])
        logs.settle(height: 10)
        #expect(logs.shown.map { logs.buffer[$0].sequence } == [1, 3, 2])
        // Later ones come out of turn too, and one comes twice.
        logs.buffer.append([line(6, 6, "a")])
        logs.buffer.append([line(5, 5, "b"), line(4, 3, "b"), line(6, 6, "a")])
        logs.settle(height: 10)
        #expect(logs.shown.map { logs.buffer[$0].sequence } == [1, 3, 4, 2, 5, 6])
        #expect(logs.buffer.order == logs.shown)
    }

    @Test func `plain tables are what they were when last looked at`() throws {
        let plain = PlainRenderer(width: 110, now: Scene.moment)
        let busy = Scene.busy.overview()
        let detail = Scene.detail(of: "jira-cloud/issues")
        let parts = [
            plain.status(busy), plain.jobs(busy), plain.limits(busy), plain.checkpoints(detail.checkpoints),
            plain.quarantine(Scene.quarantine()), plain.runs(detail.recentRuns), plain.audit(Scene.audit()),
            plain.logs(Array(detail.logs.prefix(3))), plain.jobs(Scene.empty.overview()),
            plain.status(Scene.calm.overview()), plain.engines(Scene.many.overview()),
        ]
        try Golden.expect(parts.joined(separator: "\n"), "plain-110")
        let coloured = PlainRenderer(width: 80, now: Scene.moment, glyphs: .ascii, usesColor: true)
        try Golden.expect(coloured.jobs(busy), "plain-80-ansi")
    }

    @Test func `without a running engine the status says so, and what the last run came to`() {
        let plain = PlainRenderer(width: 110, now: Scene.moment)
        let calm = plain.status(Scene.calm.overview(), isRunning: false)
        #expect(calm.hasPrefix("○ No engine is running  The last run was of "))
        #expect(calm.contains(": succeeded ") && calm.contains("no engine is running on it"))
        #expect(!calm.contains("All well") && !calm.contains(" · up ") && !calm.contains("rec/s"))
        let empty = plain.status(Scene.empty.overview(), isRunning: false)
        #expect(empty.hasPrefix("○ No engine is running  Nothing has run yet."))
        // What is wrong stays what is told first.
        #expect(
            plain.status(Scene.busy.overview(), isRunning: false).hasPrefix(
                "✗ No engine is running, 4 problems  The newest run is of "))
    }

    @Test func `a shared store's status names the engines, each with how long it is up, and no peak of one sample`() {
        let plain = PlainRenderer(width: 400, now: Scene.moment)
        var overview = Scene.many.overview()
        overview.engine.holder = "engines of other processes"
        overview.throughput = Array(overview.throughput.suffix(1))
        let working = overview.engines.filter { $0.presence(at: overview.asOf) == .working }
        let text = plain.status(overview)
        #expect(text.contains("\(working.count) engines at work · "), "\(text)")
        for engine in working.prefix(3) { #expect(text.contains("\(engine.id) up "), "\(text)") }
        #expect(text.contains(" silent") == overview.engines.contains { $0.presence(at: overview.asOf) == .silent })
        #expect(!text.contains("engines of other processes") && !text.contains("peak"), "\(text)")
        // Alone it is the one that was asked.
        overview = Scene.calm.overview()
        #expect(plain.status(overview).contains("\(overview.engine.holder) · version 1.0.0 · up "))
    }

    @Test func `alerts name the command to give, for the store that was asked`() {
        var plain = PlainRenderer(width: 60, now: Scene.moment)
        #expect(plain.alerts(Scene.busy.overview()).contains("\n    → pulse retry github-main/pull_requests\n"))
        plain.program = "pulse --config 'my file.yaml'"
        let text = plain.alerts(Scene.busy.overview())
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("→ pulse --config 'my file.yaml' retry github-main/pull_requests"))
        #expect(!text.contains("you can"))
    }

    @Test func `words for a shell are quoted where it would read them otherwise`() {
        #expect(ShellWord.quoted("jira-cloud/issues") == "jira-cloud/issues")
        #expect(ShellWord.quoted("it's $HOME") == #"'it'\''s $HOME'"#)
        #expect(ShellWord.quoted("") == "''")
        #expect(Command.skipPartition("a/b", "one two").commandLine(of: "pulse") == "pulse skip a/b 'one two'")
    }

    @Test func `silence is counted on the person's clock, however fast the engine's runs`() {
        var console = Console()
        var overview = Scene.calm.overview()
        overview.engine = Scene.engine(Scene.moment, rate: 60)
        console.send(.overview(overview))
        console.send(.time(.seconds(9)))
        #expect(console.text().contains("live · ") && !console.text().contains("unchanged"))
        console.send(.time(.seconds(45)))
        #expect(console.text().contains("live, unchanged for 40s"))
    }

    @Test func `a success too long ago is marked with a sign as well as a colour`() {
        #expect(Console(.failing, Size(120, 40)).text().contains("▲ 8h"))
        #expect(Console(.failing, Size(120, 40)).text(.ascii).contains("! 8h"))
    }

    @Test func `an engine that sends no samples has done nothing, and one that is away is not known to`() {
        var console = Console(.busy)
        let busy = console.state.throughputTimeline
        #expect(busy.suffix(5).contains { $0.records > 0 })
        console.send(.time(.seconds(20)))
        let quiet = console.state.throughputTimeline
        #expect(quiet.suffix(15).allSatisfy { $0.records == 0 })
        #expect(quiet.contains { $0.records > 0 })
        #expect(console.text().contains("0 rec/s"))
        var away = Console(.busy)
        away.send(.linkLost(Failure(.transient, code: "x", "The engine does not answer.", remedy: "Wait.")))
        away.send(.time(.seconds(20)))
        #expect(away.state.throughputTimeline == busy)
    }

    @Test func `one burst does not flatten the curve of everything else`() {
        let steady = (0..<60).map { Double(50 + $0 % 20) }
        #expect(ThroughputPanel.ceiling(steady) == nil)
        #expect(ThroughputPanel.ceiling(steady + [2_500]) == 100)
        // Where many values are high, none of them is cut.
        #expect(ThroughputPanel.ceiling(steady + (0..<20).map { _ in 2_500 }) == nil)
        #expect(ThroughputPanel.ceiling([1, 2_500]) == nil)
        #expect(ThroughputPanel.ceiling(Array(repeating: 0, count: 60) + [9]) == nil)
    }

    @Test func `the balance of a run shows when it does not add up`() {
        let pen = Pen(glyphs: .unicode, now: Scene.moment)
        let good = RunSummary.balance(Scene.counts(100), pen).spans.map(\.text).joined()
        #expect(good.contains("balanced") && !good.contains("does not"))
        let bad = RunSummary.balance(RecordCounts(extracted: 5, inserted: 4), pen).spans.map(\.text).joined()
        #expect(bad.contains("does not balance"))
    }

}
