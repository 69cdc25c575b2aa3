import PulseDomain
import Synchronization

/// A clock that stands still. Whoever waits on it waits until ``release()``, or until he is cancelled.
final class HeldTime: TimeSource {
    private struct State {
        var isOpen = false
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    /// Fires when somebody begins to wait.
    let begun = Signal()
    /// Fires when a wait was cancelled.
    let cancelled = Signal()
    let now = Instant(seconds: 1_790_000_000)
    let elapsed = Duration.zero
    private let state = Mutex(State())

    func sleep(for duration: Duration) async throws {
        guard duration > .zero else { return try Task.checkCancellation() }
        let (gate, continuation) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            if state.isOpen { continuation.finish() } else { state.waiting.append(continuation) }
        }
        begun.fire()
        for await _ in gate {}
        guard Task.isCancelled else { return }
        cancelled.fire()
        throw CancellationError()
    }

    /// Lets everybody go on, also who comes later.
    func release() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }
}

/// Tells that something has happened.
struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func fire() { continuation.yield() }

    /// Waits for the next `fire`, also one that came before.
    func wait() async {
        for await _ in stream { return }
    }
}
