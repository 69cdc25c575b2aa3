import PulseTerminal

/// Something in full, over the screen.
enum ReadingOverlay {
    static func draw(_ reading: Reading, _ pen: Pen, on surface: inout Surface) {
        let frame = frame(reading, in: surface.bounds)
        let base = Style(.overlayText, on: .overlay)
        surface.fill(frame, style: base)
        let title = StyledText(reading.title, Style(.accent, on: .overlay, .bold))
        let inner = surface.box(frame, title: title, style: Style(.borderFocused, on: .overlay)).inset(
            left: 1, right: 1)
        let lines = lines(reading, width: inner.width)
        let first = max(0, min(reading.scrolled, lines.count - inner.height))
        for (row, line) in lines.dropFirst(first).prefix(inner.height).enumerated() {
            surface.put(line.over(base), at: Point(inner.minX, inner.minY + row), maxWidth: inner.width)
        }
        Scrollbar(first: first, visible: inner.height, total: lines.count)
            .draw(on: &surface, in: Rect(frame.maxX - 1, inner.minY, 1, inner.height))
        let keys = lines.count > inner.height ? " j k PgDn scroll, y copies, Esc closes " : " y copies, Esc closes "
        surface.put(
            keys, at: Point(frame.minX + 2, frame.maxY - 1), style: Style(.muted, on: .overlay),
            maxWidth: max(0, frame.width - 4))
    }

    static func frame(_ reading: Reading, in bounds: Rect) -> Rect {
        let width = min(bounds.width, 100)
        let wanted = lines(reading, width: max(1, width - 4)).count + 2
        return bounds.centered(Size(width, min(bounds.height, wanted)))
    }

    /// Names at the left where there is room for them, texts broken to the rest.
    static func lines(_ reading: Reading, width: Int) -> [StyledText] {
        var lines: [StyledText] = []
        let longest = reading.parts.map { TerminalText.width($0.name) }.max() ?? 0
        let indent = width >= 40 ? min(longest, 16) + 2 : 0
        for part in reading.parts {
            let style = Style(part.role)
            let texts = TerminalText.sanitizedLines(part.text).flatMap { line -> [String] in
                let broken = wrapped(line, width: max(1, width - indent))
                return broken.isEmpty ? [""] : broken
            }
            if indent == 0 { lines.append(.muted(part.name)) }
            for (row, text) in texts.enumerated() {
                let name = row == 0 ? TerminalText.truncate(part.name, to: max(0, indent - 2)) : ""
                lines.append(.muted(TerminalText.pad(name, to: indent)) + StyledText(text, style))
            }
        }
        return lines
    }

    /// Wrapped with the line's own indentation, which wrapping alone would drop.
    private static func wrapped(_ line: String, width: Int) -> [String] {
        let blanks = min(line.prefix { $0 == " " }.count, max(0, width - 8))
        let rest = TerminalText.wrap(String(line.drop { $0 == " " }), to: max(1, width - blanks))
        return rest.map { String(repeating: " ", count: blanks) + $0 }
    }
}
