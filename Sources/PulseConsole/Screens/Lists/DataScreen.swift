import PulseDomain
import PulseTerminal

/// What was loaded: the unified tables, and their rows.
enum DataScreen {
    static let tables = [
        TableColumn("TABLE", .flexible(min: 22, weight: 1, max: 28)),
        TableColumn("ROWS", .fixed(9), alignment: .right),
        TableColumn("WHAT A ROW IS", .flexible(min: 20, weight: 4)),
    ]

    /// Draws it and returns where the cursor belongs while a filter is typed.
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) -> Point? {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        guard let open = state.data.open else {
            drawTables(state.data, on: &surface, in: body)
            return nil
        }
        let (top, bottom) = body.splitBottom(body.height >= 16 && open.selected != nil ? body.height * 2 / 5 : 0)
        drawRows(open, pen, on: &surface, in: top)
        drawSelected(open, pen, on: &surface, in: bottom)
        return open.filter.field.map { field in
            FilterLine.draw(
                field, placeholder: "column=value, or words of a row; Enter asks, Esc drops", state, on: &surface)
        }
    }

    private static func drawTables(_ data: DataState, on surface: inout Surface, in area: Rect) {
        let total = data.tables.reduce(0) { $0 + $1.rows }
        let title =
            .strong("Data") + .muted(" \(Figures.many(data.tables.count, "table")) · \(Figures.many(total, "row"))")
        let inner = surface.box(area, title: title, style: Style(.borderFocused))
        TableView(
            columns: tables, ids: data.tables.map(\.name),
            emptyMessage: .muted(
                data.failure.map { "\($0.sentence) \($0.remedy)" }
                    ?? (data.isLoaded ? "There are no tables." : "Reading…"))
        ) { row in
            let table = data.tables[row]
            let isEmpty = table.rows == 0
            return [
                StyledText(table.name.rawValue, Style(isEmpty ? .muted : .title)),
                isEmpty ? .muted("0") : StyledText(Figures.count(table.rows)),
                .muted(UnifiedSchema.table(table.name)?.meaning ?? ""),
            ]
        }.draw(on: &surface, in: inner, state: data.table)
    }

    private static func drawRows(_ open: OpenTable, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let inner = surface.box(area, title: title(open, pen), style: Style(.borderFocused))
        let columns = open.columns
        TableView(columns: places(of: columns), ids: open.shownIDs, emptyMessage: .muted(empty(open))) { row in
            columns.texts(open.rows[open.shown[row]]).enumerated().map { position, text in
                position == 0 ? StyledText(text, Style(.accent)) : StyledText(text)
            }
        }.draw(on: &surface, in: inner, state: open.list)
    }

    private static func places(of columns: RowColumns) -> [TableColumn] {
        columns.columns.enumerated().map { position, place in
            let name = place.column.name
            let widest = max(name.count, min(place.widest, 40))
            return TableColumn(
                name.uppercased(),
                place.widest > 16
                    ? .flexible(min: max(name.count, min(place.widest, 24)), weight: 2, max: widest) : .fixed(widest),
                alignment: place.column.type.isNumber ? .right : .left,
                // Ids of other rows tell a person least, and go first where there is no room.
                priority: min(position, 99) + (place.column.refersTo == nil ? 0 : 100))
        }
    }

    private static func title(_ open: OpenTable, _ pen: Pen) -> StyledText {
        let count = open.shownIDs.count
        // More may follow; how many only the store could count.
        let isAll = open.isWhole
        var facts: [StyledText] = []
        if open.query == RowQuery() {
            facts.append(
                .muted(
                    isAll
                        ? Figures.many(count, "row")
                        : "first \(Figures.count(count)) of \(Figures.count(open.total)) rows"))
        } else {
            let found = isAll ? Figures.many(count, "row") : "\(Figures.count(count)) or more rows"
            facts.append(StyledText("\(found) with \(open.filter.text)", Style(.match)))
        }
        if open.includesDeleted { facts.append(StyledText("deleted ones too", Style(.warning))) }
        if open.isFull { facts.append(StyledText("more are not kept: filter with /", Style(.warning))) }
        if let readAt = open.readAt { facts.append(.muted("read at \(pen.times.clock(readAt))")) }
        return pen.line([.strong(open.table.name.rawValue)] + facts)
    }

    private static func empty(_ open: OpenTable) -> String {
        if let failure = open.failure { return "\(failure.sentence) \(failure.remedy) Ctrl+R reads again." }
        if !open.isWhole, !open.isFull { return "Reading…" }
        if open.query != RowQuery() { return "No row fits the filter. Esc takes it away." }
        return "Nothing was loaded into this table yet."
    }

    /// All values of the selected row that there are, a line each.
    private static func drawSelected(_ open: OpenTable, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 4, let row = open.selected, let id = row.id(in: open.table) else { return }
        let title = .strong(id.id) + .muted(" of \(id.source)  Enter shows it whole, with what its columns mean")
        let inner = surface.box(area, title: title).inset(left: 1, right: 1)
        let values = zip(row.values, open.table.allColumns).filter { $0.0 != .null && $0.1.name != "tenant" }
        let width = min(24, values.map { $0.1.name.count }.max() ?? 0)
        // In two columns where there is room for both.
        let isWide = inner.width >= 100 && values.count > inner.height
        let share = isWide ? inner.width / 2 : inner.width
        for (place, (value, column)) in values.prefix(inner.height * (isWide ? 2 : 1)).enumerated() {
            let at = Point(inner.minX + place / inner.height * share, inner.minY + place % inner.height)
            surface.put(.muted(TerminalText.pad(column.name, to: width)), at: at, maxWidth: width)
            surface.put(
                StyledText(RowText.cell(value, column.type)), at: Point(at.x + width + 2, at.y),
                maxWidth: max(0, share - width - (isWide ? 4 : 2)))
        }
    }
}
