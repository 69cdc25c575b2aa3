/// A colour by meaning or by value. Meanings are resolved by the theme when a surface is shown.
package struct Color: Hashable, Sendable {
    // High byte: 0 terminal's own, 1 role, 2 RGB. Low bytes: the role's number or the three components.
    let code: UInt32

    init(code: UInt32) { self.code = code }

    /// The terminal's (or the theme's) own foreground or background.
    package static let standard = Color(code: 0)

    /// The theme's colour for a meaning.
    package static func role(_ role: ColorRole) -> Color { Color(code: 1 << 24 | UInt32(role.rawValue)) }

    /// An exact colour, shown as near as the terminal can.
    package static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
        Color(code: 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    /// The meaning, when it is one.
    package var role: ColorRole? {
        code >> 24 == 1 ? ColorRole(rawValue: UInt8(truncatingIfNeeded: code)) : nil
    }

    /// The value, when it is one.
    package var rgb: RGB? {
        guard code >> 24 == 2 else { return nil }
        return RGB(
            UInt8(truncatingIfNeeded: code >> 16), UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)
        )
    }
}

/// Red, green and blue of the sRGB space, 0 to 255 each.
package struct RGB: Hashable, Sendable {
    /// Red.
    package var red: UInt8
    /// Green.
    package var green: UInt8
    /// Blue.
    package var blue: UInt8

    /// Components in the order red, green, blue.
    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }
}

/// How a cell looks: two colours and attributes. Four bytes a colour, one for the attributes.
package struct Style: Hashable, Sendable {
    /// Attributes that every terminal can combine with colours (or leaves out).
    package struct Attributes: OptionSet, Hashable, Sendable {
        /// One bit an attribute.
        package let rawValue: UInt8

        /// From bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Heavier strokes.
        package static let bold = Attributes(rawValue: 1)
        /// Fainter than normal.
        package static let dim = Attributes(rawValue: 2)
        /// Slanted; underlined where the terminal has no italics.
        package static let italic = Attributes(rawValue: 4)
        /// A line below.
        package static let underline = Attributes(rawValue: 8)
        /// Foreground and background exchanged.
        package static let reverse = Attributes(rawValue: 16)
    }

    /// Colour of the glyph.
    package var foreground: Color
    /// Colour behind it.
    package var background: Color
    /// Attributes.
    package var attributes: Attributes

    /// The theme's plain text when nothing is given.
    package init(foreground: Color = .standard, background: Color = .standard, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// Text in the colour of a meaning, optionally on the colour of another.
    package init(_ role: ColorRole, on background: ColorRole? = nil, _ attributes: Attributes = []) {
        self.init(
            foreground: .role(role), background: background.map { Color.role($0) } ?? .standard, attributes: attributes)
    }

    /// Plain text.
    package static let plain = Style()

    /// The same with a heavier stroke.
    package var bold: Style { adding(.bold) }
    /// The same, fainter.
    package var dim: Style { adding(.dim) }
    /// The same, underlined.
    package var underlined: Style { adding(.underline) }
    /// The same with colours exchanged.
    package var reversed: Style { adding(.reverse) }

    /// The same with more attributes.
    package func adding(_ more: Attributes) -> Style {
        Style(foreground: foreground, background: background, attributes: attributes.union(more))
    }

    /// The same on another background.
    package func on(_ role: ColorRole) -> Style {
        Style(foreground: foreground, background: .role(role), attributes: attributes)
    }

    /// What it says, with what it leaves open (standard colours) taken from `base`.
    package func over(_ base: Style) -> Style {
        Style(
            foreground: foreground == .standard ? base.foreground : foreground,
            background: background == .standard ? base.background : background,
            attributes: attributes.union(base.attributes))
    }
}
