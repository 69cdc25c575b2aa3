import PulseDomain
import PulseTerminal

/// A quarantined record as texts that the screen and the plain twin share.
struct QuarantineRow {
    var id: String
    var age: String
    var job: String
    var partition: String
    var record: String
    var code: String
    var reason: String
    var replays: String

    init(_ entry: QuarantineEntry, _ times: TimeTexts) {
        id = String(entry.id)
        age = times.ago(entry.at)
        job = entry.partition.job.rawValue
        partition = entry.partition.key == .whole ? "" : entry.partition.key.rawValue
        record = entry.record.recordID ?? "unknown"
        code = entry.record.code
        reason = entry.record.reason
        replays = entry.replays == 0 ? "" : String(entry.replays)
    }
}

/// The workbench: records that could not be loaded, with reason and payload, and what censuses found gone.
enum RecoveryScreen {
    static let columns = [
        TableColumn("ID", .fixed(6), alignment: .right),
        TableColumn("SINCE", .fixed(9), alignment: .right, priority: 2),
        TableColumn("JOB", .flexible(min: 16, weight: 2, max: 34), truncation: .middle),
        TableColumn("PARTITION", .flexible(min: 9, weight: 1, max: 24), priority: 3, truncation: .middle),
        TableColumn("RECORD", .flexible(min: 10, weight: 1, max: 20), priority: 1),
        TableColumn("TRIED", .fixed(5), alignment: .right, priority: 4),
        TableColumn("WHY", .flexible(min: 28, weight: 4)),
    ]

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        let recovery = state.recovery
        let isAnyChosen = recovery.pane == .findings ? recovery.finding != nil : recovery.table.selection != nil
        let (top, bottom) = body.splitBottom(body.height >= 16 && isAnyChosen ? body.height * 2 / 5 : 0)
        let inner = surface.box(top, style: Style(.borderFocused))
        Tabs(tabs(recovery), selected: recovery.pane.rawValue).draw(
            on: &surface, in: top.inset(left: 2, right: 2).splitTop(1).top)
        if recovery.pane == .findings {
            FindingsPane.draw(recovery, pen, on: &surface, in: inner)
            FindingsPane.drawRows(recovery, pen, on: &surface, in: bottom)
            return
        }
        TableView(
            columns: columns, ids: recovery.ids,
            emptyMessage: recovery.isLoaded ? "Nothing is in quarantine." : "Reading…"
        ) { cells(recovery.entries[$0], pen) }.draw(on: &surface, in: inner, state: recovery.table)
        drawPayload(recovery, pen, on: &surface, in: bottom)
    }

    private static func tabs(_ recovery: RecoveryState) -> [String] {
        let marked = recovery.table.marked.count
        let held = recovery.heldCount
        return [
            "Quarantine \(Figures.count(recovery.entries.count))" + (recovery.job.map { " of \($0)" } ?? "")
                + (marked > 0 ? ", \(marked) marked" : ""),
            "Findings \(Figures.count(recovery.findings.count))" + (held > 0 ? ", \(held) held" : ""),
        ]
    }

    static func cells(_ entry: QuarantineEntry, _ pen: Pen) -> [StyledText] {
        let row = QuarantineRow(entry, pen.times)
        return [
            .muted(row.id), .muted(row.age), StyledText(row.job, Style(.title)), StyledText(row.partition),
            StyledText(row.record, Style(.accent)), .muted(row.replays), StyledText(row.reason, Style(.warning)),
        ]
    }

    private static func drawPayload(_ recovery: RecoveryState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 4, let entry = recovery.entries.first(where: { $0.id == recovery.table.selection }) else {
            return
        }
        let title =
            .strong("Record \(entry.record.recordID ?? "unknown")")
            + .muted("  \(entry.record.code)  Enter shows it whole, to scroll")
        let inner = surface.box(area, title: title).inset(left: 1, right: 1)
        let rows = surface.putWrapped(entry.record.reason, in: inner.splitTop(2).top, style: Style(.warning))
        // Only as much as can be seen: a payload may be large.
        let visible = entry.record.payload.prefix(inner.width * inner.height * 4)
        let payload = PrettyJSON.readable(visible)
        let place = inner.inset(top: rows)
        for (row, line) in TerminalText.sanitizedLines(payload).prefix(place.height).enumerated() {
            surface.put(line, at: Point(place.minX, place.minY + row), style: Style(.muted), maxWidth: place.width)
        }
    }
}
