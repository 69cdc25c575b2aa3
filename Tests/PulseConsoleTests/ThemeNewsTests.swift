import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

@Suite struct ThemeNewsTests {
    private func theme(_ name: String, _ color: String = "#5cc8ff") throws -> Theme {
        try Theme(yaml: "name: \(name)\ncolors:\n  accent: \"\(color)\"\n", file: "\(name).yaml")
    }

    private func console(_ themes: [Theme]) -> Console {
        Console(.calm, options: ConsoleOptions(principal: Principal("ada"), themes: themes))
    }

    @Test func `the theme in use follows its file, wherever it stands in the list`() throws {
        var console = try console([theme("b")])
        console.send(.themes(ThemeNews(themes: [try theme("a"), try theme("b")])))
        #expect(console.state.theme == 1)
        #expect(console.effects.last == .loadLogs, "nothing changed on the screen")
        let changed = try theme("b", "#ff0000")
        console.send(.themes(ThemeNews(themes: [try theme("a"), changed])))
        #expect(console.effects.last == .useTheme(changed))
    }

    @Test func `a file that became wrong keeps the colours and says where`() throws {
        let good = try theme("a")
        var console = console([good])
        console.send(.themes(ThemeNews(themes: [good], problems: ["a.yaml:3:11: \"text\" must be a colour."])))
        #expect(console.state.notice?.text.contains("a.yaml:3:11") == true)
        #expect(!console.effects.contains { if case .useTheme = $0 { true } else { false } })
    }

    @Test func `a theme is chosen by its name`() throws {
        let other = try theme("Harbour")
        var console = console([try theme("a"), other])
        console.press(KeyPress(":"))
        console.type("theme harbour")
        console.press(KeyPress(.enter))
        #expect(console.effects.last == .useTheme(other))
        #expect(console.state.notice?.text == "Theme: Harbour")
    }
}
