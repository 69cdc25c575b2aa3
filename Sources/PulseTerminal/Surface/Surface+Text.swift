extension Surface {
    /// Draws one line of text, sanitised, and returns the columns it took.
    ///
    /// - Parameters:
    ///   - point: The first cell of the field; it may lie outside.
    ///   - maxWidth: Columns of the field; nil means up to the right edge.
    ///   - truncation: What is left out when the field is too narrow.
    ///   - alignment: Where text stands in a field that is wider.
    @discardableResult
    package mutating func put(
        _ text: String, at point: Point, style: Style = .plain, maxWidth: Int? = nil, truncation: Truncation = .end,
        alignment: Alignment = .left
    ) -> Int {
        let field = maxWidth ?? (width - point.x)
        guard field > 0 else { return 0 }
        if fidelity == .clusters {
            let pieces = TerminalText.fit(TextPiece.pieces(of: text), to: field, truncation)
            let used = pieces.reduce(0) { $0 + $1.width }
            var x = point.x + alignment.leading(field - used)
            for piece in pieces { x = put(piece, at: Point(x, point.y), style: style) }
            return used
        }
        let glyphs = TerminalText.fit(Array(GlyphSequence(text)), to: field, truncation)
        let used = glyphs.reduce(0) { $0 + $1.width }
        var x = point.x + alignment.leading(field - used)
        for glyph in glyphs {
            set(glyph, at: Point(x, point.y), style: style)
            x += glyph.width
        }
        return used
    }

    /// Draws text in several styles and returns the columns it took. Truncation is that of the whole.
    @discardableResult
    package mutating func put(
        _ text: StyledText, at point: Point, maxWidth: Int? = nil, truncation: Truncation = .end,
        alignment: Alignment = .left
    ) -> Int {
        let field = maxWidth ?? (width - point.x)
        guard field > 0 else { return 0 }
        var x = point.x + alignment.leading(max(0, field - text.width))
        let end = point.x + field
        let overflows = text.width > field
        for (index, span) in text.spans.enumerated() {
            let isCut = overflows && TerminalText.width(span.text) > end - x
            let isLast = text.spans[(index + 1)...].allSatisfy { $0.text.isEmpty }
            if isCut || isLast || !overflows {
                x += put(span.text, at: Point(x, point.y), style: span.style, maxWidth: end - x, truncation: truncation)
            } else if TerminalText.width(span.text) == end - x && truncation != .none {
                // Exactly full, and more follows: leave room for the mark.
                x += put(span.text + " ", at: Point(x, point.y), style: span.style, maxWidth: end - x)
            } else {
                x += put(span.text, at: Point(x, point.y), style: span.style, maxWidth: end - x, truncation: .none)
            }
            if x >= end { break }
        }
        return x - point.x
    }

    /// Draws text over several lines, broken at blanks, and returns the rows it took (at most the area's).
    @discardableResult
    package mutating func putWrapped(_ text: String, in area: Rect, style: Style = .plain) -> Int {
        let lines = TerminalText.wrap(text, to: area.width)
        for (row, line) in lines.prefix(area.height).enumerated() {
            let isCut = row == area.height - 1 && lines.count > area.height
            put(isCut ? line + " …" : line, at: Point(area.minX, area.minY + row), style: style, maxWidth: area.width)
        }
        return min(lines.count, area.height)
    }
}
