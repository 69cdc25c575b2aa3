/// What a server allows its clients.
package struct ControlServerLimits: Sendable {
    /// Connections at once.
    package var clients: Int
    /// Calls of one client at once; more wait unread.
    package var callsPerClient: Int
    /// Event streams of one client at once.
    package var streamsPerClient: Int
    /// How long a client may leave its greeting, or a message that it began, unfinished.
    package var patience: Duration
    /// Bytes that may wait for a slow reader before it loses events and gets a gap.
    package var waitingEventBytes: Int

    package init(
        clients: Int = 64, callsPerClient: Int = 128, streamsPerClient: Int = 16, patience: Duration = .seconds(10),
        waitingEventBytes: Int = 4 << 20
    ) {
        self.clients = clients
        self.callsPerClient = callsPerClient
        self.streamsPerClient = streamsPerClient
        self.patience = patience
        self.waitingEventBytes = waitingEventBytes
    }
}
