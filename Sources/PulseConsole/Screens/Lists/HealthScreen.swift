import PulseDomain
import PulseTerminal

/// Who works on the store, and whether all of them live.
enum HealthScreen {
    /// Columns for a table of that width. Names have what is free until the longest is whole.
    static func columns(width: Int, _ fleet: Fleet) -> [TableColumn] {
        let longest = fleet.engines.map { TerminalText.width($0.id) }.max() ?? 0
        return [
            TableColumn("STATE", .fixed(9)),
            TableColumn("ENGINE", .flexible(min: 16, weight: 100, max: max(16, min(36, longest))), truncation: .middle),
            TableColumn("RUNS", .fixed(4), alignment: .right),
            TableColumn("REC/S", .fixed(5), alignment: .right, priority: 2),
            TableColumn("REQ/S", .fixed(5), alignment: .right, priority: 4),
            TableColumn("HEARD", .fixed(8), alignment: .right, priority: 1),
            TableColumn("UP", .fixed(7), alignment: .right, priority: 3),
            TableColumn("VERSION", .fixed(8), priority: 5),
            TableColumn("WORKS ON", .flexible(min: 24, weight: 4)),
        ]
    }

    static func cells(_ row: EngineRow, _ pen: Pen) -> [StyledText] {
        let isGone = row.label.role == .muted && row.label.word != "unknown"
        return [
            row.label.text(pen.glyphs), StyledText(row.name, isGone ? Style(.muted) : Style(.title)),
            StyledText(row.runs), StyledText(row.rate, Style(.running)), .muted(row.requests),
            row.label.word == "silent" ? StyledText(row.heard, Style(.error)) : .muted(row.heard),
            .muted(row.up), .muted(row.version),
            StyledText(row.story, row.label.word == "silent" ? Style(.error) : isGone ? Style(.muted) : Style(.text)),
        ]
    }

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let (body, panel) = ConsolesPanel.split(ScreenFrame.draw(state, pen, on: &surface), state)
        ConsolesPanel.draw(state, pen, on: &surface, in: panel)
        let fleet = state.fleet
        let wanted = max(1, fleet.engines.count) + 3
        let chosen = fleet.engines.first { $0.id == state.health.selection }
        // The runs of the chosen engine stand below where both have room.
        let below = body.height - min(wanted, body.height / 2)
        let (top, bottom) = body.splitBottom(body.height >= 14 ? below : 0)
        let inner = surface.box(top, title: title(fleet, pen), style: Style(.borderFocused))
        TableView(
            columns: columns(width: inner.width, fleet), ids: fleet.engines.map(\.id),
            emptyMessage: fleet.engine == nil ? "…" : "No engine has told of itself yet."
        ) { cells(EngineRow(fleet.engines[$0], in: fleet, pen.times), pen) }
        .draw(on: &surface, in: inner, state: state.health)
        guard let chosen, bottom.height >= 4 else { return }
        drawRuns(of: chosen, state, pen, on: &surface, in: bottom)
    }

    private static func title(_ fleet: Fleet, _ pen: Pen) -> StyledText {
        if let staleness = fleet.staleness {
            let asOf = pen.times.clockWithSeconds(staleness.asOf)
            return pen.line([.strong("Engines"), StyledText("as they were at \(asOf)", Style(.warning))])
        }
        var counts: [EngineMember.Presence: Int] = [:]
        for engine in fleet.engines { counts[fleet.presence(of: engine, at: pen.times.now), default: 0] += 1 }
        return pen.line([
            .strong("Engines"),
            .muted("\(Figures.count(counts[.working, default: 0])) at work"),
            counts[.silent].map { StyledText("\(Figures.count($0)) silent", Style(.error)) },
            counts[.lost].map { .muted("\(Figures.count($0)) lost") },
            counts[.ended].map { .muted("\(Figures.count($0)) ended") },
            fleet.engine?.reads.map { reads in
                StyledText(reads.short, Style(reads.detour == nil ? .muted : .warning))
            },
        ])
    }

    /// What the engine works on, and what is known of it.
    private static func drawRuns(
        of engine: EngineMember, _ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect
    ) {
        let title =
            StyledText.strong(engine.id) + .muted(" since \(pen.times.stamp(engine.startedAt)) UTC")
        let inner = surface.box(area, title: title)
        var lines: [StyledText] = []
        let presence = state.fleet.presence(of: engine, at: pen.times.now)
        if presence == .silent {
            lines += TerminalText.wrap(
                EngineRow.silence(of: engine, in: state.fleet, pen.times), to: inner.width - 2
            ).map { StyledText($0, Style(.error)) }
        }
        if presence == .lost {
            lines += TerminalText.wrap(EngineRow.history(of: engine, pen.times), to: inner.width - 2).map { .muted($0) }
        } else if let trouble = engine.report.trouble {
            lines += TerminalText.wrap(trouble, to: inner.width - 2).map { StyledText($0, Style(.warning)) }
        }
        for (row, line) in lines.prefix(inner.height).enumerated() {
            surface.put(line, at: Point(inner.minX + 1, inner.minY + row), maxWidth: inner.width - 2)
        }
        let rest = inner.inset(top: min(inner.height, lines.count))
        guard rest.height >= 2 else { return }
        let barWidth = rest.width >= 120 ? 12 : 8
        let jobs = engine.holds.compactMap { state.fleet.jobs[$0.job] }
        TableView(
            columns: JobsTable.columns(
                width: rest.width, barWidth: barWidth, longestName: state.fleet.longestName,
                hasTrend: state.fleet.hasTrend, isStale: pen.isStale),
            ids: jobs.map(\.id), emptyMessage: "It holds no run."
        ) {
            JobsTable.cells(
                pen.row(jobs[$0]), barWidth: barWidth, engineWidth: JobsTable.engineWidth(rest.width), pen)
        }
        .draw(on: &surface, in: rest, state: TableState<JobID>())
    }
}
