import Foundation
import PulseAPI
import PulseDomain
import PulseHTTP
import Testing

@testable import PulseGateway

/// Over TLS a console's event stream and its requests share one connection (HTTP/2).
struct SharedConnectionTests {
    @Test(.timeLimit(.minutes(1)))
    func `requests go on and on beside a stream that stays open`() async throws {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let harness = try await Harness()
        let served = try await Served(harness.responder, tls: certificate.files)
        let client = CurlTransport(configuration: .init(extraCAFile: certificate.files.certificates))
        var headers = HTTPHeaders()
        headers.set("Authorization", "Bearer \(try await harness.token("viewer"))")
        func request(_ path: String) -> HTTPRequest {
            HTTPRequest(url: "https://127.0.0.1:\(served.port)\(path)", headers: headers)
        }
        let stream = try await client.stream(request("/api/v1/events"), stallTimeout: .seconds(50))
        #expect(stream.status == 200 && stream.version == "HTTP/2")
        // Each but the first has the handle of one before it, whose connection was in use all the time.
        for path in ["/health/live", "/api/v1/overview", "/api/v1/jobs", "/health/live", "/api/v1/overview"] {
            let asked = request(path)
            let answers = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                for _ in 0..<3 { group.addTask { try await client.send(asked) } }
                return try await group.reduce(into: [HTTPResponse]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 200 && $0.version == "HTTP/2" })
        }
        await client.shutdown()
        try await served.end()
        withExtendedLifetime(stream) {}
    }
}
