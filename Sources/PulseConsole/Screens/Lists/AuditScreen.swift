import PulseDomain
import PulseTerminal

/// Who did what.
enum AuditScreen {
    static let columns = [
        TableColumn("WHEN", .fixed(12)), TableColumn("WHO", .fixed(12), priority: 1), TableColumn("WHAT", .fixed(11)),
        TableColumn("TO", .flexible(min: 14, weight: 2, max: 34), priority: 2, truncation: .middle),
        TableColumn("OUTCOME", .flexible(min: 22, weight: 5)),
        TableColumn("WHY", .flexible(min: 12, weight: 2), priority: 3),
    ]

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        let entries = state.audit.entries
        let chosen = entries.first { $0.sequence == state.audit.table.selection }
        let whole = chosen.map { wholeLines($0, pen, width: body.width - 4) } ?? []
        let (top, bottom) = body.splitBottom(body.height >= 16 && !whole.isEmpty ? whole.count + 2 : 0)
        let inner = surface.box(
            top, title: .strong("Audit") + .muted(" newest first"), style: Style(.borderFocused))
        if entries.isEmpty, let failure = state.audit.failure {
            let text = "\(failure.sentence) \(failure.remedy)"
            surface.putWrapped(text, in: inner.inset(left: 1, right: 1), style: Style(.muted))
            return
        }
        TableView(
            columns: columns, ids: entries.map(\.sequence),
            emptyMessage: state.audit.isLoaded ? "Nobody has done anything yet." : "Reading…"
        ) { cells(entries[$0], pen) }.draw(on: &surface, in: inner, state: state.audit.table)
        guard let chosen, !bottom.isEmpty else { return }
        let title = pen.line([
            .strong("\(chosen.action) \(chosen.subject)"), .muted("by \(chosen.by)"),
            .muted(pen.times.clock(chosen.at)),
        ])
        let place = surface.box(bottom, title: title).inset(left: 1, right: 1)
        for (row, line) in whole.enumerated() {
            surface.put(line, at: Point(place.minX, place.minY + row), maxWidth: place.width)
        }
    }

    /// What came of it and why it was done, as far as that has room on a screen: columns cut sentences.
    private static func wholeLines(_ entry: AuditEntry, _ pen: Pen, width: Int) -> [StyledText] {
        let role: ColorRole = entry.isRefused ? .error : .text
        let outcome = TerminalText.wrap(entry.outcome, to: max(20, width)).prefix(3).map { StyledText($0, Style(role)) }
        let why = TerminalText.wrap(entry.reason, to: max(20, width)).prefix(2).map { StyledText.muted($0) }
        return outcome + (entry.reason.isEmpty ? [.muted("no reason was given")] : why)
    }

    static func cells(_ entry: AuditEntry, _ pen: Pen) -> [StyledText] {
        let refused = Label.error(entry.outcome)
        return [
            .muted(pen.times.clock(entry.at)), StyledText(entry.by.name, Style(.accent)),
            StyledText(entry.action, Style(.title)), StyledText(entry.subject),
            entry.isRefused ? refused.text(pen.glyphs) : StyledText(entry.outcome), .muted(entry.reason),
        ]
    }
}
