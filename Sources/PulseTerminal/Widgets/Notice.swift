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

        /// Its colour.
        package var role: ColorRole {
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

    /// How it can be read whole, in a few words; `nil`: it cannot.
    package var whole: String?

    /// A line.
    package init(_ text: String, tone: Tone = .info, whole: String? = nil) {
        self.text = text
        self.tone = tone
        self.whole = whole
    }

    /// The lines that a text takes where it is shown.
    package static func lines(_ text: String, width: Int) -> [String] {
        TerminalText.wrap(text, to: max(1, width - 4))
    }

    /// Draws over the last rows of an area, as many as it needs; the last says when more follows.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard !area.isEmpty else { return }
        let base = Style(.overlayText, on: .overlay)
        let lines = Self.lines(text, width: area.width)
        let place = area.splitBottom(max(1, min(lines.count, area.height))).bottom
        surface.fill(place, style: base)
        surface.put(
            " \(tone.sign(surface.glyphs))", at: place.origin, style: Style(tone.role, on: .overlay, .bold),
            maxWidth: place.width)
        let inner = place.inset(left: 3, right: 1)
        for (row, line) in lines.prefix(place.height).enumerated() {
            let at = Point(inner.minX, inner.minY + row)
            guard row == place.height - 1, lines.count > place.height else {
                surface.put(line, at: at, style: base, maxWidth: inner.width)
                continue
            }
            let end = whole.map { " … \($0)" } ?? " …"
            let room = inner.width - TerminalText.width(end)
            let hasRoom = room >= 8
            let shown = TerminalText.truncate(line, to: hasRoom ? room : inner.width - 2, .none)
            surface.put(shown + (hasRoom ? end : " …"), at: at, style: base, maxWidth: inner.width)
        }
    }
}
