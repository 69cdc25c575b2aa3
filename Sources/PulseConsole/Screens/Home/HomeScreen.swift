import PulseDomain
import PulseTerminal

/// The home screen: what is wrong, the jobs, the limits, the throughput.
enum HomeScreen {
    /// Draws it and returns where the cursor belongs while a filter is typed.
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) -> Point? {
        _ = ScreenFrame.draw(state, pen, on: &surface)
        let layout = HomeLayout(state)
        AlertsPanel.draw(state, layout, pen, on: &surface)
        var table = layout.jobs
        if layout.kind != .compact {
            let isFocused = state.home.focus == .jobs && state.overlay == nil
            table = surface.box(
                layout.jobs, title: title(state, pen), style: Style(isFocused ? .borderFocused : .border))
        }
        JobsTable.draw(state, pen, on: &surface, in: table)
        switch layout.kind {
        case .compact:
            ThroughputPanel.drawBrief(state, pen, on: &surface, in: layout.throughput)
            LimitsPanel.drawBrief(state, pen, on: &surface, in: layout.limits)
        case .regular, .wide:
            LimitsPanel.draw(state, pen, on: &surface, in: layout.limits)
            ThroughputPanel.draw(state, pen, on: &surface, in: layout.throughput)
            SelectedPanel.draw(state, pen, on: &surface, in: layout.selected)
            ActivityPanel.draw(state, pen, on: &surface, in: layout.activity)
        }
        if showsSplash(state) { drawSplash(state, pen, on: &surface, in: table) }
        return drawFilter(state, on: &surface)
    }

    /// Whether there is nothing to show but what is being opened, and room to show it well.
    static func showsSplash(_ state: ConsoleState) -> Bool {
        guard state.fleet.engine == nil, case .connecting = state.connection else { return false }
        return HomeLayout(state).jobs.height >= 8
    }

    /// Who this is and what it is doing, until the engine answers.
    private static func drawSplash(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let mark = pen.glyphs == .unicode ? "◆" : "*"
        let lines: [StyledText] = [
            StyledText("\(mark)  P U L S E", Style(.accent).bold), "", StyledText(state.options.opening, Style(.text)),
        ]
        let top = area.minY + max(1, (area.height - lines.count) / 2)
        for (row, line) in lines.enumerated() {
            let left = area.minX + max(0, (area.width - line.width) / 2)
            surface.put(line, at: Point(left, top + row), maxWidth: area.maxX - left)
        }
    }

    private static func title(_ state: ConsoleState, _ pen: Pen) -> StyledText {
        let fleet = state.fleet
        // How many there are is not known before the engine answers.
        guard fleet.engine != nil else { return .strong("Jobs") }
        var facts: [StyledText?] = [.strong("Jobs") + .muted(" \(Figures.count(fleet.jobs.count))")]
        if !fleet.filter.isEmpty {
            facts.append(
                StyledText("\(Figures.count(fleet.order.count)) fit \"\(fleet.filter.text)\"", Style(.match)))
        }
        if !state.home.jobs.marked.isEmpty {
            facts.append(StyledText("\(Figures.count(state.home.jobs.marked.count)) marked", Style(.accent)))
        }
        facts.append(.muted("by \(fleet.sort.title)\(fleet.isReversed ? ", reversed" : "")"))
        return pen.line(facts)
    }

    private static func drawFilter(_ state: ConsoleState, on surface: inout Surface) -> Point? {
        guard let field = state.fleet.filter.field else { return nil }
        return FilterLine.draw(
            field, placeholder: "words of name, title or state; Enter keeps, Esc drops", state, on: &surface)
    }
}
