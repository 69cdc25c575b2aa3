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
        }
        return drawFilter(state, on: &surface)
    }

    private static func title(_ state: ConsoleState, _ pen: Pen) -> StyledText {
        let fleet = state.fleet
        var facts: [StyledText?] = [.strong("Jobs") + .muted(" \(Figures.count(fleet.jobs.count))")]
        if !fleet.filter.isEmpty {
            facts.append(
                StyledText("\(Figures.count(fleet.order.count)) fit \"\(fleet.filter)\"", Style(.match)))
        }
        if !state.home.jobs.marked.isEmpty {
            facts.append(StyledText("\(Figures.count(state.home.jobs.marked.count)) marked", Style(.accent)))
        }
        facts.append(.muted("by \(fleet.sort.title)\(fleet.isReversed ? ", reversed" : "")"))
        return pen.line(facts)
    }

    private static func drawFilter(_ state: ConsoleState, on surface: inout Surface) -> Point? {
        guard let field = state.home.filterField else { return nil }
        let line = ScreenFrame.area(of: state.size).footer
        surface.fill(line, style: Style(.fieldText, on: .field))
        surface.put(" Filter: ", at: line.origin, style: Style(.key, on: .field))
        return field.draw(
            on: &surface, in: line.inset(left: 9), placeholder: "words of name, title or state; Enter keeps, Esc drops")
    }
}
