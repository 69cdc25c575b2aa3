import PulseDomain
import PulseTerminal

/// The engine's log.
enum LogsScreen {
    /// Draws it and returns where the cursor belongs while a filter is typed.
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) -> Point? {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        let logs = state.logs
        let count = logs.shown.count
        let title = pen.line([
            .strong("Log"), .muted("\(logs.minimum.rawValue) and above"),
            logs.filter.isEmpty
                ? .muted(Figures.many(count, "line"))
                : StyledText("\(Figures.many(count, "line")) with \"\(logs.filter.text)\"", Style(.match)),
            LogRow.stance(logs.view),
        ])
        let inner = surface.box(body, title: title, style: Style(.borderFocused))
        if count == 0 {
            let text =
                !logs.isLoaded
                ? "Reading…"
                : logs.filter.isEmpty
                    ? "Nothing logged at this level. v shows more levels."
                    : "No line fits the filter. Esc takes it away."
            surface.put(.muted(text), at: Point(inner.minX + 1, inner.minY), maxWidth: inner.width - 1)
        }
        let engineWidth = state.fleet.engineWidth(in: inner.width)
        LogView(lines: logs.shown) {
            LogRow.styled(
                logs.buffer[$0], showsJob: true, engineWidth: engineWidth,
                namesLevel: LogRow.namesLevel(in: inner.width), pen)
        }
        .draw(on: &surface, in: inner, state: logs.view)
        return logs.filter.field.map { field in
            FilterLine.draw(
                field, placeholder: "job, engine or words of the line; Enter keeps, Esc drops", state, on: &surface)
        }
    }
}

/// The filter being typed, in place of the hints.
enum FilterLine {
    static func draw(
        _ field: TextField, placeholder: String, _ state: ConsoleState, on surface: inout Surface
    ) -> Point {
        let line = ScreenFrame.area(of: state.size).footer
        surface.fill(line, style: Style(.fieldText, on: .field))
        surface.put(" Filter: ", at: line.origin, style: Style(.key, on: .field))
        return field.draw(on: &surface, in: line.inset(left: 9), placeholder: placeholder)
    }
}
