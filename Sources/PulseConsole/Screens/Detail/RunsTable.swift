import PulseDomain
import PulseTerminal

/// The last runs, newest first.
enum RunsTable {
    static let columns = [
        TableColumn("RUN", .fixed(7), alignment: .right), TableColumn("STATE", .fixed(13)),
        TableColumn("WHAT", .flexible(min: 11, weight: 1, max: 24), priority: 2),
        TableColumn("BEGUN", .fixed(12), priority: 1), TableColumn("TOOK", .fixed(8), alignment: .right, priority: 1),
        TableColumn("EXTRACTED", .fixed(9), alignment: .right),
        TableColumn("NEW", .fixed(7), alignment: .right, priority: 3),
        TableColumn("CHANGED", .fixed(7), alignment: .right, priority: 3),
        TableColumn("QUAR.", .fixed(6), alignment: .right, priority: 4),
        TableColumn("BY", .fixed(10), priority: 5), TableColumn("WHY", .flexible(min: 10, weight: 3), priority: 6),
    ]

    static func draw(
        _ runs: [RunStatus], _ table: TableState<RunID>, _ isFocused: Bool, _ pen: Pen, on surface: inout Surface,
        in area: Rect
    ) {
        TableView(columns: columns, ids: runs.map(\.id), emptyMessage: "It has never run.", isFocused: isFocused) {
            cells(runs[$0], pen)
        }.draw(on: &surface, in: area, state: table)
    }

    /// What keeps it, or what ended it; else why it was started.
    private static func why(_ run: RunStatus, _ status: JobStatus, _ condition: JobCondition, _ pen: Pen) -> String {
        switch condition {
        case .failed, .suspicious, .stopped, .stopping, .paused, .waiting, .queued, .silent:
            pen.row(status).outlook
        default: run.reason
        }
    }

    static func cells(_ run: RunStatus, _ pen: Pen) -> [StyledText] {
        // A run is in the condition that a job with this run would be in.
        let status = JobStatus(definition: JobDefinition(id: "", title: ""), run: run)
        let condition = JobCondition(status)
        let took = run.startedAt.map { (run.endedAt ?? pen.times.now) - $0 }
        return [
            StyledText(run.id.description, Style(.title)), pen.row(status).label.text(pen.glyphs),
            StyledText(run.mode.phrase(pen.times)), .muted(pen.times.clock(run.startedAt ?? run.createdAt)),
            .muted(took.map { TimeTexts.duration($0) } ?? ""), StyledText(Figures.count(run.counts.extracted)),
            .muted(Figures.count(run.counts.inserted)), .muted(Figures.count(run.counts.updated)),
            StyledText(run.counts.quarantined > 0 ? Figures.count(run.counts.quarantined) : "", Style(.warning)),
            .muted(run.startedBy.name), .muted(why(run, status, condition, pen)),
        ]
    }
}
