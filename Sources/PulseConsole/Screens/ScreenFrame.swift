import PulseDomain
import PulseTerminal

/// What all screens share: two lines at the top, hints at the bottom, notices above the hints.
enum ScreenFrame {
    /// Draws the frame and returns the area between.
    static func draw(_ state: ConsoleState, _ pen: Pen, on surface: inout Surface) -> Rect {
        let parts = area(of: state.size)
        TitleLine.draw(state, pen, on: &surface, in: parts.title)
        if !parts.verdict.isEmpty { VerdictLine.draw(state, pen, on: &surface, in: parts.verdict) }
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
