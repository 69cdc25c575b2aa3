import PulseDomain
import PulseTerminal

/// What is left where there is hardly a screen: the verdict, and the one line that matters.
enum TinyScreen {
    /// The smallest size that screens are drawn on.
    static let limit = Size(44, 9)

    static func fits(_ size: Size) -> Bool { size.width < limit.width || size.height < limit.height }

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        guard !surface.size.isEmpty else { return }
        let verdict = Verdict(state.fleet, state.connection, pen.present)
        let bar = Rect(0, 0, surface.width, 1)
        surface.fill(bar, style: Style(verdict.label.role, on: .header, .bold))
        let words = [verdict.headline, verdict.label, verdict.briefLabel].compactMap { $0?.plain(pen.glyphs) }
        let fitting = words.first { TerminalText.width($0) <= surface.width }
        let head = StyledText(
            fitting ?? verdict.label.plain(pen.glyphs), Style(verdict.label.role, on: .header, .bold))
        surface.put(head, at: .zero, maxWidth: surface.width)
        var y = 1
        let hasHints = surface.height >= 10
        var bottom = surface.height - (hasHints ? 1 : 0)
        if hasHints {
            let area = Rect(0, bottom, surface.width, 1)
            KeyHints(
                (state.isLost ? [KeyHint("R", "try now")] : []) + [
                    state.detail == nil ? KeyHint("j k", "move") : KeyHint("Esc", "back"), KeyHint(":", "find"),
                ], last: [KeyHint("?", "keys"), KeyHint("q", "quit")]
            )
            .draw(on: &surface, in: area)
        }
        // What keys are about is always to be seen.
        if bottom >= 4, let row = selectedRow(state, pen) {
            bottom -= 1
            let base = Style(.selectionText, on: .selection)
            let place = Rect(0, bottom, surface.width, 1)
            surface.fill(place, style: base)
            let share = row.share.map { " \(Figures.percent($0))" } ?? ""
            let sign = "▸\(row.label.sign(pen.glyphs)) "
            let room = max(1, surface.width - TerminalText.width(sign) - share.count)
            surface.put(
                sign + TerminalText.truncate(row.id, to: room, .middle) + share, at: place.origin, style: base,
                maxWidth: place.width)
        }
        for text in story(state, pen) {
            for line in TerminalText.wrap(text.text, to: surface.width) where y < bottom {
                surface.put(line, at: Point(0, y), style: Style(text.role), maxWidth: surface.width)
                y += 1
            }
        }
    }

    private static func selectedRow(_ state: ConsoleState, _ pen: Pen) -> JobRow? {
        guard state.detail == nil, let job = state.home.jobs.selection else { return nil }
        return state.fleet.jobs[job].map { pen.row($0) }
    }

    /// What matters, the most pressing first; what does not fit is left out.
    private static func story(_ state: ConsoleState, _ pen: Pen) -> [(text: String, role: ColorRole)] {
        var story: [(String, ColorRole)] = []
        if let because = Verdict(state.fleet, state.connection, pen.present).because { story.append((because, .text)) }
        if let detail = state.detail {
            story.append((detail.job.rawValue, .title))
            guard let status = detail.data?.status ?? state.fleet.jobs[detail.job] else { return story }
            let lines = RunSummary.lines(status, pen, width: state.size.width)
            return story + lines.map { ($0.spans.map(\.text).joined(), .text) }
        }
        if let alert = state.fleet.alerts.first(where: { $0.acknowledgedBy == nil }) {
            let row = AlertRow(alert, pen.times(of: alert))
            story.append((row.sentence, pen.isPresent(alert) ? row.label.role : .muted))
            story.append((row.next, pen.isPresent(alert) ? .info : .muted))
        }
        let busy = state.fleet.order.lazy.compactMap { state.fleet.jobs[$0] }.filter { JobCondition($0).isUnderWay }
            .prefix(state.size.height)
        for status in busy {
            let row = pen.row(status)
            let share = row.share.map { " \(Figures.percent($0))" } ?? ""
            story.append(("\(row.label.sign(pen.glyphs)) \(row.id)\(share)", row.label.role))
        }
        if busy.isEmpty {
            let next = state.fleet.jobs.values.compactMap { status in status.nextRunAt.map { ($0, status.id) } }
                .min { $0 < $1 }
            if let (instant, job) = next { story.append(("next \(pen.times.until(instant)): \(job)", .muted)) }
        }
        if let engine = state.fleet.engine, !state.fleet.jobs.isEmpty {
            story.append((ThroughputPanel.rates(state.throughputTimeline, pen).spans.map(\.text).joined(), .text))
            // What is calm fills the room that is left.
            for status in state.fleet.order.lazy.compactMap({ state.fleet.jobs[$0] })
                .filter({ !JobCondition($0).isUnderWay }).prefix(state.size.height)
            {
                let row = pen.row(status)
                // Without the clock, so that each has one line.
                let when = pen.isStale ? row.when[...] : row.when.prefix { $0 != "," }
                story.append(("\(row.label.sign(pen.glyphs)) \(row.id) \(when)", .muted))
            }
            story.append((engine.store, .muted))
        } else if state.fleet.engine == nil, case .connecting = state.connection {
            story.append((state.options.opening, .text))
        }
        return story
    }
}
