import PulseDomain
import PulseTerminal

/// Every alert in full.
enum AlertsScreen {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let (body, panel) = ReceiversPanel.split(ScreenFrame.draw(state, pen, on: &surface), state, pen)
        ReceiversPanel.draw(state, pen, on: &surface, in: panel)
        let alerts = state.fleet.alerts
        let title = .strong("Alerts") + .muted(" \(alerts.count)")
        let inner = surface.box(body, title: title, style: Style(.borderFocused))
        guard !alerts.isEmpty else {
            let isAnybodyUntold = state.fleet.engine?.receivers?.contains { $0.failure != nil } ?? false
            let label =
                isAnybodyUntold
                ? Label.warning("There is no alert, and not everybody would be told of one: see below.")
                : Label.ok("There is no alert.")
            surface.put(label.text(pen.glyphs), at: Point(inner.minX + 1, inner.minY), maxWidth: inner.width - 2)
            return
        }
        let selected = alerts.firstIndex { $0.id == state.alerts.selection } ?? 0
        let blocks = alerts.map { block($0, pen, width: inner.width - 4) }
        // The selected one is visible: begin at the first from which it fits.
        var first = 0
        while first < selected, blocks[first...selected].reduce(0, { $0 + $1.count + 1 }) > inner.height { first += 1 }
        var y = inner.minY
        for index in first..<alerts.count where y < inner.maxY {
            let isSelected = index == selected
            let rows = min(blocks[index].count, inner.maxY - y)
            let place = Rect(inner.minX, y, inner.width, rows)
            for (row, line) in blocks[index].prefix(rows).enumerated() {
                // The head alone is marked: with few colours, those of the text would not be read on the mark.
                let isMarked = isSelected && row == 0
                let base = isMarked ? Style(.selectionText, on: .selection, .bold) : .plain
                if isMarked {
                    surface.fill(place.splitTop(1).top, style: base)
                    surface.put("▸", at: place.origin, style: base)
                }
                let text = isMarked ? line.selected : line
                surface.put(text.over(base), at: Point(inner.minX + 2, y + row), maxWidth: inner.width - 3)
            }
            if !pen.isPresent(alerts[index]) { surface.fade(place) }
            y += blocks[index].count + 1
        }
    }

    private static func block(_ alert: Alert, _ pen: Pen, width: Int) -> [StyledText] {
        let row = AlertRow(alert, pen.times(of: alert))
        let head = pen.line([
            StyledText(row.label.plain(pen.glyphs), Style(row.label.role).bold), .muted("for \(row.age)"),
            .muted("since \(pen.times.clock(alert.since))"), row.acknowledged.isEmpty ? nil : .muted(row.acknowledged),
            alert.job.map { StyledText($0.rawValue, Style(.accent)) },
        ])
        var lines = [head]
        lines += TerminalText.wrap(row.sentence, to: width).map { StyledText($0, Style(.title)) }
        lines += TerminalText.wrap(row.because, to: width).map { StyledText($0, Style(.text)) }
        lines += TerminalText.wrap("\(pen.arrow) \(row.next)", to: width).map { StyledText($0, Style(.info)) }
        if let phrase = alert.remedyPhrase {
            lines.append(StyledText("f ", Style(.key)) + StyledText(phrase, Style(.text)))
        }
        return lines
    }
}
