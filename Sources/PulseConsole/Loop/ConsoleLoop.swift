package import PulseDomain
package import PulseTerminal

/// Why a console ended.
package enum ConsoleOutcome: Hashable, Sendable {
    /// The person quit.
    case quit
    /// The operating system asked for it, or the terminal went away (signal 1, SIGHUP).
    case signal(Int32)
}

/// Runs a console on a terminal: waits for keys and news, updates the state, draws what changed.
///
/// Blocks the thread that it runs on, which owns the terminal; everything that is asked of the engine happens in tasks.
package final class ConsoleLoop {
    private let terminal: Terminal
    private let mailbox: EventMailbox
    private let runner: EffectRunner
    private let options: ConsoleOptions
    private let start = ContinuousClock.now
    private var state: ConsoleState
    private var outcome: ConsoleOutcome?
    private var drawnAt: Duration?
    private var textsChangeAt: Duration?

    /// At most 30 draws a second, but for keys.
    private static let frame = Duration.milliseconds(33)

    /// A console of `operations` on a terminal that is its own until ``run()`` returns.
    package init(operations: any Operations, terminal: Terminal, options: ConsoleOptions) {
        self.terminal = terminal
        self.options = options
        let waker = terminal.waker
        mailbox = EventMailbox { waker.wake() }
        runner = EffectRunner(
            operations: operations, principal: options.principal, mailbox: mailbox, link: options.link)
        state = ConsoleState(options: options, size: terminal.size)
        if let first = options.themes.first { terminal.theme = first }
    }

    /// Ends the console as if the person had quit; may be called from any thread, and after its end.
    var closer: @Sendable () -> Void { { [mailbox] in mailbox.post(.closed) } }

    /// Runs until the person quits or the terminal goes away, then gives the terminal back. Paints before anything
    /// was heard of the engine. Call it on a thread that may be blocked: see ``ConsoleThread``.
    package func run() -> ConsoleOutcome {
        draw()
        if let themes = options.themeNews { runner.follow(themes) }
        runner.followLink()
        carryOut([.connect(after: .zero)])
        while outcome == nil {
            let inputs = terminal.waitForEvents(until: deadline.map { start + $0 })
            step(inputs)
        }
        runner.stop()
        terminal.restore()
        return outcome ?? .quit
    }

    private var elapsed: Duration { ContinuousClock.now - start }

    /// What is waiting to be drawn though nothing more comes.
    private var isDirty = false

    private func step(_ inputs: [InputEvent]) {
        let now = elapsed
        let hadNotice = state.notice != nil
        var effects = state.update(.time(now))
        if hadNotice, state.notice == nil { isDirty = true }
        var hasInput = false
        for input in inputs where input != .wake {
            hasInput = true
            effects += state.update(.input(input))
        }
        let arrived = mailbox.take()
        for event in arrived { effects += state.update(event) }
        if hasInput || !arrived.isEmpty { isDirty = true }
        if let textsChangeAt, now >= textsChangeAt { isDirty = true }
        carryOut(effects)
        let isDue = drawnAt.map { now - $0 >= Self.frame } ?? true
        if isDirty, hasInput || isDue, outcome == nil { draw() }
        mailbox.setQuiet(isDirty)
    }

    /// When the loop has to look though nothing happened; `nil`: never.
    private var deadline: Duration? {
        var times: [Duration] = []
        if isDirty { times.append((drawnAt ?? .zero) + Self.frame) }
        if let textsChangeAt { times.append(textsChangeAt) }
        if let wake = state.wakesAt { times.append(wake) }
        return times.min()
    }

    private func draw() {
        let drawing = ConsoleDrawing(state, size: terminal.size, glyphs: terminal.glyphs, now: state.now)
        terminal.present(drawing.surface, cursor: drawing.cursor)
        isDirty = false
        let now = elapsed
        drawnAt = now
        // Texts of times change at most once a second, however fast the engine's clock runs.
        textsChangeAt = drawing.changesAt.map { instant in
            max(state.clock?.elapsed(at: instant) ?? now + .seconds(1), now + .seconds(1))
        }
    }

    private func carryOut(_ effects: [ConsoleEffect]) {
        for effect in effects {
            switch effect {
            case .copy(let text):
                let first = text.split(separator: "\n").first.map(String.init) ?? ""
                let isTaken = terminal.copyToClipboard(text)
                mailbox.post(.copied(TerminalText.truncate(first, to: 40), isTaken: isTaken))
            case .useTheme(let theme): terminal.theme = theme
            case .redraw: terminal.invalidate()
            case .suspend: terminal.suspend()
            case .quit: outcome = .quit
            case .end(let signal): outcome = .signal(signal)
            default: runner.start(effect)
            }
        }
    }
}
