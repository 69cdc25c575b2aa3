import PulseDomain
import PulseTerminal
import Synchronization
import Testing

@testable import PulseConsole

extension Picture {
    private static let gone = Failure(
        .transient, code: "http.cannot_connect", "No connection to pulse.example.com could be opened.", remedy: "Wait.")
    private static let expired = Failure(
        .unauthorised, code: "login.expired", "The login at https://pulse.example.com has expired or was ended.",
        remedy: "Log in again: `pulse login https://pulse.example.com`.")

    static let company = [
        PresenceStatus(id: "c-1", principal: Principal("hal"), since: Scene.moment - .hours(2)),
        PresenceStatus(
            id: "c-2", principal: Principal("grace"), since: Scene.moment - .minutes(12),
            confirmation: "Stop github-oss/pull_requests?", job: "github-oss/pull_requests"),
    ]

    /// A console of a gateway that has heard of the busy scene.
    static func linked(_ size: Size, context: String? = nil) -> Console {
        var options = ConsoleOptions(principal: Principal("ada"))
        options.link = ConsoleLink(
            address: "https://pulse.example.com", context: context, news: { AsyncStream { $0.finish() } },
            tell: { _, _ in })
        var console = Console(.busy, size, options: options)
        console.send(.logs(Scene.detail(of: "jira-cloud/issues").logs))
        console.send(.link(.live(roundTrip: .milliseconds(23))))
        console.send(.link(.signedIn(SignedIn(name: "ada", role: .operator))))
        return console
    }

    private static func linked(
        _ name: String, _ sizes: [Size], _ change: @escaping @Sendable (inout Console) -> Void
    ) -> [Picture] {
        sizes.map { size in
            Picture(name: "link-\(name)-\(size.width)x\(size.height)", size: size) { size in
                var console = linked(size)
                change(&console)
                return console
            }
        }
    }

    private static let usual = [Size(120, 40), Size(80, 24), Size(20, 6)]

    /// What the link adds to screens.
    static let links: [Picture] =
        linked("live", usual) { _ in }
        + linked("lost", usual) { console in
            console.send(.time(.seconds(65)))
            console.send(.link(.lost(gone, since: .seconds(17), retryIn: .seconds(4), attempt: 3)))
        }
        + linked("expired", usual) { console in
            console.send(.time(.seconds(65)))
            console.send(.linkLost(expired))
        }
        + linked("context", [Size(120, 40)]) { $0.state.options.link?.context = "team" }
        + linked("others", usual) { $0.send(.link(.others(company))) }
        + linked("others-health", [Size(120, 40), Size(80, 24)]) { console in
            console.send(.link(.others(company)))
            console.press(KeyPress("7"))
        }
        + linked("lost-dialog", [Size(120, 40), Size(80, 24), Size(20, 6)]) { console in
            console.press(KeyPress("h"))
            console.answerPreview()
            console.send(.time(.seconds(65)))
            console.send(.link(.lost(gone, since: .seconds(17), retryIn: .seconds(4), attempt: 3)))
        }
        + linked("lost-health", [Size(80, 24)]) { console in
            console.send(.link(.others(company)))
            console.press(KeyPress("7"))
            console.send(.time(.seconds(65)))
            console.send(.link(.lost(gone, since: .seconds(17), retryIn: .seconds(4), attempt: 3)))
        }
        + linked("engine-in-trouble", usual) { console in
            var engine = Scene.busy.overview().engine
            engine.trouble = "1 of 2 engines is away: http://etl-2.acme.internal:8000 refuses the connection."
            console.send(.happened([.engine(engine)]))
        }
        + linked("others-dialog", [Size(80, 24)]) { console in
            var others = company
            let job = console.state.home.jobs.selection
            (others[1].job, others[1].confirmation) = (job, "Stop \(job?.rawValue ?? "")?")
            console.send(.link(.others(others)))
            console.press(KeyPress("s"))
            console.answerPreview()
        }
}

@Suite struct LinkTests {
    @Test(arguments: Picture.links)
    func `a screen tells of the link as it did when it was last looked at`(_ picture: Picture) throws {
        try Golden.expect(picture.console(picture.size).text(picture.glyphs), picture.name)
    }

    private let gone = Failure(.transient, code: "http.cannot_connect", "Gone.", remedy: "Wait.")

    @Test func `values of a link that is lost look old, and the ways out do not`() {
        var console = Picture.linked(Size(120, 40))
        let live = console.drawing().surface
        console.send(.link(.lost(gone, since: .zero, retryIn: .seconds(4), attempt: 1)))
        let lost = console.drawing().surface
        let jobs = HomeLayout(console.state).jobs
        #expect(!jobs.isEmpty)
        for y in jobs.minY..<jobs.maxY {
            for x in jobs.minX..<jobs.maxX {
                let style = lost.cell(at: Point(x, y))?.style
                #expect(style?.foreground == .role(.muted) || style?.background == .role(.selection))
            }
        }
        #expect(lost.cell(at: Point(1, 39))?.style == live.cell(at: Point(1, 39))?.style)
        console.send(.link(.live(roundTrip: .milliseconds(5))))
        #expect(console.state.connection == .live)
        #expect(console.text().contains("live 5 ms"))
    }

    @Test func `while the gateway counts, the console does not connect a second time`() {
        var console = Picture.linked(Size(120, 40))
        console.effects = []
        console.send(.time(.seconds(60)))
        console.send(.link(.lost(gone, since: .seconds(10), retryIn: .seconds(4), attempt: 2)))
        #expect(console.effects.isEmpty)
        #expect(console.state.fleet.staleness?.asOf == Scene.moment + .seconds(50))
        #expect(console.text().contains("try 2 in 4s"))
        #expect(console.state.connection == .lost(gone, since: .seconds(50), retryAt: .seconds(64), attempt: 2))
    }

    @Test func `why a stream ended is not overwritten by that it ended`() {
        var console = Picture.linked(Size(120, 40))
        let expired = Failure(.unauthorised, code: "login.expired", "Expired.", remedy: "Log in again.")
        console.send(.link(.lost(expired, since: .zero, retryIn: nil, attempt: 1)))
        console.effects = []
        console.send(.linkLost(.streamEnded))
        #expect(console.effects == [.connect(after: .seconds(5))])
        #expect(console.text().contains("Log in again."))
        // The other way round, as both come from tasks of their own.
        var other = Picture.linked(Size(120, 40))
        other.send(.linkLost(.streamEnded))
        other.send(.link(.lost(expired, since: .zero, retryIn: nil, attempt: 1)))
        #expect(other.text().contains("Log in again."))
    }

    @Test func `what is shown is old until everything was read anew, though the link stands`() {
        var console = Picture.linked(Size(120, 40))
        console.send(.linkLost(gone))
        console.send(.link(.live(roundTrip: .milliseconds(5))))
        #expect(console.state.fleet.staleness != nil)
        console.send(.overview(Scene.busy.overview()))
        #expect(console.state.fleet.staleness == nil)
        #expect(console.state.connection == .live)
    }

    @Test func `a command that was being confirmed when the link was lost is refused, and not kept`() {
        var console = Picture.linked(Size(120, 40))
        console.press(KeyPress("s"))
        console.answerPreview()
        console.send(.link(.lost(gone, since: .zero, retryIn: .seconds(4), attempt: 1)))
        console.effects = []
        // To the button, and onto it.
        console.press(KeyPress(.enter), KeyPress(.enter))
        #expect(console.state.notice?.text.contains("Nothing is sent") == true)
        console.send(.link(.live(roundTrip: nil)))
        #expect(console.effects.allSatisfy { if case .perform = $0 { false } else { true } })
        // The decision is still open, and can be taken now.
        console.press(KeyPress(.enter))
        #expect(console.effects.contains { if case .perform = $0 { true } else { false } })
    }

    @Test func `who may only look is told so before anything is asked`() {
        var console = Picture.linked(Size(120, 40))
        console.send(.link(.mayOnlyLook(because: "The role of ada in acme is viewer.")))
        console.press(KeyPress("s"))
        #expect(console.state.overlay == nil)
        #expect(console.state.notice?.text == "The role of ada in acme is viewer.")
        #expect(console.text().contains("read-only"))
        console.send(.link(.mayOnlyLook(because: nil)))
        console.press(KeyPress("s"))
        #expect(console.state.overlay != nil)
    }

    @Test(arguments: [Size(200, 50), Size(120, 40), Size(100, 30), Size(80, 24)])
    func `who one is behind a gateway stands at the top, and takes no room from what is wrong`(_ size: Size) {
        var console = Picture.linked(size, context: "team")
        let head = console.text().split(separator: "\n").prefix(2).joined(separator: "\n")
        #expect(head.contains("ada (operator)") && head.contains("3 problems"), "\(head)")
        #expect(size.width < 120 || head.contains("ada (operator) @ team"), "\(head)")
        console.state.person = nil
        let without = console.text().split(separator: "\n").prefix(2)
        for fact in ["3 problems", "1 failed", "1 suspicious", "1 paused", "2 waiting", "live 23 ms", "14:32 UTC"] {
            #expect(head.contains(fact) == without.joined(separator: "\n").contains(fact), "\(fact)")
        }
    }

    @Test func `the screen of engines says as whom one is connected, and where`() {
        var console = Picture.linked(Size(80, 24), context: "team")
        console.press(KeyPress("7"))
        #expect(console.text().contains("you are ada (operator) @ team (pulse.example.com)"))
        var options = ConsoleOptions(principal: Principal("ada"))
        options.link = ConsoleLink(
            address: "http://127.0.0.1:5000", news: { AsyncStream { $0.finish() } }, tell: { _, _ in })
        // That nothing is encrypted is told.
        #expect(options.link?.shown == "http://127.0.0.1:5000" && options.link?.name == options.link?.shown)
    }

    @Test func `that nobody else is connected is only said while it is known`() {
        var console = Picture.linked(Size(80, 24))
        console.press(KeyPress("7"))
        #expect(!console.text().contains("Nobody else"))
        console.send(.link(.others([])))
        #expect(console.text().contains("Nobody else is connected."))
        console.send(.link(.lost(gone, since: .zero, retryIn: .seconds(4), attempt: 1)))
        #expect(console.text().contains("Who else is connected is not known while the link is lost."))
        console.send(.link(.live(roundTrip: nil)))
        #expect(!console.text().contains("Nobody else"))
        console.send(.link(.others(Picture.company)))
        console.send(.time(.seconds(60)))
        console.send(.link(.lost(gone, since: .zero, retryIn: .seconds(4), attempt: 1)))
        #expect(
            console.text().contains("Connected · as of 14:33:05 · 2 other consoles · you are")
                && console.text().contains("hal"))
    }

    @Test func `others are told of a confirmation when it opens and when it closes, once each`() {
        var console = Picture.linked(Size(120, 40))
        func told() -> [String?] {
            console.effects.compactMap { effect -> String?? in
                if case .tell(let open) = effect { .some(open?.sentence) } else { nil }
            }
        }
        let job = console.state.home.jobs.selection?.rawValue ?? ""
        console.press(KeyPress("s"))
        console.answerPreview()
        console.press(KeyPress(.tab))
        #expect(told() == ["Start \(job)?"])
        console.press(KeyPress(.escape))
        #expect(told() == ["Start \(job)?", nil])
        var embedded = Console(.busy)
        embedded.press(KeyPress("s"), KeyPress(.escape))
        #expect(embedded.effects.allSatisfy { if case .tell = $0 { false } else { true } })
    }

    @Test func `a new connection takes the place of the one before`() async {
        let operations = ScriptedOperations(Scene.busy.overview())
        let console = LiveConsole(operations, Size(80, 24))
        await console.run { $0.fleet.engine != nil }
        console.reconnect()
        await console.run { _ in operations.contents.withLock { $0.continuations.count } == 2 }
        operations.send(.throughput(ThroughputSample(at: Scene.moment, records: 777_777)))
        let before = console.state.fleet.throughput.count
        await console.run { $0.fleet.throughput.count > before }
        #expect(console.state.fleet.throughput.filter { $0.records == 777_777 }.count == 1)
    }
}
