import PulseDomain
import Synchronization

/// A clock that moves only when it is told to, or when somebody waits on it.
final class VirtualTime: TimeSource {
    private let state: Mutex<Instant>
    private let start: Instant

    init(_ start: Instant = Instant(seconds: 1_790_000_000)) {
        self.start = start
        state = Mutex(start)
    }

    var now: Instant { state.withLock { $0 } }
    var elapsed: Duration { now - start }
    func advance(by duration: Duration) { state.withLock { $0 += duration } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        if duration > .zero { advance(by: duration) }
    }
}
