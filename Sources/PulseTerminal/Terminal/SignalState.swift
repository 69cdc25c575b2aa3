import Glibc
import Synchronization

/// What signal handlers need to know, at a fixed address, so that they neither allocate nor lock.
struct SignalState: ~Copyable {
    /// Signals that came and were not looked at yet: bit n for signal n.
    let pending = Atomic<UInt64>(0)
    /// How often TERM, INT or HUP came.
    let requestsToEnd = Atomic<Int>(0)
    /// Whether the terminal is in use and has to be given back.
    let isActive = Atomic<Bool>(false)
    /// The terminal's descriptor.
    let descriptor = Atomic<Int32>(-1)
    /// Written to when the waiting thread should look; -1 without.
    let wakeDescriptor = Atomic<Int32>(-1)
    /// Whether the first request to end is only delivered.
    let endsGracefully = Atomic<Bool>(false)
    /// The bytes that give the terminal back, and how many.
    let restoration = Atomic<UnsafeMutablePointer<UInt8>?>(nil)
    /// See `restoration`.
    let restorationCount = Atomic<Int>(0)
    /// The terminal's modes before us.
    var modes = termios()

    // Allocated once, never freed, used from handlers through atomics. `modes` is written only while `isActive` is
    // false and read only by the one handler that sets it to false, so there is never a race on it.
    nonisolated(unsafe) static let shared: UnsafeMutablePointer<SignalState> = {
        let state = UnsafeMutablePointer<SignalState>.allocate(capacity: 1)
        state.initialize(to: SignalState())
        return state
    }()

    // The handlers of signals before ours, by number; written before the handler that reads them is installed.
    nonisolated(unsafe) static let formerActions: UnsafeMutablePointer<sigaction> = {
        let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
        actions.initialize(repeating: sigaction(), count: 65)
        return actions
    }()

    /// Gives the terminal back, once. Async-signal-safe: write(2) and tcsetattr(3) only (signal-safety(7)).
    static func giveBack() {
        let state = shared
        guard state.pointee.isActive.exchange(false, ordering: .acquiringAndReleasing) else { return }
        let descriptor = state.pointee.descriptor.load(ordering: .acquiring)
        if let bytes = state.pointee.restoration.load(ordering: .acquiring) {
            var offset = 0
            let count = state.pointee.restorationCount.load(ordering: .acquiring)
            while offset < count {
                let written = write(descriptor, bytes + offset, count - offset)
                if written > 0 {
                    offset += written
                } else if errno != EINTR {
                    break
                }
            }
        }
        tcsetattr(descriptor, TCSANOW, &state.pointee.modes)
    }

    /// Wakes the waiting thread. Async-signal-safe.
    static func wake() {
        var one: UInt64 = 1
        _ = write(shared.pointee.wakeDescriptor.load(ordering: .relaxed), &one, 8)
    }
}
