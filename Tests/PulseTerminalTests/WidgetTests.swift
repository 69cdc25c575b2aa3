import Testing

@testable import PulseTerminal

struct WidgetTests {
    private func picture(_ width: Int, _ height: Int, _ glyphs: GlyphMode = .unicode, _ draw: (inout Surface) -> Void)
        -> String
    {
        var surface = Surface(Size(width, height), glyphs: glyphs)
        draw(&surface)
        return surface.plainText
    }

    private func table(
        _ width: Int, _ height: Int, rows: Int, selected: Int, _ glyphs: GlyphMode = .unicode, marked: Set<Int> = []
    ) -> String {
        let ids = Array(1..<(rows + 1))
        var state = TableState<Int>()
        state.select(row: selected, in: ids)
        state.marked = marked
        return picture(width, height, glyphs) {
            SampleTable.table(ids, sort: (4, false)).draw(on: &$0, in: $0.bounds, state: state)
        }
    }

    @Test func `a wide table shows all columns, its order, marks and the bar`() {
        #expect(
            table(72, 5, rows: 9, selected: 2, marked: [1]) == """
                    ID State     Job                      Source      Records ▼    Age
                *    1 ✓ ok      acme/repository-1 pulls  github           7919     1s ┃
                     2 ◷ waiting acme/repository-2 pulls  github          15838     2s │
                ▸    3 ✗ failed  acme/repository-3 pulls  github          23757     3s │
                     4 ● running acme/repository-4 pulls  github          31676     4s │
                """)
    }

    @Test func `a narrow table leaves out what matters least`() {
        #expect(
            table(38, 3, rows: 2, selected: 0) == """
                 State     Job                    Age
                ▸✓ ok      acme/repository-1 …     1s
                 ◷ waiting acme/repository-2 …     2s
                """)
        let tiny = table(20, 3, rows: 2, selected: 1)
        #expect(tiny.contains("failed") == false && tiny.contains("waiting") && !tiny.contains("github"))
        #expect(!table(20, 3, rows: 2, selected: 0).contains("Records"))
    }

    @Test func `a table without Unicode has the same layout`() {
        let fine = table(72, 4, rows: 9, selected: 1)
        let plain = table(72, 4, rows: 9, selected: 1, .ascii)
        #expect(plain.utf8.allSatisfy { $0 < 0x80 })
        #expect(
            zip(fine.split(separator: "\n"), plain.split(separator: "\n")).allSatisfy {
                TerminalText.width(String($0)) == $1.utf8.count
            })
        #expect(plain.contains(">    2 o waiting"))
    }

    @Test func `only visible rows are asked for`() {
        let ids = Array(0..<10_000)
        var state = TableState<Int>()
        state.select(row: 7_000, in: ids)
        var asked = 0
        let view = TableView(columns: [TableColumn("n", .flexible(min: 3))], ids: ids) { row in
            asked += 1
            return ["\(row)"]
        }
        let text = picture(30, 21) { view.draw(on: &$0, in: $0.bounds, state: state) }
        #expect(asked == 20)
        #expect(text.contains("▸7000"))
    }

    @Test func `the selection covers what names the object and leaves figures and states their colours`() throws {
        let ids = Array(0..<4)
        var state = TableState<Int>()
        state.select(row: 1, in: ids)
        func drawn(isFocused: Bool) -> Surface {
            var view = SampleTable.table(ids)
            view.isFocused = isFocused
            var surface = Surface(Size(100, 6))
            view.draw(on: &surface, in: surface.bounds, state: state)
            return surface
        }
        func style(_ x: Int, isFocused: Bool = true) throws -> Style {
            try #require(drawn(isFocused: isFocused).cell(at: Point(x, 2))).style
        }
        let line = drawn(isFocused: true).plainText.split(separator: "\n")[2]
        let name = line.distance(from: line.startIndex, to: try #require(line.firstRange(of: "acme")).lowerBound)
        let source = line.distance(from: line.startIndex, to: try #require(line.firstRange(of: "github")).lowerBound)
        #expect(try style(0).background == .role(.selection))
        #expect(try style(name) == Style(.selectionText, on: .selection, .bold))
        #expect(try style(source - 2).background == .role(.selection))
        #expect(try style(source) == Style(.muted))
        #expect(try style(name, isFocused: false).attributes == .underline)
        #expect(try style(source, isFocused: false) == Style(.muted))
    }

    @Test func `an empty table says so and draws in every size`() {
        for width in 0...30 {
            for height in 0...6 {
                for rows in [0, 1, 50] {
                    _ = table(width, height, rows: rows, selected: 0)
                }
            }
        }
        #expect(table(30, 4, rows: 0, selected: 0).contains("Nothing here"))
    }

    @Test func `the selection follows its object when rows are sorted or removed`() {
        var ids = ["a", "b", "c", "d"]
        var state = TableState<String>()
        state.follow(ids)
        #expect(state.selection == "a")
        state.move(by: 2, in: ids)
        ids.reverse()
        state.follow(ids)
        #expect(state.selection == "c" && state.index(in: ids) == 1)
        state.marked = ["c", "d"]
        ids.removeAll { $0 == "c" }
        state.follow(ids)
        #expect(state.selection == "b", "the row that took its place")
        #expect(state.marked == ["d"])
        ids = []
        state.follow(ids)
        #expect(state.selection == nil)
        state.move(by: 1, in: ids)
        #expect(state.selection == nil)
        ids = ["x"]
        state.follow(ids)
        #expect(state.selection == "x")
    }

    @Test func `scrolling keeps the selection visible and moves no more than needed`() {
        let ids = Array(0..<100)
        var state = TableState<Int>()
        state.select(row: 0, in: ids)
        for row in 1..<30 {
            state.move(by: 1, in: ids)
            state.scroll(height: 10, in: ids)
            #expect(state.top == max(0, row - 9))
        }
        state.move(by: -5, in: ids)
        state.scroll(height: 10, in: ids)
        #expect(state.top == 20)
        state.moveToLast(in: ids)
        state.scroll(height: 10, in: ids)
        #expect(state.top == 90)
        state.scroll(height: 200, in: ids)
        #expect(state.top == 0)
    }

    @Test func `sparklines stand right and tell nothing from zero`() {
        let values: [Double?] = [0, 1, nil, 4, 8]
        #expect(picture(7, 1) { Sparkline(values).draw(on: &$0, in: $0.bounds) } == "  ▁▂ ▅█")
        #expect(picture(3, 1, .ascii) { Sparkline(values).draw(on: &$0, in: $0.bounds) } == " =#")
        #expect(picture(3, 1) { Sparkline([.nan, .infinity, 0]).draw(on: &$0, in: $0.bounds) } == "  ▁")
    }

    @Test func `charts have a scale and labels`() {
        let values: [Double?] = (0..<20).map { Double($0) * 40 }
        let chart = LineChart([.init("rate", values)], startLabel: "-10 min", endLabel: "now")
        #expect(
            picture(24, 6, .ascii) { chart.draw(on: &$0, in: $0.bounds) } == """
                800|                  **
                   |             ******
                400|        ******
                   |   ******
                  0|****
                    -10 min          now
                """)
        for width in 0...40 {
            for height in 0...8 { _ = picture(width, height) { chart.draw(on: &$0, in: $0.bounds) } }
        }
    }

    @Test(arguments: [
        (0.0, "0"), (0.5, "0.5"), (9.96, "10"), (999, "999"), (1_234, "1.2k"), (34_000_000, "34M"), (-1_500, "-1.5k"),
        (0.01, "<0.1"), (999_600, "1M"), (.nan, "-"),
    ])
    func `numbers fit on few columns`(value: Double, text: String) {
        #expect(CompactNumber.text(value) == text)
    }

    @Test func `footers show what fits, the most important first`() {
        let hints = KeyHints(
            [KeyHint("s", "start"), KeyHint("Enter", "open the job"), KeyHint("p", "pause")],
            last: [KeyHint("?", "keys")]
        )
        #expect(
            picture(60, 1) { hints.draw(on: &$0, in: $0.bounds) }
                == " s start  Enter open the job  p pause                ? keys")
        #expect(picture(30, 1) { hints.draw(on: &$0, in: $0.bounds) } == " s start  p pause      ? keys")
        #expect(picture(6, 1) { hints.draw(on: &$0, in: $0.bounds) } == "? keys")
    }

    @Test func `tabs keep the chosen one visible`() {
        let titles = ["Jobs", "Limits", "Recovery", "Data"]
        #expect(
            picture(40, 1) { Tabs(titles, selected: 1).draw(on: &$0, in: $0.bounds) }
                == " Jobs  [Limits]  Recovery   Data")
        #expect(picture(12, 1) { Tabs(titles, selected: 3).draw(on: &$0, in: $0.bounds) }.contains("[Data]"))
    }

    @Test func `text fields edit like a shell`() {
        var field = TextField("one two")
        let keys: [(KeyPress, String)] = [
            (KeyPress("x"), "one twox"), (KeyPress(.backspace), "one two"), (.control("w"), "one "),
            (KeyPress("日"), "one 日"),
            (KeyPress(.left), "one 日"), (KeyPress(.delete), "one "), (KeyPress(.home), "one "),
            (KeyPress("e"), "eone "),
            (KeyPress("\u{301}"), "e\u{301}one "), (KeyPress(.right, .control), "e\u{301}one "),
            (.control("k"), "e\u{301}one"),
            (KeyPress(.backspace, .alt), ""), (KeyPress(.backspace), ""), (KeyPress(.left), ""),
        ]
        for (key, text) in keys {
            let isUsed = field.handle(key)
            #expect(isUsed && field.text == text, "\(key)")
        }
        let isUsed = field.handle(KeyPress(.enter))
        #expect(!isUsed)
        field.insert("a\nb\u{1B}[31mc")
        #expect(field.text == "a bc")
        field = TextField("", limit: 3)
        field.insert("12345")
        #expect(field.text == "123")
    }

    @Test func `text fields scroll so that the cursor stays inside`() {
        for width in 1...8 {
            for text in ["", "a", "abcdefgh", "日本語日本語"] {
                var surface = Surface(Size(width, 1))
                let cursor = TextField(text).draw(on: &surface, in: surface.bounds)
                #expect(cursor.x >= 0 && cursor.x < width, "\(text) on \(width)")
            }
        }
    }

    @Test func `logs follow their end until somebody moves up`() {
        var state = LogViewState()
        func lines(_ log: Range<Int>, _ state: LogViewState?) -> String {
            picture(12, 3) { LogView(lines: log) { "line \($0)" }.draw(on: &$0, in: $0.bounds, state: state) }
        }
        func settle(_ log: Range<Int>) { state.settle(in: log, height: 3) }
        settle(0..<10)
        #expect(state.isFollowing && lines(0..<10, state) == " line 7    │\n line 8    │\n▸line 9    ┃")
        settle(0..<11)
        #expect(state.selection == 10)
        state.move(in: 0..<11) { $0.move(by: -2, in: 0..<11) }
        settle(0..<50)
        #expect(!state.isFollowing && state.selection == 8, "new lines do not move the selection")
        #expect(lines(0..<50, state) == "▸line 8    ┃\n line 9    │\n line 10   │")
        settle(20..<50)
        #expect(state.selection == 28, "the line that took the place of one that is gone")
        #expect(lines(20..<50, nil) == " line 47   │\n line 48   │\n line 49   ┃")
        state.move(in: 20..<50) { $0.moveToLast(in: 20..<50) }
        #expect(state.isFollowing)
        settle(0..<0)
        #expect(state.selection == nil && lines(0..<0, state).allSatisfy { $0.isWhitespace })
    }

    @Test func `notices say how serious they are without colour`() {
        #expect(picture(20, 1) { Notice("done", tone: .success).draw(on: &$0, in: $0.bounds) } == " ✓ done")
        #expect(picture(20, 1, .ascii) { Notice("bad", tone: .error).draw(on: &$0, in: $0.bounds) } == " x bad")
    }
}
