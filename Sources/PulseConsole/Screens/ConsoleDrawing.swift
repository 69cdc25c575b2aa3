import PulseDomain
import PulseTerminal

/// What a state looks like.
struct ConsoleDrawing {
    var surface: Surface
    /// Where the terminal's cursor belongs; `nil`: nowhere.
    var cursor: Point?
    /// When something on the screen will read differently though nothing happens, on the engine's clock.
    var changesAt: Instant?

    /// Draws a state. Pure; costs what is visible, whatever there is.
    init(_ state: ConsoleState, size: Size, glyphs: GlyphMode, now: Instant) {
        var state = state
        state.size = size
        surface = Surface(size, glyphs: glyphs)
        let pen = Pen(glyphs: glyphs, now: now, staleness: state.fleet.staleness)
        if TinyScreen.fits(size) {
            TinyScreen.draw(state, pen, on: &surface)
        } else if state.detail != nil {
            cursor = DetailScreen.draw(state, pen, on: &surface)
        } else {
            switch state.screen {
            case .jobs: cursor = HomeScreen.draw(state, pen, on: &surface)
            case .limits: LimitsScreen.draw(state, pen, on: &surface)
            case .recovery: RecoveryScreen.draw(state, pen, on: &surface)
            case .logs: cursor = LogsScreen.draw(state, pen, on: &surface)
            case .alerts: AlertsScreen.draw(state, pen, on: &surface)
            case .audit: AuditScreen.draw(state, pen, on: &surface)
            case .health: HealthScreen.draw(state, pen, on: &surface)
            case .data: cursor = DataScreen.draw(state, pen, on: &surface)
            }
        }
        if pen.isStale { fadeWhatIsStale(state) }
        switch state.overlay {
        case .help(let scrolled): HelpOverlay.draw(state, scrolled: scrolled, pen, on: &surface)
        case .reading(let reading): ReadingOverlay.draw(reading, pen, on: &surface)
        case .palette(let palette): cursor = PaletteOverlay.draw(palette, pen, on: &surface)
        case .command(let dialog):
            cursor = CommandOverlay.draw(
                dialog, with: state.others(decidingWith: dialog), state.obstacle, pen, on: &surface)
        case .quit(let isConfirmFocused): QuitOverlay.draw(state, isConfirmFocused: isConfirmFocused, pen, on: &surface)
        case nil: break
        }
        NoticeBar.draw(state, on: &surface)
        changesAt = pen.changesAt
    }

    /// What is as of an earlier moment is faint; lists of what happened stay as they are.
    private mutating func fadeWhatIsStale(_ state: ConsoleState) {
        guard !TinyScreen.fits(state.size) else { return }
        let areas: [Rect]
        if state.detail != nil {
            let layout = DetailLayout(state.size, showsLog: state.detail?.pane == .log)
            areas = [layout.summary, layout.stages] + (state.detail?.pane == .log ? [] : [layout.list])
        } else {
            switch state.screen {
            case .jobs:
                let layout = HomeLayout(state)
                areas = [layout.jobs, layout.selected, layout.limits, layout.throughput]
            case .limits, .health: areas = [ScreenFrame.area(of: state.size).body]
            case .recovery, .logs, .alerts, .audit, .data: areas = []
            }
        }
        for area in areas { surface.fade(area) }
    }
}
