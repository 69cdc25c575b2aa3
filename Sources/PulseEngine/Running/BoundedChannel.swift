import PulseDomain
import Synchronization

/// Hands elements from one task to another; the sender waits while elements of the weight `capacity` wait to be received.
///
/// One sender and one receiver. Unlike `AsyncChannel` it can be asked without waiting, which lets the loader make
/// batches of what is there.
final class BoundedChannel<Element: Sendable>: Sendable {
    private struct State {
        var elements: [(element: Element, weight: Int)] = []
        var weight = 0
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

    /// Waits until ``send(_:weight:)`` need not wait. Throws `CancellationError`.
    func waitForRoom() async throws { try await hasRoom.wait() }

    /// Waits for room, then adds. Throws `CancellationError`, and adds nothing, when the task is cancelled.
    ///
    /// - Parameter weight: above 0. The last element that finds room may be heavier than what is left.
    func send(_ element: Element, weight: Int = 1) async throws {
        try await hasRoom.wait()
        state.withLock { state in
            state.elements.append((element, weight))
            state.weight += weight
            if state.weight >= capacity { hasRoom.lower() }
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
        let (element, hasRoom) = state.withLock { state -> (Element?, Bool) in
            guard !state.elements.isEmpty else {
                if !state.isFinished { hasElement.lower() }
                return (nil, false)
            }
            let (element, weight) = state.elements.removeFirst()
            state.weight -= weight
            if state.elements.isEmpty && !state.isFinished { hasElement.lower() }
            return (element, state.weight < capacity)
        }
        if hasRoom { self.hasRoom.raise() }
        return element
    }
}
