import PulseDomain
import PulseTerminal

/// The table of jobs on the home screen.
enum JobsTable {
    /// Columns for a table of that width. Names have what is free until the longest is whole.
    ///
    /// - Parameter isStale: Whether states are told that nobody knows any more, which takes a word more.
    static func columns(
        width: Int, barWidth: Int, longestName: Int = 36, hasTrend: Bool = true, isStale: Bool = false
    ) -> [TableColumn] {
        [
            TableColumn("STATE", .fixed(isStale ? 14 : 12)),
            TableColumn(
                "JOB",
                .flexible(
                    min: width >= 112 ? 21 : 18, weight: 100,
                    max: max(21, min(36, longestName))),
                truncation: .middle),
            TableColumn("PROGRESS", .fixed(barWidth + 5), priority: 2),
            TableColumn("RECORDS", .fixed(11), alignment: .right, priority: 5),
            TableColumn("REC/S", .fixed(5), alignment: .right, priority: 3),
            // The first to go: with fewer columns than this, names and what happens next would be cut for it; with
            // nothing in it, for nothing.
            TableColumn("TREND", .fixed(hasTrend && width >= 128 ? 10 : 1_000), priority: 8),
            TableColumn("NEXT", .flexible(min: 21, weight: 5), priority: 1),
            TableColumn("LAST OK", .fixed(7), alignment: .right, priority: 4),
            TableColumn("QUAR.", .fixed(5), alignment: .right, priority: 6),
        ]
    }

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let barWidth = area.width >= 120 ? 12 : 8
        let fleet = state.fleet
        let view = TableView(
            columns: columns(
                width: area.width, barWidth: barWidth, longestName: fleet.longestName, hasTrend: fleet.hasTrend,
                isStale: pen.isStale),
            ids: fleet.order,
            sort: sortColumn(fleet), emptyMessage: emptyMessage(state),
            isFocused: state.home.focus == .jobs && state.overlay == nil
        ) { row in
            guard let status = fleet.jobs[fleet.order[row]] else { return [] }
            return cells(
                pen.row(status), barWidth: barWidth, engineWidth: engineWidth(area.width), pen)
        }
        view.draw(on: &surface, in: area, state: state.home.jobs)
    }

    /// Room for the name of the engine that a run is taken over from.
    static func engineWidth(_ width: Int) -> Int {
        width >= 160 ? 36 : width >= 128 ? 18 : width >= 112 ? 16 : 9
    }

    /// A row as cells.
    static func cells(_ row: JobRow, barWidth: Int, engineWidth: Int = 9, _ pen: Pen) -> [StyledText] {
        let label = row.label
        let isCalm = row.condition == .succeeded || row.condition == .new
        var progress = StyledText.nothing
        if let share = row.share {
            progress =
                pen.bar(share, width: barWidth, role: label.role)
                + StyledText(" " + TerminalText.pad(Figures.percent(share), to: 4, .right), Style(.text))
        } else if !row.read.isEmpty {
            progress = StyledText(row.read, Style(row.condition.isUnderWay ? .text : .muted))
        }
        let time = StyledText(row.brief, Style(row.condition == .waiting ? .waiting : isCalm ? .muted : .text))
        var next = time
        if let engine = row.takenFrom {
            // Which one it is has to be seen where there is little room, too.
            next = time + " from " + StyledText(TerminalText.truncate(engine, to: engineWidth, .middle))
        } else if !row.outlook.isEmpty {
            let reason = StyledText(row.outlook, Style(row.condition == .failed ? .error : .muted))
            next = row.brief.isEmpty ? reason : time + pen.dot + reason
        }
        return [
            label.text(pen.glyphs),
            StyledText(row.id, row.condition.isUnderWay || row.condition == .failed ? Style(.title) : Style(.text)),
            progress,
            StyledText(row.records, Style(row.condition.isUnderWay ? .text : .muted)),
            StyledText(row.rate, Style(.running)),
            row.history.isEmpty
                ? .nothing
                : pen.curve(row.history, width: 10, role: row.condition == .running ? .chart : .border),
            next,
            row.isOverdue
                ? StyledText((pen.glyphs == .unicode ? "▲ " : "! ") + row.lastSuccess, Style(.warning))
                : .muted(row.lastSuccess),
            StyledText(row.quarantined, Style(.warning)),
        ]
    }

    private static func sortColumn(_ fleet: Fleet) -> (column: Int, isAscending: Bool)? {
        let column: Int? =
            switch fleet.sort {
            case .attention: 0
            case .name: 1
            case .progress: 2
            case .rate: 4
            case .nextRun: 6
            case .lastSuccess: 7
            case .quarantined: 8
            }
        return column.map { ($0, !fleet.isReversed) }
    }

    private static func emptyMessage(_ state: ConsoleState) -> StyledText {
        if state.fleet.engine == nil { return HomeScreen.showsSplash(state) ? "" : StyledText(state.options.opening) }
        if !state.fleet.filter.isEmpty { return "No job fits the filter. Esc takes it away." }
        return "No sources yet. Add one to the configuration, or look at the demo: pulse demo"
    }
}
