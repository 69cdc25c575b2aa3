/// Turns any string into glyphs that are safe to show and whose width is certain. This is the only gate between text
/// from outside and cells.
///
/// Where terminals disagree about a width, something is shown about which they do not: of an emoji joined from several
/// the first, of a flag its two letters, of a keycap its digit; variation selectors and skin tones are dropped.
struct GlyphSequence: Sequence, IteratorProtocol {
    private var scalars: String.UnicodeScalarView.Iterator
    private var pending: Unicode.Scalar?
    private let lineBreak: UInt32

    /// - Parameter lineBreak: The printable ASCII scalar or one-column sign that stands for a line break.
    init(_ text: String, lineBreak: UInt32 = 0x20) {
        scalars = text.unicodeScalars.makeIterator()
        self.lineBreak = lineBreak
    }

    mutating func next() -> Glyph? {
        while let scalar = take() {
            let value = scalar.value
            if value >= 0x20 && value < 0x7F {
                return withMarks(Glyph(value, width: 1), isEmoji: false)
            }
            switch ScalarClass(scalar) {
            case .printable(let width):
                return withMarks(Glyph(value, width: width), isEmoji: scalar.properties.isEmoji)
            case .space:
                return withMarks(.space, isEmoji: false)
            case .lineBreak:
                if value == 0x0D, let following = take(), following.value != 0x0A { pending = following }
                return Glyph(lineBreak, width: 1)
            case .mark:
                // A mark without a base gets the dotted circle that Unicode uses for showing marks alone.
                var glyph = Glyph(0x25CC, width: 1)
                _ = glyph.combine(value)
                return withMarks(glyph, isEmoji: false)
            case .regionalIndicator:
                return Glyph(value - 0x1F1E6 + 0x41, width: 1)
            case .ignorable:
                continue
            case .escape:
                if skipEscapeSequence(introducedBy: value) { continue }
                return .replacement
            case .unsafe:
                return .replacement
            }
        }
        return nil
    }

    /// The next scalar that can be part of a glyph, or what stands for one that cannot: what is left of a text when
    /// control sequences and invisible scalars are gone, before it is cut into glyphs.
    mutating func nextScalar() -> Unicode.Scalar? {
        while let scalar = take() {
            switch ScalarClass(scalar) {
            case .printable, .mark, .regionalIndicator: return scalar
            case .space: return " "
            case .lineBreak:
                if scalar.value == 0x0D, let following = take(), following.value != 0x0A { pending = following }
                return Unicode.Scalar(lineBreak)
            case .ignorable:
                if TextPiece.isPartOfCluster(scalar) { return scalar }
            case .escape:
                if !skipEscapeSequence(introducedBy: scalar.value) { return "\u{FFFD}" }
            case .unsafe: return "\u{FFFD}"
            }
        }
        return nil
    }

    private mutating func take() -> Unicode.Scalar? {
        if let scalar = pending {
            pending = nil
            return scalar
        }
        return scalars.next()
    }

    /// Consumes what belongs to the glyph: marks, invisible scalars, and what is joined to an emoji.
    private mutating func withMarks(_ base: Glyph, isEmoji: Bool) -> Glyph {
        var glyph = base
        while let scalar = take() {
            let value = scalar.value
            if value >= 0x20 && value < 0x7F {
                pending = scalar
                return glyph
            }
            if isEmoji && value == 0x200D {
                // Joined: drop the next part as well, when it is one that can be joined.
                if let joined = take(), !ScalarClass.joinsEmoji(joined) { pending = joined }
                continue
            }
            if isEmoji && (0x1F3FB...0x1F3FF).contains(value) && base.base > 0xFF { continue }
            switch ScalarClass(scalar) {
            case .mark:
                let isHangulPart = ScalarClass.isConjoining(value)
                if isHangulPart && !ScalarClass.isLeadingConsonant(base.base) {
                    pending = scalar
                    return glyph
                }
                _ = glyph.combine(value)
            case .ignorable:
                continue
            default:
                pending = scalar
                return glyph
            }
        }
        return glyph
    }

    /// Skips a whole control sequence after its introducer (ECMA-48 section 5.4 and 8.3). An unfinished one is not
    /// skipped, lest it hides the text behind it.
    private mutating func skipEscapeSequence(introducedBy introducer: UInt32) -> Bool {
        var ahead = self
        var kind = introducer
        if introducer == 0x1B {
            guard let next = ahead.take() else { return false }
            // ESC followed by 0x40...0x5F stands for the C1 control of the same low bits.
            kind = (0x40...0x5F).contains(next.value) ? next.value + 0x40 : next.value
        }
        switch kind {
        case 0x9B:
            guard ahead.skipControlSequence() else { return false }
        case 0x90, 0x98, 0x9D, 0x9E, 0x9F:
            guard ahead.skipControlString() else { return false }
        case 0x20...0x2F:
            // Intermediate bytes, then one final byte.
            guard let final = ahead.take(), (0x30...0x7E).contains(final.value) else { return false }
        case 0x30...0x3F, 0x60...0x7E, 0x80...0x9F:
            break
        default:
            return false
        }
        self = ahead
        return true
    }

    private mutating func skipControlSequence() -> Bool {
        for _ in 0..<64 {
            guard let value = take()?.value else { return false }
            if (0x40...0x7E).contains(value) { return true }
            guard (0x20...0x3F).contains(value) else { return false }
        }
        return false
    }

    private mutating func skipControlString() -> Bool {
        for _ in 0..<4_096 {
            guard let value = take()?.value else { return false }
            if value == 0x07 || value == 0x9C { return true }
            if value == 0x1B { return take()?.value == 0x5C }
            guard value >= 0x20 && !(0x7F...0x9F).contains(value) else { return false }
        }
        return false
    }
}

/// What a scalar is to a terminal.
enum ScalarClass: Equatable {
    case printable(width: Int)
    case space
    case lineBreak
    case mark
    case regionalIndicator
    case ignorable
    case escape
    case unsafe

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        switch value {
        case 0x20...0x7E: self = .printable(width: 1)
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: self = .lineBreak
        case 0x09: self = .space
        case 0x1B, 0x90, 0x98, 0x9B, 0x9D...0x9F: self = .escape
        case 0...0x9F: self = .unsafe
        case 0xA1...0xAC, 0xAE...0x2FF: self = .printable(width: 1)
        case 0x20E3: self = .ignorable
        // Nonspacing until Unicode 14, spacing since 15 in name only: fonts and C libraries draw it above its base.
        case 0x1171E: self = .mark
        case 0x2500...0x259F, 0x2800...0x28FF: self = .printable(width: 1)
        case 0xFFFD: self = .printable(width: 1)
        case 0x1F1E6...0x1F1FF: self = .regionalIndicator
        default: self = Self.classify(scalar)
        }
    }

    private static func classify(_ scalar: Unicode.Scalar) -> ScalarClass {
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint { return .ignorable }
        if isConjoining(scalar.value) { return .mark }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return isKnown(properties) ? .mark : .ignorable
        case .control, .format, .surrogate, .privateUse, .unassigned: return .unsafe
        case .lineSeparator, .paragraphSeparator: return .lineBreak
        case .spaceSeparator where scalar.value != 0x3000: return .space
        default:
            guard isKnown(properties) else { return .unsafe }
            return .printable(width: WideScalars.contains(scalar.value) ? 2 : 1)
        }
    }

    /// Later additions have no width that terminals agree on yet; the table is that of Unicode 15.
    private static func isKnown(_ properties: Unicode.Scalar.Properties) -> Bool {
        guard let age = properties.age else { return false }
        return age.major <= 15
    }

    /// Vowels and final consonants of Hangul, which join the syllable before them.
    static func isConjoining(_ value: UInt32) -> Bool {
        (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value)
    }

    /// Whether it may follow a joiner in an emoji (UAX #29, GB11): letters of flags and what is on keycaps do not.
    static func joinsEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isEmoji && scalar.value >= 0x80 && !(0x1F1E6...0x1F1FF).contains(scalar.value)
    }

    static func isLeadingConsonant(_ value: UInt32) -> Bool {
        (0x1100...0x115F).contains(value) || (0xA960...0xA97C).contains(value)
    }
}
