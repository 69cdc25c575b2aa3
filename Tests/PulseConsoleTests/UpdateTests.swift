import PulseDomain
import PulseTerminal
import PulseTestTurns
import Testing

@testable import PulseConsole

@Suite(.long) struct UpdateTests {
    static func many(_ count: Int) -> Overview {
        let now = Scene.moment
        let jobs = (0..<count).map { index in
            Scene.job(
                JobID("source-\(index / 10)/stream-\((index * 7_919 % count).padded(5))"), "Job",
                Scene.run(Int64(index), .running, now: now, done: index), now: now)
        }
        return Overview(asOf: now, engine: Scene.engine(now), jobs: jobs)
    }

    @Test func `the selection stays on its job while rows change places`() throws {
        var console = Console(.busy)
        console.press(KeyPress("j"), KeyPress("j"), KeyPress("j"))
        let chosen = try #require(console.state.home.jobs.selection)
        var status = try #require(console.state.fleet.jobs[chosen])
        status.run?.state = .failed(Scene.refused)
        console.send(.happened([.job(status)]))
        #expect(console.state.home.jobs.selection == chosen)
        let before = console.state.fleet.order
        console.press(KeyPress("o"))
        #expect(console.state.fleet.order != before)
        #expect(console.state.home.jobs.selection == chosen)
    }

    @Test func `a confirmation is bound to the job it was opened on`() throws {
        var console = Console(.busy)
        console.press(KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress("p"))
        let job = try #require(console.dialog?.commands.first?.job)
        console.answerPreview()
        // Everything else changes: other jobs fail, and the order is another one.
        for status in Scene.failing.overview().jobs where status.id != job { console.send(.happened([.job(status)])) }
        console.state.fleet.sort = .name
        console.press(KeyPress(.enter))
        console.type("closing the month")
        console.press(KeyPress(.enter), KeyPress(.right), KeyPress(.enter))
        #expect(console.effects.last == .perform([.pause(job, until: nil)], reason: "closing the month"))
        #expect(console.state.overlay == nil)
    }

    @Test func `a late preview does not reach another dialog`() throws {
        var console = Console(.busy)
        console.press(KeyPress("s"))
        let first = console.effects.last
        console.press(KeyPress(.escape), KeyPress("j"), KeyPress("s"))
        guard case .preview(let dialog, let variant, let commands)? = first else {
            Issue.record("No preview was asked for")
            return
        }
        console.send(
            .previewed(
                dialog: dialog, variant: variant,
                commands.map { CommandOutcome($0, .success(ScriptedOperations.preview($0))) }))
        #expect(console.dialog?.preview == nil)
    }

    @Test func `keys that arrive together all count`() throws {
        var console = Console()
        console.send(.overview(Self.many(10_000)))
        for _ in 0..<200 { console.press(KeyPress("j")) }
        #expect(console.state.home.jobs.index(in: console.state.fleet.order) == 200)
        for _ in 0..<50 { console.press(KeyPress(.up)) }
        #expect(console.state.home.jobs.index(in: console.state.fleet.order) == 150)
    }

    @Test func `ten thousand jobs scroll, filter and keep their selection`() throws {
        var console = Console()
        console.send(.overview(Self.many(10_000)))
        #expect(console.state.fleet.order.count == 10_000)
        console.press(KeyPress("G"))
        let last = try #require(console.state.fleet.order.last)
        #expect(console.state.home.jobs.selection == last)
        #expect(console.text().contains(TerminalText.truncate(last.rawValue, to: 12, .none)))
        console.press(KeyPress("/"))
        console.type("stream-00042")
        #expect(console.state.fleet.order.count == 1)
        #expect(console.text().contains("stream-00042"))
        console.press(KeyPress(.escape))
        #expect(console.state.fleet.order.count == 10_000)
    }

    @Test func `news of one job among thousands puts no rows in order again`() throws {
        var fleet = Fleet()
        fleet.replace(Self.many(1_000))
        let rearranged1 = fleet.arrange()
        #expect(rearranged1)
        var status = try #require(fleet.jobs[fleet.order[500]])
        status.run?.progress.done += 100
        status.run?.ratePerSecond = 77
        fleet.apply(.job(status))
        let rearranged2 = fleet.arrange()
        #expect(!rearranged2)
        #expect(fleet.jobs[status.id]?.run?.ratePerSecond == 77)
        status.run?.state = .failed(Scene.refused)
        fleet.apply(.job(status))
        let rearranged3 = fleet.arrange()
        #expect(rearranged3)
        #expect(fleet.order.first == status.id)
        #expect(fleet.tally[.failed] == 1)
        #expect(fleet.tally[.running] == 999)
    }

    @Test(arguments: [
        ("x", "The run is over. Hold the job"), ("p", "The run is over. Hold the job"),
    ])
    func `a command that the run's state refuses says why and what else`(_ key: String, _ reason: String) throws {
        var console = Console(.busy)
        #expect(console.state.home.jobs.selection == "github-main/pull_requests")
        console.press(KeyPress(Character(key)))
        #expect(console.state.overlay == nil)
        #expect(console.state.notice?.text.contains(reason) == true)
    }

    @Test(arguments: ["s", "r", "x", "t", "h", "p", "a", "f"])
    func `read-only mode refuses every command and says why`(_ key: String) {
        var console = Console(
            .busy, options: ConsoleOptions(principal: Principal("eve"), readOnlyBecause: "You are a viewer."))
        console.press(KeyPress(Character(key)))
        #expect(console.state.overlay == nil)
        #expect(console.state.notice?.text == "You are a viewer.")
        #expect(console.effects.allSatisfy { if case .preview = $0 { false } else { true } })
    }

    @Test func `commands are refused while the engine cannot be reached`() {
        var console = Console(.busy)
        console.send(.linkLost(Failure(.transient, code: "x", "Gone.", remedy: "Wait.")))
        console.press(KeyPress("s"))
        #expect(console.state.overlay == nil)
        #expect(console.state.notice?.text.contains("Nothing is sent") == true)
        #expect(console.text().contains("Disconnected"))
    }

    @Test func `a lost link is tried again, less and less often`() {
        var console = Console(.busy)
        var delays: [Duration] = []
        for _ in 0..<8 {
            console.send(.linkLost(Failure(.transient, code: "x", "Gone.", remedy: "Wait.")))
            if case .connect(let delay)? = console.effects.last {
                delays.append(delay)
                console.send(.time(console.state.elapsed + delay))
            }
        }
        #expect(delays.count == 8)
        #expect(delays == delays.sorted())
        #expect(delays.first == .seconds(1))
        #expect(delays.last == .seconds(15))
        console.send(.overview(Scene.busy.overview()))
        #expect(console.state.connection == .live)
    }

    @Test func `who may not read the audit is told so in its place, until it is read`() {
        var console = Console(.calm)
        console.press(KeyPress("6"))
        #expect(console.text().contains("Reading…"))
        console.send(.auditFailed(Failure(.unauthorised, code: "forbidden", "This needs a role.", remedy: "Ask.")))
        #expect(console.text().contains("This needs a role. Ask.") && !console.text().contains("Reading…"))
        #expect(console.state.notice == nil)
        console.send(.audit(Scene.audit()))
        #expect(!console.text().contains("This needs a role."))
    }

    @Test func `why the audit may not be read is told whole where there is little room`() {
        var console = Console(.calm, Size(80, 24))
        console.press(KeyPress("6"))
        let remedy = "Ask an administrator for the role, or somebody who has it already to look there for you."
        console.send(.auditFailed(Failure(.unauthorised, code: "x", "This needs the role admin.", remedy: remedy)))
        let words = console.text().split { $0 == "│" || $0.isWhitespace }.joined(separator: " ")
        #expect(words.contains("This needs the role admin. \(remedy)"), "\(words)")
    }

    @Test func `a gap in the events reads everything again`() {
        var console = Console(.busy)
        console.send(.happened([.gap, .gap]))
        #expect(console.effects.filter { $0 == .loadOverview }.count == 1)
    }

    @Test func `escape takes back marks, then the filter`() {
        var console = Console(.busy)
        console.press(KeyPress("/"))
        console.type("jira")
        console.press(KeyPress(.enter), KeyPress(" "), KeyPress(" "))
        #expect(console.state.home.jobs.marked.count == 2)
        console.press(KeyPress(.escape))
        #expect(console.state.home.jobs.marked.isEmpty)
        #expect(console.state.fleet.filter.text == "jira")
        console.press(KeyPress(.escape))
        #expect(console.state.fleet.filter.isEmpty)
        #expect(console.state.fleet.order.count == 12)
    }

    @Test func `marked jobs are commanded together, in the order of the screen`() throws {
        var console = Console(.busy)
        console.press(KeyPress(" "), KeyPress(" "), KeyPress(" "), KeyPress("h"))
        let dialog = try #require(console.dialog)
        #expect(dialog.commands == console.state.fleet.order.prefix(3).map { .hold($0) })
        #expect(dialog.subject == "3 jobs")
    }

    @Test func `an open job is read again when it changes, once a second at most`() throws {
        var console = Console(.busy)
        console.press(KeyPress(.enter))
        let job = try #require(console.state.detail?.job)
        #expect(console.effects.last == .loadDetail(job))
        console.send(.detail(job, Scene.detail(of: job)))
        let status = try #require(console.state.fleet.jobs[job])
        let before = console.effects.count
        console.send(.time(.milliseconds(400)))
        console.send(.happened([.job(status)]))
        #expect(console.effects.count == before)
        #expect(console.state.wakesAt == .seconds(1))
        console.send(.time(.milliseconds(1_001)))
        #expect(console.effects.last == .loadDetail(job))
        // While an answer is awaited, nothing more is asked.
        console.send(.happened([.job(status)]))
        console.send(.time(.seconds(9)))
        #expect(console.effects.count == before + 1)
    }

    @Test func `quitting asks only when running work would be left`() {
        var remote = Console(.busy)
        remote.press(KeyPress("q"))
        #expect(remote.effects.last == .quit)
        var embedded = Console(.busy, options: ConsoleOptions(principal: Principal("ada"), isEmbedded: true))
        embedded.press(KeyPress("q"))
        #expect(!embedded.effects.contains(.quit))
        embedded.press(KeyPress(.enter))
        #expect(!embedded.effects.contains(.quit))
        embedded.press(KeyPress("q"), KeyPress(.right), KeyPress(.enter))
        #expect(embedded.effects.last == .quit)
        var calm = Console(.calm, options: ConsoleOptions(principal: Principal("ada"), isEmbedded: true))
        calm.press(KeyPress("q"))
        #expect(calm.effects.last == .quit)
    }

    @Test func `pasted text is never taken for keys`() {
        var console = Console(.busy)
        console.send(.input(.paste("xqs\n")))
        #expect(console.state.overlay == nil)
        #expect(!console.effects.contains(.quit))
    }

    @Test func `signals and a lost terminal end the console`() {
        var console = Console(.busy)
        console.send(.input(.terminate(signal: 15)))
        #expect(console.effects.last == .end(signal: 15))
        console.send(.input(.hangup))
        #expect(console.effects.last == .end(signal: 1))
    }

    @Test func `every key of a screen has one meaning`() {
        for scope in BindingScope.all {
            let keys = KeyBinding.all.filter { $0.scopes.contains(scope) }.flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "\(scope)")
        }
    }

    @Test func `the palette finds jobs and commands by a few letters`() throws {
        var console = Console(.busy)
        console.press(KeyPress(":"))
        console.type("ghosscom")
        console.press(KeyPress(.enter))
        #expect(console.state.detail?.job == "github-oss/commits")
        console.press(KeyPress(.escape), KeyPress(":"))
        console.type("limits")
        console.press(KeyPress(.enter))
        #expect(console.state.screen == .limits)
    }
}
