/// Where a person is in a log: at its newest line, as lines come, until they move; then at the line they moved to. Back
/// at the newest it goes on by itself.
package struct LogViewState: Hashable, Sendable {
    // Lines are known by numbers counted from the log's beginning, so that the selection stays on its line when others
    // are added, or dropped at the beginning.
    private var table = TableState<Int>()
    /// Whether the newest line is selected as lines come.
    package private(set) var isFollowing = true

    /// Following.
    package init() {}

    /// The selected line's number; nil while there is none.
    package var selection: Int? { table.selection }

    /// Moves the selection.
    package mutating func move(
        in lines: some RandomAccessCollection<Int>, _ movement: (inout TableState<Int>) -> Void
    ) {
        movement(&table)
        isFollowing = table.selection == lines.last
    }

    /// After lines came or went, or the room for them changed: the selection is on its line, or at the newest, and among
    /// the `height` lines that are shown.
    package mutating func settle(in lines: some RandomAccessCollection<Int>, height: Int) {
        if isFollowing { table.moveToLast(in: lines) } else { table.follow(lines) }
        table.scroll(height: height, in: lines)
    }

    /// The rows to show, and which of them is selected.
    fileprivate func rows(height: Int, in lines: some RandomAccessCollection<Int>) -> (first: Int, selected: Int?) {
        let selected = table.index(in: lines)
        return (table.firstVisible(height: height, count: lines.count, selected: selected), selected)
    }
}

/// Draws the visible lines of a log, the selected one in full width.
package struct LogView<Lines: RandomAccessCollection<Int>> {
    /// Numbers of the lines that are shown, oldest first.
    package var lines: Lines
    /// A line by its number.
    package var line: (Int) -> StyledText

    /// A view on lines; only visible ones are asked for.
    package init(lines: Lines, line: @escaping (Int) -> StyledText) {
        self.lines = lines
        self.line = line
    }

    /// Draws lines and a scroll bar.
    ///
    /// - Parameter state: Where the person is; nil shows the newest lines, for a log that keys do not go to.
    package func draw(on surface: inout Surface, in area: Rect, state: LogViewState?) {
        guard !area.isEmpty else { return }
        let newest = (first: max(0, lines.count - area.height), selected: Int?.none)
        let (first, selected) = state?.rows(height: area.height, in: lines) ?? newest
        for row in first..<min(lines.count, first + area.height) {
            let place = Rect(area.minX, area.minY + row - first, area.width - 1, 1)
            let isSelected = row == selected
            let base = isSelected ? Style(.selectionText, on: .selection) : .plain
            if isSelected {
                surface.fill(place, style: base)
                surface.put("▸", at: place.origin, style: base)
            }
            let text = line(lines[lines.index(lines.startIndex, offsetBy: row)])
            surface.put(
                (isSelected ? text.selected : text).over(base), at: Point(place.minX + 1, place.minY),
                maxWidth: place.width - 1)
        }
        Scrollbar(first: first, visible: area.height, total: lines.count)
            .draw(on: &surface, in: Rect(area.maxX - 1, area.minY, 1, area.height))
    }
}
