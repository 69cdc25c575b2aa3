import CNcurses
import Glibc
import Synchronization

/// The terminal: keys in, surfaces out. Belongs to one thread; only ``waker`` may be used from others.
///
/// Nothing here blocks except ``waitForEvents(until:)``. Whatever ends the process, the terminal is given back; see
/// ``SignalHandlers``.
package final class Terminal {
    /// Wakes the thread that waits for events.
    package let waker: Waker
    /// Colours that are shown.
    package let colorDepth: ColorDepth
    /// Signs that are shown; surfaces may be made for it, or are converted when shown.
    package let glyphs: GlyphMode

    private let screen: CursesScreen
    private let input: Int32
    private let output: Int32
    private let ownedDescriptor: Int32?
    private let catchesSignals: Bool
    private let isInsideTmux: Bool
    private let saved: termios
    private var decoder = InputDecoder()
    private var resize = ResizeCoalescer()
    private var isInUse = true
    private var isLost = false
    private var hasSentModes = false

    /// Takes the terminal. Sends nothing and asks nothing before the first surface.
    package init(_ options: TerminalOptions) throws(TerminalError) {
        let found = try Self.descriptors(options)
        var modes = termios()
        guard tcgetattr(found.output, &modes) == 0 else {
            let reason = errno
            if let owned = found.owned { close(owned) }
            throw .refused(operation: "tcgetattr", errno: reason)
        }
        let screen: CursesScreen
        do {
            waker = try Waker()
            // Before ncurses, which leaves signals alone that are caught already.
            if options.catchesSignals { SignalHandlers.install() }
            screen = try CursesScreen(input: found.input, output: found.output, options: options)
        } catch {
            if let owned = found.owned { close(owned) }
            throw error
        }
        self.screen = screen
        (input, output, ownedDescriptor) = (found.input, found.output, found.owned)
        saved = modes
        catchesSignals = options.catchesSignals
        isInsideTmux = options.environment.isInsideTmux
        colorDepth = screen.colorDepth
        glyphs = screen.glyphs
        if options.catchesSignals { arm(endsGracefully: options.endsGracefully) }
        if let size = measure() { screen.resize(to: size) }
    }

    deinit {
        restore()
        if let ownedDescriptor { close(ownedDescriptor) }
    }

    /// Columns and rows, as of the last `.resize`.
    package var size: Size { screen.size }

    /// The colours of meanings; setting it draws the last surface's colours anew with the next one.
    package var theme: Theme {
        get { screen.theme }
        set {
            guard newValue != screen.theme else { return }
            screen.theme = newValue
            screen.forgetColors()
        }
    }

    /// Shows a surface; only the difference to the one before is sent.
    ///
    /// - Parameter cursor: Where the terminal's cursor is shown; nil hides it.
    package func present(_ surface: Surface, cursor: Point? = nil) {
        guard isInUse, !isLost else { return }
        screen.show(surface, cursor: cursor)
        if !hasSentModes {
            hasSentModes = true
            screen.enterModes()
        }
    }

    /// The next surface is sent whole, over whatever stands on the screen.
    package func invalidate() { screen.invalidate() }

    /// Puts text on the user's clipboard; false when it is longer than terminals take (about 75 kB).
    @discardableResult
    package func copyToClipboard(_ text: String) -> Bool {
        guard isInUse, !isLost, let bytes = Clipboard.sequence(for: text, isInsideTmux: isInsideTmux) else {
            return false
        }
        screen.send(bytes)
        return true
    }

    // MARK: Waiting

    /// Waits until something happens, at most until `deadline` (nil: for ever), and returns what happened in order;
    /// nothing when the time is over. Sleeps without waking up in between.
    package func waitForEvents(until deadline: ContinuousClock.Instant?) -> [InputEvent] {
        var events: [InputEvent] = []
        let clock = ContinuousClock()
        while true {
            let now = clock.now
            let limits = [deadline, decoder.deadline, resize.deadline].compactMap { $0 }
            let readiness = poll(until: events.isEmpty && !isLost ? limits.min() : now, now: now)
            if readiness.isWoken, waker.drain() { events += takeSignals(orElse: .wake) }
            if readiness.isReadable { readInput(into: &events) }
            let after = clock.now
            events += decoder.flush(at: after)
            if resize.isDue(at: after) { events += followSize() }
            if isLost, events.last != .hangup { events.append(.hangup) }
            if !events.isEmpty && !readiness.isReadable { return events }
            if isLost { return events }
            if let deadline, after >= deadline { return events }
        }
    }

    private func poll(until limit: ContinuousClock.Instant?, now: ContinuousClock.Instant)
        -> (isReadable: Bool, isWoken: Bool)
    {
        var descriptors = [
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isLost ? -1 : input, events: Int16(POLLIN), revents: 0),
        ]
        var timeout: Int32 = -1
        if let limit {
            let (seconds, attoseconds) = (limit - now).components
            // Rounded up, so that the time is over when poll returns.
            let milliseconds = Double(seconds) * 1_000 + Double(attoseconds) / 1e15
            timeout = Int32(min(max(0, milliseconds.rounded(.up)), 2e9))
        }
        guard Glibc.poll(&descriptors, 2, timeout) > 0 else { return (false, false) }
        return (descriptors[1].revents != 0, descriptors[0].revents != 0)
    }

    private func readInput(into events: inout [InputEvent]) {
        let count = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { buffer in
            let count = read(input, buffer.baseAddress, buffer.count)
            if count > 0 { events += decoder.feed(buffer[..<count], at: .now) }
            return count
        }
        // End of file, or EIO once the other side is gone. EAGAIN is a wake-up by mistake.
        if count == 0 || count < 0 && errno != EINTR && errno != EAGAIN { isLost = true }
    }

    private func takeSignals(orElse event: InputEvent) -> [InputEvent] {
        guard catchesSignals else { return [event] }
        let pending = SignalState.shared.pointee.pending.exchange(0, ordering: .acquiringAndReleasing)
        guard pending != 0 else { return [event] }
        func came(_ signal: Int32) -> Bool { pending & (1 << UInt64(signal)) != 0 }
        var events: [InputEvent] = [event]
        if came(SIGWINCH) { resize.note(at: .now) }
        if came(SIGTSTP) {
            suspend()
            events.append(.resumed)
        } else if came(SIGCONT) {
            resume()
            events.append(.resumed)
        }
        for signal in [SIGHUP, SIGTERM, SIGINT] where came(signal) { events.append(.terminate(signal: signal)) }
        return events
    }

    /// Also where the size is the former one: a terminal that was smaller for a moment, or that was drawn on for a size
    /// which it no longer had, shows something else than what was sent.
    private func followSize() -> [InputEvent] {
        guard let size = measure() else { return [] }
        screen.resize(to: size)
        return [.resize(size)]
    }

    private func measure() -> Size? {
        var size = winsize()
        guard pulse_window_size(output, &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return Size(Int(size.ws_col), Int(size.ws_row))
    }

    // MARK: Giving back

    /// Gives the terminal back and stops the process, as Ctrl-Z does; returns when it is continued. The next surface
    /// is sent whole.
    package func suspend() {
        guard isInUse, !isLost else { return }
        leave()
        if catchesSignals {
            // SIGTSTP of the default kind, raised in this thread, takes effect before raise returns.
            var former = sigaction()
            var standard = sigaction()
            standard.__sigaction_handler.sa_handler = SIG_DFL
            sigaction(SIGTSTP, &standard, &former)
            raise(SIGTSTP)
            sigaction(SIGTSTP, &former, nil)
            // Our own continuation is no news.
            _ = SignalState.shared.pointee.pending.bitwiseAnd(~(1 << UInt64(SIGCONT)), ordering: .relaxed)
        } else {
            raise(SIGSTOP)
        }
        resume()
    }

    /// Gives the terminal back for good; further calls do nothing. Also happens when the object goes away.
    package func restore() {
        guard isInUse else { return }
        isInUse = false
        if isLost {
            SignalState.shared.pointee.isActive.store(false, ordering: .releasing)
            return
        }
        leave()
        SignalState.shared.pointee.wakeDescriptor.store(-1, ordering: .releasing)
    }

    /// Gives the terminal back and ends the process by a signal that came as `.terminate`, so that its parent sees why.
    package func end(bySignal signal: Int32) -> Never {
        restore()
        SignalHandlers.raiseDefault(signal)
        exit(128 + signal)
    }

    private func leave() {
        screen.leave()
        var modes = saved
        tcsetattr(output, TCSADRAIN, &modes)
        if catchesSignals { SignalState.shared.pointee.isActive.store(false, ordering: .releasing) }
    }

    private func resume() {
        guard isInUse, !isLost else { return }
        screen.resume()
        if let size = measure(), size != screen.size { resize.note(at: .now) }
        if catchesSignals { SignalState.shared.pointee.isActive.store(true, ordering: .releasing) }
    }

    /// Tells the handlers how to give the terminal back.
    private func arm(endsGracefully: Bool) {
        let state = SignalState.shared
        state.pointee.isActive.store(false, ordering: .releasing)
        let count = screen.restoration.count
        // Never freed: a handler may read it at any time, and there is one terminal in a process's life.
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, count))
        bytes.initialize(from: screen.restoration, count: count)
        state.pointee.restorationCount.store(count, ordering: .releasing)
        state.pointee.restoration.store(bytes, ordering: .releasing)
        state.pointee.modes = saved
        state.pointee.descriptor.store(output, ordering: .releasing)
        state.pointee.endsGracefully.store(endsGracefully, ordering: .releasing)
        state.pointee.wakeDescriptor.store(waker.descriptor, ordering: .releasing)
        state.pointee.requestsToEnd.store(0, ordering: .releasing)
        state.pointee.isActive.store(true, ordering: .releasing)
    }

    private static func descriptors(_ options: TerminalOptions) throws(TerminalError)
        -> (input: Int32, output: Int32, owned: Int32?)
    {
        if let given = options.descriptors {
            guard isatty(given.output) == 1 else { throw .notATerminal }
            return (given.input, given.output, nil)
        }
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        if terminal >= 0 { return (terminal, terminal, terminal) }
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
        return (STDIN_FILENO, STDOUT_FILENO, nil)
    }
}
