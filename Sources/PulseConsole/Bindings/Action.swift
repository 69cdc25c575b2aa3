/// Everything that a person can do with a key. What it does depends on the screen; what it means does not.
enum Action: Hashable, Sendable {
    // Moving.
    case up, down, pageUp, pageDown, first, last, left, right, nextPanel, previousPanel, open, back
    // Choosing.
    case mark, markAll, filter, sort, reverse, level, deleted
    // Commands of jobs.
    case start, pause, resume, stop, retry, hold, retransform
    // Commands of what is selected elsewhere.
    case rewind, skip, acknowledge, remedy, replay, discard, confirmFinding, undoFinding
    // The program.
    case show(ScreenName), palette, help, copy, message, reconnect, reload, theme, redraw, suspend, quit

    /// Whether it asks something of the engine that changes its work.
    var isCommand: Bool {
        switch self {
        case .start, .pause, .resume, .stop, .retry, .hold, .retransform, .rewind, .skip, .acknowledge, .remedy,
            .replay, .discard, .confirmFinding, .undoFinding:
            true
        default: false
        }
    }
}
