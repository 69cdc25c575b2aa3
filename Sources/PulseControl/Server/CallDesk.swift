import Synchronization

/// Says once that something is to end. Any number of times raised, by anyone.
final class StopSignal: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Never.self) }

    func raise() { continuation.finish() }

    /// Returns when raised, or when the task is cancelled.
    func wait() async { for await _ in stream {} }
}

/// Which clients are greeted, and what of theirs is under way.
final class CallDesk: Sendable {
    /// What becomes of a call that has arrived.
    enum Decision {
        case begin(StopSignal)
        /// The client listens to as many streams as it may.
        case tooManyStreams
        /// The id is in use.
        case violation
    }

    private struct Client {
        var isGreeted = false
        var calls: [Int: StopSignal] = [:]
        var streams: Set<Int> = []
    }

    private let clients = Mutex<[ConnectionID: Client]>([:])
    private let streamsPerClient: Int

    init(streamsPerClient: Int) { self.streamsPerClient = streamsPerClient }

    func open(_ id: ConnectionID) { clients.withLock { $0[id] = Client() } }

    /// The client is gone: nobody waits for its calls.
    func close(_ id: ConnectionID) {
        let client = clients.withLock { $0.removeValue(forKey: id) }
        for signal in client?.calls.values ?? [:].values { signal.raise() }
    }

    /// - Returns: `false` when it was greeted before.
    func greet(_ id: ConnectionID) -> Bool {
        clients.withLock { clients in
            guard clients[id]?.isGreeted == false else { return false }
            clients[id]?.isGreeted = true
            return true
        }
    }

    func begin(_ call: Int, isStream: Bool, of id: ConnectionID) -> Decision {
        clients.withLock { clients in
            guard var client = clients[id], client.isGreeted, client.calls[call] == nil else { return .violation }
            if isStream {
                guard client.streams.count < streamsPerClient else { return .tooManyStreams }
                client.streams.insert(call)
            }
            let signal = StopSignal()
            client.calls[call] = signal
            clients[id] = client
            return .begin(signal)
        }
    }

    func end(_ call: Int, of id: ConnectionID) {
        clients.withLock { clients in
            clients[id]?.calls[call] = nil
            clients[id]?.streams.remove(call)
        }
    }

    /// A call that is over already is no violation: its answer was under way.
    func cancel(_ call: Int, of id: ConnectionID) {
        clients.withLock { $0[id]?.calls[call] }?.raise()
    }
}
