import Testing

@testable import PulseTerminal

struct SurfaceTests {
    @Test func `text is drawn where it is put and trimmed in plain text`() {
        var surface = Surface(Size(10, 2))
        surface.put("ab", at: Point(1, 0))
        surface.put("right", at: Point(0, 1), maxWidth: 10, alignment: .right)
        #expect(surface.plainText == " ab\n     right")
    }

    @Test(arguments: [
        (Truncation.end, "abcd…"), (.middle, "ab…gh"), (.none, "abcde"),
    ])
    func `text that is too long is shortened`(truncation: Truncation, expected: String) {
        var surface = Surface(Size(8, 1))
        let used = surface.put("abcdefgh", at: .zero, maxWidth: 5, truncation: truncation)
        #expect(used == 5)
        #expect(surface.plainText == expected)
    }

    @Test func `wide characters take two cells and are never cut in half`() {
        var surface = Surface(Size(5, 1))
        surface.put("日本語", at: .zero, truncation: .none)
        #expect(surface.plainText == "日本")
        surface.put("x", at: Point(1, 0))
        #expect(surface.plainText == " x本")
        surface.put("語", at: Point(4, 0), truncation: .none)
        #expect(surface.cell(at: Point(4, 0)) == Cell.blank)
    }

    @Test func `overwriting any cell of any layout leaves no half of a wide character`() {
        for width in 1...7 {
            for x in -2...width {
                for text in ["語", "a", "ab", "語語"] {
                    var surface = Surface(Size(width, 1))
                    surface.put("日本語", at: .zero, truncation: .none)
                    surface.put(text, at: Point(x, 0), truncation: .none)
                    expectWhole(surface)
                }
            }
        }
    }

    @Test func `nothing is drawn outside of an area`() {
        let area = Rect(3, 2, 5, 3)
        var surface = Surface(Size(12, 8))
        surface.fill(surface.bounds, with: "·")
        surface.inside(area) { inner in
            #expect(inner.size == Size(5, 3))
            for y in -2...5 {
                inner.put("日本語日本語日本語", at: Point(-3, y), style: Style(.error), maxWidth: 40, truncation: .none)
            }
            inner.fill(Rect(-5, -5, 50, 50), with: "x", style: Style(.error))
            inner.box(Rect(-1, -1, 7, 5), title: "title")
            inner.inside(Rect(-4, -4, 30, 30)) { $0.clear(style: Style(.ok)) }
        }
        for y in 0..<8 {
            for x in 0..<12 where !area.contains(Point(x, y)) {
                #expect(surface.cell(at: Point(x, y))?.text == "·")
                #expect(surface.cell(at: Point(x, y))?.style == .plain)
            }
        }
        #expect(surface.size == Size(12, 8))
    }

    @Test func `an area that begins outside is drawn from its own corner`() {
        var surface = Surface(Size(4, 2))
        surface.inside(Rect(-2, 0, 6, 1)) { $0.put("abcdef", at: .zero) }
        #expect(surface.plainText == "cdef\n")
    }

    @Test func `an empty surface takes everything`() {
        var surface = Surface(.zero)
        surface.put("x", at: .zero)
        surface.box(surface.bounds, title: "t")
        surface.clear()
        #expect(surface.plainText.isEmpty)
    }

    @Test func `boxes carry a title and return what is inside`() {
        var surface = Surface(Size(12, 4))
        let inside = surface.box(surface.bounds, title: "Jobs")
        #expect(inside == Rect(1, 1, 10, 2))
        #expect(surface.plainText == "╭─ Jobs ───╮\n│          │\n│          │\n╰──────────╯")
        #expect(surface.asciiOnly.plainText == "+- Jobs ---+\n|          |\n|          |\n+----------+")
    }

    @Test func `styled text is shortened as a whole and says its runs`() {
        var surface = Surface(Size(8, 1))
        surface.put(StyledText("one", Style(.ok)) + " " + StyledText("twothree", Style(.error).bold), at: .zero)
        #expect(surface.annotated == "one two…\n  @ 0-2 ok\n  @ 4-7 error bold")
        surface.clear()
        surface.put(StyledText("12345678") + "9", at: .zero)
        #expect(surface.plainText == "1234567…")
    }

    @Test func `wrapped text breaks at blanks and says that more follows`() {
        var surface = Surface(Size(9, 2))
        let rows = surface.putWrapped("one two three four five", in: surface.bounds)
        #expect(rows == 2)
        #expect(surface.plainText == "one two\nthree …")
        #expect(TerminalText.wrap("abcdefgh ij\nk", to: 4) == ["abcd", "efgh", "ij", "k"])
    }

    @Test func `proportions share a width exactly`() {
        for width in 0...50 {
            let parts = Rect(2, 0, width, 3).columns([1, 2, 3], gap: 1)
            #expect(parts.reduce(0) { $0 + $1.width } <= width)
            if width >= 8 { #expect(parts.reduce(0) { $0 + $1.width } == width - 2) }
            #expect(parts.allSatisfy { $0.isEmpty || $0.maxX <= 2 + width })
        }
    }

    /// Every wide glyph is followed by its continuation, and no continuation stands alone.
    private func expectWhole(_ surface: Surface) {
        let width = surface.size.width
        for (index, cell) in surface.cells.enumerated() {
            let next = index % width + 1 < width ? surface.cells[index + 1].width : nil
            if cell.width == 2 { #expect(next == 0) }
            if cell.width == 0 { #expect(index % width > 0 && surface.cells[index - 1].width == 2) }
        }
    }
}
