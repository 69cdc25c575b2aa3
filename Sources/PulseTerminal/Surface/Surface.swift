/// A grid of cells to draw on: a value, made by pure functions and compared in tests.
///
/// Drawing outside is clipped. All text passes through the sanitiser on its way into cells, whatever its origin.
package struct Surface: Sendable {
    /// Rows after each other.
    private(set) var cells: [Cell]
    /// The whole grid.
    let storageSize: Size
    /// Which signs may be used; with `.ascii` everything drawn is replaced by what resembles it.
    package let glyphs: GlyphMode
    /// What ``plainText`` keeps of what was put: cells cannot hold whole clusters.
    let fidelity: TextFidelity
    /// Clusters that are more than their glyphs, by the index of their first cell. Empty on a terminal.
    private(set) var wholes: [Int: (text: String, width: Int)] = [:]

    // What drawing refers to now: local coordinates begin at `origin` and only `clip` may change.
    private var origin = Point.zero
    private var clip: Rect
    /// The size of what is drawn on now: the whole surface, or the area given to ``inside(_:_:)``.
    package private(set) var size: Size

    /// A blank surface.
    package init(
        _ size: Size, glyphs: GlyphMode = .unicode, style: Style = .plain, fidelity: TextFidelity = .cells
    ) {
        self.glyphs = glyphs
        self.fidelity = glyphs == .unicode ? fidelity : .cells
        self.size = size
        storageSize = size
        clip = Rect(origin: .zero, size: size)
        cells = Array(repeating: Cell(.space, style), count: size.width * size.height)
    }

    /// Columns.
    package var width: Int { size.width }
    /// Rows.
    package var height: Int { size.height }
    /// All of it, in its own coordinates.
    package var bounds: Rect { Rect(origin: .zero, size: size) }

    /// Draws on a part as if it were a surface of its own: its corner is (0, 0), its size is that of `area`, and
    /// nothing outside of it can change. Copies nothing; may be nested.
    @discardableResult
    package mutating func inside<Result>(_ area: Rect, _ body: (inout Surface) -> Result) -> Result {
        let saved = (origin, clip, size)
        defer { (origin, clip, size) = saved }
        origin = Point(origin.x + area.minX, origin.y + area.minY)
        clip = clip.intersection(Rect(origin: origin, size: area.size))
        size = area.size
        return body(&self)
    }

    /// The cell at a place; nil outside.
    package func cell(at point: Point) -> Cell? {
        let place = Point(point.x + origin.x, point.y + origin.y)
        guard clip.contains(place) else { return nil }
        return cells[place.y * storageSize.width + place.x]
    }

    /// Fills an area with blanks of a style, or with the first character of `text`.
    package mutating func fill(_ area: Rect, with text: String = " ", style: Style = .plain) {
        var iterator = GlyphSequence(text)
        let glyph = iterator.next() ?? .space
        let step = max(1, glyph.width)
        let target = area.intersection(bounds)
        for y in target.minY..<target.maxY {
            for x in stride(from: target.minX, through: target.maxX - step, by: step) {
                set(glyph, at: Point(x, y), style: style)
            }
        }
    }

    /// Fills everything with blanks of a style.
    package mutating func clear(style: Style = .plain) { fill(bounds, style: style) }

    /// Makes what stands in an area faint; what is selected stays as it is.
    package mutating func fade(_ area: Rect) {
        let target = area.intersection(bounds)
        for y in target.minY..<target.maxY {
            for x in target.minX..<target.maxX {
                let place = Point(x + origin.x, y + origin.y)
                guard clip.contains(place) else { continue }
                let index = place.y * storageSize.width + place.x
                guard cells[index].style.background != .role(.selection) else { continue }
                cells[index].style.foreground = .role(.muted)
                cells[index].style.attributes.remove(.bold)
            }
        }
    }

    /// Puts one glyph into a cell. A wide glyph that does not fit becomes a blank, and halves of wide glyphs that are
    /// overwritten in part become blanks.
    mutating func set(_ glyph: Glyph, at point: Point, style: Style) {
        let place = Point(point.x + origin.x, point.y + origin.y)
        guard place.y >= clip.minY && place.y < clip.maxY else { return }
        let glyph = glyphs == .ascii ? ASCIIGlyphs.replacement(for: glyph) : glyph
        if glyph.width == 2 {
            let fits = place.x >= clip.minX && place.x + 1 < clip.maxX
            if fits && glyphs == .unicode {
                store(Cell(glyph, style), x: place.x, y: place.y)
                store(Cell(.continuation, style), x: place.x + 1, y: place.y)
                return
            }
            let narrow = fits ? Glyph(glyph.base, width: 1) : Glyph.space
            store(Cell(narrow, style), clippedAtX: place.x, y: place.y)
            store(Cell(.space, style), clippedAtX: place.x + 1, y: place.y)
        } else {
            store(Cell(glyph, style), clippedAtX: place.x, y: place.y)
        }
    }

    /// Puts a cluster and returns the column after it.
    mutating func put(_ piece: TextPiece, at point: Point, style: Style) -> Int {
        var x = point.x
        for glyph in piece.glyphs {
            set(glyph, at: Point(x, point.y), style: style)
            x += glyph.width
        }
        let (first, last) = (point.x + origin.x, x - 1 + origin.x)
        if let whole = piece.whole, first >= clip.minX, last < clip.maxX, point.y + origin.y >= clip.minY,
            point.y + origin.y < clip.maxY
        {
            wholes[(point.y + origin.y) * storageSize.width + first] = (whole, piece.width)
        }
        return x
    }

    private mutating func store(_ cell: Cell, clippedAtX x: Int, y: Int) {
        guard x >= clip.minX && x < clip.maxX else { return }
        store(cell, x: x, y: y)
    }

    private mutating func store(_ cell: Cell, x: Int, y: Int) {
        let index = y * storageSize.width + x
        if !wholes.isEmpty { forgetWhole(at: index) }
        let old = cells[index].glyph.width
        if old == 0 && cell.width != 0 && x > 0 { cells[index - 1].glyph = .space }
        if old == 2 && x + 1 < storageSize.width && cells[index + 1].width == 0 { cells[index + 1].glyph = .space }
        cells[index] = cell
    }

    /// What is overwritten in part is whole no more.
    private mutating func forgetWhole(at index: Int) {
        var first = index
        // Clusters are a few cells wide, and never go over the edge of a row.
        while first >= 0, index - first < TextPiece.longest {
            if let whole = wholes[first], first + whole.width > index { wholes[first] = nil }
            first -= 1
        }
    }
}

extension Surface: Equatable {
    /// Whether both have the same size and cells.
    package static func == (left: Surface, right: Surface) -> Bool {
        left.storageSize == right.storageSize && left.cells == right.cells
    }
}
