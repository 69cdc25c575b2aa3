import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// The screen of what was loaded.
@Suite struct DataTests {
    private static func opened(_ size: Size = Size(120, 40)) -> Console {
        var console = Console(.busy, size)
        console.press(KeyPress("8"))
        console.send(.tables(Scene.tables()))
        console.press(KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress(.enter))
        console.answerRows()
        return console
    }

    @Test func `the screen reads the tables, and a table its first rows, once each`() {
        var console = Console(.busy)
        console.press(KeyPress("8"))
        #expect(console.effects.last == .loadTables && console.text().contains("Reading"))
        console.send(.tables(Scene.tables()))
        #expect(console.text().contains("23 tables · 250 rows"))
        console.press(KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress(.enter))
        #expect(console.effects.last == .loadRows(RowFilter(table: "work_items", limit: 200)))
        #expect(console.text().contains("Reading"))
        let asked = console.effects.count
        console.press(KeyPress("j"))
        #expect(console.effects.count == asked)
        console.answerRows()
        #expect(console.text().contains("first 200 of 250 rows") && console.text().contains("PAY-1"))
    }

    @Test func `leafing to the end reads on, and nothing after the last row`() {
        var console = Self.opened()
        console.press(KeyPress("G"))
        let after = RowID(source: "jira-cloud", id: "10199")
        #expect(console.effects.last == .loadRows(RowFilter(table: "work_items", after: after, limit: 200)))
        console.answerRows()
        #expect(console.state.data.open?.shownIDs.count == 250 && console.text().contains("· 250 rows"))
        let asked = console.effects.count
        console.press(KeyPress("G"))
        #expect(console.effects.count == asked && console.text().contains("PAY-249"))
    }

    @Test func `a condition is asked of the store, words are looked for in what was read and in what follows`() {
        var console = Self.opened()
        console.press(KeyPress("/"))
        console.type("type=Bug refund")
        let asked = console.effects.count
        #expect(console.text().contains("Filter: type=Bug refund"))
        console.press(KeyPress(.enter))
        let bugs = [RowFilter.Condition(column: "type", value: .text("Bug"))]
        #expect(console.effects.count == asked + 1)
        #expect(console.effects.last == .loadRows(RowFilter(table: "work_items", conditions: bugs, limit: 200)))
        console.answerRows()
        #expect(console.state.data.open?.shownIDs == [RowID(source: "jira-cloud", id: "10200")])
        #expect(console.text().contains("1 row with type=Bug refund"))
        console.press(KeyPress(.escape))
        #expect(console.effects.last == .loadRows(RowFilter(table: "work_items", limit: 200)))
        console.answerRows()
        // Words alone: nothing fits in the first page, so the next is read by itself.
        console.press(KeyPress("/"))
        console.type("refund")
        console.press(KeyPress(.enter))
        console.answerRows()
        #expect(console.state.data.open?.shownIDs == [RowID(source: "jira-cloud", id: "10200")])
    }

    @Test func `a filter that cannot be asked says why, and leaves what is shown`() {
        var console = Self.opened()
        console.press(KeyPress("/"))
        console.type("story_points=many")
        let asked = console.effects.count
        console.press(KeyPress(.enter))
        #expect(console.state.notice?.text == "story_points cannot be many. It is a number.")
        #expect(console.effects.count == asked && console.state.data.open?.shownIDs.count == 200)
    }

    @Test func `deleted rows are asked for on demand, and an answer that nobody waits for any more is dropped`() {
        var console = Self.opened()
        console.press(KeyPress("D"))
        let wanted = RowFilter(table: "work_items", includesDeleted: true, limit: 200)
        #expect(console.effects.last == .loadRows(wanted))
        console.send(.rows(RowFilter(table: "work_items", limit: 200), [Scene.workItem(1)]))
        #expect(console.state.data.open?.shownIDs.isEmpty == true)
        console.answerRows()
        #expect(console.text().contains("deleted ones too"))
    }

    @Test func `what cannot be read says why, and Ctrl+R reads again`() {
        var console = Console(.busy)
        console.press(KeyPress("8"))
        console.send(.tablesFailed(Failure(.transient, code: "x", "The store is away.", remedy: "Wait.")))
        #expect(console.text().contains("The store is away."))
        console.press(.control("r"))
        #expect(console.effects.last == .loadTables)
        console = Self.opened()
        console.press(.control("r"))
        let first = RowFilter(table: "work_items", limit: 200)
        #expect(console.effects.last == .loadRows(first))
        console.send(.rowsFailed(first, Failure(.transient, code: "x", "The store is away.", remedy: "Wait.")))
        #expect(console.text().contains("The store is away. Wait. Ctrl+R reads again."))
        let asked = console.effects.count
        console.send(.time(.seconds(60)))
        #expect(console.effects.count == asked)
    }

    @Test func `Enter shows a row whole with what its columns mean, y copies its id, Esc goes back step by step`() {
        var console = Self.opened()
        console.press(KeyPress("j"), KeyPress(.enter))
        let text = console.text()
        #expect(text.contains("PAY-1") && text.contains("Its key today, such as PAY-12."))
        console.press(KeyPress(.escape), KeyPress("y"))
        #expect(console.effects.last == .copy("10001"))
        console.press(KeyPress(.escape))
        #expect(console.state.data.open == nil && console.state.screen == .data)
        console.press(KeyPress("/"))
        #expect(console.state.notice?.text == "Open a table first: Enter.")
        console.press(KeyPress(.escape))
        #expect(console.state.screen == .jobs)
    }

    struct Asked: Sendable {
        var text: String
        var conditions: [RowFilter.Condition] = []
        var words: [String] = []
        var problem: String?
    }

    @Test(arguments: [
        Asked(text: ""),
        Asked(text: "  Refund  FAILS ", words: ["refund", "fails"]),
        Asked(text: "\"refund fails\" x", words: ["refund fails", "x"]),
        Asked(text: "status=Done", conditions: [.init(column: "status", value: .text("Done"))]),
        Asked(text: "Status=\"In Progress\"", conditions: [.init(column: "status", value: .text("In Progress"))]),
        Asked(text: "url=https://x/?a=b", conditions: [.init(column: "url", value: .text("https://x/?a=b"))]),
        Asked(text: "assignee_id=", conditions: [.init(column: "assignee_id", value: .null)]),
        Asked(text: "run_id=7", conditions: [.init(column: "run_id", value: .integer(7))]),
        Asked(text: "run_id=seven", problem: "run_id cannot be seven."),
        Asked(
            text: "created_at=2026-03-02T09:30:00Z",
            conditions: [.init(column: "created_at", value: .integer(1_772_443_800_000_000))]),
        Asked(text: "created_at=yesterday", problem: "created_at cannot be yesterday."),
        Asked(text: "custom_fields=x", problem: "Rows cannot be chosen by custom_fields, which holds a document."),
        Asked(text: "colour=red", problem: "work_items has no column colour."),
        Asked(text: "=x", words: ["=x"]),
    ])
    func `a filter is read as people write it`(_ test: Asked) {
        do {
            let query = try RowQuery(test.text, of: Scene.workItems)
            #expect(query.conditions == test.conditions && query.words == test.words && test.problem == nil)
        } catch {
            #expect(error.sentence == test.problem && !error.remedy.isEmpty)
        }
    }

    @Test func `a flag is yes or no`() throws {
        let people = UnifiedSchema.table(of: PersonColumns.self)
        let flag = try #require(people.columns.first { $0.type == .boolean })
        for (text, value) in [("yes", 1), ("TRUE", 1), ("no", 0), ("false", 0)] as [(String, Int64)] {
            let query = try RowQuery("\(flag.name)=\(text)", of: people)
            #expect(query.conditions == [.init(column: flag.name, value: .integer(value))])
            #expect(RowText.cell(.integer(value), .boolean) == (value == 1 ? "yes" : "no"))
        }
        #expect(throws: RowQuery.Problem.self) { try RowQuery("\(flag.name)=perhaps", of: people) }
    }
}
