import Foundation
import PulseAPI
import PulseDomain
import PulseTestServer
import Synchronization

/// Serves API v1 over loopback as plainly as can be: the shared table, calls and shapes around some operations.
enum APIServer {
    static func make(_ operations: any Operations, token: String = "good") throws -> TestServer {
        try TestServer { connection in
            while let request = connection.request() {
                guard request.header("Authorization") == "Bearer \(token)" else {
                    connection.send(APIAnswer(Problem.unauthenticated))
                    continue
                }
                connection.send(answer(request, operations))
            }
        }
    }

    private static func answer(_ request: TestServer.Received, _ operations: any Operations) -> APIAnswer {
        let parts = request.target.split(separator: "?", maxSplits: 1).map(String.init)
        do throws(Problem) {
            guard case .route(let route, let path) = RouteMatcher().match(request.method, parts[0][...]) else {
                return APIAnswer(Problem.notFound)
            }
            let arguments = try Arguments(path: path, encodedQuery: parts.dropFirst().first ?? "")
            try route.check(arguments)
            guard let call = try OperationsCall(route, arguments, body: request.body) else {
                return APIAnswer(Problem.notFound)
            }
            let correlation = request.header("traceparent").flatMap { TraceContext(traceparent: $0)?.trace } ?? "none"
            return wait {
                (try? await call.answer(on: operations, by: Principal("ada"), correlation: correlation))
                    ?? APIAnswer(Problem.notFound)
            } ?? APIAnswer(Problem.notFound)
        } catch {
            return APIAnswer(error)
        }
    }

    /// Waits on the connection's own thread, never on one of the pool.
    private static func wait<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value? {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<Value?>(nil)
        Task {
            let value = await body()
            result.withLock { $0 = value }
            done.signal()
        }
        done.wait()
        return result.withLock { $0 }
    }
}

extension Connection {
    func send(_ answer: APIAnswer) {
        respond(
            "\(answer.status) X", headers: ["Content-Type: \(answer.mediaType)"],
            String(decoding: answer.body, as: UTF8.self))
    }
}

/// A clock on which nobody waits: whoever sleeps has slept at once, and the clock has moved, unless it stands still.
final class QuickTime: TimeSource {
    private let standsStill: Bool
    private let passed = Mutex<(now: Instant, sleeps: [Duration])>((Samples.at, []))

    init(standsStill: Bool = false) { self.standsStill = standsStill }

    var now: Instant { passed.withLock { $0.now } }
    var elapsed: Duration { now - .epoch }
    var sleeps: [Duration] { passed.withLock { $0.sleeps } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        passed.withLock { passed in
            if !standsStill { passed.now += duration }
            passed.sleeps.append(duration)
        }
        await Task.yield()
    }
}
