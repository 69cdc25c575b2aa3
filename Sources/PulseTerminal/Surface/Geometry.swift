/// A size in terminal cells.
package struct Size: Hashable, Sendable {
    /// Columns, never negative.
    package var width: Int
    /// Rows, never negative.
    package var height: Int

    /// Negative measures become zero.
    package init(_ width: Int, _ height: Int) {
        self.width = max(0, width)
        self.height = max(0, height)
    }

    /// Nothing at all.
    package static let zero = Size(0, 0)

    /// Whether it holds no cell.
    package var isEmpty: Bool { width == 0 || height == 0 }
}

/// A cell's place; column 0, row 0 is the upper left corner.
package struct Point: Hashable, Sendable {
    /// The column, counted from the left.
    package var x: Int
    /// The row, counted from the top.
    package var y: Int

    /// Any place, also outside of a surface.
    package init(_ x: Int, _ y: Int) {
        self.x = x
        self.y = y
    }

    /// The upper left corner.
    package static let zero = Point(0, 0)
}

/// An area of cells. Its right and bottom edges are exclusive.
package struct Rect: Hashable, Sendable {
    /// The upper left cell.
    package var origin: Point
    /// Columns and rows.
    package var size: Size

    /// A negative width or height becomes zero.
    package init(_ x: Int, _ y: Int, _ width: Int, _ height: Int) {
        origin = Point(x, y)
        size = Size(width, height)
    }

    /// The area of `size` whose upper left cell is `origin`.
    package init(origin: Point, size: Size) {
        self.origin = origin
        self.size = size
    }

    /// The first column.
    package var minX: Int { origin.x }
    /// The first row.
    package var minY: Int { origin.y }
    /// The column right of the last one.
    package var maxX: Int { origin.x + size.width }
    /// The row below the last one.
    package var maxY: Int { origin.y + size.height }
    /// Columns.
    package var width: Int { size.width }
    /// Rows.
    package var height: Int { size.height }
    /// Whether it holds no cell.
    package var isEmpty: Bool { size.isEmpty }

    /// Whether the cell lies inside.
    package func contains(_ point: Point) -> Bool {
        point.x >= minX && point.x < maxX && point.y >= minY && point.y < maxY
    }

    /// What both cover; empty when they do not touch.
    package func intersection(_ other: Rect) -> Rect {
        let x = max(minX, other.minX)
        let y = max(minY, other.minY)
        return Rect(x, y, min(maxX, other.maxX) - x, min(maxY, other.maxY) - y)
    }

    /// The area moved by so many columns and rows.
    package func offset(x: Int, y: Int) -> Rect { Rect(minX + x, minY + y, width, height) }

    /// The area without a margin on each side; never less than empty.
    package func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
        Rect(minX + left, minY + top, width - left - right, height - top - bottom)
    }

    /// The area without the same margin all around.
    package func inset(by margin: Int) -> Rect { inset(left: margin, top: margin, right: margin, bottom: margin) }

    /// Cuts rows off the top: what was cut (at most what there is), and the rest.
    package func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
        let cut = max(0, min(rows, height))
        return (Rect(minX, minY, width, cut), Rect(minX, minY + cut, width, height - cut))
    }

    /// Cuts rows off the bottom: the rest, and what was cut.
    package func splitBottom(_ rows: Int) -> (rest: Rect, bottom: Rect) {
        let cut = max(0, min(rows, height))
        return (Rect(minX, minY, width, height - cut), Rect(minX, maxY - cut, width, cut))
    }

    /// Cuts columns off the right: the rest, and what was cut.
    package func splitRight(_ columns: Int) -> (rest: Rect, right: Rect) {
        let cut = max(0, min(columns, width))
        return (Rect(minX, minY, width - cut, height), Rect(maxX - cut, minY, cut, height))
    }

    /// Columns side by side in the given proportions, with `gap` empty columns between; the widths add up exactly.
    package func columns(_ proportions: [Int], gap: Int = 0) -> [Rect] {
        let widths = Self.share(width - gap * max(0, proportions.count - 1), by: proportions)
        var x = minX
        return widths.map { width in
            defer { x += width + gap }
            return Rect(x, minY, width, height).intersection(self)
        }
    }

    /// Rows above each other in the given proportions, with `gap` empty rows between; the heights add up exactly.
    package func rows(_ proportions: [Int], gap: Int = 0) -> [Rect] {
        let heights = Self.share(height - gap * max(0, proportions.count - 1), by: proportions)
        var y = minY
        return heights.map { height in
            defer { y += height + gap }
            return Rect(minX, y, width, height).intersection(self)
        }
    }

    /// The area of that size in the middle of this one, cut to fit.
    package func centered(_ inner: Size) -> Rect {
        let fitted = Size(min(inner.width, width), min(inner.height, height))
        return Rect(minX + (width - fitted.width) / 2, minY + (height - fitted.height) / 2, fitted.width, fitted.height)
    }

    private static func share(_ total: Int, by proportions: [Int]) -> [Int] {
        let sum = proportions.reduce(0) { $0 + max(0, $1) }
        guard sum > 0, total > 0 else { return proportions.map { _ in 0 } }
        var given = 0
        var weight = 0
        return proportions.map { proportion in
            weight += max(0, proportion)
            let end = total * weight / sum
            defer { given = end }
            return end - given
        }
    }
}
