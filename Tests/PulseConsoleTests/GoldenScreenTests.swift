import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// A picture that is kept as a file.
struct Picture: Sendable, CustomTestStringConvertible {
    var name: String
    var size: Size
    var glyphs = GlyphMode.unicode
    var console: @Sendable (Size) -> Console

    var testDescription: String { name }

    static let sizes = [Size(200, 50), Size(120, 40), Size(80, 24), Size(20, 6)]

    /// Every scene of the home screen in every size, with and without Unicode.
    static let home: [Picture] = Scene.allCases.flatMap { scene in
        sizes.flatMap { size in
            [GlyphMode.unicode, .ascii].map { glyphs in
                let suffix = glyphs == .ascii ? "-ascii" : ""
                return Picture(
                    name: "home-\(scene.rawValue)-\(size.width)x\(size.height)\(suffix)", size: size, glyphs: glyphs
                ) {
                    Console(loaded: scene, $0)
                }
            }
        }
    }

    private static func picture(_ name: String, _ size: Size, _ change: @escaping @Sendable (inout Console) -> Void)
        -> Picture
    {
        Picture(name: "\(name)-\(size.width)x\(size.height)", size: size) { size in
            var console = Console(loaded: .busy, size)
            change(&console)
            return console
        }
    }

    private static let middle = Size(120, 40)
    private static let small = Size(80, 24)

    static let others: [Picture] =
        sizes.map { size in
            Picture(name: "connecting-\(size.width)x\(size.height)", size: size) { Console($0) }
        }
        + [middle, small, Size(20, 6)].map { size in
            picture("offline", size) { console in
                console.send(.time(.seconds(185)))
                console.send(.linkLost(Failure(.transient, code: "x", "The engine does not answer.", remedy: "Wait.")))
            }
        }
        + [Size(200, 50), middle, small].map { size in
            picture("detail", size) { console in
                _ = console.state.open("jira-cloud/issues")
                console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
            }
        }
        + [
            picture("detail-checkpoints", small) { console in
                _ = console.state.open("jira-cloud/issues")
                console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
                console.press(KeyPress(.tab))
            },
            picture("detail-runs", small) { console in
                _ = console.state.open("jira-cloud/issues")
                console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
                console.press(KeyPress(.tab), KeyPress(.tab))
            },
            picture("detail-log", small) { console in
                _ = console.state.open("jira-cloud/issues")
                console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
                console.press(KeyPress(.backTab), KeyPress(.pageUp))
            },
            picture("dialog-start", small) { console in
                console.press(KeyPress("s"))
                console.answerPreview()
            },
            picture("dialog-waiting", small) { $0.press(KeyPress("s")) },
            picture("dialog-rewind", small) { console in
                _ = console.state.open("jira-cloud/issues")
                console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
                console.press(KeyPress(.tab), KeyPress("w"))
                console.answerPreview()
            },
            picture("dialog-refused", small) { console in
                console.press(KeyPress("x"))
                console.press(KeyPress("t"))
                console.answerPreview { _ in
                    CommandPreview(
                        sentence: "", refusal: .init(because: "The token is still refused.", instead: "Renew it first.")
                    )
                }
            },
            picture("dialog-several", middle) { console in
                console.press(KeyPress("j"), KeyPress("j"), KeyPress(" "), KeyPress(" "), KeyPress(" "), KeyPress("p"))
                console.answerPreview()
            },
            picture("quit", small) { console in
                console.state.options.isEmbedded = true
                console.press(KeyPress("q"))
            },
            picture("help", middle) { $0.press(KeyPress("?")) },
            picture("help", small) { $0.press(KeyPress("?")) },
            picture("palette", middle) { $0.press(KeyPress(":")) },
            picture("palette-query", small) { console in
                console.press(KeyPress(":"))
                console.type("iss")
            },
            picture("home-waiting", middle) { $0.send(.overview(Scene.standstill())) },
            picture("home-waiting", small) { $0.send(.overview(Scene.standstill())) },
            picture("home-waiting", Size(20, 6)) { $0.send(.overview(Scene.standstill())) },
            picture("dialog-hold", small) { console in
                console.press(KeyPress("h"))
                console.answerPreview()
            },
            picture("audit", middle) { console in
                console.press(KeyPress("6"))
                console.send(.audit(Scene.audit()))
                console.press(KeyPress("j"), KeyPress("j"))
            },
            picture("filter", small) { console in
                console.press(KeyPress("/"))
                console.type("github")
            },
            picture("limits", middle) { $0.press(KeyPress("2")) },
            picture("limits", small) { $0.press(KeyPress("2")) },
            picture("dialog-range", small) { console in
                console.press(KeyPress("s"), KeyPress(.down), KeyPress(.down), KeyPress(.enter))
                console.answerPreview()
            },
            picture("dialog-range-wrong", small) { console in
                console.press(KeyPress("s"), KeyPress(.down), KeyPress(.down), KeyPress(.enter))
                console.type("x")
            },
            picture("home", Size(40, 12)) { _ in },
            picture("findings", middle) { console in
                console.press(KeyPress("3"), KeyPress(.tab))
                console.send(.findings(Scene.tombstones()))
                console.send(.findingRows(12, Scene.tombstoneRows(of: 12)))
            },
            picture("findings", small) { console in
                console.press(KeyPress("3"), KeyPress(.tab))
                console.send(.findings(Scene.tombstones()))
                console.send(.findingRows(12, Scene.tombstoneRows(of: 12)))
            },
            picture("recovery", middle) { console in
                console.press(KeyPress("3"))
                console.send(.quarantine(Scene.quarantine()))
            },
            picture("logs", small) { console in
                console.press(KeyPress("4"))
                console.send(.logs(Scene.detail(of: "jira-cloud/issues").logs))
            },
            picture("data-tables", middle) { console in
                console.press(KeyPress("8"))
                console.send(.tables(Scene.tables()))
            },
            picture("data-tables", small) { console in
                console.press(KeyPress("8"))
                console.send(.tables(Scene.tables()))
            },
            picture("data-rows", Size(200, 50)) { $0.openWorkItems() },
            picture("data-rows", middle) { $0.openWorkItems() },
            picture("data-rows", small) { $0.openWorkItems() },
            picture("data-row", middle) { console in
                console.openWorkItems()
                console.press(KeyPress(.enter))
            },
            picture("data-filter", small) { console in
                console.openWorkItems()
                console.press(KeyPress("/"))
                console.type("status=Done app")
            },
            picture("data-nothing", small) { console in
                console.openWorkItems()
                console.press(KeyPress("/"))
                console.type("status=Lost")
                console.press(KeyPress(.enter))
                console.answerRows()
            },
            picture("alerts", small) { $0.press(KeyPress("5")) },
            picture("alerts-untold", small) { console in
                console.send(.overview(Scene.untold()))
                console.press(KeyPress("5"))
            },
            picture("alerts-untold", middle) { console in
                console.send(.overview(Scene.untold()))
                console.press(KeyPress("5"))
            },
            picture("home-untold", middle) { $0.send(.overview(Scene.untold())) },
            picture("alerts-told", small) { console in
                var overview = Scene.calm.overview()
                overview.engine.receivers = [Scene.receivers()[0]]
                console.send(.overview(overview))
                console.press(KeyPress("5"))
            },
            picture("audit", small) { console in
                console.press(KeyPress("6"))
                console.send(.audit(Scene.audit()))
            },
            picture("logs-many", small) { console in
                console.send(.overview(Scene.many.overview()))
                console.press(KeyPress("4"))
                console.send(.logs(Scene.linesOfMany()))
            },
            picture("logs-of-engine", middle) { console in
                console.send(.overview(Scene.many.overview()))
                console.press(KeyPress("7"))
                console.send(.logs(Scene.linesOfMany()))
                console.press(KeyPress("j"), KeyPress(.enter))
            },
            picture("detail-elsewhere", small) { console in
                console.send(.overview(Scene.many.overview()))
                _ = console.state.open("jira-cloud/issues")
                var detail = Scene.detail(of: "jira-cloud/issues")
                detail.status = console.state.fleet.jobs["jira-cloud/issues"] ?? detail.status
                console.send(.detail("jira-cloud/issues", detail))
            },
            picture("health", middle) { console in
                console.send(.overview(Scene.many.overview()))
                console.press(KeyPress("7"))
            },
            picture("health", small) { console in
                console.send(.overview(Scene.many.overview()))
                console.press(KeyPress("7"))
            },
            picture("health-away", small) { console in
                console.send(.overview(Scene.away.overview()))
                console.press(KeyPress("7"))
            },
            picture("health-away", middle) { console in
                console.send(.overview(Scene.away.overview()))
                console.press(KeyPress("7"))
            },
            picture("verdict-silent", small) { console in
                var overview = Scene.calm.overview()
                overview.engines = Scene.engines(Scene.moment)
                overview.alerts = [Scene.silence(Scene.moment)]
                console.send(.overview(overview))
            },
            picture("health-one", small) { $0.press(KeyPress("7")) },
            picture("notice", small) {
                $0.send(
                    .performed([
                        CommandOutcome(
                            .stop("a/b"),
                            .success(
                                .refused(
                                    because: "The run is over.", instead: "Hold the job to keep new runs from starting."
                                )))
                    ]))
            },
        ]
}

extension Console {
    /// Opens the table of work items, with its first rows.
    fileprivate mutating func openWorkItems() {
        press(KeyPress("8"))
        send(.tables(Scene.tables()))
        press(KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress("j"), KeyPress(.enter))
        answerRows()
    }
}

@Suite struct GoldenScreenTests {
    @Test(arguments: Picture.home + Picture.others)
    func `a screen looks as it did when it was last looked at`(_ picture: Picture) throws {
        let text = picture.console(picture.size).text(picture.glyphs)
        try Golden.expect(text, picture.name)
        if picture.glyphs == .ascii {
            #expect(text.unicodeScalars.allSatisfy { $0.isASCII })
        }
    }

    @Test(arguments: [
        Size(200, 50), Size(120, 40), Size(80, 24), Size(44, 9), Size(20, 6), Size(10, 2), Size(1, 1), Size(0, 0),
    ])
    func `no size is too small to draw on`(_ size: Size) {
        for picture in Picture.others {
            var console = picture.console(picture.size)
            console.send(.input(.resize(size)))
            let surface = console.drawing().surface
            #expect(surface.size == size)
        }
    }

    @Test func `states are told apart without colours`() {
        for glyphs in [GlyphMode.unicode, .ascii] {
            let texts = JobCondition.allCases.map { $0.label.plain(glyphs) }
            #expect(Set(texts).count == texts.count)
        }
    }
}
