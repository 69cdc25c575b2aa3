import PulseDomain
import PulseTerminal

/// A job's own screen: how its run goes, and everything it can be taken back to.
enum DetailScreen {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) -> Point? {
        _ = ScreenFrame.draw(state, pen, on: &surface)
        guard let detail = state.detail else { return nil }
        let layout = DetailLayout(state.size, showsLog: detail.pane == .log)
        let status = detail.data?.status ?? state.fleet.jobs[detail.job]
        drawSummary(status, detail, layout, pen, on: &surface)
        drawStages(detail, layout, pen, on: &surface)
        drawList(detail, layout, state.fleet, pen, on: &surface)
        if !layout.log.isEmpty { drawLog(detail, state.fleet, in: layout.log, pen, on: &surface) }
        return nil
    }

    private static func drawSummary(
        _ status: JobStatus?, _ detail: DetailState, _ layout: DetailLayout, _ pen: Pen, on surface: inout Surface
    ) {
        let title = StyledText.strong(detail.job.rawValue) + .muted(status.map { "  \($0.definition.title)" } ?? "")
        var area = layout.summary
        if layout.hasBoxes {
            let role = status.map { JobCondition($0).label.role } ?? .border
            area = surface.box(area, title: title, style: Style(role)).inset(left: 1, right: 1)
        } else {
            surface.put(title, at: Point(area.minX + 1, area.minY), maxWidth: area.width - 2)
            area = area.inset(left: 1, top: 1, right: 1)
        }
        guard let status else {
            let text =
                detail.failure.map { "\($0.sentence) \($0.remedy)" } ?? "This job is not among those the engine has."
            surface.putWrapped(text, in: area, style: Style(.muted))
            return
        }
        for (row, line) in RunSummary.lines(status, pen, width: area.width).prefix(area.height).enumerated() {
            surface.put(line, at: Point(area.minX, area.minY + row), maxWidth: area.width)
        }
    }

    private static func drawStages(
        _ detail: DetailState, _ layout: DetailLayout, _ pen: Pen, on surface: inout Surface
    ) {
        guard layout.stages.height >= 5 else { return }
        let inner = surface.box(layout.stages, title: .strong("Stages") + .muted(" and their share of time")).inset(
            left: 1, right: 1)
        guard let stages = detail.data?.stages, !stages.isEmpty else {
            surface.put(.muted(detail.data == nil ? "…" : "No page has passed yet."), at: inner.origin)
            return
        }
        let total = stages.reduce(0.0) { $0 + $1.busy.inSeconds }
        let longest = stages.map(\.busy).max()
        let barWidth = max(4, min(24, inner.width - 48))
        for (row, stage) in stages.prefix(inner.height).enumerated() {
            let share = total > 0 ? stage.busy.inSeconds / total : 0
            let sign = row == 0 ? " " : pen.glyphs == .unicode ? "↓" : "v"
            let figures = Style(stage.pages > 0 ? .text : .muted)
            let line =
                .muted(sign + " ")
                + StyledText(TerminalText.pad(stage.stage.rawValue, to: 10), stage.pages > 0 ? Style(.title) : figures)
                + StyledText(TerminalText.pad("\(Figures.count(stage.pages)) pages", to: 12, .right), figures)
                + StyledText(TerminalText.pad("\(Figures.count(stage.records)) records", to: 16, .right), figures)
                + "  "
                + pen.bar(share, width: barWidth, role: stage.busy == longest && share > 0 ? .accent : .gaugeFill)
                + StyledText(TerminalText.pad(Figures.percent(share), to: 5, .right), Style(.text))
            surface.put(line, at: Point(inner.minX, inner.minY + row), maxWidth: inner.width)
        }
    }

    private static func drawList(
        _ detail: DetailState, _ layout: DetailLayout, _ fleet: Fleet, _ pen: Pen, on surface: inout Surface
    ) {
        var area = layout.list
        guard !area.isEmpty else { return }
        if layout.hasBoxes {
            area = surface.box(area, style: Style(.borderFocused))
        }
        // The tabs stand in the border where there is one.
        let (tabs, table) =
            layout.hasBoxes ? (layout.list.inset(left: 2, right: 2).splitTop(1).top, area) : area.splitTop(1)
        let panes = DetailState.Pane.allCases
        let titles = panes.map { pane in
            switch pane {
            case .partitions: "Partitions \(detail.data.map { Figures.count($0.partitions.count) } ?? "")"
            case .checkpoints: "Checkpoints \(detail.data.map(checkpointCount) ?? "")"
            case .runs: "Runs \(detail.data.map { Figures.count($0.recentRuns.count) } ?? "")"
            case .log: "Log"
            }
        }
        Tabs(titles, selected: detail.pane.rawValue).draw(on: &surface, in: tabs)
        guard let data = detail.data else {
            let text = detail.failure.map { "\($0.sentence) \($0.remedy)" } ?? "Reading…"
            surface.putWrapped(text, in: table.inset(left: 1, top: 1, right: 1), style: Style(.muted))
            return
        }
        switch detail.pane {
        case .partitions:
            PartitionsTable.draw(data.partitions, detail.partitions, true, pen, on: &surface, in: table)
        case .checkpoints:
            CheckpointsTable.draw(data.checkpoints, detail.checkpoints, true, pen, on: &surface, in: table)
        case .runs: RunsTable.draw(data.recentRuns, detail.runs, true, pen, on: &surface, in: table)
        case .log:
            if detail.log.lines.isEmpty {
                surface.put(.muted(" Nothing logged yet."), at: table.origin, maxWidth: table.width)
            } else {
                if layout.hasBoxes {
                    let stance = " " + LogRow.stance(detail.logView) + " "
                    surface.put(stance, at: Point(tabs.maxX - stance.width, layout.list.maxY - 1))
                }
                LogRow.view(detail.log, engineWidth: fleet.engineWidth(in: table.width), width: table.width, pen)
                    .draw(on: &surface, in: table, state: detail.logView)
            }
        }
    }

    /// How many are listed, and of how many that were saved: checkpoints of a partition are numbered one by one.
    private static func checkpointCount(_ data: JobDetail) -> String {
        let listed = data.checkpoints.count
        let saved = data.partitions.reduce(Int64(0)) { $0 + ($1.checkpoint?.sequence ?? 0) }
        return saved > Int64(listed)
            ? "newest \(Figures.count(listed)) of \(Figures.count(Int(saved)))" : Figures.count(listed)
    }

    private static func drawLog(
        _ detail: DetailState, _ fleet: Fleet, in area: Rect, _ pen: Pen, on surface: inout Surface
    ) {
        let inner = surface.box(area, title: .strong("Log") + .muted(" newest lines"))
        guard !detail.log.lines.isEmpty else {
            surface.put(.muted(" Nothing logged yet."), at: inner.origin, maxWidth: inner.width)
            return
        }
        LogRow.view(detail.log, engineWidth: fleet.engineWidth(in: inner.width), width: inner.width, pen)
            .draw(on: &surface, in: inner, state: nil)
    }
}
