/// A line of text being edited: text, cursor and keys as in a shell.
package struct TextField: Hashable, Sendable {
    // What cells show, one element a cursor step, so that no step ends inside of a character.
    private var glyphs: [Glyph]
    private var cursor: Int
    /// The most characters it takes.
    package var limit: Int

    /// A field with the cursor at the end.
    package init(_ text: String = "", limit: Int = 1_000) {
        self.limit = limit
        glyphs = Array(Array(GlyphSequence(text)).prefix(limit))
        cursor = glyphs.count
    }

    /// What it holds, sanitised.
    package var text: String {
        get {
            var text = ""
            for glyph in glyphs { glyph.append(to: &text) }
            return text
        }
        set { self = TextField(newValue, limit: limit) }
    }

    /// Whether nothing is in it.
    package var isEmpty: Bool { glyphs.isEmpty }

    /// Puts text at the cursor; line breaks become blanks.
    package mutating func insert(_ text: String) {
        let before = cursor
        // A combining mark typed alone joins what stands left of the cursor.
        if let only = text.unicodeScalars.first, text.unicodeScalars.count == 1, ScalarClass(only) == .mark, before > 0
        {
            _ = glyphs[before - 1].combine(only.value)
            return
        }
        let added = Array(Array(GlyphSequence(text)).prefix(max(0, limit - glyphs.count)))
        glyphs.insert(contentsOf: added, at: before)
        cursor = before + added.count
    }

    /// Edits by a key; false when the key means nothing here (Enter, Escape, Tab and so on).
    package mutating func handle(_ press: KeyPress) -> Bool {
        switch (press.key, press.modifiers) {
        case (.character(let character), []), (.character(let character), .shift): insert(String(character))
        case (.left, []), (.character("b"), .control): cursor = max(0, cursor - 1)
        case (.right, []), (.character("f"), .control): cursor = min(glyphs.count, cursor + 1)
        case (.left, .control), (.left, .alt), (.character("b"), .alt): cursor = wordStart
        case (.right, .control), (.right, .alt), (.character("f"), .alt): cursor = wordEnd
        case (.home, _), (.character("a"), .control): cursor = 0
        case (.end, _), (.character("e"), .control): cursor = glyphs.count
        case (.backspace, .alt), (.backspace, .control), (.character("w"), .control): remove(wordStart..<cursor)
        case (.backspace, _): remove(max(0, cursor - 1)..<cursor)
        case (.delete, .control), (.delete, .alt), (.character("d"), .alt): remove(cursor..<wordEnd)
        case (.delete, _), (.character("d"), .control): remove(cursor..<min(glyphs.count, cursor + 1))
        case (.character("u"), .control): remove(0..<cursor)
        case (.character("k"), .control): remove(cursor..<glyphs.count)
        default: return false
        }
        return true
    }

    /// Draws on the first row of an area, scrolled so that the cursor is visible; returns where the cursor stands.
    package func draw(
        on surface: inout Surface, in area: Rect, placeholder: String = "", style: Style = Style(.fieldText, on: .field)
    ) -> Point {
        let line = area.splitTop(1).top
        surface.fill(line, style: style)
        guard line.width > 0 else { return line.origin }
        if glyphs.isEmpty {
            surface.put(placeholder, at: line.origin, style: Style(.muted).over(style), maxWidth: line.width)
            return line.origin
        }
        // Skip from the left what would push the cursor out.
        var first = 0
        var columns = glyphs[..<cursor].reduce(0) { $0 + $1.width }
        while columns >= line.width, first < cursor {
            columns -= glyphs[first].width
            first += 1
        }
        var x = line.minX
        for glyph in glyphs[first...] {
            guard x + glyph.width <= line.maxX else { break }
            surface.set(glyph, at: Point(x, line.minY), style: style)
            x += glyph.width
        }
        if first > 0 { surface.put("…", at: line.origin, style: Style(.muted).over(style)) }
        return Point(line.minX + columns, line.minY)
    }

    private mutating func remove(_ range: Range<Int>) {
        glyphs.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var wordStart: Int {
        var place = cursor
        while place > 0, !isWord(glyphs[place - 1]) { place -= 1 }
        while place > 0, isWord(glyphs[place - 1]) { place -= 1 }
        return place
    }

    private var wordEnd: Int {
        var place = cursor
        while place < glyphs.count, !isWord(glyphs[place]) { place += 1 }
        while place < glyphs.count, isWord(glyphs[place]) { place += 1 }
        return place
    }

    private func isWord(_ glyph: Glyph) -> Bool {
        guard let scalar = Unicode.Scalar(glyph.base) else { return false }
        return scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
}
