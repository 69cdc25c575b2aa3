package import PulseDomain
import Synchronization

/// Hands events to every listener. A listener that falls behind loses events and is told so by `gap`.
package final class EventHub: Sendable {
    private struct Listener {
        var continuation: AsyncStream<OperationsEvent>.Continuation
        var lostSome = false
    }

    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Events kept for a listener that does not read.
    private static let capacity = 4_096

    package init() {}

    package var hasListeners: Bool { state.withLock { !$0.listeners.isEmpty } }

    package func listen() -> AsyncStream<OperationsEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: OperationsEvent.self, bufferingPolicy: .bufferingOldest(Self.capacity))
        let id = state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.next += 1
            state.listeners[state.next] = Listener(continuation: continuation)
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }

    package func publish(_ events: [OperationsEvent]) {
        guard !events.isEmpty else { return }
        state.withLock { state in
            for id in state.listeners.keys {
                guard var listener = state.listeners[id] else { continue }
                if listener.lostSome, case .enqueued = listener.continuation.yield(.gap) { listener.lostSome = false }
                for event in events where !listener.lostSome {
                    if case .dropped = listener.continuation.yield(event) { listener.lostSome = true }
                }
                state.listeners[id] = listener
            }
        }
    }

    package func close() {
        let continuations = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return state.listeners.values.map(\.continuation)
        }
        for continuation in continuations { continuation.finish() }
    }
}
