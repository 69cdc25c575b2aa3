package import PulseDomain
import Synchronization

/// Knows how the connection stands, and tells whoever listens.
package final class ConnectionMonitor: Sendable {
    private struct Contents {
        var status = ConnectionStatus()
        var listeners: [Int: AsyncStream<ConnectionStatus>.Continuation] = [:]
        var next = 0
    }

    private let contents = Mutex(Contents())

    package init() {}

    package var status: ConnectionStatus { contents.withLock { $0.status } }

    /// The present status and every later one. A listener that falls behind gets the newest.
    package func statuses() -> AsyncStream<ConnectionStatus> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = contents.withLock { contents in
                contents.next += 1
                contents.listeners[contents.next] = continuation
                continuation.yield(contents.status)
                return contents.next
            }
            continuation.onTermination = { [weak self] _ in
                _ = self?.contents.withLock { $0.listeners.removeValue(forKey: number) }
            }
        }
    }

    func noteAnswer(after time: Duration) { change { $0.roundTrip = time } }

    func noteLive() {
        change { status in
            status.state = .live
            status.staleSince = nil
        }
    }

    func noteLost(at now: Instant, nextTryAt: Instant, because: String) {
        change { status in
            status.state = .reconnecting(nextTryAt: nextTryAt, because: because)
            status.staleSince = status.staleSince ?? now
        }
    }

    func noteEnd(at now: Instant, because: String) {
        change { status in
            status.state = .ended(because: because)
            status.staleSince = status.staleSince ?? now
        }
    }

    private func change(_ body: (inout ConnectionStatus) -> Void) {
        contents.withLock { contents in
            let before = contents.status
            body(&contents.status)
            guard contents.status != before else { return }
            for listener in contents.listeners.values { listener.yield(contents.status) }
        }
    }
}
