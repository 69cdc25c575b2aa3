/// Whether the terminal can show more than ASCII.
package enum GlyphMode: Hashable, Sendable {
    /// Box drawing, blocks, letters of all scripts.
    case unicode
    /// Only U+0020 to U+007E: everything else is drawn with a sign that resembles it, or `?`.
    case ascii
}

/// ASCII signs for the drawing characters used by widgets, one for one, so that layouts stay the same.
enum ASCIIGlyphs {
    /// What to draw instead; the width stays that of the glyph.
    static func replacement(for glyph: Glyph) -> Glyph {
        if glyph.isASCII || glyph == .continuation { return glyph }
        if glyph.base < 0x80 { return Glyph(glyph.base, width: 1) }
        return Glyph(ascii(glyph.base), width: glyph.width)
    }

    private static func ascii(_ scalar: UInt32) -> UInt32 {
        if (0x2800...0x28FF).contains(scalar) {
            // Braille: the more dots, the darker the sign.
            let signs: StaticString = " ..::**##"
            return UInt32(signs.utf8Start[(scalar & 0xFF).nonzeroBitCount])
        }
        if (0x2500...0x257F).contains(scalar) { return boxDrawing(scalar) }
        if let sign = signs[scalar] { return UInt32(sign.value) }
        if (0xC0...0x17F).contains(scalar) { return UInt32(latin.utf8Start[Int(scalar) - 0xC0]) }
        return 0x3F
    }

    private static func boxDrawing(_ scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0x2500, 0x2501, 0x2504, 0x2505, 0x2508, 0x2509, 0x254C, 0x254D, 0x2574, 0x2576, 0x2578, 0x257A, 0x257C,
            0x257E:
            return 0x2D
        case 0x2550: return 0x3D
        case 0x2502, 0x2503, 0x2506, 0x2507, 0x250A, 0x250B, 0x254E, 0x254F, 0x2551, 0x2575, 0x2577, 0x2579, 0x257B,
            0x257D, 0x257F:
            return 0x7C
        case 0x2571: return 0x2F
        case 0x2572: return 0x5C
        case 0x2573: return 0x58
        default: return 0x2B
        }
    }

    /// The base letters of U+00C0 to U+017F.
    private static let latin: StaticString = """
        AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty\
        AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL\
        lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs
        """

    private static let signs: [UInt32: Unicode.Scalar] = {
        let pairs: [(String, String)] = [
            // Sparkline heights and gauge eighths; a full block is full in both.
            ("▁▂▃▄▅▆▇█", "_.:-=+*#"), ("▉▊▋▌▍▎▏▐", "###=---#"), ("░▒▓", "-:#"), ("▀▔▕", "\"-|"),
            ("■□▪▫◼◻▬▮▯", "#o#o#o=#o"), ("▲▼◀▶△▽◁▷▴▾◂▸▵▿◃▹", "^v<>^v<>^v<>^v<>"), ("►◄", "><"),
            ("↑↓←→↔↕↗↘↖↙⇧⇩⇐⇒", "^v<>-|/\\\\/^v<>"), ("●○◉◎◐◑◒◓◆◇◈◌", "*oOOoooo*o**"), ("◴◵◶◷", "oooo"),
            ("✓✔✗✘✕✖⚠⚡⏸⏵⏹⏺⏱⌛⏳", "vvxxxx!!=>#*@@@"), ("•·‣∙⋅", "*.>.."), ("…⋯⋮", "~~:"),
            ("–—‒―‐‑−", "-------"), ("‘’‚‹›“”„«»", "'',<>\"\"\"<>"), ("×÷±≈≠≤≥≡", "x/~~#<>="), ("␤⏎↵⌫⌦⇥⇤", "$$$<>>>"),
            ("★☆✦✧♥♦", "***+*+"), ("µΔΣ∞", "uDS8"), ("€£¥¢§¶©®°ª", "ELYcSPCRoa"), ("⠿", "#"), ("¿¡", "?!"),
            ("\u{FFFD}", "?"),
        ]
        var signs: [UInt32: Unicode.Scalar] = [:]
        for (from, to) in pairs {
            for (character, sign) in zip(from.unicodeScalars, to.unicodeScalars) { signs[character.value] = sign }
        }
        return signs
    }()
}
