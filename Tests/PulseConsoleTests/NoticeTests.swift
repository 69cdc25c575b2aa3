import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// What is said for a while covers nothing that is needed to act.
@Suite struct NoticeTests {
    private static let short = "The run is over."
    private static let middling =
        "Refused: The run is over already, since 14:31:42. Hold the job to keep new runs "
        + "from starting, then look at its log."
    private static let long = String(repeating: "The gateway could not be asked why. ", count: 14) + "Look at its log."

    /// A screen that has heard of everything that it shows.
    struct Scenery: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reach: @Sendable (inout Console) -> Void
    }

    static let sceneries: [Scenery] =
        ScreenName.allCases.map { screen in
            Scenery(testDescription: screen.title) { console in
                console.send(.logs(Scene.detail(of: "jira-cloud/issues").logs))
                console.press(KeyPress(Character(String(screen.rawValue))))
                console.send(.quarantine(Scene.quarantine()))
                console.send(.audit(Scene.audit()))
            }
        }
        + DetailState.Pane.allCases.map { pane in
            Scenery(testDescription: pane.title) { console in
                _ = console.state.open("jira-cloud/issues")
                console.send(.detail("jira-cloud/issues", Scene.detail(of: "jira-cloud/issues")))
                for _ in 0..<pane.rawValue { console.press(KeyPress(.tab)) }
            }
        }

    @Test(arguments: sceneries, [Size(200, 50), Size(120, 40), Size(80, 24)])
    func `rows of panels stay to be seen, however long a notice is`(_ scenery: Scenery, _ size: Size) {
        for text in [Self.short, Self.middling, Self.long] {
            var console = Console(.busy, size)
            scenery.reach(&console)
            let before = console.text().split(separator: "\n", omittingEmptySubsequences: false)
            console.state.say(text, .error)
            let after = console.text().split(separator: "\n", omittingEmptySubsequences: false)
            #expect(before != after)
            let changed = Set(before.indices.filter { before[$0] != after[$0] })
            let (hints, border) = (size.height - 1, size.height - 2)
            let hasBorder = before[border].hasPrefix("╰")
            #expect(changed.isSubset(of: [hints, border]), "\(changed)")
            let isLong = Notice.lines(text, width: size.width).count > 1
            #expect(isLong || changed == [hasBorder ? border : hints], "\(changed)")
            // Only the small home screen has no border there: its last line is a limit.
            let isEmpty = before[border].isEmpty
            #expect(hasBorder || isEmpty || scenery.testDescription == "Jobs" && size.height == 24)
        }
    }

    @Test(arguments: [Size(120, 40), Size(80, 24), Size(44, 12)])
    func `what is too long says how it is read whole, also after it has gone`(_ size: Size) {
        var console = Console(.busy, size)
        console.press(KeyPress("m"))
        #expect(console.state.overlay == nil && console.state.notice?.text == "Nothing was said yet.")
        console.state.say(Self.long, .error)
        #expect(console.text().contains(" … m shows it whole"))
        #expect(!console.text().contains("Look at its log."))
        for seconds in [1, 3_600] {
            console.send(.time(.seconds(seconds)))
            console.press(KeyPress("m"))
            guard case .reading(let reading)? = console.state.overlay else {
                Issue.record("the message is not open")
                return
            }
            #expect(reading.copy == Self.long)
            if size.height > 12 { #expect(console.text().contains("Look at its log.")) }
            console.press(KeyPress(.escape))
        }
        // What is short enough says nothing of it.
        console.state.say(Self.short, .info)
        #expect(!console.text().contains("m shows"))
    }

    @Test(arguments: [Size(80, 24), Size(80, 14)])
    func `the decision of a dialog and a filter that is typed stay to be seen`(_ size: Size) {
        var dialog = Console(.busy, size)
        dialog.press(KeyPress("s"))
        dialog.answerPreview()
        let buttons = dialog.text().split(separator: "\n").first { $0.contains("Cancel") }
        dialog.state.say(Self.long, .error)
        #expect(buttons != nil && dialog.text().split(separator: "\n").first { $0.contains("Cancel") } == buttons)
        #expect(!dialog.text().contains("m shows"), "the dialog has the keys")
        var filter = Console(.busy, size)
        filter.press(KeyPress("/"))
        filter.type("git")
        filter.state.say(Self.long, .error)
        #expect(filter.text().split(separator: "\n").last?.contains("Filter: git") == true)
    }

    @Test func `what keys are about stays to be seen on the smallest screen`() {
        var console = Console(.busy, Size(20, 6))
        let last = console.text().split(separator: "\n").last
        console.state.say(Self.long, .error)
        #expect(console.text().split(separator: "\n").last == last && last?.hasPrefix("▸") == true)
    }
}
