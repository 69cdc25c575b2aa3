import Foundation
import Logging
import PulseAPI
import PulseDomain
import PulseHTTP
import PulseSimulation
import ServiceLifecycle
import Testing

@testable import PulseGateway

/// Over real sockets: what the responder alone cannot show.
struct LiveTests {
    static let tooLong: [(path: String, headers: [(String, String)])] = [
        ("/api/v1/overview", [("X-Long", String(repeating: "x", count: 40_000))]),
        ("/api/v1/overview", (0..<200).map { ("X-Number-\($0)", "\($0)") }),
        ("/api/v1/jobs?cursor=" + String(repeating: "x", count: 40_000), []),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: tooLong.indices)
    func `a request whose head is too long is answered with a problem`(index: Int) async throws {
        let (path, fields) = Self.tooLong[index]
        let harness = try await Harness()
        let served = try await Served(harness.responder)
        let client = CurlTransport()
        var request = HTTPRequest(url: served.url + path)
        for (name, value) in fields { request.headers.append(name, value) }
        let response = try await client.send(request)
        #expect(response.status == 431)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        let problem = try Problem(json: response.body)
        #expect(problem.code == "request.head_too_large" && !problem.remedy.isEmpty)
        // Others are served.
        #expect(try await client.send(HTTPRequest(url: served.url + "/health/live")).status == 200)
        await client.shutdown()
        try await served.end()
    }

    /// How somebody is shown out.
    enum Departure: CaseIterable, Sendable { case disabled, removed, loggedOut, demoted, tokenTakenBack, none }

    @Test(.timeLimit(.minutes(1)), arguments: Departure.allCases)
    func `who is shown out hears nothing any more`(departure: Departure) async throws {
        let harness = try await Harness()
        let session = try await harness.token("viewer")
        let identity = try #require(try await harness.desk.identity(bearing: session))
        let token = try await harness.desk.addToken(
            NewToken(name: "script", scope: .read), for: identity, from: harness.origin)
        let served = try await Served(harness.responder)
        let client = CurlTransport()
        let bearer = departure == .tokenTakenBack ? try #require(token.token) : session
        let response = try await client.stream(
            HTTPRequest(url: "\(served.url)/api/v1/events", headers: ["Authorization": "Bearer \(bearer)"]))
        let hub = try #require(harness.endpoints.engines["acme"]?.hub)
        switch departure {
        case .disabled: _ = try await harness.store.change("viewer") { $0.isDisabled = true }
        case .removed: _ = try await harness.store.remove("viewer")
        case .loggedOut: try await harness.desk.logout(identity, from: harness.origin)
        case .demoted: _ = try await harness.store.change("viewer") { $0.roles = [:] }
        case .tokenTakenBack: _ = try await harness.store.removeToken(token.id, of: "viewer")
        case .none: break
        }
        harness.time.advance(by: .seconds(6))
        hub.publish("log", Array("{\"n\":1}".utf8))
        var text = ""
        for try await piece in response.body {
            text += String(decoding: piece, as: UTF8.self)
            if text.contains("\"n\"") { break }
        }
        #expect(text.contains("event: hello"))
        #expect(text.contains("\"n\"") == (departure == .none))
        await client.shutdown()
        try await served.end()
    }

    @Test func `a port that is taken is told before anything is begun`() async throws {
        // Nobody else's address on this machine: what is let go there is not taken by a test beside this one.
        let served = try await Served(try await Harness().responder, host: "127.0.0.77")
        let taken = GatewayServer.Address(host: "127.0.0.77", port: served.port)
        let failure = await #expect(throws: Failure.self) { try await taken.check() }
        #expect(failure?.code == "listen.failed")
        try await served.end()
        try await taken.check()
    }

    @Test(.timeLimit(.minutes(1)))
    func `a server that ends sends what waits for its streams, and closes them whole`() async throws {
        let harness = try await Harness()
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(harness.responder, at: .init(host: "127.0.0.1", port: 0)) { listening.yield($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [server], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        let running = Task { try await group.run() }
        let port = try #require(await ports.first { _ in true })
        let client = CurlTransport()
        let response = try await client.stream(
            HTTPRequest(
                url: "http://127.0.0.1:\(port)/api/v1/events",
                headers: ["Authorization": "Bearer \(try await harness.token("viewer"))"]))
        #expect(response.status == 200)
        let hub = try #require(harness.endpoints.engines["acme"]?.hub)
        hub.publish("log", Array("{\"n\":1}".utf8))
        await group.triggerGracefulShutdown()
        var bytes: [UInt8] = []
        for try await piece in response.body { bytes += piece }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("event: hello"))
        #expect(text.hasSuffix("event: log\ndata: {\"n\":1}\n\n"))
        try await running.value
        #expect(hub.streamCount == 0)
        await client.shutdown()
    }

    @Test(.timeLimit(.minutes(1)))
    func `certificates that are read again serve new connections, and ones that cannot be used change nothing`()
        async throws
    {
        let certificate = try Certificate()
        defer { certificate.remove() }
        let harness = try await Harness()
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(
            harness.responder, at: .init(host: "127.0.0.1", port: 0, tls: certificate.files)
        ) { listening.yield($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [server], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        let running = Task { try await group.run() }
        let port = try #require(await ports.first { _ in true })

        /// Whether a new client that trusts the certificate that is there now is answered.
        func isServed() async throws -> Bool {
            // Read with the first connection, and later ones must not change it.
            let trusted = certificate.folder.appending(path: "trusted-\(UUID().uuidString).pem")
            try FileManager.default.copyItem(atPath: certificate.files.certificates, toPath: trusted.path)
            let client = CurlTransport(configuration: .init(extraCAFile: trusted.path))
            let response = try? await client.send(HTTPRequest(url: "https://127.0.0.1:\(port)/health/live"))
            await client.shutdown()
            if let response { #expect(response.headers["Strict-Transport-Security"] == "max-age=31536000") }
            return response?.status == 200 && response?.version == "HTTP/2"
        }
        #expect(try await isServed())
        try certificate.renew()
        #expect(try await !isServed())
        try server.renewCertificates()
        #expect(try await isServed())
        try Data("no key".utf8).write(to: URL(filePath: certificate.files.key))
        #expect(throws: Failure.self) { try server.renewCertificates() }
        #expect(try await isServed())
        await group.triggerGracefulShutdown()
        try await running.value
    }
}
