import Glibc
import Synchronization

/// Installs what restores the terminal whatever ends the process: Swift traps and crashes skip `defer`, so handlers
/// on an alternate stack do it, and exit(3) is covered by atexit(3).
enum SignalHandlers {
    /// Crashes; the process dies of them after the terminal was given back.
    private static let deadly = [SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP]
    /// Requests to end.
    private static let requests = [SIGHUP, SIGTERM, SIGINT]
    /// Signals of the terminal's life, for the waiting thread.
    private static let notices = [SIGTSTP, SIGCONT, SIGWINCH]

    /// Once in the life of the process.
    private static let installed: Void = {
        // The globals are made here, so that no handler is the first to touch them.
        _ = SignalState.shared
        _ = SignalState.formerActions
        for signal in deadly { install(signal, { SignalHandlers.die($0) }) }
        for signal in requests { install(signal, { SignalHandlers.end($0) }) }
        for signal in notices { install(signal, { SignalHandlers.note($0) }) }
        atexit { SignalState.giveBack() }
    }()

    /// Every thread has a stack of its own for handlers by CAlternateStack, so that even a stack overflow restores the
    /// terminal, in whichever thread it happens.
    static func install() { _ = installed }

    /// Ends the process as if the signal had never been caught, so that its parent sees the right status.
    static func raiseDefault(_ signal: Int32) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(signal, &action, nil)
        raise(signal)
    }

    private static func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_ONSTACK | SA_RESTART
        sigemptyset(&action.sa_mask)
        let former = SignalState.formerActions + Int(signal)
        sigaction(signal, &action, former)
        if getenv("SWIFT_BACKTRACE") == nil {
            // Swift's own handler asks questions for thirty seconds on a terminal; it gets crashes only when wanted.
            former.pointee = sigaction()
            former.pointee.__sigaction_handler.sa_handler = SIG_DFL
        }
    }

    // Everything below runs in signal handlers: no allocation, no lock, no class.

    private static func die(_ signal: Int32) {
        SignalState.giveBack()
        // The former handler, or the default action, gets the signal when this one returns.
        sigaction(signal, SignalState.formerActions + Int(signal), nil)
        raise(signal)
    }

    private static func end(_ signal: Int32) {
        let state = SignalState.shared
        let earlier = state.pointee.requestsToEnd.wrappingAdd(1, ordering: .relaxed).oldValue
        let isListening =
            state.pointee.endsGracefully.load(ordering: .relaxed)
            && state.pointee.wakeDescriptor.load(ordering: .relaxed) >= 0
        if isListening && earlier == 0 {
            note(signal)
            return
        }
        SignalState.giveBack()
        raiseDefault(signal)
    }

    private static func note(_ signal: Int32) {
        SignalState.shared.pointee.pending.bitwiseOr(1 << UInt64(signal), ordering: .releasing)
        SignalState.wake()
    }
}
