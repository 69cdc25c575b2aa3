package import PulseDomain
import Synchronization

/// Knows how the connection stands and who else has one, and tells whoever listens.
package final class ConnectionMonitor: Sendable {
    private struct Contents {
        var status = ConnectionStatus()
        var listeners: [Int: AsyncStream<ConnectionStatus>.Continuation] = [:]
        var present: [PresenceStatus] = []
        var watchers: [Int: AsyncStream<[PresenceStatus]>.Continuation] = [:]
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

    /// Who is connected, at first and whenever it changes: the newest list for one that falls behind.
    package func presences() -> AsyncStream<[PresenceStatus]> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = contents.withLock { contents in
                contents.next += 1
                contents.watchers[contents.next] = continuation
                continuation.yield(contents.present)
                return contents.next
            }
            continuation.onTermination = { [weak self] _ in
                _ = self?.contents.withLock { $0.watchers.removeValue(forKey: number) }
            }
        }
    }

    /// What a gateway told of who is connected.
    package func notePresent(_ present: [PresenceStatus]) {
        contents.withLock { contents in
            guard contents.present != present else { return }
            contents.present = present
            for watcher in contents.watchers.values { watcher.yield(present) }
        }
    }

    func noteAnswer(after time: Duration) { change { $0.roundTrip = time } }

    func noteLive() {
        change { status in
            status.state = .live
            status.staleSince = nil
        }
    }

    /// - Parameter heardAt: When the gateway was heard last.
    func noteLost(heardAt: Instant, nextTryAt: Instant, attempt: Int, because failure: Failure) {
        change { status in
            status.state = .reconnecting(nextTryAt: nextTryAt, attempt: attempt, because: failure)
            status.staleSince = status.staleSince ?? heardAt
        }
    }

    func noteEnd(heardAt: Instant, because failure: Failure) {
        change { status in
            status.state = .ended(because: failure)
            status.staleSince = status.staleSince ?? heardAt
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
