import Foundation
import PulseHTTP
import Synchronization

/// Tells a test from a server's thread that something has happened.
struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func fire() { continuation.yield() }

    /// Waits for the next `fire`, also one that came before.
    func wait() async {
        for await _ in stream { return }
    }
}

/// Holds server threads until a test opens it.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    /// Blocks the calling thread; whoever passes lets the next one through.
    func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Counts from any thread.
final class Tally: Sendable {
    private let value = Mutex(0)

    /// Adds one and gives the new count.
    @discardableResult
    func add() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }

    var count: Int { value.withLock { $0 } }
}

/// The error of an exchange that is expected to fail; `nil` when it succeeds.
func failure<Value>(of exchange: () async throws(HTTPError) -> Value) async -> HTTPError? {
    do throws(HTTPError) {
        _ = try await exchange()
        return nil
    } catch {
        return error
    }
}
