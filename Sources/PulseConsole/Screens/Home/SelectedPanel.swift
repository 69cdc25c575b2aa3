import PulseDomain
import PulseTerminal

/// More about the selected job, where a large screen has room for it.
enum SelectedPanel {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 5, let id = state.home.jobs.selection, let status = state.fleet.jobs[id] else { return }
        let title = StyledText.strong(id.rawValue) + .muted("  " + status.definition.title)
        let inner = surface.box(area, title: title).inset(left: 1, right: 1)
        let lines = RunSummary.lines(status, pen, width: inner.width)
        for (row, line) in lines.prefix(inner.height).enumerated() {
            surface.put(line, at: Point(inner.minX, inner.minY + row), maxWidth: inner.width)
        }
        let below = inner.inset(top: lines.count + 1)
        // Not so high that it outweighs what stands above, and as wide as whole columns for each value make it.
        let chart = Rect(below.minX, below.minY, below.width, min(8, below.height))
        let times = max(1, (chart.width - 8) * 2 / max(1, status.history.count))
        let values = status.history.flatMap { Array(repeating: $0, count: times) }
        if chart.height >= 3, status.history.contains(where: { $0 > 0 }) {
            LineChart(
                [.init("rec/s", values, isFilled: true, gradient: [.chartLow, .chart, .chartHigh])],
                startLabel: "rec/s",
                endLabel: JobCondition(status).isUnderWay ? "now" : "at last"
            ).draw(on: &surface, in: chart)
        }
    }
}
