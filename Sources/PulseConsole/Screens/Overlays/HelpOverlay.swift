import PulseDomain
import PulseTerminal

/// The keys of a screen, made of the bindings.
enum HelpOverlay {
    static func draw(_ state: ConsoleState, scrolled: Int, _ pen: Pen, on surface: inout Surface) {
        let narrow = lines(state, pen, width: max(1, min(surface.width, 78) - 4))
        let columns = surface.width >= 140 && narrow.count > surface.height - 6 ? 2 : 1
        let lines = columns == 1 ? narrow : lines(state, pen, width: 70)
        let width = min(surface.width, columns == 2 ? 146 : 78)
        let rows = columns == 2 ? (lines.count + 1) / 2 : lines.count
        let frame = surface.bounds.centered(Size(width, min(surface.height, rows + 2)))
        let base = Style(.overlayText, on: .overlay)
        surface.fill(frame, style: base)
        let title = StyledText("Keys: \(Self.name(state))", Style(.accent, on: .overlay, .bold))
        let inner = surface.box(frame, title: title, style: Style(.borderFocused, on: .overlay)).inset(
            left: 1, right: 1)
        let first = max(0, min(scrolled, rows - inner.height))
        let places = inner.columns(Array(repeating: 1, count: columns), gap: 2)
        for (column, place) in places.enumerated() {
            for row in 0..<place.height {
                let index = column * rows + first + row
                guard index < min(lines.count, (column + 1) * rows) else { break }
                surface.put(lines[index].over(base), at: Point(place.minX, place.minY + row), maxWidth: place.width)
            }
        }
        if rows > inner.height {
            let text = " j and k scroll, any other key closes "
            surface.put(
                text, at: Point(frame.minX + 2, frame.maxY - 1), style: Style(.muted, on: .overlay),
                maxWidth: frame.width - 4)
        }
    }

    static func name(_ state: ConsoleState) -> String { state.detail.map { $0.job.rawValue } ?? state.screen.title }

    private static func lines(_ state: ConsoleState, _ pen: Pen, width: Int) -> [StyledText] {
        var lines: [StyledText] = []
        for group in KeyBinding.Group.allCases {
            let bindings = KeyBinding.all.filter { $0.group == group && $0.scopes.contains(state.scope) }
            guard !bindings.isEmpty else { continue }
            if !lines.isEmpty { lines.append("") }
            lines.append(.strong(group.rawValue))
            for binding in bindings {
                let keys = binding.keys.map(\.label).joined(separator: " ")
                var text = binding.title
                var (keyStyle, style) = (Style(.key), Style.plain)
                if binding.action.isCommand, case .disabled(let reason) = state.availability(of: binding.action) {
                    text += ": \(reason)"
                    (keyStyle, style) = (Style(.muted), Style(.muted))
                }
                let keyWidth = width >= 60 ? 22 : 12
                let wrapped = TerminalText.wrap(text, to: max(12, width - keyWidth))
                for (row, line) in wrapped.enumerated() {
                    let head = "  " + TerminalText.pad(row == 0 ? keys : "", to: keyWidth - 2)
                    lines.append(StyledText(head, keyStyle) + StyledText(line, style))
                }
            }
        }
        return lines
    }
}
