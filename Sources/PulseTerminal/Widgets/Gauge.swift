/// A bar on one row, with a text behind it.
package struct Gauge: Hashable, Sendable {
    /// The full part, 0 to 1; nil when nobody knows.
    package var fraction: Double?
    /// Text right of the bar, such as `62 %`; empty for none.
    package var label: String
    /// Columns kept for the label, at the least, so that bars under each other end alike; the label stands right.
    package var labelWidth: Int
    /// Colour of the full part.
    package var fill: ColorRole
    /// For an unknown fraction: grows by one a step to move the mark.
    package var phase: Int

    /// A bar; values outside of 0 to 1 (or not a number) are shown as the nearest.
    package init(
        _ fraction: Double?, label: String = "", labelWidth: Int = 0, fill: ColorRole = .gaugeFill, phase: Int = 0
    ) {
        self.fraction = fraction.map { $0.isNaN ? 0 : max(0, min(1, $0)) }
        self.label = label
        self.labelWidth = labelWidth
        self.fill = fill
        self.phase = phase
    }

    /// Draws on the first row of an area, in eighths of a cell where the terminal can.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        let wanted = max(labelWidth, TerminalText.width(label))
        let labelWidth = wanted == 0 ? 0 : min(wanted + 1, area.width)
        let isBarShown = area.width - labelWidth >= 3
        let width = isBarShown ? area.width - labelWidth : 0
        if isBarShown { drawBar(on: &surface, at: area.origin, width: width) }
        if labelWidth > 0 {
            surface.put(
                label, at: Point(area.minX + (isBarShown ? width + 1 : 0), area.minY), style: .plain,
                maxWidth: isBarShown ? labelWidth - 1 : area.width, alignment: isBarShown ? .right : .left)
        }
    }

    private func drawBar(on surface: inout Surface, at point: Point, width: Int) {
        let isUnicode = surface.glyphs == .unicode
        let full = Style(fill, on: isUnicode ? .gaugeEmpty : nil)
        let empty = Style(.muted, on: isUnicode ? .gaugeEmpty : nil)
        let emptySign = isUnicode ? Glyph(0x20, width: 1) : Glyph(0x2D, width: 1)
        let fullSign = isUnicode ? Glyph(0x2588, width: 1) : Glyph(0x23, width: 1)
        guard let fraction else {
            let length = max(1, width / 4)
            // To the right end and back.
            let travel = max(1, width - length)
            let place = phase % (2 * travel)
            let start = place < travel ? place : 2 * travel - place
            for x in 0..<width {
                let isMark = x >= start && x < start + length
                surface.set(
                    isMark ? fullSign : emptySign, at: Point(point.x + x, point.y), style: isMark ? full : empty)
            }
            return
        }
        let eighths = isUnicode ? Int((fraction * Double(width * 8)).rounded()) : Int(fraction * Double(width)) * 8
        for x in 0..<width {
            let here = max(0, min(8, eighths - x * 8))
            let sign =
                here == 8 ? fullSign : here == 0 ? emptySign : Glyph(0x2588 + UInt32(8 - here), width: 1)
            surface.set(sign, at: Point(point.x + x, point.y), style: here > 0 ? full : empty)
        }
    }
}
