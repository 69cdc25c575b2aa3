import PulseTerminal

/// Small graphics made of text, for table cells.
enum TextGraphics {
    /// A bar of `width` columns: a heavy line over a thin one, which differ without colours too.
    static func bar(_ share: Double, width: Int, role: ColorRole, glyphs: GlyphMode) -> StyledText {
        guard width > 0 else { return "" }
        let share = share.isNaN ? 0 : max(0, min(1, share))
        guard glyphs == .unicode else {
            let full = Int(share * Double(width))
            return StyledText(String(repeating: "=", count: full), Style(role))
                + StyledText(String(repeating: ".", count: width - full), Style(.muted))
        }
        let halves = Int(share * Double(width * 2))
        let full = halves / 2
        let hasHalf = halves % 2 == 1
        return StyledText(String(repeating: "━", count: full) + (hasHalf ? "╸" : ""), Style(role))
            + StyledText(String(repeating: "─", count: width - full - (hasHalf ? 1 : 0)), Style(.gaugeEmpty))
    }

    /// What is used of a limit, what will be by its reset at the present rate, and what stays free. Three signs, which
    /// differ without colours too.
    static func gauge(
        _ used: Double, until projected: Double?, width: Int, role: ColorRole, glyphs: GlyphMode
    ) -> StyledText {
        guard width > 0 else { return "" }
        func cells(_ share: Double) -> Int {
            let share = share.isNaN ? 0 : max(0, min(1, share))
            // Something used is seen, and full only when it is.
            let exact = share * Double(width)
            return share > 0 ? max(1, share < 1 ? min(width - 1, Int(exact.rounded())) : width) : 0
        }
        let full = cells(used)
        let coming = max(full, cells(max(used, projected ?? used))) - full
        let signs: (String, String, String) = glyphs == .unicode ? ("■", "▪", "·") : ("#", "+", ".")
        return StyledText(String(repeating: signs.0, count: full), Style(role))
            + StyledText(String(repeating: signs.1, count: coming), Style(.muted))
            + StyledText(String(repeating: signs.2, count: width - full - coming), Style(.border))
    }

    /// The newest values as a curve of at most `width` columns.
    static func curve(_ values: [Double], width: Int, role: ColorRole, glyphs: GlyphMode) -> StyledText {
        let visible = values.suffix(max(0, width))
        let top = visible.filter(\.isFinite).max() ?? 0
        // Never a full cell, so that curves of neighbouring rows stay apart.
        let signs = Array(glyphs == .unicode ? "▁▂▃▄▅▆▇" : "_.:-=+*")
        let text = visible.map { value in
            let share = top > 0 && value.isFinite ? max(0, min(1, value / top)) : 0
            return signs[Int((share * Double(signs.count - 1)).rounded())]
        }
        return StyledText(String(text), Style(top > 0 ? role : .muted))
    }
}
