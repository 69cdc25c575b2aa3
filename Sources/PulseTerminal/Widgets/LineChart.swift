/// Curves over several rows with a scale at the left: braille dots where the terminal has them, signs otherwise.
package struct LineChart: Hashable, Sendable {
    /// One curve.
    package struct Series: Hashable, Sendable {
        /// What it shows.
        package var name: String
        /// Values at equal distances, oldest first; nil where nothing was measured.
        package var values: [Double?]
        /// Its colour.
        package var role: ColorRole
        /// Whether the area below is filled.
        package var isFilled: Bool
        /// Colours of a filled area from the lowest row to the highest; empty for `role` alone.
        package var gradient: [ColorRole]

        /// A curve.
        package init(
            _ name: String, _ values: [Double?], role: ColorRole = .chart, isFilled: Bool = false,
            gradient: [ColorRole] = []
        ) {
            self.name = name
            self.values = values
            self.role = role
            self.isFilled = isFilled
            self.gradient = gradient
        }
    }

    /// The curves; later ones are drawn over earlier ones.
    package var series: [Series]
    /// The value at the top; nil takes the greatest one, rounded up; see ``roundedUp(_:)``.
    package var maximum: Double?
    /// Text below the left end, such as `-10 min`; empty for none.
    package var startLabel: String
    /// Text below the right end, such as `now`; empty for none.
    package var endLabel: String
    /// Columns of the scale, at the least, so that charts above each other begin alike.
    package var scaleWidth: Int

    /// A chart.
    package init(
        _ series: [Series], maximum: Double? = nil, startLabel: String = "", endLabel: String = "", scaleWidth: Int = 0
    ) {
        self.series = series
        self.maximum = maximum
        self.startLabel = startLabel
        self.endLabel = endLabel
        self.scaleWidth = scaleWidth
    }

    private var top: Double {
        maximum ?? Self.roundedUp(series.flatMap { $0.values.compactMap { $0 } }.filter(\.isFinite).max() ?? 0)
    }

    private var labels: [String] { [CompactNumber.text(top), CompactNumber.text(top / 2), "0"] }

    /// Columns of the scale at the left.
    package func scale(in area: Rect) -> Int { max(scaleWidth, labels.map { $0.utf8.count }.max() ?? 1) }

    /// Columns that the curves have, each of them two values wide in braille.
    package func plotWidth(in area: Rect) -> Int { max(0, area.width - scale(in: area) - 1) }

    /// The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten that is not below a value; 1 for nothing.
    package static func roundedUp(_ value: Double) -> Double {
        guard value.isFinite, value > 0 else { return 1 }
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        while power > value { power /= 10 }
        return [1.0, 1.5, 2, 3, 4, 5, 6, 8, 10].map { $0 * power }.first { $0 >= value } ?? power * 10
    }

    /// Draws curves, scale and labels into an area; a single row becomes a sparkline.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        let top = top
        guard area.height >= 3, area.width >= 16 else {
            if let first = series.first {
                Sparkline(first.values, maximum: top, style: Style(first.role)).draw(on: &surface, in: area)
            }
            return
        }
        let labels = labels
        let scale = scale(in: area)
        let hasLabels = !startLabel.isEmpty || !endLabel.isEmpty
        let plot = area.inset(left: scale + 1, bottom: hasLabels ? 1 : 0)
        let rows = [plot.minY, plot.minY + (plot.height - 1) / 2, plot.maxY - 1]
        for (label, row) in zip(labels, rows) where plot.height >= 5 || row != rows[1] {
            surface.put(
                label, at: Point(area.minX, row), style: Style(.muted), maxWidth: scale, alignment: .right)
        }
        surface.verticalLine(at: Point(plot.minX - 1, plot.minY), length: plot.height)
        if hasLabels {
            surface.put(startLabel, at: Point(plot.minX, area.maxY - 1), style: Style(.muted), maxWidth: plot.width / 2)
            surface.put(
                endLabel, at: Point(plot.minX + plot.width / 2, area.maxY - 1), style: Style(.muted),
                maxWidth: plot.width - plot.width / 2, alignment: .right)
        }
        for series in series { draw(series, top: top, on: &surface, in: plot) }
    }

    private func draw(_ series: Series, top: Double, on surface: inout Surface, in plot: Rect) {
        // Braille has two by four dots a cell; without it, a cell is a dot.
        let isFine = surface.glyphs == .unicode
        let (across, down) = isFine ? (2, 4) : (1, 1)
        let (columns, rows) = (plot.width * across, plot.height * down)
        var dots = [UInt8](repeating: 0, count: plot.width * plot.height)
        let visible = series.values.suffix(columns)
        let first = columns - visible.count
        var previous: Int?
        for (offset, value) in visible.enumerated() {
            guard let value, value.isFinite else {
                previous = nil
                continue
            }
            let share = top > 0 ? max(0, min(1, value / top)) : 0
            let y = rows - 1 - Int((share * Double(rows - 1)).rounded())
            // A steep step is joined by dots, so that the curve has no gaps.
            let from = series.isFilled ? rows - 1 : previous ?? y
            for row in min(from, y)...max(from, y) {
                let x = first + offset
                dots[(row / down) * plot.width + x / across] |= isFine ? Self.bits[(row % 4) * 2 + x % 2] : 1
            }
            previous = y
        }
        let roles = series.gradient.isEmpty ? [series.role] : series.gradient
        for (index, bits) in dots.enumerated() where bits != 0 {
            let sign = isFine ? Glyph(0x2800 + UInt32(bits), width: 1) : Glyph(series.isFilled ? 0x23 : 0x2A, width: 1)
            let row = index / plot.width
            let style = Style(roles[(plot.height - 1 - row) * roles.count / plot.height])
            surface.set(sign, at: Point(plot.minX + index % plot.width, plot.minY + row), style: style)
        }
    }

    // Dots of a braille cell by row and column (Unicode chapter 21, "Braille Patterns").
    private static let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
}

/// Numbers on few columns.
package enum CompactNumber {
    /// At most four significant signs and a unit: `0`, `0.5`, `999`, `1.2k`, `34M`.
    package static func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value < 0 { return "-" + text(-value) }
        var (scaled, unit) = (value, "")
        for next in ["k", "M", "G", "T"] where scaled >= 999.5 {
            scaled /= 1_000
            unit = next
        }
        if scaled >= 9.95 || scaled == scaled.rounded() { return "\(Int(min(scaled, 1e15).rounded()))\(unit)" }
        let tenths = Int((scaled * 10).rounded())
        if tenths == 0 { return scaled == 0 ? "0" : "<0.1" }
        return tenths % 10 == 0 ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
    }
}
