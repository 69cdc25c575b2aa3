import Foundation
package import PulseHTTP
import Synchronization

/// Tells a test from a server's thread that something has happened.
package struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    package func fire() { continuation.yield() }

    /// Waits for the next `fire`, also one that came before.
    package func wait() async {
        for await _ in stream { return }
    }
}

/// Holds server threads until a test opens it.
package final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    package init() {}

    package func open() { semaphore.signal() }

    /// Blocks the calling thread; whoever passes lets the next one through.
    package func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Counts from any thread.
package final class Tally: Sendable {
    private let value = Mutex(0)

    package init() {}

    /// Adds one and gives the new count.
    @discardableResult
    package func add() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }

    package var count: Int { value.withLock { $0 } }
}

/// The error of an exchange that is expected to fail; `nil` when it succeeds.
package func failure<Value>(of exchange: () async throws(HTTPError) -> Value) async -> HTTPError? {
    do throws(HTTPError) {
        _ = try await exchange()
        return nil
    } catch {
        return error
    }
}
