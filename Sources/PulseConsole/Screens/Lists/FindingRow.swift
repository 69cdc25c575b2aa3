import PulseDomain
import PulseTerminal

/// What a census found gone, as texts.
struct FindingRow {
    var label: Label
    var gone: String
    var share: Double
    /// What has become of it, or what is wanted.
    var outlook: String

    init(_ finding: TombstoneFinding, _ times: TimeTexts) {
        label = finding.state.label
        gone = "\(Figures.count(finding.records)) of \(Figures.count(finding.known))"
        share = finding.known > 0 ? Double(finding.records) / Double(finding.known) : 0
        switch finding.state {
        case .held: outlook = "too many at once: waits for you"
        case .applied: outlook = "marked as deleted"
        case .undone: outlook = finding.undoneAt.map { "taken back \(times.ago($0))" } ?? "taken back"
        }
    }

    /// What it means and what can be done, in full.
    static func explanation(_ finding: TombstoneFinding) -> String {
        switch finding.state {
        case .held:
            "A census no longer saw these rows. So many at once may mean lost access rather than deletions, so nothing "
                + "is marked yet: c marks them as deleted, u says that they are still there. A later census that "
                + "sees them takes the finding back by itself."
        case .applied:
            "A census no longer saw these rows, so they are marked as deleted; their data is kept. u counts them as "
                + "there again."
        case .undone: "These rows count as there: the finding was taken back, or a later census saw them again."
        }
    }
}

/// The findings of censuses, and the rows of the chosen one.
enum FindingsPane {
    static let columns = [
        TableColumn("NO.", .fixed(5), alignment: .right), TableColumn("STATE", .fixed(9)),
        TableColumn("JOB", .flexible(min: 16, weight: 2, max: 34), truncation: .middle),
        TableColumn("PARTITION", .flexible(min: 8, weight: 1, max: 24), priority: 1, truncation: .middle),
        TableColumn("GONE", .fixed(17), alignment: .right), TableColumn("SHARE", .fixed(13), priority: 3),
        TableColumn("NOTICED", .fixed(9), alignment: .right, priority: 2),
        TableColumn("WHAT NOW", .flexible(min: 16, weight: 3), priority: 1),
    ]

    static func cells(_ finding: TombstoneFinding, _ pen: Pen) -> [StyledText] {
        let row = FindingRow(finding, pen.times)
        let key = finding.partition.key
        return [
            .muted(String(finding.id)), row.label.text(pen.glyphs),
            StyledText(finding.partition.job.rawValue, Style(.title)),
            StyledText(key == .whole ? "(all)" : key.rawValue), StyledText(row.gone),
            pen.bar(row.share, width: 8, role: row.label.role)
                + StyledText(TerminalText.pad(Figures.percent(row.share), to: 5, .right)),
            .muted(pen.times.ago(finding.at)), StyledText(row.outlook, Style(row.label.role)),
        ]
    }

    static func draw(_ recovery: RecoveryState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        TableView(
            columns: columns, ids: recovery.findings.map(\.id),
            emptyMessage: recovery.areFindingsLoaded ? "No census has found anything gone." : "Reading…"
        ) { cells(recovery.findings[$0], pen) }.draw(on: &surface, in: area, state: recovery.findingsTable)
    }

    /// What the chosen finding is about, and its first rows.
    static func drawRows(_ recovery: RecoveryState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 4, let finding = recovery.finding else { return }
        let title =
            .strong("Finding \(finding.id)") + .muted("  of run \(finding.run), in \(finding.scope.table)")
        let inner = surface.box(area, title: title).inset(left: 1, right: 1)
        let used = surface.putWrapped(
            FindingRow.explanation(finding), in: inner.splitTop(max(1, min(4, inner.height - 2))).top,
            style: Style(finding.state.label.role))
        let list = inner.inset(top: used)
        let rows = recovery.rows[finding.id] ?? []
        guard !rows.isEmpty else {
            let text = finding.state == .undone ? "No row is marked any more." : "Reading its rows…"
            surface.put(.muted(text), at: list.origin, maxWidth: list.width)
            return
        }
        // In columns, so that a screen shows as many as it can.
        let width = 30
        let columns = max(1, list.width / width)
        let room = list.height * columns
        for (index, row) in rows.prefix(room).enumerated() {
            let place = Point(list.minX + index / list.height * width, list.minY + index % list.height)
            let isLast = index == room - 1 && finding.records > room
            let text =
                isLast
                ? StyledText.muted("and \(Figures.count(finding.records - index)) more")
                : StyledText(row.label ?? row.id, Style(.title)) + .muted(" \(row.table)")
            surface.put(text, at: place, maxWidth: width - 2)
        }
    }
}
