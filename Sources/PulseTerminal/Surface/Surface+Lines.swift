/// How lines and boxes are drawn.
package enum LineStyle: Sendable {
    /// Thin, with square corners.
    case thin
    /// Thin, with rounded corners.
    case rounded
    /// Heavy.
    case heavy
    /// Double.
    case double

    // Horizontal, vertical, and the corners from the upper left clockwise.
    var glyphs: [UInt32] {
        switch self {
        case .thin: [0x2500, 0x2502, 0x250C, 0x2510, 0x2518, 0x2514]
        case .rounded: [0x2500, 0x2502, 0x256D, 0x256E, 0x256F, 0x2570]
        case .heavy: [0x2501, 0x2503, 0x250F, 0x2513, 0x251B, 0x2517]
        case .double: [0x2550, 0x2551, 0x2554, 0x2557, 0x255D, 0x255A]
        }
    }
}

extension Surface {
    /// A line to the right.
    package mutating func horizontalLine(
        at point: Point, length: Int, line: LineStyle = .thin, style: Style = Style(.border)
    ) {
        let glyph = Glyph(line.glyphs[0], width: 1)
        for x in 0..<max(0, length) { set(glyph, at: Point(point.x + x, point.y), style: style) }
    }

    /// A line downwards.
    package mutating func verticalLine(
        at point: Point, length: Int, line: LineStyle = .thin, style: Style = Style(.border)
    ) {
        let glyph = Glyph(line.glyphs[1], width: 1)
        for y in 0..<max(0, length) { set(glyph, at: Point(point.x, point.y + y), style: style) }
    }

    /// A border along the inner edge of an area, with a title in its upper line; returns the area inside. Areas
    /// without room for a border (under 2×2) are returned unchanged.
    @discardableResult
    package mutating func box(
        _ area: Rect, title: StyledText? = nil, line: LineStyle = .rounded, style: Style = Style(.border)
    ) -> Rect {
        guard area.width >= 2, area.height >= 2 else { return area }
        let glyphs = line.glyphs
        horizontalLine(at: Point(area.minX + 1, area.minY), length: area.width - 2, line: line, style: style)
        horizontalLine(at: Point(area.minX + 1, area.maxY - 1), length: area.width - 2, line: line, style: style)
        verticalLine(at: Point(area.minX, area.minY + 1), length: area.height - 2, line: line, style: style)
        verticalLine(at: Point(area.maxX - 1, area.minY + 1), length: area.height - 2, line: line, style: style)
        let corners = [
            Point(area.minX, area.minY), Point(area.maxX - 1, area.minY), Point(area.maxX - 1, area.maxY - 1),
            Point(area.minX, area.maxY - 1),
        ]
        for (corner, glyph) in zip(corners, glyphs[2...]) { set(Glyph(glyph, width: 1), at: corner, style: style) }
        if let title, area.width >= 6 {
            let padded = StyledText(" ", style) + title + StyledText(" ", style)
            put(padded, at: Point(area.minX + 2, area.minY), maxWidth: area.width - 4)
        }
        return area.inset(by: 1)
    }
}
