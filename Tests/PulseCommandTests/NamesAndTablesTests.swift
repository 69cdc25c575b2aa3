import PulseDomain
import PulseTerminal
import Testing

@testable import PulseCommands

struct NamesAndTablesTests {
    private static let jobs: [JobID] = ["jira/issues", "github/commits", "git/commits", "github/pull_requests"]

    @Test(arguments: [("jira/issues", "jira/issues"), ("issues", "jira/issues"), ("git/commits", "git/commits")])
    func `a job is named in full, or by its stream alone`(_ typed: String, _ job: JobID) throws {
        #expect(try JobNames.job(typed, among: Self.jobs) == job)
    }

    @Test(arguments: [
        ("commits", "Several sources have a stream commits. Name one of github/commits, git/commits."),
        ("jira/isues", "There is no job jira/isues. Did you mean jira/issues? `pulse jobs` lists those there are."),
        ("\u{1B}[2J", "There is no job of that name. `pulse jobs` lists those there are."),
    ])
    func `a name that fits none, or several, is refused with the nearest`(_ typed: String, _ sentence: String) {
        let error = #expect(throws: CommandError.self) { try JobNames.job(typed, among: Self.jobs) }
        #expect(error?.status == .usage)
        #expect(error?.lines == [sentence])
    }

    @Test func `a table is as wide as what is in it, numbers to the right, nothing of it a control sequence`() {
        let table = TextTable(
            ["NAME", "COUNT"], numbers: [1], rows: [["a\u{1B}[31mb", "1"], ["数据", "1,000"]])
        #expect(!table.text(width: 40, empty: "none").contains("\u{1B}"))
        let lines = table.text(width: 40, empty: "none").split(separator: "\n")
        #expect(Set(lines.map { TerminalText.width(String($0)) }).count == 1)
    }

    @Test func `in a pipe names stay whole, on a terminal they are what all terminals show alike`() {
        let table = TextTable(["NAME", "COUNT"], numbers: [1], rows: [["Zoë 👩‍👩‍👧", "1"], ["🏳️‍🌈🇩🇪", "22"]])
        let output = Captured().output()
        #expect(table.text(output, empty: "none") == "NAME    COUNT\nZoë 👩‍👩‍👧      1\n🏳️‍🌈🇩🇪        22\n")
        var terminal = output
        terminal.isTerminal = true
        #expect(table.text(terminal, empty: "none") == "NAME    COUNT\nZoë 👩      1\n🏳DE        22\n")
    }

    @Test func `a table is cut at the width of the output, and an empty one says so`() {
        let table = TextTable(["A", "B"], rows: [["one", String(repeating: "x", count: 50)]])
        for line in table.text(width: 20, empty: "none").split(separator: "\n") {
            #expect(TerminalText.width(String(line)) <= 20)
        }
        let piped = table.text(Captured().output(width: nil), empty: "none")
        #expect(piped.contains(String(repeating: "x", count: 50)))
        #expect(TextTable(["A"], rows: []).text(width: 20, empty: "Nothing.") == "Nothing.\n")
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
    func `thousands are told apart`(_ number: Int, _ text: String) {
        #expect(Figures.count(number) == text)
    }

    @Test func `progress is one line of all jobs`() {
        func job(_ id: JobID, _ state: RunState?, done: Int = 0, expected: Int? = nil) -> JobStatus {
            JobStatus(
                definition: JobDefinition(id: id, title: ""),
                run: state.map { state in
                    RunStatus(
                        id: RunID(1), state: state, mode: .incremental, startedBy: .engine, createdAt: .epoch,
                        stateSince: .epoch, counts: RecordCounts(extracted: done),
                        progress: Progress(done: done, expected: expected), correlation: "c")
                })
        }
        let line = ProgressLine.line(
            [job("g/a", .succeeded([]), done: 10), job("g/b", .running, done: 50, expected: 100)], glyphs: .ascii,
            width: 80)
        #expect(line == "##################------ 75%  60 records  b")
    }
}
