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
                : StyledText("\(Figures.many(count, "line")) with \"\(logs.filter)\"", Style(.match)),
            logs.isFollowing
                ? StyledText("follows", Style(.ok)) : StyledText("stands still; G follows again", Style(.warning)),
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
        let selected = logs.table.index(in: logs.shown)
        let first = logs.table.firstVisible(height: inner.height, count: count, selected: selected)
        for row in first..<min(count, first + inner.height) {
            let line = Rect(inner.minX, inner.minY + row - first, inner.width - 1, 1)
            let isSelected = row == selected
            let base = isSelected ? Style(.selectionText, on: .selection) : .plain
            if isSelected {
                surface.fill(line, style: base)
                surface.put("▸", at: line.origin, style: base)
            }
            let text = LogRow.styled(logs.buffer[logs.shown[row]], showsJob: true, pen)
            surface.put(
                (isSelected ? text.selected : text).over(base), at: Point(line.minX + 1, line.minY),
                maxWidth: line.width - 1)
        }
        Scrollbar(first: first, visible: inner.height, total: count)
            .draw(on: &surface, in: Rect(inner.maxX - 1, inner.minY, 1, inner.height))
        return logs.filterField.map { drawFilter($0, state, on: &surface) }
    }

    private static func drawFilter(_ field: TextField, _ state: ConsoleState, on surface: inout Surface) -> Point {
        FilterLine.draw(field, placeholder: "job or words of the line; Enter keeps, Esc drops", state, on: &surface)
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
