/// A question over everything else. The first choice is the harmless one, and it is chosen at the beginning.
package struct Dialog<Choice: Hashable & Sendable>: Hashable, Sendable {
    /// A button.
    package struct Button: Hashable, Sendable {
        /// What it means.
        package var choice: Choice
        /// What it says.
        package var title: String
        /// Whether it destroys something.
        package var isDestructive: Bool

        /// A button.
        package init(_ choice: Choice, _ title: String, isDestructive: Bool = false) {
            self.choice = choice
            self.title = title
            self.isDestructive = isDestructive
        }
    }

    /// What a key did.
    package enum Outcome: Hashable, Sendable {
        /// Nothing that ends the dialog.
        case open
        /// A button was pressed.
        case chosen(Choice)
        /// Escape: the same as the harmless button.
        case cancelled
    }

    /// What it is about.
    package var title: String
    /// Explanation, one paragraph an element; broken to the width.
    package var body: [StyledText]
    /// The harmless one first.
    package var buttons: [Button]
    /// How serious it is.
    package var tone: Notice.Tone
    /// Text that has to be typed before a destructive button works; nil for none.
    package var requiredText: String?
    /// What has been typed.
    package var field = TextField()
    /// Which button has the focus.
    package private(set) var focus = 0

    /// A dialog with the focus on the first button.
    package init(
        title: String, body: [StyledText], buttons: [Button], tone: Notice.Tone = .info, requiredText: String? = nil
    ) {
        self.title = title
        self.body = body
        self.buttons = buttons
        self.tone = tone
        self.requiredText = requiredText
    }

    /// Whether a button can be pressed now.
    package func isEnabled(_ button: Button) -> Bool {
        guard button.isDestructive, let requiredText else { return true }
        return field.text == requiredText
    }

    /// Moves between buttons, types, presses. Enter presses the button with the focus, if it can be pressed.
    package mutating func handle(_ press: KeyPress) -> Outcome {
        switch press.key {
        case .escape: return .cancelled
        case .tab: focus = buttons.isEmpty ? 0 : (focus + 1) % buttons.count
        case .backTab: focus = buttons.isEmpty ? 0 : (focus + buttons.count - 1) % buttons.count
        case .left where requiredText == nil || field.isEmpty: focus = max(0, focus - 1)
        case .right where requiredText == nil || field.isEmpty: focus = max(0, min(buttons.count - 1, focus + 1))
        case .enter:
            guard buttons.indices.contains(focus) else { return .cancelled }
            return isEnabled(buttons[focus]) ? .chosen(buttons[focus].choice) : .open
        default:
            if requiredText != nil { _ = field.handle(press) }
        }
        return .open
    }

    /// Draws in the middle of an area, over a frame; returns where the terminal's cursor belongs (nil: nowhere).
    @discardableResult
    package func draw(on surface: inout Surface, in area: Rect) -> Point? {
        let width = min(area.width, 72)
        let base = Style(.overlayText, on: .overlay)
        let inner = max(1, width - 4)
        let paragraphs = body.map { ($0, TerminalText.wrap($0.spans.map(\.text).joined(), to: inner)) }
        let bodyRows = paragraphs.reduce(0) { $0 + max(1, $1.1.count) }
        let fixedRows = 3 + (requiredText == nil ? 0 : 2) + 1
        let frame = area.centered(Size(width, bodyRows + fixedRows))
        surface.fill(frame, style: base)
        let content = surface.box(
            frame, title: StyledText("\(tone.sign) \(title)", Style(tone.role, on: .overlay, .bold)),
            style: Style(tone.role, on: .overlay)
        ).inset(left: 1, right: 1)
        let parts = content.splitBottom(requiredText == nil ? 2 : 4)
        var y = parts.rest.minY
        for (text, lines) in paragraphs {
            // Styles survive where the paragraph needs only one line.
            for line in lines.isEmpty ? [""] : lines where y < parts.rest.maxY {
                let point = Point(parts.rest.minX, y)
                if lines.count == 1 {
                    surface.put(text.over(base), at: point, maxWidth: inner)
                } else {
                    surface.put(
                        StyledText(line, text.spans.first?.style ?? .plain).over(base), at: point, maxWidth: inner)
                }
                y += 1
            }
        }
        let cursor = requiredText.map {
            drawField($0, on: &surface, in: parts.bottom.splitTop(1).rest.splitTop(2).top, base: base)
        }
        drawButtons(on: &surface, in: content.splitBottom(1).bottom, base: base)
        return cursor
    }

    private func drawField(_ required: String, on surface: inout Surface, in area: Rect, base: Style) -> Point {
        let used = surface.put("Type \(required) to go on:", at: area.origin, style: base, maxWidth: area.width)
        let isBeside = area.width - used >= 12
        let field = isBeside ? area.inset(left: used + 1) : area.splitTop(1).rest
        return self.field.draw(on: &surface, in: field)
    }

    private func drawButtons(on surface: inout Surface, in line: Rect, base: Style) {
        let labels = buttons.map { "[ \($0.title) ]" }
        let total = labels.reduce(0) { $0 + TerminalText.width($1) + 2 } - 2
        var x = max(line.minX, line.maxX - total)
        for (index, label) in labels.enumerated() {
            let hasFocus = index == focus
            var style = base
            if buttons[index].isDestructive { style = Style(.error).over(base) }
            if !isEnabled(buttons[index]) { style = Style(.muted).over(base).dim }
            if hasFocus { style = Style(.selectionText, on: .selection, .bold) }
            // The focus is told by a sign as well as by colour.
            let text = hasFocus ? "[▸" + label.dropFirst(2) : label
            surface.put(text, at: Point(x, line.minY), style: style, maxWidth: max(0, line.maxX - x))
            x += TerminalText.width(label) + 2
        }
    }
}
