import PulseDomain
import PulseTerminal

/// The engine's log.
enum LogsScreen {
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) {
        let body = ScreenFrame.draw(state, pen, on: &surface)
        let lines = state.logs.shown
        let title = pen.line([
            .strong("Log"), .muted("\(state.logs.minimum.rawValue) and above"),
            .muted(Figures.many(lines.count, "line")),
            state.logs.view.isFollowing
                ? StyledText("follows", Style(.ok)) : StyledText("stands still; G follows again", Style(.warning)),
        ])
        let inner = surface.box(body, title: title, style: Style(.borderFocused)).inset(left: 1)
        guard !lines.isEmpty else {
            let text = state.logs.isLoaded ? "Nothing logged at this level. v shows more levels." : "Reading…"
            surface.put(.muted(text), at: inner.origin, maxWidth: inner.width)
            return
        }
        LogView(log: 0..<lines.count) { LogRow.styled(lines[$0], showsJob: true, pen) }
            .draw(on: &surface, in: inner, state: state.logs.view)
    }
}
