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
