/// One cell of a surface: what it shows and how. 24 bytes, no heap.
package struct Cell: Hashable, Sendable {
    var glyph: Glyph
    /// How it looks.
    package var style: Style

    init(_ glyph: Glyph, _ style: Style) {
        self.glyph = glyph
        self.style = style
    }

    /// A blank in plain style.
    package static let blank = Cell(.space, .plain)

    /// Columns it takes: 1 or 2, and 0 for the right half of a wide one.
    package var width: Int { glyph.width }

    /// What it shows: a base character with its marks; empty for the right half of a wide one.
    package var text: String {
        var text = ""
        glyph.append(to: &text)
        return text
    }
}
