import PulseDomain
import Synchronization

/// Keeps events for a reader. One that falls behind loses all that is kept and gets a gap in its place: it reads an
/// overview then, which is newer than what was lost.
final class EventBuffer: Sendable {
    fileprivate struct State {
        var events: [OperationsEvent] = []
        /// The next one to be read.
        var first = 0
        var isOver = false
        var readers: [CheckedContinuation<OperationsEvent?, Never>] = []
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    func add(_ event: OperationsEvent) {
        let reader = state.withLock { state -> CheckedContinuation<OperationsEvent?, Never>? in
            if state.isOver { return nil }
            if let reader = state.readers.popLast() { return reader }
            if state.events.count - state.first >= capacity {
                state.events = [.gap]
                state.first = 0
            } else {
                state.events.append(event)
            }
            return nil
        }
        reader?.resume(returning: event)
    }

    /// What is kept is still read; then comes the end.
    func finish() {
        let readers = state.withLock { state in
            state.isOver = true
            defer { state.readers = [] }
            return state.readers
        }
        for reader in readers { reader.resume(returning: nil) }
    }

    /// The next event, as soon as there is one; `nil` when it is over. ``finish()`` ends the wait.
    func next() async -> OperationsEvent? {
        await withCheckedContinuation { continuation in
            let event = state.withLock { state -> OperationsEvent?? in
                if state.first < state.events.count {
                    defer { state.advance() }
                    return .some(state.events[state.first])
                }
                if state.isOver { return .some(nil) }
                state.readers.append(continuation)
                return nil
            }
            if let event { continuation.resume(returning: event) }
        }
    }
}

extension EventBuffer.State {
    fileprivate mutating func advance() {
        first += 1
        if first == events.count {
            events.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 1_024 {
            events.removeFirst(first)
            first = 0
        }
    }
}
