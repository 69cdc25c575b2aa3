import PulseDomain
import PulseTerminal

/// What all screens share: two lines at the top, hints at the bottom, notices above the hints.
enum ScreenFrame {
    /// Draws the frame and returns the area between.
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) -> Rect {
        let parts = area(of: state.size)
        drawTitle(state, pen, on: &surface, in: parts.title)
        if !parts.verdict.isEmpty { drawVerdict(state, pen, on: &surface, in: parts.verdict) }
        drawFooter(state, on: &surface, in: parts.footer)
        return parts.body
    }

    /// Where things stand. Low screens have one line at the top instead of two.
    static func area(of size: Size) -> (title: Rect, verdict: Rect, body: Rect, footer: Rect) {
        let all = Rect(origin: .zero, size: size)
        let (title, below) = all.splitTop(1)
        let (verdict, middle) = below.splitTop(size.height >= 12 ? 1 : 0)
        let (body, footer) = middle.splitBottom(1)
        return (title, verdict, body, footer)
    }

    private static func drawTitle(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let base = Style(.headerText, on: .header)
        surface.fill(area, style: base)
        let mark = pen.glyphs == .unicode ? "◆" : "*"
        var left = StyledText(" \(mark) PULSE ", Style(.accent, on: .header, .bold))
        if let tenant = state.fleet.engine?.tenant {
            left = left + StyledText(TerminalText.truncate(tenant.rawValue, to: 20), Style(.title, on: .header)) + "  "
        }
        var right = trailing(state, pen)
        let room = area.width - right.width - 2
        let isShort = left.width + tabs(state, isShort: false).width > room
        let line = left + tabs(state, isShort: isShort)
        // Where the line below has no room for it, and this one has.
        if !tellsPersonBelow(state), let person = state.person, line.width + person.shown.count + 4 <= room {
            right = pen.line([.muted(person.shown), right])
        }
        surface.put(line.over(base), at: area.origin, maxWidth: max(10, room))
        surface.put(right.over(base), at: Point(area.maxX - right.width - 1, area.minY), maxWidth: right.width)
    }

    /// The screens; where there is no room, only the present one is named.
    private static func tabs(_ state: ConsoleState, isShort: Bool) -> StyledText {
        var text = StyledText.nothing
        for screen in ScreenName.allCases {
            let isChosen = screen == state.screen
            if isShort && !isChosen {
                text = text + StyledText(" \(screen.rawValue)", Style(.muted, on: .header))
                continue
            }
            let style = isChosen ? Style(.selectionText, on: .selection, .bold) : Style(.headerText, on: .header)
            let title = isChosen ? "[\(screen.rawValue) \(screen.title)]" : " \(screen.rawValue) \(screen.title) "
            // Its brackets take the place of the blanks around the others.
            if isShort, !text.spans.isEmpty { text = text + StyledText(" ", Style(.muted, on: .header)) }
            text = text + StyledText(title, style)
        }
        return text
    }

    private static func trailing(_ state: ConsoleState, _ pen: Pen) -> StyledText {
        var facts: [StyledText?] = []
        if state.options.readOnlyBecause != nil || state.mayOnlyLookBecause != nil {
            facts.append(StyledText("read-only", Style(.warning)))
        }
        facts.append(connection(state, pen))
        if let clock = state.clock {
            let rate = clock.rate == 1 ? "" : " \(pen.glyphs == .unicode ? "×" : "x")\(Figures.compact(clock.rate))"
            facts.append(StyledText("\(pen.present.clockNow()) UTC\(rate)", Style(.headerText)))
        }
        return pen.line(facts)
    }

    private static func connection(_ state: ConsoleState, _ pen: Pen) -> StyledText {
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
            if let roundTrip = state.roundTrip {
                label = label + .muted(" \(TimeTexts.duration(max(.milliseconds(1), roundTrip)))")
            }
            return age == "<10s" ? label : label + StyledText(", unchanged for \(age)", Style(.muted))
        case .lost: return Label.error("offline").text(pen.glyphs)
        }
    }

    private static func drawVerdict(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        let verdict = Verdict(state.fleet, state.connection, pen.present)
        var left = StyledText(" " + verdict.label.plain(pen.glyphs), Style(verdict.label.role).bold)
        if var because = verdict.because {
            if let brief = verdict.brief, left.width + 3 + TerminalText.width(because) > area.width { because = brief }
            if case .lost(let failure, _, let retryAt, let attempt) = state.connection,
                failure.kind != .unauthorised
            {
                left = left + retry(retryAt, attempt, state, pen, showsKey: area.width >= 100)
            }
            left = left + "  " + StyledText(because, Style(.text))
        } else {
            // Who one is, and who else decides, stays where there is room for more than what is wrong.
            let company = state.others.contains { $0.confirmation != nil } ? others(state, pen)?.width : nil
            let kept = tellsPersonBelow(state) ? company ?? state.person.map { TerminalText.width($0.shown) } : nil
            let room = area.width - left.width - 4 - (kept.map { $0 + 4 } ?? 0)
            left = left + "   " + tally(state.fleet, pen, room: room)
        }
        let right = surroundings(state, pen, room: area.width - left.width - 4)
        surface.put(left, at: area.origin, maxWidth: area.width - (right.width > 0 ? right.width + 2 : 0))
        surface.put(right, at: Point(area.maxX - right.width - 1, area.minY), maxWidth: right.width)
    }

    /// Whether the second line tells who one is; the first does where it has room and the second has not.
    private static func tellsPersonBelow(_ state: ConsoleState) -> Bool {
        state.size.width >= 100 && !area(of: state.size).verdict.isEmpty
    }

    /// Who one is, where, and who else is there: what there is room for. Who else decides on something matters more than
    /// where one is.
    private static func surroundings(_ state: ConsoleState, _ pen: Pen, room: Int) -> StyledText {
        guard let engine = state.fleet.engine else { return .nothing }
        let simulated = engine.isSimulated ? StyledText("simulated sources", Style(.info)) : nil
        let company = others(state, pen)
        let person = tellsPersonBelow(state) ? state.person?.shown : nil
        let holder = StyledText.muted(engine.holder)
        guard let link = state.options.link else {
            let whole = pen.line([company, simulated, .muted(engine.store), holder])
            if whole.width <= room { return whole }
            return room >= 24 ? .muted(TerminalText.truncate(engine.store, to: room, .middle)) : .nothing
        }
        func at(_ place: String) -> StyledText { .muted(person.map { "\($0) @ \(place)" } ?? place) }
        let choices = [
            pen.line([company, simulated, at(link.shown), holder]), pen.line([company, simulated, at(link.shown)]),
            pen.line([company, at(link.shown)]), pen.line([company, at(link.name)]),
            pen.line([company, person.map { .muted($0) }]), company ?? at(link.shown),
            person.map { .muted($0) } ?? .nothing,
        ]
        return choices.first { $0.width <= room } ?? .nothing
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

    /// Who else is connected: the one with a confirmation open, or how many; `nil` when nobody is.
    private static func others(_ state: ConsoleState, _ pen: Pen) -> StyledText? {
        guard let first = state.others.first else { return nil }
        if let busy = state.others.first(where: { $0.confirmation != nil }), let confirmation = busy.confirmation {
            let text = "\(busy.principal): \(TerminalText.truncate(confirmation, to: 40, .middle))"
            return Label("▸", ">", text, .warning).text(pen.glyphs)
        }
        let names = Set(state.others.map(\.principal))
        return .muted(names.count == 1 ? "with \(first.principal)" : "with \(names.count) others")
    }

    /// How many jobs are in which state, the pressing ones first; calm ones are left out where there is no room.
    static func tally(_ fleet: Fleet, _ pen: Pen, room: Int) -> StyledText {
        let groups: [(JobCondition, [JobCondition])] = [
            (.failed, [.failed]), (.suspicious, [.suspicious]), (.stopped, [.stopped, .stopping]),
            (.paused, [.paused, .pausing]), (.silent, [.silent]), (.waiting, [.waiting]), (.running, [.running]),
            (.queued, [.queued]),
            (.held, [.held]), (.succeeded, [.succeeded, .quarantined, .incomplete]), (.new, [.new]),
        ]
        var text = StyledText.nothing
        for (shown, members) in groups {
            let count = members.reduce(0) { $0 + fleet.tally[$1, default: 0] }
            guard count > 0 else { continue }
            let label = shown.label
            let fact =
                StyledText(label.sign(pen.glyphs), Style(label.role)) + " \(Figures.count(count)) \(label.word)  "
            guard text.width + fact.width <= room + 2 else { break }
            text = text + fact
        }
        return text
    }

    private static func drawFooter(_ state: ConsoleState, on surface: inout Surface, in area: Rect) {
        // The way out is always to be seen, at the end.
        let hints = KeyBinding.all.filter {
            $0.scopes.contains(state.scope) && $0.hint != nil && $0.action != .quit && $0.action != .palette
        }
        let lost = state.isLost ? hints.filter { $0.action == .reconnect } : []
        let shown = (lost + hints.filter { $0.action != .reconnect }).compactMap { binding -> KeyHint? in
            guard let hint = binding.hint, let key = binding.keys.first else { return nil }
            // What cannot be done here at all is left out; what cannot be done now is faint.
            let isAboutAlerts = binding.action == .acknowledge || binding.action == .remedy
            if isAboutAlerts, state.targetAlert == nil { return nil }
            let isQuarantine = state.recovery.pane == .quarantine
            switch binding.action {
            case .confirmFinding, .undoFinding: if isQuarantine { return nil }
            case .replay, .discard, .mark: if state.scope == .recovery, !isQuarantine { return nil }
            case .open:
                if state.scope == .recovery, !isQuarantine { return nil }
                if let pane = state.detail?.pane, pane != .log { return nil }
            default: break
            }
            let isEnabled = state.availability(of: binding.action).isEnabled
            // Where there is no room for all: what opens is used most, then what can be commanded now.
            let isCommand = binding.group == .commands
            let rank = binding.action == .open || binding.action == .reconnect ? 0 : isCommand ? (isEnabled ? 1 : 2) : 3
            return KeyHint(key.label, hint, isEnabled: isEnabled, rank: rank)
        }
        KeyHints(shown, last: [KeyHint(":", "find", rank: 2), KeyHint("?", "keys"), KeyHint("q", "quit")]).draw(
            on: &surface, in: area)
    }
}

extension ConsoleState {
    /// When something was heard of the engine last, so long ago as the person has waited: in the demo the engine's clock
    /// runs faster than theirs.
    var heardInstant: Instant { now - (elapsed - heardAt) }
}
