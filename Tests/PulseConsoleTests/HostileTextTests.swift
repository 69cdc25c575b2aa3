import PulseDomain
import PulseTerminal
import PulseTestTurns
import Testing

@testable import PulseConsole

@Suite(.long) struct HostileTextTests {
    static let screens: [(String, @Sendable (inout Console) -> Void)] = [
        ("home", { _ in }),
        ("alerts focused", { $0.press(KeyPress(.tab)) }),
        (
            "detail",
            { console in
                _ = console.state.open(HostileScene.job(0))
                console.send(.detail(HostileScene.job(0), HostileScene.detail()))
            }
        ),
        (
            "detail failed",
            { console in
                _ = console.state.open("nothing/here")
                console.send(
                    .detailFailed(
                        "nothing/here", Failure(.ours, code: "x", HostileScene.text, remedy: HostileScene.text)))
            }
        ),
        (
            "checkpoints",
            { console in
                _ = console.state.open(HostileScene.job(0))
                console.send(.detail(HostileScene.job(0), HostileScene.detail()))
                console.press(KeyPress(.tab))
            }
        ),
        (
            "runs",
            { console in
                _ = console.state.open(HostileScene.job(0))
                console.send(.detail(HostileScene.job(0), HostileScene.detail()))
                console.press(KeyPress(.tab), KeyPress(.tab))
            }
        ),
        (
            "dialog",
            { console in
                console.press(KeyPress("s"))
                console.answerPreview(HostileScene.preview)
                console.send(.input(.paste(HostileScene.text)))
            }
        ),
        (
            "remedy",
            { console in
                console.press(KeyPress("f"))
                console.answerPreview(HostileScene.preview)
            }
        ),
        (
            "palette",
            { console in
                console.press(KeyPress(":"))
                console.send(.input(.paste("w")))
            }
        ),
        (
            "filter",
            { console in
                console.press(KeyPress("/"))
                console.send(.input(.paste(HostileScene.text)))
            }
        ),
        ("help", { $0.press(KeyPress("?")) }),
        ("limits", { $0.press(KeyPress("2")) }),
        (
            "recovery",
            { console in
                console.press(KeyPress("3"))
                console.send(.quarantine(HostileScene.quarantine()))
            }
        ),
        (
            "logs",
            { console in
                console.press(KeyPress("4"), KeyPress("v"), KeyPress("v"), KeyPress("v"), KeyPress("v"))
                console.send(.logs(HostileScene.logs()))
            }
        ),
        (
            "data",
            { console in
                console.press(KeyPress("8"))
                console.send(.tables([TableStatus(name: "work_items", rows: 2)]))
                console.press(KeyPress(.enter))
                let table = Scene.workItems
                let rows = ["1", HostileScene.text].map { id in
                    DataRow(values: table.allColumns.map { $0.name == "id" ? .text(id) : .text(HostileScene.text) })
                }
                console.send(.rows(RowFilter(table: table.name, limit: OpenTable.page), rows))
            }
        ),
        ("alerts", { $0.press(KeyPress("5")) }),
        (
            "audit",
            { console in
                console.press(KeyPress("6"))
                console.send(.audit(HostileScene.audit()))
            }
        ),
        (
            "offline",
            { console in
                console.send(.linkLost(Failure(.ours, code: "x", HostileScene.text, remedy: HostileScene.text)))
            }
        ),
        ("read-only", { $0.state.options.readOnlyBecause = HostileScene.text }),
        (
            "notice",
            { console in
                console.send(.performed([CommandOutcome(.stop("a/b"), .success(.accepted(HostileScene.text)))]))
            }
        ),
    ]

    @Test(arguments: screens.indices, [Size(200, 50), Size(120, 40), Size(80, 24), Size(20, 6)])
    func `nothing from outside moves the cursor or breaks the width`(_ index: Int, _ size: Size) {
        for glyphs in [GlyphMode.unicode, .ascii] {
            var console = Console(size)
            console.send(.overview(HostileScene.overview()))
            Self.screens[index].1(&console)
            let surface = console.drawing(glyphs).surface
            var problems: [String] = []
            for y in 0..<size.height {
                var columns = 0
                for x in 0..<size.width {
                    guard let cell = surface.cell(at: Point(x, y)) else { continue }
                    columns += cell.width
                    if let bad = cell.text.unicodeScalars.first(where: { !Self.isHarmless($0, glyphs) }) {
                        problems.append("U+\(String(bad.value, radix: 16)) at \(x), \(y)")
                    }
                }
                if columns != size.width { problems.append("row \(y) has \(columns) columns") }
            }
            #expect(problems.isEmpty, "\(Self.screens[index].0)")
        }
    }

    @Test func `plain text carries nothing from outside either`() {
        let overview = HostileScene.overview()
        for width in [20, 80, 160] {
            let plain = PlainRenderer(width: width, now: Scene.moment)
            let texts = [
                plain.jobs(overview), plain.status(overview), plain.limits(overview), plain.alerts(overview),
                plain.checkpoints(HostileScene.detail().checkpoints), plain.quarantine(HostileScene.quarantine()),
                plain.runs(HostileScene.detail().recentRuns), plain.audit(HostileScene.audit()),
            ]
            for text in texts {
                for line in text.split(separator: "\n") { #expect(TerminalText.width(String(line)) <= width) }
            }
            for text in texts + [plain.logs(HostileScene.logs())] {
                let scalars = text.unicodeScalars.filter { $0 != "\n" }
                #expect(scalars.allSatisfy { Self.isHarmless($0, .unicode) })
                #expect(text.last == "\n")
            }
        }
    }

    @Test func `the copied text of a log cannot be a command to a terminal`() {
        let text = HostileScene.logs().map(LogRow.plain).joined()
        #expect(text.unicodeScalars.allSatisfy { Self.isHarmless($0, .unicode) })
    }

    private static func isHarmless(_ scalar: Unicode.Scalar, _ glyphs: GlyphMode) -> Bool {
        if glyphs == .ascii { return (0x20...0x7E).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: return true
        }
    }
}
