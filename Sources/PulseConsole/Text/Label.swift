import PulseTerminal

/// A state as it is shown: never by colour alone, always with a sign and a word.
struct Label: Hashable, Sendable {
    var unicode: String
    var ascii: String
    var word: String
    var role: ColorRole

    init(_ unicode: String, _ ascii: String, _ word: String, _ role: ColorRole) {
        self.unicode = unicode
        self.ascii = ascii
        self.word = word
        self.role = role
    }

    /// Well, or done.
    static func ok(_ word: String) -> Label { Label("✓", "+", word, .ok) }
    static func info(_ word: String) -> Label { Label("•", "-", word, .info) }
    static func warning(_ word: String) -> Label { Label("▲", "!", word, .warning) }
    static func error(_ word: String) -> Label { Label("✗", "x", word, .error) }
    /// Of no weight now.
    static func muted(_ word: String) -> Label { Label("·", "-", word, .muted) }

    func sign(_ glyphs: GlyphMode) -> String { glyphs == .unicode ? unicode : ascii }

    /// Sign and word in the state's colour.
    func text(_ glyphs: GlyphMode) -> StyledText { StyledText("\(sign(glyphs)) \(word)", Style(role)) }

    /// Sign and word without colour.
    func plain(_ glyphs: GlyphMode) -> String { "\(sign(glyphs)) \(word)" }
}
