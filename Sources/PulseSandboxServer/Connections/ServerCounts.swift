import Synchronization

/// What clients have sent so far.
package final class ServerCounts: Sendable {
    private let state = Mutex((connections: 0, requests: 0))

    /// Connections that were accepted.
    package var connections: Int { state.withLock { $0.connections } }
    /// Requests whose head arrived.
    package var requests: Int { state.withLock { $0.requests } }

    func addConnection() { state.withLock { $0.connections += 1 } }
    func addRequest() { state.withLock { $0.requests += 1 } }
}
