import PulseDomain
import PulseTerminal

/// What drawing needs besides the state: the signs that may be used, and texts of times.
struct Pen {
    let glyphs: GlyphMode
    let times: TimeTexts
    /// Whether what is shown is as of an earlier moment: what tells of the present is left out.
    var isStale = false

    /// Between facts on one line.
    var dot: StyledText { StyledText(glyphs == .unicode ? " · " : " | ", Style(.muted)) }
    var arrow: String { glyphs == .unicode ? "→" : "->" }

    func bar(_ share: Double, width: Int, role: ColorRole) -> StyledText {
        TextGraphics.bar(share, width: width, role: role, glyphs: glyphs)
    }

    func curve(_ values: [Double], width: Int, role: ColorRole) -> StyledText {
        TextGraphics.curve(values, width: width, role: role, glyphs: glyphs)
    }

    /// Facts with dots between; empty ones are left out.
    func line(_ facts: [StyledText?]) -> StyledText {
        var text = StyledText([])
        for fact in facts {
            guard let fact, fact.spans.contains(where: { !$0.text.isEmpty }) else { continue }
            text = text.spans.isEmpty ? fact : text + dot + fact
        }
        return text
    }
}

extension StyledText {
    static func muted(_ text: String) -> StyledText { StyledText(text, Style(.muted)) }
    static func strong(_ text: String, _ role: ColorRole = .title) -> StyledText { StyledText(text, Style(role).bold) }
    static let nothing = StyledText([])
}
