import PulseDomain
import PulseTerminal
import Testing

@testable import PulseConsole

/// Tables and lines for the next program in a pipe.
struct PipedTests {
    @Test func `what is piped is never cut or wrapped, and no wider than what is in it`() {
        let whole = PlainRenderer(width: nil, now: Scene.moment)
        let narrow = PlainRenderer(width: 400, now: Scene.moment)
        let busy = Scene.busy.overview()
        func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
        for (one, other) in [
            (whole.jobs(busy), narrow.jobs(busy)), (whole.limits(busy), narrow.limits(busy)),
            (whole.quarantine(Scene.quarantine()), narrow.quarantine(Scene.quarantine())),
            (whole.engines(Scene.many.overview()), narrow.engines(Scene.many.overview())),
            (whole.alerts(busy), narrow.alerts(busy)), (whole.status(busy), narrow.status(busy)),
        ] { #expect(words(one) == words(other) && !one.isEmpty) }
        let lines = whole.jobs(busy).split(separator: "\n").map(String.init)
        let width = lines.map(TerminalText.width).max() ?? 0
        #expect(width < 180, "\(width)")
        var long = Scene.busy.overview()
        long.alerts[0].because = String(repeating: "because of this and that ", count: 40)
        #expect(whole.alerts(long).contains(long.alerts[0].because.dropLast()))
        #expect(whole.jobs(Scene.empty.overview()) == narrow.jobs(Scene.empty.overview()))
    }
}
