import Synchronization

/// Hands elements from one task to another; the sender waits while `capacity` elements wait to be received.
///
/// One sender and one receiver. Unlike `AsyncChannel` it can be asked without waiting, which lets the loader make
/// batches of what is there.
final class BoundedChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isFinished = false
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let hasElement = Signal()
    private let hasRoom = Signal()

    init(capacity: Int) {
        self.capacity = capacity
        hasRoom.raise()
    }

    /// Waits for room, then adds. Throws `CancellationError`, and adds nothing, when the task is cancelled.
    func send(_ element: Element) async throws {
        try await hasRoom.wait()
        state.withLock { state in
            state.elements.append(element)
            if state.elements.count >= capacity { hasRoom.lower() }
        }
        hasElement.raise()
    }

    /// No more elements follow.
    func finish() {
        state.withLock { $0.isFinished = true }
        hasElement.raise()
    }

    /// Waits for an element; `nil` after the last one.
    func receive() async throws -> Element? {
        while true {
            try await hasElement.wait()
            if let element = take() { return element }
            if state.withLock({ $0.isFinished && $0.elements.isEmpty }) { return nil }
        }
    }

    /// An element that is there already.
    func take() -> Element? {
        let element = state.withLock { state -> Element? in
            guard !state.elements.isEmpty else {
                if !state.isFinished { hasElement.lower() }
                return nil
            }
            let element = state.elements.removeFirst()
            if state.elements.isEmpty && !state.isFinished { hasElement.lower() }
            return element
        }
        if element != nil { hasRoom.raise() }
        return element
    }
}
