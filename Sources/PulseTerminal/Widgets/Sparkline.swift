/// A curve on one row: the newest value is at the right.
package struct Sparkline: Hashable, Sendable {
    /// Values, oldest first; nil where nothing was measured.
    package var values: [Double?]
    /// The value of a full cell; nil takes the greatest visible one.
    package var maximum: Double?
    /// How it looks.
    package var style: Style

    /// A curve.
    package init(_ values: [Double?], maximum: Double? = nil, style: Style = Style(.chart)) {
        self.values = values
        self.maximum = maximum
        self.style = style
    }

    /// Draws as many of the newest values as there are cells, on the first row of an area.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        let visible = values.suffix(area.width)
        let top = maximum ?? visible.compactMap { $0 }.filter(\.isFinite).max() ?? 0
        let start = area.maxX - visible.count
        for (offset, value) in visible.enumerated() {
            let sign: Glyph
            if let value, value.isFinite {
                // Zero is the lowest sign, so that it differs from "not measured".
                let level = top > 0 ? Int((max(0, min(1, value / top)) * 7).rounded()) : 0
                sign = Glyph(0x2581 + UInt32(level), width: 1)
            } else {
                sign = .space
            }
            surface.set(sign, at: Point(start + offset, area.minY), style: style)
        }
    }
}
