import PulseDomain
import PulseTerminal

/// The dialog of a command: what would happen, why it is wanted, and the decision.
enum CommandOverlay {
    /// - Parameters:
    ///   - others: Those who decide on something about the same job at this moment.
    ///   - obstacle: Why nothing at all can be sent now.
    static func draw(
        _ dialog: CommandDialog, with others: [PresenceStatus], _ obstacle: CommandObstacle?, _ pen: Pen,
        on surface: inout Surface
    ) -> Point? {
        let width = min(surface.width, 76)
        let company = others.flatMap { other in
            let sentence = "\(other.principal) has open: \(other.confirmation ?? "")"
            return TerminalText.wrap(sentence, to: max(1, width - 6)).enumerated().map { row, line in
                StyledText(row == 0 ? "▸ " : "  ", Style(.warning).bold) + StyledText(line, Style(.overlayText))
            }
        }
        let text = company + preview(dialog, isHindered: obstacle != nil, pen, width: max(1, width - 4))
        let choices = dialog.variants.count > 1 ? dialog.variants.count + 1 + (dialog.asksForRange ? 3 : 0) : 0
        let fields = dialog.needsName ? 2 : 1
        let wanted = choices + text.count + 1 + fields + 2 + 2
        let frame = surface.bounds.centered(Size(width, wanted))
        let base = Style(.overlayText, on: .overlay)
        surface.fill(frame, style: base)
        let role = obstacle == nil ? self.role(dialog) : .error
        let title = StyledText(dialog.title, Style(role, on: .overlay, .bold))
        let inner = surface.box(frame, title: title, style: Style(role, on: .overlay)).inset(left: 1, right: 1)
        let (upper, lower) = inner.splitBottom(min(fields + 2, inner.height))
        var y = drawVariants(dialog, pen, on: &surface, in: upper, base: base)
        var cursor: Point?
        if dialog.asksForRange {
            let area = Rect(upper.minX, y, upper.width, max(0, min(3, upper.maxY - y)))
            cursor = drawRange(dialog, pen, on: &surface, in: area, base: base)
            y += 3
        }
        let room = max(0, upper.maxY - y)
        for (row, line) in text.prefix(room).enumerated() {
            let isCut = row == room - 1 && text.count > room
            surface.put(
                (isCut ? line + " …" : line).over(base), at: Point(upper.minX, y + row), maxWidth: upper.width)
        }
        let isReasonOptional = dialog.preview.map { $0.refusal == nil && $0.danger == .harmless } ?? false
        let reasonLabel = isReasonOptional ? "Reason (optional) " : dialog.needsReason ? "Reason (needed) " : "Reason "
        let place = drawField(
            dialog.reason, reasonLabel, placeholder: "why, for the audit", on: &surface, in: lower.splitTop(1).top,
            base: base)
        if dialog.focus == .reason { cursor = place }
        if dialog.needsName {
            let label = "Type \(TerminalText.truncate(dialog.subject, to: max(8, width / 2 - 8))) "
            let line = lower.inset(top: 1).splitTop(1).top
            let place = drawField(dialog.typed, label, placeholder: "", on: &surface, in: line, base: base)
            if dialog.focus == .typed { cursor = place }
        }
        let below = lower.inset(top: fields).splitTop(1).top
        if lower.height > fields + 1, let lack = lack(dialog, obstacle, pen) {
            surface.put(lack.over(base), at: below.origin, maxWidth: below.width)
        }
        drawButtons(
            dialog, isEnabled: dialog.obstacle == nil && obstacle == nil, pen, on: &surface,
            in: lower.splitBottom(1).bottom, base: base)
        return cursor
    }

    /// Why the command cannot be given at this moment, before somebody tries.
    private static func lack(_ dialog: CommandDialog, _ obstacle: CommandObstacle?, _ pen: Pen) -> StyledText? {
        if let obstacle { return Label.error(obstacle.brief(pen.present)).text(pen.glyphs) }
        return dialog.missing.map { Label.info($0).text(pen.glyphs) }
    }

    private static func role(_ dialog: CommandDialog) -> ColorRole {
        guard let preview = dialog.preview else { return .borderFocused }
        if preview.refusal != nil { return .warning }
        switch preview.danger {
        case .harmless: return .borderFocused
        case .disruptive: return .warning
        case .destructive: return .error
        }
    }

    private static func drawVariants(
        _ dialog: CommandDialog, _ pen: Pen, on surface: inout Surface, in area: Rect, base: Style
    ) -> Int {
        guard dialog.variants.count > 1 else { return area.minY }
        for (index, variant) in dialog.variants.enumerated() where index < area.height {
            let isChosen = index == dialog.chosen
            let sign = pen.glyphs == .unicode ? (isChosen ? "●" : "○") : (isChosen ? "(*)" : "( )")
            let hasFocus = isChosen && dialog.focus == .variants
            let style = hasFocus ? Style(.selectionText, on: .selection, .bold) : isChosen ? base.bold : base
            let line = Rect(area.minX, area.minY + index, area.width, 1)
            if hasFocus { surface.fill(line, style: style) }
            surface.put("\(sign) \(variant.title)", at: line.origin, style: style, maxWidth: line.width)
        }
        return area.minY + dialog.variants.count + 1
    }

    /// Both dates, and what they come to.
    private static func drawRange(
        _ dialog: CommandDialog, _ pen: Pen, on surface: inout Surface, in area: Rect, base: Style
    ) -> Point? {
        guard area.height >= 2 else { return nil }
        let halves = area.splitTop(1).top.columns([1, 1], gap: 2)
        let from = drawField(dialog.range.from, "From ", placeholder: "7d", on: &surface, in: halves[0], base: base)
        let to = drawField(dialog.range.to, "To ", placeholder: "now", on: &surface, in: halves[1], base: base)
        let line = Point(area.minX, area.minY + 1)
        switch dialog.range.range {
        case .success(let range):
            let text =
                "\(pen.present.stampToMinute(range.from)) to \(pen.present.stampToMinute(range.to)) UTC, "
                + TimeTexts.duration(range.to - range.from)
            surface.put(.muted(text).over(base), at: line, maxWidth: area.width)
        case .failure(let mistake):
            let label = Label.warning(mistake.sentence)
            surface.put(label.text(pen.glyphs).over(base), at: line, maxWidth: area.width)
        }
        return dialog.focus == .from ? from : dialog.focus == .to ? to : nil
    }

    /// What would happen, broken to the width.
    private static func preview(
        _ dialog: CommandDialog, isHindered: Bool, _ pen: Pen, width: Int
    ) -> [StyledText] {
        var lines = dialog.comparison.map { ComparisonLines.lines($0, pen, width: width) } ?? []
        if dialog.mistake != nil { return [.muted("Enter goes from one date to the other.")] }
        guard let preview = dialog.preview else {
            let text =
                isHindered ? "What this would do cannot be asked now." : "Asking the engine what this would do…"
            return lines + [.muted(text)]
        }
        func add(_ label: Label, _ text: String) {
            let wrapped = TerminalText.wrap(pen.present.retold(text), to: max(1, width - 2))
            for (row, line) in wrapped.enumerated() {
                let head = row == 0 ? StyledText(label.sign(pen.glyphs) + " ", Style(label.role).bold) : "  "
                lines.append(head + StyledText(line, Style(.overlayText)))
            }
        }
        let limit = 4
        for sentence in preview.sentences.prefix(limit) { add(Label("→", ">", "", .info), sentence) }
        if preview.sentences.count > limit {
            lines.append(.muted("  and \(preview.sentences.count - limit) more alike"))
        }
        for consequence in preview.consequences.prefix(limit) { add(Label.warning(""), consequence) }
        for refusal in preview.refusals.prefix(limit) { add(Label.error(""), refusal) }
        if preview.refusals.count > limit {
            lines.append(.muted("  and \(preview.refusals.count - limit) more are refused"))
        }
        let cost = pen.line([
            preview.records.map { .muted(Figures.many($0, "record")) },
            preview.requests.map { .muted(Figures.many($0, "request")) },
            preview.points.map { .muted("\(Figures.many($0, "point")) of quota") },
            preview.duration.map { .muted("about \(TimeTexts.duration($0))") },
        ])
        if !cost.spans.isEmpty { lines.append(.muted("  ") + cost) }
        return lines
    }

    private static func drawField(
        _ field: TextField, _ label: String, placeholder: String, on surface: inout Surface, in line: Rect, base: Style
    ) -> Point {
        let used = surface.put(label, at: line.origin, style: base, maxWidth: max(1, line.width - 10))
        return field.draw(on: &surface, in: line.inset(left: used), placeholder: placeholder)
    }

    private static func drawButtons(
        _ dialog: CommandDialog, isEnabled: Bool, _ pen: Pen, on surface: inout Surface, in line: Rect, base: Style
    ) {
        let confirmStyle = isEnabled ? Style(role(dialog)).over(base) : Style(.muted).over(base)
        DialogButtons.draw(
            [
                ("Cancel", dialog.focus == .cancel, base), (dialog.buttonTitle, dialog.focus == .confirm, confirmStyle),
            ], pen, on: &surface, in: line)
    }
}

/// The buttons of a dialog, at the right end of a line; the focus is told by a sign as well as by colour.
enum DialogButtons {
    static func draw(
        _ buttons: [(title: String, hasFocus: Bool, style: Style)], _ pen: Pen, on surface: inout Surface, in line: Rect
    ) {
        let mark = pen.glyphs == .unicode ? "▸" : ">"
        let framed = buttons.map { $0.hasFocus ? "[\(mark)\($0.title) ]" : "[ \($0.title) ]" }
        let short = buttons.map { ($0.hasFocus ? mark : " ") + $0.title }
        func width(_ texts: [String], gap: Int) -> Int {
            texts.reduce(0) { $0 + TerminalText.width($1) + gap } - gap
        }
        let isFramed = width(framed, gap: 2) <= line.width
        let texts = isFramed ? framed : short
        let gap = isFramed ? 2 : 1
        // Where not even short ones fit, the one that Enter presses is shown.
        let fits = width(texts, gap: gap) <= line.width
        let focused = buttons.firstIndex { $0.hasFocus } ?? 0
        let shown = fits ? Array(buttons.indices) : [focused]
        var x = max(line.minX, line.maxX - width(shown.map { texts[$0] }, gap: gap))
        for index in shown {
            let style = buttons[index].hasFocus ? Style(.selectionText, on: .selection, .bold) : buttons[index].style
            surface.put(
                texts[index], at: Point(x, line.minY), style: style, maxWidth: max(0, line.maxX - x))
            x += TerminalText.width(texts[index]) + gap
        }
    }
}

/// Asks before running work is left.
enum QuitOverlay {
    static func draw(_ state: ConsoleState, isConfirmFocused: Bool, _ pen: Pen, on surface: inout Surface) {
        let frame = surface.bounds.centered(Size(min(surface.width, 64), 7))
        let base = Style(.overlayText, on: .overlay)
        surface.fill(frame, style: base)
        let inner = surface.box(
            frame, title: StyledText("Quit Pulse?", Style(.warning, on: .overlay, .bold)),
            style: Style(.warning, on: .overlay)
        ).inset(left: 1, right: 1)
        let busy = state.fleet.runsHere
        let text =
            busy == 0
            ? "Nothing runs in this process now: nothing is interrupted."
            : "\(Figures.many(busy, "run is", "runs are")) under way in this process and will end at the next page. "
                + "\(busy == 1 ? "It goes on from its checkpoints" : "They go on from their checkpoints") "
                + whereRunsGoOn(state)
        surface.putWrapped(text, in: inner.splitBottom(2).rest, style: base)
        DialogButtons.draw(
            [("Stay", !isConfirmFocused, base), ("Quit", isConfirmFocused, base)], pen, on: &surface,
            in: inner.splitBottom(1).bottom)
    }

    private static func whereRunsGoOn(_ state: ConsoleState) -> String {
        guard state.fleet.hasOthers(at: state.now) else { return "next time." }
        // Nobody can be told that they are free: others wait until the leases are over.
        return state.fleet.staleness == nil
            ? "in another engine of the store."
            : "in another engine when the store answers again and their leases are over."
    }
}
