import Foundation
import PulseDomain
import PulseHTTP
import Synchronization

/// Between the engine and the world: takes what goes to receivers of alerts, and lets a source refuse its token.
final class AlertHook: HTTPTransport {
    struct Message: Sendable {
        var url: String
        var id: String
        var at: Instant
        var timestamp: Int64
        var signature: String
        var body: [UInt8]
        var isAccepted: Bool

        func field(_ name: String) -> String? { value(name) as? String }
        func number(_ name: String) -> Int? { value(name) as? Int }
        private func value(_ name: String) -> Any? {
            let whole = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
            return (whole?["data"] as? [String: Any])?[name] ?? whole?[name]
        }
    }

    private struct State {
        var messages: [Message] = []
        var status = 204
        var headers: HTTPHeaders = [:]
        var refusesTokens = true
        var onMessage: @Sendable () -> Void = {}
    }

    private let base: any HTTPTransport
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ base: any HTTPTransport, _ time: any TimeSource) {
        self.base = base
        self.time = time
    }

    var messages: [Message] { state.withLock { $0.messages } }
    var accepted: [Message] { messages.filter(\.isAccepted) }

    func answer(_ status: Int, _ headers: HTTPHeaders = [:]) {
        state.withLock { ($0.status, $0.headers) = (status, headers) }
    }
    /// Does that whenever a message has arrived, before it is answered.
    func whenTold(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onMessage = body } }
    func mendSource() { state.withLock { $0.refusesTokens = false } }
    func breakSource() { state.withLock { $0.refusesTokens = true } }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if request.url.hasPrefix("https://dead.example/") {
            // It takes what it is sent, and says nothing.
            let isOver: Void? = try? await time.sleep(for: request.timeout)
            let origin = HTTPError.Origin(host: "dead.example")
            throw isOver == nil ? .cancelled(origin) : .timedOut(origin, phase: .waiting)
        }
        if request.url.hasPrefix("https://hooks.example/") {
            let (response, onMessage) = state.withLock { state in
                state.messages.append(
                    Message(
                        url: request.url, id: request.headers["webhook-id"] ?? "", at: time.now,
                        timestamp: request.headers["webhook-timestamp"].flatMap(Int64.init) ?? 0,
                        signature: request.headers["webhook-signature"] ?? "", body: request.body ?? [],
                        isAccepted: (200..<300).contains(state.status)))
                return (
                    HTTPResponse(status: state.status, headers: state.headers, body: [], url: request.url),
                    state.onMessage
                )
            }
            onMessage()
            return response
        }
        if request.url.contains("atlassian"), state.withLock({ $0.refusesTokens }) {
            return HTTPResponse(status: 401, headers: [:], body: [], url: request.url)
        }
        return try await base.send(request)
    }
}
