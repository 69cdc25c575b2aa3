/// Draws a table. Only visible rows are asked for, so ten thousand cost what thirty cost.
package struct TableView<ID: Hashable & Sendable, IDs: RandomAccessCollection<ID>> {
    /// The columns; each row has as many cells.
    package var columns: [TableColumn]
    /// The objects in the order of the rows.
    package var ids: IDs
    /// The cells of a row.
    package var cells: (Int) -> [StyledText]
    /// The column that rows are sorted by, if any.
    package var sort: (column: Int, isAscending: Bool)?
    /// What is said when there are no rows.
    package var emptyMessage: StyledText
    /// Whether keys go to this table; the selection of others is shown without colour.
    package var isFocused: Bool
    /// Whether headings are drawn.
    package var showsHeader: Bool

    /// A table with headings and focus.
    package init(
        columns: [TableColumn], ids: IDs, sort: (column: Int, isAscending: Bool)? = nil,
        emptyMessage: StyledText = "Nothing here", isFocused: Bool = true, showsHeader: Bool = true,
        cells: @escaping (Int) -> [StyledText]
    ) {
        self.columns = columns
        self.ids = ids
        self.sort = sort
        self.emptyMessage = emptyMessage
        self.isFocused = isFocused
        self.showsHeader = showsHeader
        self.cells = cells
    }

    /// Draws the headings, the visible rows, and a scroll bar when there are more.
    package func draw(on surface: inout Surface, in area: Rect, state: TableState<ID>) {
        guard !area.isEmpty else { return }
        let body = showsHeader ? area.splitTop(1).rest : area
        let needsBar = ids.count > body.height && area.width > 4
        // A cell at each side keeps text off the edges; the right one carries the scroll bar.
        let inner = area.width - (area.width > 20 ? 2 : 0) - (needsBar ? 1 : 0)
        let left = area.width > 20 ? area.minX + 1 : area.minX
        let places = TableColumn.layout(columns, width: inner)
        if showsHeader { drawHeader(on: &surface, in: area.splitTop(1).top, left: left, places: places) }
        guard !ids.isEmpty else {
            surface.put(
                emptyMessage.over(Style(.muted)), at: Point(left, body.minY + min(1, max(0, body.height - 1))),
                maxWidth: inner)
            return
        }
        let selected = state.index(in: ids)
        let first = state.firstVisible(height: body.height, count: ids.count, selected: selected)
        for row in first..<min(ids.count, first + body.height) {
            let id = ids[ids.index(ids.startIndex, offsetBy: row)]
            // The bar's column never changes with the selection: less to send for a cursor move.
            let line = Rect(area.minX, body.minY + row - first, area.width - (needsBar ? 1 : 0), 1)
            drawRow(
                on: &surface, in: line, left: left, places: places, cells: cells(row), isSelected: row == selected,
                isMarked: state.marked.contains(id))
        }
        if needsBar {
            let bar = Rect(area.maxX - 1, body.minY, 1, body.height)
            Scrollbar(first: first, visible: body.height, total: ids.count).draw(on: &surface, in: bar)
        }
    }

    private func drawHeader(
        on surface: inout Surface, in line: Rect, left: Int, places: [(index: Int, x: Int, width: Int)]
    ) {
        let style = Style(.headerText, on: .header)
        surface.fill(line, style: style)
        for place in places {
            let column = columns[place.index]
            var title = column.title
            if let sort, sort.column == place.index {
                // The mark stays, whatever becomes of the title.
                let hasGap = TerminalText.width(title) + 2 <= place.width
                title = TerminalText.truncate(title, to: place.width - 1, .none) + (hasGap ? " " : "")
                title += sort.isAscending ? "▲" : "▼"
            }
            surface.put(
                title, at: Point(left + place.x, line.minY), style: style, maxWidth: place.width,
                alignment: column.alignment)
        }
    }

    private func drawRow(
        on surface: inout Surface, in line: Rect, left: Int, places: [(index: Int, x: Int, width: Int)],
        cells: [StyledText], isSelected: Bool, isMarked: Bool
    ) {
        // Marked rows have a sign at the edge; only where there is no room for one they have a ground of their own.
        let hasEdge = left > line.minX
        let ground = isMarked && !hasEdge ? Style.plain.on(.marked) : .plain
        if isMarked, !hasEdge { surface.fill(line, style: ground) }
        // The selection covers what names the object, up to the first flexible column: the eye finds it as well as a
        // whole row, figures and states keep their colours, and moving it sends half of the bytes.
        let last = places.first { columns[$0.index].isFlexible } ?? places.last
        let head = Rect(line.minX, line.minY, last.map { left + $0.x + $0.width - line.minX } ?? line.width, 1)
        var selection = ground
        if isSelected {
            selection = isFocused ? Style(.selectionText, on: .selection, .bold) : ground.adding(.underline)
            surface.fill(head, style: selection)
        }
        for place in places where place.index < cells.count {
            let column = columns[place.index]
            let isHead = isSelected && left + place.x < head.maxX
            // One colour on the selection: with few colours, states would not be read on its background.
            let text = isHead && isFocused ? cells[place.index].selected : cells[place.index]
            surface.put(
                text.over(isHead ? selection : ground), at: Point(left + place.x, line.minY), maxWidth: place.width,
                truncation: column.truncation, alignment: column.alignment)
        }
        // Colour is never the only signal: signs at the edge where there is room for them.
        guard hasEdge else { return }
        if isMarked {
            surface.put("*", at: line.origin, style: isSelected ? selection.bold : Style(.accent).over(ground))
        } else if isSelected {
            surface.put("▸", at: line.origin, style: selection)
        }
    }
}

extension StyledText {
    /// In the colour of the selection's text, which is read best on its background.
    package var selected: StyledText {
        StyledText(spans.map { Span($0.text, Style(attributes: $0.style.attributes)) })
    }
}

/// Shows which part of something long is visible.
package struct Scrollbar: Hashable, Sendable {
    /// The first visible row.
    package var first: Int
    /// Visible rows.
    package var visible: Int
    /// All rows.
    package var total: Int

    /// A bar for so many rows.
    package init(first: Int, visible: Int, total: Int) {
        self.first = first
        self.visible = visible
        self.total = total
    }

    /// Draws it into the first column of an area; nothing when all is visible.
    package func draw(on surface: inout Surface, in area: Rect) {
        guard total > visible, area.height > 0, area.width > 0 else { return }
        let length = max(1, min(area.height, area.height * visible / total))
        let travel = area.height - length
        let start = travel * max(0, min(first, total - visible)) / max(1, total - visible)
        for row in 0..<area.height {
            let isThumb = row >= start && row < start + length
            let point = Point(area.minX, area.minY + row)
            // The row's own background stays under the bar.
            let base = surface.cell(at: point)?.style ?? .plain
            var style = Style(isThumb ? .muted : .border)
            style.background = base.background
            surface.put(isThumb ? "┃" : "│", at: point, style: style)
        }
    }
}
