import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// What is shown can be read, with few colours and in little room.
@Suite struct ReadabilityTests {
    @Test(arguments: Picture.home + Picture.others + Picture.links)
    func `text on the mark of a selection has the colour that is read on it`(_ picture: Picture) {
        var console = picture.console(picture.size)
        for key in [nil, KeyPress(.tab)] {
            if let key, console.state.overlay == nil { console.press(key) }
            let surface = console.drawing(picture.glyphs).surface
            for y in 0..<surface.height {
                for x in 0..<surface.width {
                    guard let cell = surface.cell(at: Point(x, y)), cell.style.background == .role(.selection),
                        cell.text != " "
                    else { continue }
                    #expect(cell.style.foreground == .role(.selectionText), "\(cell.text) at \(x), \(y)")
                }
            }
        }
    }

    @Test(arguments: Picture.home + Picture.others + Picture.links)
    func `words are never in the colour of frames`(_ picture: Picture) {
        var console = picture.console(picture.size)
        for isSeen in [false, true] {
            if isSeen {
                let alerts = console.state.fleet.alerts.map { alert in
                    var alert = alert
                    alert.acknowledgedBy = Principal("grace")
                    return alert
                }
                console.send(.happened([.alerts(alerts)]))
            }
            let surface = console.drawing(picture.glyphs).surface
            for y in 0..<surface.height {
                for x in 0..<surface.width {
                    guard let cell = surface.cell(at: Point(x, y)), cell.text.contains(where: \.isLetter) else {
                        continue
                    }
                    let ink = cell.style.foreground
                    #expect(ink != .role(.border) && ink != .role(.gaugeEmpty), "\(cell.text) at \(x), \(y)")
                }
            }
        }
    }

    /// A scene with so many breakers open.
    private static func broken(_ count: Int) -> Overview {
        var overview = Scene.busy.overview()
        overview.breakers = ["search", "projects", "sprints", "versions", "worklogs"].prefix(count).enumerated()
            .map { index, name in
                BreakerStatus(
                    source: index < 4 ? "jira-dc" : "jira-cloud", endpoint: EndpointID(rawValue: name),
                    position: .open, failures: 5, probesAt: Scene.moment + .seconds(40 - index),
                    because: "No connection to jira.acme.internal could be opened.")
            }
        return overview
    }

    @Test(arguments: 1...5, [Size(200, 50), Size(120, 40), Size(80, 24)])
    func `however many breakers are open, limits are seen besides`(_ count: Int, _ size: Size) {
        var console = Console(size)
        console.send(.overview(Self.broken(count)))
        let text = console.text()
        #expect(text.contains("graphql"), "\(text)")
        let lines = text.split(separator: "\n").filter { $0.contains("✗ breaker open") || $0.contains("breakers open") }
        #expect(lines.count == count || lines.count == 1)
        #expect(lines.allSatisfy { $0.contains("jira-") })
        if lines.count < count {
            #expect(lines[0].contains("✗ \(count) breakers open · next probe in \(41 - count)s · "), "\(lines[0])")
        }
    }

    @Test func `in little room levels of lines are told by their signs`() {
        for (size, hasWord) in [(Size(120, 40), true), (Size(80, 24), false)] {
            var console = Console(.busy, size)
            console.send(.logs(Scene.linesOfMany()))
            console.press(KeyPress("4"))
            let line = console.text().split(separator: "\n").first { $0.contains("fallen silent") } ?? ""
            #expect(line.contains("▲ warning") == hasWord && line.contains("▲"), "\(line)")
        }
    }
}
