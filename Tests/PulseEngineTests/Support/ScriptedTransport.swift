import PulseDomain
import PulseHTTP
import Synchronization

/// Answers requests as a test says, and remembers when each was sent.
final class ScriptedTransport: HTTPTransport {
    typealias Answer = @Sendable (_ request: HTTPRequest, _ number: Int) async throws(HTTPError) -> HTTPResponse

    struct Seen: Sendable {
        var url: String
        var at: Instant
        /// The `traceparent` that it bore.
        var trace: String?
    }

    private let time: any TimeSource
    private let answer: Answer
    private let requests = Mutex<[Seen]>([])

    /// `answer` is asked with the request's number, from 1.
    init(time: any TimeSource, answer: @escaping Answer) {
        self.time = time
        self.answer = answer
    }

    var seen: [Seen] { requests.withLock { $0 } }

    func count(_ path: String) -> Int { seen.count { $0.url.contains(path) } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let number = requests.withLock { requests in
            requests.append(Seen(url: request.url, at: time.now, trace: request.headers["traceparent"]))
            return requests.count
        }
        return try await answer(request, number)
    }
}
