import PulseDomain
import PulseTerminal

/// An alert as texts that the screen and the plain twin share.
struct AlertRow {
    var label: Label
    var sentence: String
    var because: String
    /// The same for a line that is cut at its end: the cause first, of addresses what tells them apart.
    var brief: String
    /// What happens by itself and when.
    var next: String
    /// What a person can do; empty when nothing.
    var remedy: String
    var age: String
    var acknowledged: String

    init(_ alert: Alert, _ times: TimeTexts) {
        label = alert.severity.label
        sentence = alert.sentence
        because = times.retold(alert.because)
        brief = alert.kind == .storeTrouble ? CauseText(because).whole : because
        if let what = alert.next.map(times.retold) {
            next = alert.nextAt.map { "\(what) (\(times.until($0)))" } ?? what
        } else {
            next = "Nothing happens by itself."
        }
        remedy = alert.remedies.first?.phrase ?? ""
        age = times.age(since: alert.since)
        acknowledged = alert.acknowledgedBy.map { "seen by \($0)" } ?? ""
    }
}

/// What is wrong, before anything else.
enum AlertsPanel {
    static func draw(_ state: ConsoleState, _ layout: HomeLayout, _ pen: Pen, on surface: inout Surface) {
        let alerts = state.fleet.alerts
        guard !alerts.isEmpty, !layout.alerts.isEmpty else { return }
        let present = alerts.filter { pen.isPresent($0) }
        let worst = present.first.map { $0.acknowledgedBy == nil ? $0.severity.label.role : .border } ?? .border
        let isFocused = state.home.focus == .alerts && state.overlay == nil
        var area = layout.alerts
        if layout.kind != .compact {
            let isPressing = alerts.contains { $0.acknowledgedBy == nil && $0.severity != .notice }
            let title = pen.line([
                StyledText(
                    isPressing ? "Needs attention" : "Good to know",
                    // The colour of frames is none for words.
                    worst == .border ? Style(.muted) : Style(worst).bold),
                pen.staleness.map { present.isEmpty ? .muted("as of \(pen.times.clockWithSeconds($0.asOf))") : nil }
                    ?? nil,
                ReceiversPanel.warning(state, pen),
            ])
            let frame = Style(isFocused ? .borderFocused : worst)
            area = surface.box(area, title: title, style: frame)
            drawKeys(state, pen, on: &surface, in: layout.alerts)
        }
        let (shown, saysMore) = layout.shownAlerts(of: alerts.count)
        let selected = alerts.firstIndex { $0.id == state.home.alerts.selection } ?? 0
        let first = isFocused ? max(0, min(selected - shown + 1, alerts.count - shown)) : 0
        let target = state.targetAlert?.id
        for (row, alert) in alerts[first..<min(alerts.count, first + shown)].enumerated() {
            let place = Rect(area.minX, area.minY + row * layout.linesPerAlert, area.width, layout.linesPerAlert)
            let isSelected = isFocused && alert.id == state.home.alerts.selection
            // Where no line says it below, the last one does.
            let more = layout.kind == .compact && row == shown - 1 ? alerts.count - shown : 0
            drawAlert(
                alert, isSelected: isSelected, isTarget: alert.id == target, isBrief: layout.kind == .compact,
                more: more, pen, on: &surface, in: place)
            // Nobody knows whether it still holds.
            if !pen.isPresent(alert) { surface.fade(place) }
        }
        if saysMore {
            let text = "and \(alerts.count - shown) more: press 5 for all alerts"
            surface.put(text, at: Point(area.minX + 3, area.maxY - 1), style: Style(.muted), maxWidth: area.width - 4)
        }
    }

    private static func drawAlert(
        _ alert: Alert, isSelected: Bool, isTarget: Bool, isBrief: Bool, more: Int, _ pen: Pen,
        on surface: inout Surface, in area: Rect
    ) {
        let row = AlertRow(alert, pen.times(of: alert))
        // The first line alone is marked: with few colours, those of the text would not be read on the mark.
        let base = isSelected ? Style(.selectionText, on: .selection, .bold) : .plain
        if isSelected { surface.fill(area.splitTop(1).top, style: base) }
        func marked(_ text: StyledText) -> StyledText { isSelected ? text.selected.over(base) : text }
        let isSeen = !row.acknowledged.isEmpty
        let age = pen.line([
            isSeen ? .muted(row.acknowledged) : nil, .muted("for \(row.age)"),
            more > 0 ? StyledText("+\(Figures.count(more)) more: 5", Style(.accent)) : nil,
        ])
        let sign = StyledText(
            " " + TerminalText.pad(row.label.plain(pen.glyphs), to: 11),
            isSeen ? Style(.muted) : Style(row.label.role).bold)
        var sentence = StyledText(row.sentence, isSeen ? Style(.muted) : Style(.title))
        if isBrief, !row.next.isEmpty { sentence = sentence + pen.dot + .muted(row.next) }
        let room = max(8, area.width - age.width - 3)
        surface.put(marked(sign + sentence), at: area.origin, maxWidth: room)
        // Keys are about one alert; the sign tells which.
        if isTarget, !isBrief { surface.put("▸", at: area.origin, style: isSelected ? base : Style(.accent)) }
        surface.put(marked(age), at: Point(area.maxX - age.width - 1, area.minY), maxWidth: age.width)
        guard !isBrief, area.height > 1 else { return }
        // What happens next is shown whole; the cause gives way where both do not fit.
        let next = StyledText("  \(pen.arrow) \(row.next)", Style(.info))
        let causeWidth = max((area.width - 13) / 3, area.width - 13 - next.width)
        let explained = StyledText(TerminalText.truncate(row.brief, to: causeWidth), Style(.text)) + next
        surface.put(explained, at: Point(area.minX + 12, area.minY + 1), maxWidth: area.width - 13)
    }

    /// What a person can do about the alert that keys are about, in the panel's lower border.
    private static func drawKeys(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard let alert = state.targetAlert else { return }
        var hints: [(key: String, title: String, isEnabled: Bool)] = []
        func add(_ key: String, _ title: String, _ action: Action) {
            hints.append((key, title, state.availability(of: action).isEnabled))
        }
        if alert.opensRecovery {
            add("f", "opens Recovery", .remedy)
        } else if let remedy = alert.remedies.first {
            add("f", remedy.phrase, .remedy)
        }
        if alert.acknowledgedBy == nil { add("a", "acknowledge", .acknowledge) }
        if state.fleet.alerts.count > 1, state.home.focus == .jobs { hints.append(("Tab", "choose another", true)) }
        var text = StyledText(" ")
        // As in the foot line, which says why.
        for (key, title, isEnabled) in hints {
            text =
                text + StyledText(key, Style(isEnabled ? .key : .muted))
                + StyledText(" \(title)  ", Style(isEnabled ? .keyText : .muted))
        }
        guard text.width + 4 <= area.width, !hints.isEmpty else { return }
        surface.put(text, at: Point(area.maxX - text.width - 2, area.maxY - 1), maxWidth: text.width)
    }
}
