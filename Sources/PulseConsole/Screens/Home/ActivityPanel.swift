import PulseDomain
import PulseTerminal

/// What happened lately, newest last.
enum ActivityPanel {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 3 else { return }
        let inner = surface.box(area, title: .strong("Activity") + .muted(" 4 shows it in full")).inset(
            left: 1, right: 1)
        let lines = state.logs.buffer.order.suffix(200).map { state.logs.buffer[$0] }.filter { $0.level >= .info }
            .suffix(inner.height)
        guard !lines.isEmpty else {
            let text = state.logs.isLoaded ? "Nothing has happened yet." : "…"
            surface.put(.muted(text), at: inner.origin, maxWidth: inner.width)
            return
        }
        for (row, line) in lines.enumerated() {
            surface.put(
                text(
                    line, pen, engineWidth: inner.width >= 90 ? state.fleet.engineWidth(in: inner.width) : 0,
                    showsPartition: inner.width >= 90), at: Point(inner.minX, inner.minY + row),
                maxWidth: inner.width)
        }
    }

    /// When, how serious, about which job, and what; facts come last, because they are the first to be cut.
    private static func text(
        _ line: LogLine, _ pen: Pen, engineWidth: Int, showsPartition: Bool
    ) -> StyledText {
        let label = line.level.label
        let isLoud = line.level >= .warning
        var text =
            StyledText.muted(pen.times.clockWithSeconds(line.at) + " ")
            + StyledText(label.sign(pen.glyphs) + " ", Style(label.role))
        text = text + LogRow.engine(of: line, width: engineWidth)
        if let job = line.job { text = text + StyledText("\(job) ", Style(.accent)) }
        if showsPartition, let partition = line.partition, partition != .whole {
            text = text + StyledText("\(partition) ", Style(.info))
        }
        text = text + StyledText(line.message, isLoud ? Style(label.role) : Style(.text))
        for fact in LogRow.facts(of: line) { text = text + .muted("  \(fact.name)=\(fact.value)") }
        return text
    }
}
