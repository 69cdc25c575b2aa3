import PulseDomain
import PulseTerminal

/// Who else is connected to the gateway, and what they are deciding on.
enum ConsolesPanel {
    /// The part of a screen that the panel takes, and the rest; nothing where there is no gateway, or no room.
    static func split(_ body: Rect, _ state: ConsoleState) -> (rest: Rect, panel: Rect) {
        let isShown = state.options.link != nil && body.height >= 12
        let (rest, panel) = body.splitBottom(isShown ? min(max(1, state.others.count), 4) + 2 : 0)
        return (rest, panel)
    }

    /// Whom the gateway takes one for, and where it is.
    private static func you(_ state: ConsoleState) -> String {
        let place = state.options.link?.shown ?? ""
        return state.person.map { "you are \($0.shown) @ \(place)" } ?? "you @ \(place)"
    }

    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface, in area: Rect) {
        guard area.height >= 3 else { return }
        let title = pen.line([
            .strong("Connected"),
            state.isLost && !state.others.isEmpty
                ? pen.staleness.map { StyledText("as of \(pen.times.clockWithSeconds($0.asOf))", Style(.warning)) }
                : nil,
            state.others.isEmpty ? nil : .muted(Figures.many(state.others.count, "other console")),
            .muted(you(state)),
        ])
        let inner = surface.box(area, title: title)
        guard !state.others.isEmpty else {
            // That nobody was told of is nobody only while there is somebody to tell.
            let text =
                state.isLost
                ? "Who else is connected is not known while the link is lost."
                : state.hasHeardOfOthers ? "Nobody else is connected." : "…"
            surface.put(.muted(text), at: Point(inner.minX + 1, inner.minY), maxWidth: inner.width - 2)
            return
        }
        // Those who decide on something come first.
        let others = state.others.filter { $0.confirmation != nil } + state.others.filter { $0.confirmation == nil }
        for (row, other) in others.prefix(inner.height).enumerated() {
            let isLast = row == inner.height - 1 && others.count > inner.height
            let line =
                isLast
                ? .muted("and \(others.count - row) more")
                : pen.line([
                    StyledText(other.principal.name, Style(.title)), .muted("since \(pen.times.clock(other.since))"),
                    other.confirmation.map { Label("▸", ">", $0, .warning).text(pen.glyphs) },
                ])
            surface.put(line, at: Point(inner.minX + 1, inner.minY + row), maxWidth: inner.width - 2)
        }
    }
}
