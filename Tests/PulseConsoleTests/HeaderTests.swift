import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// What is met first: what is wrong, how the link stands, who one is.
@Suite struct HeaderTests {
    private static let gone = Failure(
        .transient, code: "http.cannot_connect", "No connection to pulse.example.com could be opened.", remedy: "Wait.")
    private static let expired = Failure(
        .unauthorised, code: "login.expired", "The login at http://gateway.engineering.acme:5000 has expired.",
        remedy: "Log in again: `pulse login http://gateway.engineering.acme:5000`.")

    /// Something that makes the second line long.
    struct Trouble: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What the first line says of the link.
        var link: String
        /// What the second line says at every width.
        var told: String
        var change: @Sendable (inout Console) -> Void
    }

    private static let troubles: [Trouble] = [
        Trouble(testDescription: "problems", link: "● live", told: "✗ 3 problems") { _ in },
        Trouble(testDescription: "offline", link: "✗ offline", told: "✗ Disconnected, try 3 in 4s") { console in
            console.send(.link(.lost(gone, since: .seconds(17), retryIn: .seconds(4), attempt: 3)))
        },
        Trouble(
            testDescription: "login needed", link: "✗ offline",
            told: "✗ Login needed  "
        ) { $0.send(.linkLost(expired)) },
        Trouble(testDescription: "engines away", link: "● live", told: "✗ Engine in trouble +3 more  ") { console in
            var engine = Scene.busy.overview().engine
            engine.trouble = "1 of 2 engines is away: http://etl-2.acme.internal:8000 refuses the connection."
            console.send(.happened([.engine(engine)]))
        },
        Trouble(testDescription: "the store is away", link: "✗ stale", told: "✗ Stale, try in 4s  ") { console in
            var overview = Scene.away.overview()
            overview.alerts = Scene.busy.overview().alerts
            console.send(.overview(overview))
        },
        Trouble(testDescription: "others decide", link: "● live", told: "✗ 3 problems") { console in
            console.send(.link(.others(Picture.company)))
        },
        Trouble(testDescription: "read-only", link: "● live", told: "✗ 3 problems") { console in
            console.send(.link(.mayOnlyLook(because: "The role of ada in acme is viewer.")))
        },
    ]

    @Test(arguments: troubles, [Size(200, 50), Size(120, 40), Size(100, 30), Size(80, 24)])
    func `whatever is wrong, it is seen who one is and how the link stands`(_ trouble: Trouble, _ size: Size) {
        for screen in ScreenName.allCases {
            var console = Picture.linked(size, context: "team")
            trouble.change(&console)
            console.state.screen = screen
            let lines = console.text().split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[0].contains(trouble.link) && lines[0].contains("[\(screen.rawValue) "), "\(lines[0])")
            let place = size.width >= 100 ? 1 : 0
            #expect(lines[place].contains("ada (operator)"), "\(screen) \(lines[place])")
            #expect(lines[1].hasPrefix(" " + trouble.told), "\(screen) \(lines[1])")
            // What has to be typed is there whole.
            let command = "`pulse login http://gateway.engineering.acme:5000`"
            #expect(!trouble.told.contains("Login") || lines[1].contains(command), "\(lines[1])")
        }
    }

    @Test(arguments: [Size(200, 50), Size(120, 40), Size(80, 24)])
    func `who else decides is told beside what is wrong`(_ size: Size) {
        var console = Picture.linked(size)
        console.send(.link(.others(Picture.company)))
        #expect(console.text().split(separator: "\n")[1].contains("▸ grace"))
        // Nobody knows of others while the link is lost.
        console.send(.link(.lost(Self.gone, since: .zero, retryIn: .seconds(4), attempt: 1)))
        #expect(!console.text().split(separator: "\n")[1].contains("grace"))
    }

    @Test(arguments: [Size(200, 50), Size(120, 40), Size(80, 24)])
    func `away from the alerts the worst of them stands at the top`(_ size: Size) {
        var console = Console(.busy, size)
        #expect(!console.text().split(separator: "\n")[1].contains("GitHub refused"))
        // The alerts themselves say it better.
        console.press(KeyPress("5"))
        #expect(console.text().split(separator: "\n")[1].contains("✗ 1 failed"))
        for key in ["2", "4", "7"] as [Character] {
            console.press(KeyPress(key))
            let line = console.text().split(separator: "\n")[1]
            #expect(line.hasPrefix(" ✗ 3 problems  github-main/pull_requests failed: GitHub refused"), "\(line)")
        }
    }

    @Test(arguments: [Size(80, 11), Size(60, 11), Size(48, 10)])
    func `a low screen says in its one line how everything stands`(_ size: Size) {
        for (scene, words) in [(Scene.busy, " ✗ 3 problems  "), (.calm, " ✓ All well  ")] {
            var console = Console(scene, size)
            for screen in ScreenName.allCases {
                console.state.screen = screen
                let line = console.text().split(separator: "\n")[0]
                #expect(line.hasPrefix(words) && line.contains("[\(screen.rawValue) \(screen.title)]"), "\(line)")
                #expect(line.contains("● live"), "\(line)")
            }
        }
    }

    @Test(arguments: [Size(120, 40), Size(80, 24), Size(48, 11)])
    func `what came of a command is in the audit at every width, whole where it is chosen`(_ size: Size) {
        var console = Console(.busy, size)
        console.press(KeyPress("6"))
        console.send(.audit(Scene.audit()))
        #expect(console.text().contains("OUTCOME") && console.text().contains("Accepted: run 8"), "\(console.text())")
        console.press(KeyPress("j"), KeyPress("j"))
        let entry = Scene.audit()[2]
        let words = console.text().split { $0 == "│" || $0.isWhitespace }.joined(separator: " ")
        #expect(size.height < 20 || words.contains(entry.outcome), "\(words)")
    }

    @Test func `alerts that have no room are counted where they would stand`() {
        var console = Console(.busy, Size(80, 24))
        var overview = Scene.busy.overview()
        let first = overview.alerts[0]
        overview.alerts = (0..<7).map { index in
            var alert = first
            alert.id = "job_failed:\(index)"
            return alert
        }
        console.send(.overview(overview))
        let lines = console.text().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[2...4].allSatisfy { !$0.contains("more") } && lines[5].hasSuffix("+3 more: 5"), "\(lines[5])")
    }

    @Test(arguments: [
        ("ada", Role.operator, "ada (operator)"),
        ("a.very.long.name.of.somebody@engineering.acme.example", .viewer, "(viewer)"),
    ])
    func `a long name takes less of the line before it goes`(_ name: String, _ role: Role, _ shown: String) {
        for size in [Size(120, 40), Size(80, 24)] {
            var console = Picture.linked(size)
            console.send(.link(.signedIn(SignedIn(name: name, role: role))))
            console.send(.link(.mayOnlyLook(because: "The role is viewer.")))
            console.send(.link(.lost(Self.gone, since: .seconds(17), retryIn: .seconds(4), attempt: 3)))
            let head = console.text().split(separator: "\n").prefix(2).joined(separator: "\n")
            #expect(head.contains(shown) && head.contains("✗ offline, as of"), "\(head)")
        }
    }
}
