/// Where a person is in a log. Scrolling up pauses following; back at the end it goes on by itself.
package struct LogViewState: Hashable, Sendable {
    /// The number of the first line shown while not following; lines are counted from the log's beginning, so that the
    /// view stays in place when lines are added, or dropped at the beginning.
    package private(set) var firstLine: Int?

    /// Following the end.
    package init() {}

    /// Whether new lines are shown as they come.
    package var isFollowing: Bool { firstLine == nil }

    /// Scrolls by lines; down to the end means following again.
    package mutating func scroll(by lines: Int, visible: Int, in log: Range<Int>) {
        let last = max(log.lowerBound, log.upperBound - visible)
        let target = (firstLine ?? last) + lines
        firstLine = target >= last ? nil : max(log.lowerBound, target)
    }

    /// Goes to the log's beginning.
    package mutating func scrollToStart(visible: Int, in log: Range<Int>) {
        firstLine = log.count > visible ? log.lowerBound : nil
    }

    /// Follows the end again.
    package mutating func followEnd() { firstLine = nil }

    /// Lines to show on `visible` rows.
    package func lines(visible: Int, in log: Range<Int>) -> Range<Int> {
        let last = max(log.lowerBound, log.upperBound - max(0, visible))
        let first = max(log.lowerBound, min(firstLine ?? last, last))
        return first..<min(log.upperBound, first + max(0, visible))
    }
}

/// Draws the visible lines of a log.
package struct LogView {
    /// Numbers of the lines that exist.
    package var log: Range<Int>
    /// A line by its number.
    package var line: (Int) -> StyledText

    /// A view on lines; only visible ones are asked for.
    package init(log: Range<Int>, line: @escaping (Int) -> StyledText) {
        self.log = log
        self.line = line
    }

    /// Draws lines, and on the last row, while paused, how many came since.
    package func draw(on surface: inout Surface, in area: Rect, state: LogViewState) {
        guard !area.isEmpty else { return }
        let visible = state.lines(visible: area.height, in: log)
        for (row, number) in visible.enumerated() {
            surface.put(line(number), at: Point(area.minX, area.minY + row), maxWidth: area.width - 1)
        }
        Scrollbar(first: visible.lowerBound - log.lowerBound, visible: area.height, total: log.count)
            .draw(on: &surface, in: Rect(area.maxX - 1, area.minY, 1, area.height))
        if !state.isFollowing, area.height > 1 {
            let below = log.upperBound - visible.upperBound
            let text = " paused, \(below) more below "
            let width = min(TerminalText.width(text), area.width)
            surface.put(
                text, at: Point(area.maxX - width - 1, area.maxY - 1), style: Style(.overlayText, on: .overlay, .bold),
                maxWidth: width)
        }
    }
}
