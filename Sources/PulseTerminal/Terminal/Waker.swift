import CNcurses
import Glibc

/// Wakes the thread that waits in ``Terminal/waitForEvents(until:)``; safe from any thread and from signal handlers.
///
/// Wake-ups that come before the waiting thread looks are one. Works (and does nothing) after the terminal is gone.
package final class Waker: Sendable {
    /// An eventfd(2) that becomes readable.
    let descriptor: Int32

    init() throws(TerminalError) {
        descriptor = pulse_eventfd()
        guard descriptor >= 0 else { throw .refused(operation: "eventfd", errno: errno) }
    }

    deinit { close(descriptor) }

    /// Makes the waiting thread return with `.wake`.
    package func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the thread is awake already.
        _ = write(descriptor, &one, 8)
    }

    /// Takes all wake-ups so far; false when there was none.
    func drain() -> Bool {
        var count: UInt64 = 0
        return read(descriptor, &count, 8) == 8
    }
}
