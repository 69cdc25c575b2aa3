import PulseDomain
import PulseTerminal

/// The first line: the program, whose data, the screens, who one is, and how the link stands.
enum TitleLine {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let base = Style(.headerText, on: .header)
        surface.fill(area, style: base)
        let (left, right) = halves(state, pen, width: area.width)
        let room = area.width - right.width - 2
        surface.put(left.over(base), at: area.origin, maxWidth: max(10, room))
        surface.put(right.over(base), at: Point(area.maxX - right.width - 1, area.minY), maxWidth: right.width)
    }

    /// Whether the second line tells who one is; else the first does.
    static func tellsPersonBelow(_ state: ConsoleState) -> Bool {
        state.size.width >= 100 && !ScreenFrame.area(of: state.size).verdict.isEmpty
    }

    // MARK: What there is room for

    /// What the left half may leave out.
    private enum Left: CaseIterable {
        case nothing, titles, word, otherScreens
    }

    /// What the right half may leave out: whoever decides has to know who they are and how the link stands.
    private enum Right: CaseIterable {
        case nothing, roundTrip, clock, longName, person
    }

    /// In the order in which they are given up: the pairs that say the most come first.
    private static let order: [(Left, Right)] = [
        (.nothing, .nothing), (.titles, .nothing), (.word, .nothing), (.titles, .roundTrip), (.word, .roundTrip),
        (.titles, .clock),
        (.word, .clock), (.otherScreens, .roundTrip), (.otherScreens, .clock), (.word, .longName),
        (.otherScreens, .longName),
        (.titles, .person), (.word, .person),
        (.otherScreens, .person),
    ]

    private static func halves(_ state: ConsoleState, _ pen: Pen, width: Int) -> (StyledText, StyledText) {
        var last = (StyledText.nothing, StyledText.nothing)
        for (left, right) in order {
            last = (self.left(state, pen, without: left), self.right(state, pen, without: right))
            if last.0.width + last.1.width + 3 <= width { break }
        }
        return last
    }

    private static func left(_ state: ConsoleState, _ pen: Pen, without missing: Left) -> StyledText {
        let mark = pen.glyphs == .unicode ? "◆" : "*"
        guard !ScreenFrame.area(of: state.size).verdict.isEmpty else {
            // There is no line below that says how everything stands: nothing matters more.
            let verdict = Verdict(state.fleet, state.connection, pen.present)
            let style = Style(verdict.label.role, on: .header, .bold)
            return StyledText(" \(verdict.headline.plain(pen.glyphs))  ", style) + tabs(state, missing)
        }
        let hasWord = missing == .nothing || missing == .titles || state.fleet.engine == nil
        var left = StyledText(" \(mark) \(hasWord ? "PULSE " : "")", Style(.accent, on: .header, .bold))
        if let tenant = state.fleet.engine?.tenant {
            left = left + StyledText(TerminalText.truncate(tenant.rawValue, to: 20), Style(.title, on: .header)) + "  "
        }
        return left + tabs(state, missing)
    }

    /// The screens; where there is no room, only the present one is named, or is all there is.
    private static func tabs(_ state: ConsoleState, _ missing: Left) -> StyledText {
        var text = StyledText.nothing
        for screen in ScreenName.allCases {
            let isChosen = screen == state.screen
            if missing != .nothing && !isChosen {
                guard missing != .otherScreens else { continue }
                text = text + StyledText(" \(screen.rawValue)", Style(.muted, on: .header))
                continue
            }
            let style = isChosen ? Style(.selectionText, on: .selection, .bold) : Style(.headerText, on: .header)
            let title = isChosen ? "[\(screen.rawValue) \(screen.title)]" : " \(screen.rawValue) \(screen.title) "
            // Its brackets take the place of the blanks around the others.
            if missing != .nothing, !text.spans.isEmpty { text = text + StyledText(" ", Style(.muted, on: .header)) }
            text = text + StyledText(title, style)
        }
        return text
    }

    private static func right(_ state: ConsoleState, _ pen: Pen, without missing: Right) -> StyledText {
        var facts: [StyledText?] = []
        let isReadOnly = state.options.readOnlyBecause != nil || state.mayOnlyLookBecause != nil
        // A viewer is told so by the role, too.
        if isReadOnly, missing != .longName || state.person?.role != .viewer {
            facts.append(StyledText("read-only", Style(.warning)))
        }
        if !tellsPersonBelow(state), missing != .person, let person = state.person {
            facts.append(.muted(missing == .longName ? person.brief : person.shown))
        }
        facts.append(connection(state, pen, tellsRoundTrip: missing == .nothing))
        if missing == .nothing || missing == .roundTrip, let clock = state.clock {
            let rate = clock.rate == 1 ? "" : " \(pen.glyphs == .unicode ? "×" : "x")\(Figures.compact(clock.rate))"
            facts.append(StyledText("\(pen.present.clockNow()) UTC\(rate)", Style(.headerText)))
        }
        return pen.line(facts)
    }

    private static func connection(_ state: ConsoleState, _ pen: Pen, tellsRoundTrip: Bool) -> StyledText {
        if let staleness = state.fleet.staleness {
            let label = Label.error(staleness.cause == .store ? "stale" : "offline").text(pen.glyphs)
            return label + StyledText(", as of \(pen.present.clockWithSeconds(staleness.asOf))", Style(.warning))
        }
        switch state.connection {
        case .connecting: return Label("○", ".", "connecting", .info).text(pen.glyphs)
        case .live:
            let heard = state.clock.map { _ in state.heardInstant }
            let age = heard.map { pen.present.age(since: $0) } ?? "<10s"
            var label = Label("●", "*", "live", .ok).text(pen.glyphs)
            if tellsRoundTrip, let roundTrip = state.roundTrip {
                label = label + .muted(" \(TimeTexts.duration(max(.milliseconds(1), roundTrip)))")
            }
            return age == "<10s" ? label : label + StyledText(", unchanged for \(age)", Style(.muted))
        case .lost: return Label.error("offline").text(pen.glyphs)
        }
    }
}

extension ConsoleState {
    /// When something was heard of the engine last, so long ago as the person has waited: in the demo the engine's clock
    /// runs faster than theirs.
    var heardInstant: Instant { now - (elapsed - heardAt) }
}
