import Glibc
import Synchronization

/// Other modes of a terminal for a moment, such as no echo while a password is typed.
package enum ModeChange {
    /// Runs `body` while the terminal is without some of its local modes (termios(3): `ECHO`, `ICANON`, `ISIG`). Whatever
    /// ends `body` or the process, a signal or a crash, the terminal gets them back; keys that were typed before are not
    /// `body`'s.
    ///
    /// For a process that draws no screen. `nil`: it is no terminal, or one is in use already.
    package static func without<Value>(
        _ localModes: Int32, on terminal: Int32, _ body: () throws -> Value
    ) rethrows -> Value? {
        let state = SignalState.shared
        var modes = termios()
        guard tcgetattr(terminal, &modes) == 0, !state.pointee.isActive.load(ordering: .acquiring) else { return nil }
        state.pointee.modes = modes
        state.pointee.descriptor.store(terminal, ordering: .releasing)
        state.pointee.restorationCount.store(0, ordering: .releasing)
        state.pointee.restoration.store(nil, ordering: .releasing)
        state.pointee.isActive.store(true, ordering: .releasing)
        SignalHandlers.install()
        defer { SignalState.giveBack() }
        modes.c_lflag &= ~tcflag_t(localModes)
        tcsetattr(terminal, TCSAFLUSH, &modes)
        return try body()
    }
}
