import PulseDomain
import PulseTerminal

/// The second line: how everything stands and why, who else is there, and, on wide screens, who one is and where.
enum VerdictLine {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let verdict = Verdict(state.fleet, state.connection, pen.present)
        // Who one is, and who else decides, is not given up for the end of a long sentence.
        let kept = kept(state, pen, isTally: verdict.because == nil && showsAlerts(state))
        let left = " " + story(verdict, state, pen, room: area.width - 2 - (kept.width > 0 ? kept.width + 3 : 0))
        let right = surroundings(state, pen, kept: kept, room: area.width - left.width - 4)
        surface.put(left, at: area.origin, maxWidth: area.width - (right.width > 0 ? right.width + 3 : 0))
        surface.put(right, at: Point(area.maxX - right.width - 1, area.minY), maxWidth: right.width)
    }

    // MARK: How everything stands

    private static func story(_ verdict: Verdict, _ state: ConsoleState, _ pen: Pen, room: Int) -> StyledText {
        var text = StyledText(verdict.headline.plain(pen.glyphs), Style(verdict.label.role).bold)
        if case .lost(let failure, _, let retryAt, let attempt) = state.connection, failure.kind != .unauthorised {
            text = text + retry(retryAt, attempt, state, pen, showsKey: state.size.width >= 100)
        }
        // Where the alerts themselves stand below, how the jobs stand says more.
        if let because = verdict.because {
            let fitting = ([because] + verdict.shorter).first { text.width + 2 + TerminalText.width($0) <= room }
            text = text + "  " + StyledText(fitting ?? verdict.brief ?? because, Style(.text))
        } else if !showsAlerts(state), let worst = verdict.worst {
            text = text + "  " + StyledText(worst, Style(.text))
        }
        guard verdict.isOfJobs else { return text }
        let tally = Tally.line(
            state.fleet, pen, room: room - text.width - 3, beside: verdict)
        return tally.width == 0 ? text : text + "   " + tally
    }

    /// Whether the alerts themselves stand below.
    private static func showsAlerts(_ state: ConsoleState) -> Bool {
        state.detail == nil && (state.screen == .jobs || state.screen == .alerts) && !state.fleet.alerts.isEmpty
    }

    /// The next try, before the reason: that may be long.
    private static func retry(
        _ retryAt: Duration, _ attempt: Int, _ state: ConsoleState, _ pen: Pen, showsKey: Bool
    ) -> StyledText {
        let seconds = Int((retryAt - state.elapsed).inSeconds.rounded(.up))
        pen.present.note(after: state.clock?.rate ?? 1)
        guard seconds > 0 else { return StyledText(", try \(attempt) now", Style(.warning)) }
        let text = StyledText(", try \(attempt) in \(seconds)s", Style(.warning))
        return showsKey ? text + " (" + StyledText("R", Style(.key)) + " now)" : text
    }

    // MARK: Who is there

    /// The least that is told: who one is, and who else decides. Besides counts of jobs, of which the last are calm ones, it
    /// is more than besides a sentence.
    private static func kept(_ state: ConsoleState, _ pen: Pen, isTally: Bool) -> StyledText {
        let isWide = isTally && state.size.width >= 120
        let deciding = deciding(state, pen)
        var person = TitleLine.tellsPersonBelow(state) ? person(state) : nil
        if isWide, deciding == nil, let context = state.options.link?.context, context.count <= 12 {
            person = person.map { $0 + .muted(" @ \(context)") }
        }
        return pen.line([isWide ? deciding?.long : deciding?.short, person])
    }

    /// Who one is, where, and who else is there: what there is room for. Who else decides on something matters more than
    /// where one is.
    private static func surroundings(
        _ state: ConsoleState, _ pen: Pen, kept: StyledText, room: Int
    ) -> StyledText {
        guard let engine = state.fleet.engine else { return kept }
        let simulated = engine.isSimulated ? StyledText("simulated sources", Style(.info)) : nil
        let holder = StyledText.muted(engine.holder)
        guard let link = state.options.link else {
            let whole = pen.line([simulated, .muted(engine.store), holder])
            if whole.width <= room { return whole }
            return room >= 24 ? .muted(TerminalText.truncate(engine.store, to: room, .middle)) : .nothing
        }
        let person = TitleLine.tellsPersonBelow(state) ? person(state) : nil
        func at(_ place: String) -> StyledText { (person.map { $0 + " " } ?? .nothing) + .muted("@ \(place)") }
        let deciding = deciding(state, pen)
        let company = deciding?.long ?? others(state)
        let choices = [
            pen.line([company, simulated, at(link.shown), holder]), pen.line([company, simulated, at(link.shown)]),
            pen.line([company, at(link.shown)]), pen.line([company, at(link.name)]), pen.line([company, person]),
            pen.line([deciding?.short, person]),
        ]
        return choices.first { $0.width <= room } ?? kept
    }

    private static func person(_ state: ConsoleState) -> StyledText? { state.person.map { .muted($0.shown) } }

    /// The one of the others who has a confirmation open, and which; `nil` where nobody has, or nobody knows.
    private static func deciding(_ state: ConsoleState, _ pen: Pen) -> (long: StyledText, short: StyledText)? {
        guard !state.isLost, let busy = state.others.first(where: { $0.confirmation != nil }) else { return nil }
        let name = TerminalText.truncate(busy.principal.name, to: 24, .middle)
        let sentence = TerminalText.truncate(busy.confirmation ?? "", to: 40, .middle)
        return (
            Label("▸", ">", "\(name): \(sentence)", .warning).text(pen.glyphs),
            Label("▸", ">", "\(name) decides", .warning).text(pen.glyphs)
        )
    }

    /// Who else is connected; `nil` when nobody is, or nobody knows.
    private static func others(_ state: ConsoleState) -> StyledText? {
        guard !state.isLost, let first = state.others.first else { return nil }
        let names = Set(state.others.map(\.principal))
        return .muted(names.count == 1 ? "with \(first.principal)" : "with \(names.count) others")
    }
}
