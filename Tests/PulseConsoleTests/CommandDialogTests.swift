import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

@Suite struct CommandDialogTests {
    private func opened(_ danger: CommandPreview.Danger) -> Console {
        var console = Console(.busy)
        console.press(KeyPress("t"))
        console.answerPreview { _ in CommandPreview(sentence: "It runs again.", danger: danger) }
        return console
    }

    private func performed(_ console: Console) -> Bool {
        console.effects.contains { if case .perform = $0 { true } else { false } }
    }

    @Test func `what does no harm is one Enter away`() {
        var console = opened(.harmless)
        console.press(KeyPress(.enter))
        #expect(console.effects.last == .perform([.retry("github-main/pull_requests")], reason: ""))
    }

    @Test(arguments: [CommandPreview.Danger.disruptive, .destructive])
    func `for everything else Cancel is the default`(_ danger: CommandPreview.Danger) {
        var console = opened(danger)
        console.press(KeyPress(.enter))
        #expect(!performed(console))
        #expect(console.state.overlay == nil)
    }

    @Test func `nothing is done before its preview was seen`() {
        var console = Console(.busy)
        console.press(KeyPress("t"), KeyPress(.right), KeyPress(.enter))
        #expect(!performed(console))
        #expect(console.state.notice?.text.contains("preview") == true)
    }

    @Test func `a disruptive command needs a reason`() {
        var console = opened(.disruptive)
        console.press(KeyPress(.right), KeyPress(.enter))
        #expect(!performed(console))
        #expect(console.state.notice?.text.contains("Say why") == true)
        console.type("token renewed")
        console.press(KeyPress(.tab), KeyPress(.right), KeyPress(.enter))
        #expect(console.effects.last == .perform([.retry("github-main/pull_requests")], reason: "token renewed"))
    }

    /// What a dialog says of what it needs.
    struct Need: Sendable {
        var danger: CommandPreview.Danger
        var typed: String
        var field: String
        var said: String?
    }

    @Test(arguments: [
        Need(danger: .harmless, typed: "", field: "Reason (optional)"),
        Need(danger: .disruptive, typed: "", field: "Reason (needed)", said: "• Retry needs a reason: type it."),
        Need(danger: .disruptive, typed: "it is time", field: "Reason (needed)"),
        Need(
            danger: .destructive, typed: "", field: "Reason (needed)",
            said: "• Retry needs a reason, and the name typed."),
        Need(
            danger: .destructive, typed: "it is time", field: "Reason (needed)",
            said: "• Retry needs the name typed."),
    ])
    func `what a command needs is said before somebody tries`(_ need: Need) {
        var console = opened(need.danger)
        console.type(need.typed)
        let text = console.text()
        #expect(text.contains(need.field), "\(text)")
        #expect(need.said.map { text.contains($0) } ?? !text.contains(" needs "), "\(text)")
        // Nothing is asked for before it is known what it would do.
        var waiting = Console(.busy)
        waiting.press(KeyPress("t"))
        #expect(!waiting.text().contains("(needed)") && !waiting.text().contains("(optional)"))
    }

    /// Something that keeps every command from being sent while a dialog is open.
    struct Hindrance: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var said: String
        var begin: @Sendable (inout Console) -> Void
        var end: @Sendable (inout Console) -> Void
    }

    private static let hindrances = [
        Hindrance(
            testDescription: "the link is lost",
            said: "✗ Offline since 14:32:05: nothing can be sent before the link is back.",
            begin: { $0.send(.linkLost(.streamEnded)) }, end: { $0.send(.overview(Scene.busy.overview())) }),
        Hindrance(
            testDescription: "the store is away",
            said: "✗ The store is away since 14:31:44: nothing can be sent before.",
            begin: { $0.send(.overview(Scene.away.overview())) }, end: { $0.send(.overview(Scene.busy.overview())) }),
        Hindrance(
            testDescription: "the store has trouble", said: "✗ Nothing can be sent while the store has trouble.",
            begin: { console in
                var engine = Scene.engine(Scene.moment)
                engine.trouble = "The disk is full."
                console.send(.happened([.engine(engine)]))
            }, end: { $0.send(.happened([.engine(Scene.engine(Scene.moment))])) }),
        Hindrance(
            testDescription: "the role changed", said: "✗ Nothing can be sent now: this console only looks.",
            begin: { $0.send(.link(.mayOnlyLook(because: "The role is viewer."))) },
            end: { $0.send(.link(.mayOnlyLook(because: nil))) }),
    ]

    @Test(arguments: hindrances, [Size(120, 40), Size(80, 24)])
    func `an open dialog says at once that nothing can be sent, and lives again afterwards`(
        _ hindrance: Hindrance, _ size: Size
    ) {
        var console = Console(.busy, size)
        console.press(KeyPress("t"))
        console.answerPreview { _ in CommandPreview(sentence: "It runs again.", danger: .harmless) }
        #expect(!console.text().contains("✗ \(hindrance.said)"))
        hindrance.begin(&console)
        let text = console.text()
        #expect(text.contains(hindrance.said) && text.contains("It runs again."), "\(text)")
        console.press(KeyPress(.enter))
        #expect(!performed(console) && console.dialog != nil)
        console.effects = []
        hindrance.end(&console)
        #expect(!console.text().contains(hindrance.said))
        // What it would do may be something else by now.
        console.answerPreview { _ in CommandPreview(sentence: "It begins anew.", danger: .harmless) }
        #expect(console.text().contains("It begins anew."))
        console.press(KeyPress(.enter))
        #expect(performed(console))
    }

    @Test func `times in a preview are told as all others are`() {
        var console = Console(.busy)
        console.press(KeyPress("t"))
        console.answerPreview { _ in CommandPreview(sentence: "It goes back to 29 (2026-03-12T14:31:42Z).") }
        #expect(console.text().contains("It goes back to 29 (14:31:42)."))
    }

    @Test func `a preview that the lost link cost is asked for again`() {
        var console = Console(.busy)
        console.press(KeyPress("t"))
        console.send(.linkLost(.streamEnded))
        #expect(console.text().contains("What this would do cannot be asked now."))
        let command = Command.retry("github-main/pull_requests")
        let id = console.dialog?.id ?? 0
        console.send(.previewed(dialog: id, variant: 0, [CommandOutcome(command, .failure(.streamEnded))]))
        console.effects = []
        console.send(.overview(Scene.busy.overview()))
        #expect(console.effects.contains(.preview(dialog: id, variant: 0, [command])))
        #expect(console.dialog?.preview == nil && console.text().contains("Asking the engine"))
    }

    @Test func `a destructive command needs the name typed`() {
        var console = opened(.destructive)
        console.type("why")
        console.press(KeyPress(.enter))
        #expect(console.dialog?.focus == .typed)
        console.type("github-main/pull")
        console.press(KeyPress(.enter), KeyPress(.enter))
        #expect(!performed(console))
        #expect(console.state.notice?.text.contains("Type the name") == true)
        console.press(KeyPress(.backTab), KeyPress(.backTab))
        #expect(console.dialog?.focus == .typed)
        console.type("_requests")
        console.press(KeyPress(.enter), KeyPress(.enter))
        #expect(console.effects.last == .perform([.retry("github-main/pull_requests")], reason: "why"))
    }

    @Test func `a refused command shows the reason and cannot be confirmed`() {
        var console = Console(.busy)
        console.press(KeyPress("t"))
        console.answerPreview { _ in
            CommandPreview(sentence: "", refusal: .init(because: "The token is refused.", instead: "Renew it first."))
        }
        #expect(console.text().contains("The token is refused. Renew it first."))
        console.press(KeyPress(.right), KeyPress(.enter))
        #expect(!performed(console))
    }

    @Test func `another variant asks for its own preview`() {
        var console = Console(.busy)
        console.press(KeyPress("s"))
        console.answerPreview()
        console.press(KeyPress(.down))
        guard case .preview(_, let variant, let commands)? = console.effects.last else {
            Issue.record("No preview was asked for")
            return
        }
        #expect(variant == 1)
        #expect(commands == [.start("github-main/pull_requests", .full)])
        #expect(console.dialog?.preview == nil)
        console.press(KeyPress(.up))
        #expect(console.dialog?.preview != nil)
    }

    @Test func `several previews are summed up, and refusals name their job`() {
        let outcomes: [CommandOutcome<CommandPreview>] = [
            CommandOutcome(
                .stop("a/b"), .success(CommandPreview(sentence: "One.", records: 10, duration: .seconds(3)))),
            CommandOutcome(
                .stop("c/d"),
                .success(CommandPreview(sentence: "Two.", records: 5, duration: .seconds(9), danger: .disruptive))),
            CommandOutcome(
                .stop("e/f"),
                .success(CommandPreview(sentence: "", refusal: .init(because: "Over.", instead: "Hold it.")))),
        ]
        let summary = PreviewSummary(outcomes)
        #expect(summary.sentences == ["One.", "Two."])
        #expect(summary.records == 15)
        #expect(summary.requests == nil)
        #expect(summary.duration == .seconds(9))
        #expect(summary.danger == .disruptive)
        #expect(summary.refusals == ["e/f: Over. Hold it."])
        #expect(summary.refusal == nil)
    }

    @Test func `receipts become notices`() {
        let cases: [(CommandReceipt, Notice.Tone, String)] = [
            (.accepted("It stops."), .success, "It stops."), (.unchanged("It is over."), .info, "It is over."),
            (.refused(because: "No.", instead: "Wait."), .error, "Refused: No. Wait."),
        ]
        for (receipt, tone, text) in cases {
            var console = Console(.busy)
            console.send(.performed([CommandOutcome(.stop("a/b"), .success(receipt))]))
            #expect(console.state.notice?.tone == tone)
            #expect(console.state.notice?.text == text)
            console.send(.time(.seconds(60)))
            #expect(console.state.notice == nil)
        }
    }
}
