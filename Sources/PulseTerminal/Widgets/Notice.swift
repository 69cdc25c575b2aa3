/// What just happened, over as many lines as it needs.
package struct Notice: Hashable, Sendable {
    /// How serious it is.
    package enum Tone: Hashable, Sendable {
        /// Worth knowing.
        case info
        /// Done.
        case success
        /// Worth a look.
        case warning
        /// Failed.
        case error

        var role: ColorRole {
            switch self {
            case .info: .info
            case .success: .ok
            case .warning: .warning
            case .error: .error
            }
        }

        func sign(_ glyphs: GlyphMode) -> String {
            switch self {
            case .info: glyphs == .unicode ? "•" : "-"
            case .success: glyphs == .unicode ? "✓" : "+"
            case .warning: glyphs == .unicode ? "▲" : "!"
            case .error: glyphs == .unicode ? "✗" : "x"
            }
        }
    }

    /// What happened.
    package var text: String
    /// How serious it is.
    package var tone: Tone

    /// A line.
    package init(_ text: String, tone: Tone = .info) {
        self.text = text
        self.tone = tone
    }

    /// Draws over the last rows of an area, three at most; the last says when more follows.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        let base = Style(.overlayText, on: .overlay)
        let rows = min(3, area.height, TerminalText.wrap(text, to: max(1, area.width - 4)).count)
        let place = area.splitBottom(max(1, rows)).bottom
        surface.fill(place, style: base)
        surface.put(
            " \(tone.sign(surface.glyphs))", at: place.origin, style: Style(tone.role, on: .overlay, .bold),
            maxWidth: place.width)
        surface.putWrapped(text, in: place.inset(left: 3, right: 1), style: base)
    }
}
