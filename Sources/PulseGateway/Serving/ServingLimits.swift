import Synchronization

/// How much a server takes from its clients.
package struct ServingLimits: Sendable, Hashable {
    /// A longer body is answered with 413. The longest that is needed has a thousand ids.
    package var bodyInBytes = 256 << 10
    /// All header fields together; more is answered with 431.
    package var headersInBytes = 32 << 10
    package var headerCount = 100
    /// How long a body may take to arrive.
    package var bodyPatience = Duration.seconds(20)
    /// How long an answer may take; streams are not meant.
    package var answerPatience = Duration.seconds(30)
    /// Requests under way; more are answered with 503.
    package var concurrency = 1_024
    /// Connections that are open; more wait until others close.
    package var connections = 8_000
    /// A connection on which nothing happens is closed.
    package var idle = Duration.seconds(75)
    /// How long what is under way may take when the server ends.
    package var ending = Duration.seconds(20)

    package init() {}
}

/// Lets so many in at once.
final class ConcurrencyGate: Sendable {
    private let limit: Int
    private let inside = Mutex(0)

    init(limit: Int) { self.limit = limit }

    func enter() -> Bool {
        inside.withLock { inside in
            guard inside < limit else { return false }
            inside += 1
            return true
        }
    }

    func leave() { inside.withLock { $0 -= 1 } }
}
