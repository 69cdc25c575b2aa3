import PulseDomain
import PulseTerminal

/// Who is told of alerts, and where that fails.
enum ReceiversPanel {
    /// The part of a screen that the panel takes, and the rest; nothing where nobody is told, or where there is no room.
    static func split(_ body: Rect, _ state: ConsoleState, _ pen: Pen) -> (rest: Rect, panel: Rect) {
        let count = body.height >= 12 ? lines(state, pen, width: body.width - 4).count : 0
        let (rest, panel) = body.splitBottom(count == 0 ? 0 : min(count, max(3, body.height / 4)) + 2)
        return (rest, panel)
    }

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 3 else { return }
        let receivers = state.fleet.engine?.receivers ?? []
        let failing = receivers.count { $0.failure != nil }
        let title = pen.line([
            .strong("Told to"), .muted(Figures.many(receivers.count, "receiver")),
            failing == 0 ? nil : StyledText("\(failing) not told", Style(.error)),
        ])
        let inner = surface.box(area, title: title)
        var lines = lines(state, pen, width: inner.width - 2)
        if lines.count > inner.height {
            lines = lines.prefix(inner.height - 1) + [.muted("`pulse status` tells of all of them")]
        }
        for (index, line) in lines.enumerated() {
            surface.put(line, at: Point(inner.minX + 1, inner.minY + index), maxWidth: inner.width - 2)
        }
        if pen.isStale { surface.fade(area) }
    }

    /// Who is not told comes first, with the reason.
    private static func lines(_ state: ConsoleState, _ pen: Pen, width: Int) -> [StyledText] {
        let rows = (state.fleet.engine?.receivers ?? []).map { ReceiverRow($0, pen.times) }
        let name = min(width / 4, rows.map { TerminalText.width($0.name) }.max() ?? 0)
        let word = rows.map { TerminalText.width($0.label.word) }.max() ?? 0
        return (rows.filter(\.isFailing) + rows.filter { !$0.isFailing }).flatMap { row in
            var label = row.label
            label.word = TerminalText.pad(label.word, to: word)
            let head =
                label.text(pen.glyphs) + StyledText("  \(TerminalText.pad(row.name, to: name))", Style(.title))
                + .muted("  \(TerminalText.pad(row.way, to: 7))")
            let reason = TerminalText.wrap(row.because, to: max(20, width - 2)).prefix(2)
            return [pen.line([head] + row.facts.map { .muted($0) })]
                + (row.isFailing ? reason.map { StyledText("  \($0)", Style(.text)) } : [])
        }
    }

    /// For the border of the panel of alerts: that somebody does not hear of them. `nil` while everybody does.
    static func warning(_ state: ConsoleState, _ pen: Pen) -> StyledText? {
        let failing = (state.fleet.engine?.receivers ?? []).filter { $0.failure != nil }
        guard let first = failing.first else { return nil }
        let who = failing.count == 1 ? "\(first.name) is" : "\(failing.count) receivers are"
        let since = failing.compactMap(\.failingSince).min().map { " for \(pen.times.age(since: $0))" } ?? ""
        return Label.error("\(who) not told\(since)").text(pen.glyphs)
    }
}
