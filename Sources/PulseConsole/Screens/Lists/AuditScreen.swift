import PulseDomain
import PulseTerminal

/// Who did what.
enum AuditScreen {
    static let columns = [
        TableColumn("WHEN", .fixed(12)), TableColumn("WHO", .fixed(12)), TableColumn("WHAT", .fixed(11)),
        TableColumn("TO", .flexible(min: 14, weight: 2, max: 34), truncation: .middle),
        TableColumn("OUTCOME", .flexible(min: 16, weight: 3)),
        TableColumn("WHY", .flexible(min: 10, weight: 2), priority: 1),
    ]

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        let entries = state.audit.entries
        let inner = surface.box(
            body, title: .strong("Audit") + .muted(" newest first"), style: Style(.borderFocused))
        TableView(
            columns: columns, ids: entries.map(\.sequence),
            emptyMessage: state.audit.failure.map { "\($0.sentence) \($0.remedy)" }
                ?? (state.audit.isLoaded ? "Nobody has done anything yet." : "Reading…")
        ) { cells(entries[$0], pen) }.draw(on: &surface, in: inner, state: state.audit.table)
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
