import PulseTerminal

/// The command palette.
enum PaletteOverlay {
    static func draw(_ palette: PaletteState, _ pen: Pen, on surface: inout Surface) -> Point {
        let width = min(surface.width, 84)
        let height = min(surface.height, max(8, min(20, surface.height - 4)))
        let top = surface.height > 20 ? 3 : 0
        let frame = Rect((surface.width - width) / 2, top, width, min(height, surface.height - top))
        let base = Style(.overlayText, on: .overlay)
        surface.fill(frame, style: base)
        let title = StyledText("Find a command, a job or a theme", Style(.accent, on: .overlay, .bold))
        let inner = surface.box(frame, title: title, style: Style(.borderFocused, on: .overlay)).inset(
            left: 1, right: 1)
        let (line, below) = inner.splitTop(1)
        // Why the chosen one does nothing now is said in full.
        let chosen = palette.items.indices.contains(palette.chosen) ? palette.items[palette.chosen] : nil
        let obstacle = chosen?.obstacle.map { TerminalText.wrap($0, to: max(1, below.width - 2)) } ?? []
        let (list, foot) = below.splitBottom(min(obstacle.count, below.height / 2))
        for (row, text) in obstacle.prefix(foot.height).enumerated() {
            surface.put(
                text, at: Point(foot.minX + 2, foot.minY + row), style: Style(.warning, on: .overlay),
                maxWidth: foot.width - 2)
        }
        surface.put(">", at: line.origin, style: Style(.key, on: .overlay))
        let cursor = palette.field.draw(on: &surface, in: line.inset(left: 2), placeholder: "type a few letters")
        guard !palette.items.isEmpty else {
            surface.put("Nothing fits.", at: Point(list.minX, list.minY), style: Style(.muted, on: .overlay))
            return cursor
        }
        let first = max(0, min(palette.chosen - list.height + 1, palette.items.count - list.height))
        for (row, item) in palette.items.dropFirst(first).prefix(list.height).enumerated() {
            let place = Rect(list.minX, list.minY + row, list.width, 1)
            let isChosen = first + row == palette.chosen
            let style = isChosen ? Style(.selectionText, on: .selection, .bold) : base
            if isChosen { surface.fill(place, style: style) }
            let isJob = if case .job = item.target { true } else { false }
            let isAction = if case .action = item.target { true } else { false }
            let sign = isChosen ? "▸ " : "  "
            let detail = item.obstacle ?? item.detail
            let detailWidth = min(TerminalText.width(detail), list.width / 2)
            // One colour on the mark: what cannot be done is said below.
            let faint = isChosen ? style : Style(.muted).over(style)
            let name =
                StyledText(sign, style) + StyledText(isJob ? "open " : "", faint)
                + StyledText(item.title, item.obstacle == nil ? style : faint)
            surface.put(name, at: place.origin, maxWidth: list.width - detailWidth - 2)
            let detailStyle = item.obstacle != nil || !isAction ? faint : isChosen ? style : Style(.key).over(style)
            surface.put(
                detail, at: Point(place.maxX - detailWidth, place.minY), style: detailStyle,
                maxWidth: detailWidth)
        }
        return cursor
    }
}
