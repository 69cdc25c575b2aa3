/// How much of what belongs together outlives sanitising.
package enum TextFidelity: Hashable, Sendable {
    /// What every terminal shows alike, in cells of certain width: of a joined emoji the first, at most three marks.
    case cells
    /// Grapheme clusters (UAX #29) as they came, for pipes and files: joined emoji, flags and piles of marks stay whole
    /// and are never cut. Widths are those of ``cells``.
    case clusters
}

/// What takes columns, and is kept or left out as a whole when text is shortened.
protocol TextUnit {
    /// Columns.
    var width: Int { get }
    /// The sign for what was left out.
    static var ellipsis: Self { get }
    static var space: Self { get }
    var isSpace: Bool { get }
    /// Adds it to a string.
    func append(to string: inout String)
}

extension Glyph: TextUnit {
    static let ellipsis = Glyph(0x2026, width: 1)
    var isSpace: Bool { self == .space }
}

/// A grapheme cluster: the glyphs that terminals show of it, and what it is as a whole.
struct TextPiece: TextUnit {
    var glyphs: [Glyph]
    /// The cluster as it came; `nil` when that is what the glyphs say, or when it is not harmless.
    var whole: String?

    /// Stream-safe text has at most thirty marks on a base (UAX #15, section 13); a family of four with skin tones has
    /// eleven scalars. What is longer is shown as terminals do.
    static let longest = 32

    static let ellipsis = TextPiece(glyphs: [.ellipsis])
    static let space = TextPiece(glyphs: [.space])
    var isSpace: Bool { glyphs == [.space] }
    var width: Int { glyphs.reduce(0) { $0 + $1.width } }

    func append(to string: inout String) {
        if let whole { return string += whole }
        for glyph in glyphs { glyph.append(to: &string) }
    }

    /// The clusters of a text.
    static func pieces(of text: String, lineBreak: UInt32 = 0x20) -> [TextPiece] {
        if TerminalText.isPlain(text) { return text.utf8.map { TextPiece(glyphs: [Glyph(UInt32($0), width: 1)]) } }
        var sequence = GlyphSequence(text, lineBreak: lineBreak)
        var scalars = String.UnicodeScalarView()
        while let scalar = sequence.nextScalar() { scalars.append(scalar) }
        return String(scalars).compactMap { cluster in
            let text = String(cluster)
            let glyphs = Array(GlyphSequence(text))
            return glyphs.isEmpty ? nil : TextPiece(glyphs: glyphs, whole: isHarmless(text) ? text : nil)
        }
    }

    /// Whether a cluster of such scalars hides nothing: a base, with what only changes how that is drawn.
    private static func isHarmless(_ cluster: String) -> Bool {
        let scalars = cluster.unicodeScalars
        guard scalars.count > 1, scalars.count <= longest, let base = scalars.first else { return false }
        switch ScalarClass(base) {
        case .printable, .regionalIndicator: break
        default: return false
        }
        return scalars.dropFirst().allSatisfy { scalar in
            switch scalar.value {
            // Joiners belong to emoji and to scripts, and say nothing in ASCII.
            case 0x200C, 0x200D: base.value >= 0x80
            // Tags say which flag a black flag is; anywhere else they are hidden text.
            case 0xE0020...0xE007F: base.value == 0x1F3F4
            default: true
            }
        }
    }

    /// Of scalars that show nothing by themselves, those that say how a cluster is drawn: joiners, variation selectors,
    /// the frame of a keycap, the tags of a flag.
    static func isPartOfCluster(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200C, 0x200D, 0xFE00...0xFE0F, 0x20E3, 0xE0020...0xE007F: true
        default: false
        }
    }
}
