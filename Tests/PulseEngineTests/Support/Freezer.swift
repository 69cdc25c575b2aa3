import PulseDomain
import PulseEngine
import PulseHTTP
import Synchronization

/// A process that can be stopped and continued, as far as a test can see it: neither its clock nor its network goes on
/// while it is frozen.
final class Freezer: TimeSource, HTTPTransport {
    private let time: any TimeSource
    private let transport: any HTTPTransport
    private let thawed = Signal()
    private let count = Mutex(0)

    init(time: any TimeSource, transport: any HTTPTransport) {
        self.time = time
        self.transport = transport
        thawed.raise()
    }

    /// Requests that were sent.
    var requests: Int { count.withLock { $0 } }

    func freeze() { thawed.lower() }
    func thaw() { thawed.raise() }

    var now: Instant { time.now }
    var elapsed: Duration { time.elapsed }

    func sleep(for duration: Duration) async throws {
        try await time.sleep(for: duration)
        try await thawed.wait()
    }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        count.withLock { $0 += 1 }
        let answer = try await transport.send(request)
        do { try await thawed.wait() } catch { throw .cancelled(.init(host: "")) }
        return answer
    }
}
