import Glibc
import PulseConfiguration
import PulseControl
import PulseDomain
import PulseStore
import PulseTerminal
import Testing

@testable import PulseCommands

struct ExitStatusTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var error: any Error
        var status: Status
        var line: String?
        var testDescription: String { "\(error)" }
    }

    private static let cases: [Case] =
        [
            Case(
                error: ConfigurationProblem(file: "a.yaml", line: 3, column: 5, sentence: "No.", remedy: "Yes."),
                status: .usage, line: "a.yaml:3:5: No. Yes."),
            Case(
                error: HolderError.held(database: "/a.db", by: nil), status: .unreachable,
                line:
                    "pulse: Another process holds the store /a.db and has not yet said who it is. Try again in a moment."
            ),
            Case(
                error: HolderError.noFolder("/x"), status: .failed,
                line: "pulse: There is no folder /x for the store. Make it, or name another path."),
            Case(error: ControlError.holderEnded.failure, status: .unreachable, line: nil),
            Case(error: StoreError.locked(location: "sqlite:/a", holder: nil), status: .unreachable, line: nil),
            Case(error: StoreError.full(location: "sqlite:/a"), status: .failed, line: nil),
            Case(
                error: Failure(.ours, code: "job.unknown", "There is no job called x.", remedy: "List them."),
                status: .usage, line: "pulse: There is no job called x. List them."),
            Case(
                error: Failure(.unauthorised, code: "source.no_token", "No token.", remedy: "Set it."), status: .failed,
                line: "pulse: No token. Set it."),
            Case(error: OutputError(code: EPIPE), status: .outputClosed, line: nil),
        ]
        + [
            ("engine.away", Status.unreachable), ("engine.silent", .unreachable), ("engine.refuses", .unreachable),
            ("answer_timeout", .unreachable), ("overloaded", .unreachable), ("ending", .unreachable),
            ("http.cannot_connect", .unreachable), ("api.status_502", .unreachable), ("api.status_404", .failed),
            ("forbidden", .refused), ("auth.session_needed", .refused), ("auth.password_first", .refused),
            ("login.none", .refused), ("login.expired", .refused), ("login.other_tenant", .usage),
            ("unauthenticated", .refused), ("auth.wrong", .refused), ("auth.token_expired", .refused),
            ("tenant.unserved", .refused), ("user.last_admin", .refused), ("auth.too_many", .failed),
            ("user.name", .usage), ("user.exists", .usage), ("user.no_member", .usage), ("unprocessable", .usage),
            ("token.unknown", .usage), ("engine.unknown", .failed),
        ].map { code, status in Case(error: Failure(.transient, code: code, "No.", remedy: ""), status: status) }
        + [
            Case(
                error: OutputError(code: ENOSPC), status: .failed,
                line:
                    "pulse: What was to be printed cannot be written: No space left on device. Make room there, or let it "
                    + "go elsewhere."),
            Case(error: TerminalError.notATerminal, status: .failed, line: nil),
        ]

    @Test(arguments: cases) func `every error has a status and a sentence`(_ example: Case) {
        let told = CommandError(describing: example.error)
        #expect(told.status == example.status)
        if let line = example.line { #expect(told.text == [line]) }
    }

    @Test func `an error that nobody foresaw is told without its content`() {
        struct Secretive: Error { var token = "hunter2" }
        let told = CommandError(describing: Secretive())
        #expect(told.status == .failed)
        #expect(!told.text.joined().contains("hunter2"))
    }

    @Test func `what follows a first line stands as it is`() {
        #expect(CommandError(.usage, lines: ["One.", "  two"]).text == ["pulse: One.", "  two"])
    }

    @Test(arguments: [(Int32(2), Status.interrupted), (15, .terminated), (1, .hungUp), (9, .failed)])
    func `a signal has its own status`(_ signal: Int32, _ status: Status) {
        #expect(Status(signal: signal) == status)
    }

    @Test func `the table of exit codes names every one`() {
        let lines = Status.table.split(separator: "\n")
        #expect(lines.count == Status.allCases.count)
        #expect(lines.first == "    0  everything was done")
    }
}

struct OutputTests {
    @Test(arguments: [
        ("short", 20, ["short"]), ("", 20, [""]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("  one two three", 9, ["  one two", "  three"]),
        ("see https://pulse.example.com/a/b now", 12, ["see", "https://pulse.example.com/a/b", "now"]),
        ("then `a b` and", 9, ["then", "`a b` and"]),
        ("say `one two three` now", 10, ["say `one", "two three`", "now"]),
        ("a ` b c d e", 5, ["a ` b", "c d e"]), ("日本語 日本語", 7, ["日本語", "日本語"]),
        ("averylongword", 5, ["averylongword"]),
    ])
    func `sentences are broken between words, never within one`(_ line: String, _ width: Int, _ expected: [String]) {
        #expect(SentenceWrap.lines(of: line, to: width) == expected)
    }

    @Test func `what is waited for is shown on a terminal while it is waited for, and nowhere else`() async {
        let (terminal, pipe) = (Captured(), Captured())
        let seen = await terminal.output(showsProgress: true).waiting(for: "Asking") { terminal.error }
        #expect(seen == "\rAsking…\u{1B}[K")
        #expect(terminal.error == "\rAsking…\u{1B}[K\r\u{1B}[K")
        await pipe.output().waiting(for: "Asking") {}
        #expect(pipe.error.isEmpty && pipe.out.isEmpty)
    }

    @Test func `notes on a terminal are wrapped, and elsewhere they are whole`() {
        let captured = Captured()
        var output = captured.output()
        output.note("one two three")
        output.noteWidth = 8
        output.note("one two three")
        output.plain.note("one two three")
        #expect(captured.error == "one two three\none two\nthree\none two three\n")
    }

    @Test func `a reader that went away ends what only waits`() async throws {
        let output = Output(width: 80, isTerminal: false, isGone: { true }, write: { _, _ throws(OutputError) in })
        await #expect(throws: OutputError.closed) {
            try await output.whileRead { for await _ in AsyncStream<Void>.makeStream().stream {} }
        }
    }

    @Test func `no control sequence of an error reaches the terminal`() {
        let captured = Captured()
        captured.output().note("a.yaml:1:1: url is \"\u{1B}]0;owned\u{7}\".\nSecond line.")
        #expect(!captured.error.contains("\u{1B}") && !captured.error.contains("\u{7}"))
        #expect(captured.error.hasSuffix("\nSecond line.\n"))
    }

    @Test func `plain is as without a terminal`() {
        let output = Output(
            width: 80, isTerminal: true, showsProgress: true, usesColor: true, write: { _, _ throws(OutputError) in })
        let plain = output.plain
        #expect(!plain.isTerminal && !plain.showsProgress && !plain.usesColor)
    }
}
