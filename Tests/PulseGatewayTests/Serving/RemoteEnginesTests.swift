import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import PulseAPI
import PulseDomain
import PulseHTTP
import PulseSimulation
import Synchronization
import Testing

@testable import PulseGateway

/// A gateway before engines that other processes serve.
struct RemoteEnginesTests {
    private static let key = String(repeating: "k", count: 32)

    static let addresses: [(String, RemoteEngines.Address?)] = [
        ("https://e1:8000", address("acme", "https://e1:8000")),
        ("https://e1:8000/", address("acme", "https://e1:8000")),
        ("zenith=http://[::1]:8000", address("zenith", "http://[::1]:8000")),
        ("zenith=https://e1/pulse", address("zenith", "https://e1/pulse")),
        ("e1:8000", nil), ("=https://e1", nil), ("ftp://e1", nil), ("https://", nil), ("", nil), ("https://e 1", nil),
        ("https://u:p@e1", nil), ("https://e1?x=1", nil), ("https://é", nil),
    ]

    private static func address(_ tenant: TenantID, _ url: String) -> RemoteEngines.Address? {
        RemoteEngines.Address(url, otherwise: tenant)
    }

    @Test(arguments: addresses)
    func `an engine's address is a URL, with its tenant before it`(text: String, address: RemoteEngines.Address?) {
        #expect(RemoteEngines.Address(text, otherwise: "acme") == address)
    }

    @Test(arguments: [
        ("https://e1:8000", false), ("http://e1:8000", true), ("http://127.0.0.1:8000", false),
        ("http://localhost:8000", false), ("http://[::1]:8000", false), ("HTTP://10.0.0.1", true),
    ])
    func `plain HTTP to another machine is known to be readable`(url: String, isReadable: Bool) throws {
        #expect(try #require(RemoteEngines.Address(url, otherwise: "acme")).isReadable == isReadable)
    }

    /// What the gateway's responder is over those engines.
    private static func gateway(
        _ harness: Harness, _ urls: [String], key: String = key, over transport: CurlTransport,
        onChange: @escaping @Sendable (TenantID, EnginePool.Change) -> Void = { _, _ in }
    ) throws -> (responder: GatewayResponder, engine: TenantEngine) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pulse-key-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let made = FileManager.default.createFile(
            atPath: path, contents: Data(key.utf8), attributes: [.posixPermissions: 0o600])
        try #require(made)
        let remote = try RemoteEngines(
            urls.compactMap { RemoteEngines.Address($0, otherwise: "acme") }, keyFile: path)
        let pool = try #require(remote.pools(over: transport, time: harness.time, onChange: onChange).first)
        let engine = TenantEngine(pool.tenant, pool.pool, time: harness.time)
        let endpoints = Endpoints(engines: [engine], accounts: harness.desk, time: harness.time)
        return (
            GatewayResponder(
                endpoints: endpoints, authenticator: BearerAuthenticator(desk: harness.desk),
                throttle: harness.throttle, accounts: harness.desk, time: harness.time), engine
        )
    }

    @Test(.timeLimit(.minutes(1)))
    func `a command reaches the engine with who gave it, why, and the console's trace`() async throws {
        let harness = try await Harness()
        let operations = StubOperations()
        let (served, _) = try await Served.engine(operations, key: Self.key, time: harness.time)
        let transport = CurlTransport()
        let (responder, _) = try Self.gateway(harness, [served.url], over: transport)
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let response = try await harness.ask(
            .post, "/api/v1/jobs/jira-main/issues/start", token: try await harness.token("operator"),
            headers: [.traceParent: trace], body: "{\"mode\":\"full\",\"reason\":\"All is new.\"}", over: responder)
        #expect(response.status == .accepted)
        let request = try #require(operations.performed.withLock { $0.first })
        #expect(request.by.name == "operator")
        #expect(request.reason == "All is new.")
        #expect(request.correlation == "4bf92f3577b34da6a3ce929d0e0e4736")
        let refused = try await harness.ask(
            .post, "/api/v1/jobs/jira-main/issues/stop", token: try await harness.token("operator"), over: responder)
        #expect(refused.status == .conflict)
        let unknown = try await harness.ask(
            .get, "/api/v1/jobs/no/such", token: try await harness.token("viewer"), over: responder)
        #expect(unknown.status == .notFound)
        #expect(try unknown.problem().code == "job.unknown")
        try await served.end()
        await transport.shutdown()
    }

    @Test(.timeLimit(.minutes(1)))
    func `an engine that has another key is told of as the gateway's trouble, not as the user's`() async throws {
        let harness = try await Harness()
        let (served, _) = try await Served.engine(StubOperations(), key: Self.key, time: harness.time)
        let transport = CurlTransport()
        let (responder, engine) = try Self.gateway(
            harness, [served.url], key: String(repeating: "x", count: 32), over: transport)
        let response = try await harness.ask(
            .get, "/api/v1/overview", token: try await harness.token("viewer"), over: responder)
        #expect(response.status == .badGateway)
        #expect(try response.problem().code == "engine.refuses")
        let standing = try #require(await engine.pool?.standings().first)
        #expect(!standing.answers && standing.problem?.contains("refuses the gateway's internal key") == true)
        try await served.end()
        await transport.shutdown()
    }

    @Test(.timeLimit(.minutes(1)))
    func `an engine that works for another tenant is told of when it is first looked at, with both tenants`()
        async throws
    {
        let harness = try await Harness()
        let (served, _) = try await Served.engine(StubOperations(), key: Self.key, time: harness.time)
        let transport = CurlTransport()
        let changes = Mutex<[EnginePool.Change]>([])
        let (_, engine) = try Self.gateway(harness, ["zenith=\(served.url)"], over: transport) { tenant, change in
            #expect(tenant == "zenith")
            changes.withLock { $0.append(change) }
        }
        for _ in 0..<3 { await engine.pool?.look() }
        let told = changes.withLock { $0 }
        #expect(
            told == [
                EnginePool.Change(
                    name: served.url,
                    problem:
                        "The engine at \(served.url) works for another tenant than the gateway was told. It works for "
                        + "acme, and was asked for zenith.", code: "engine.refuses",
                    remedy: "Name its tenant: --engine TENANT=\(served.url).", isFirst: true)
            ])
        try await served.end()
        await transport.shutdown()
    }

    @Test(.timeLimit(.minutes(1)))
    func `when one of two engines ends, reads, commands and events go on over the other`() async throws {
        let harness = try await Harness()
        let (one, two) = (StubOperations(), StubOperations())
        let first = try await Served.engine(one, key: Self.key, time: harness.time)
        let second = try await Served.engine(two, key: Self.key, time: harness.time)
        let hearing = Task {
            await withTaskGroup { group in
                group.addTask { await first.engine.run() }
                group.addTask { await second.engine.run() }
            }
        }
        defer { hearing.cancel() }
        let transport = CurlTransport()
        let (responder, engine) = try Self.gateway(
            harness, [first.served.url, second.served.url], over: transport)
        #expect(await engine.pool?.standings().map(\.answers) == [true, true])
        let (token, viewer) = (try await harness.token("operator"), try await harness.token("viewer"))
        try await first.served.end()
        for _ in 0..<5 {
            #expect(try await harness.ask(.get, "/api/v1/overview", token: viewer, over: responder).status == .ok)
            let held = try await harness.ask(
                .post, "/api/v1/jobs/jira-main/issues/resume", token: token, over: responder)
            #expect(held.status == .accepted)
        }
        #expect(two.performed.withLock { $0.count } == 5)
        let ready = try await harness.ask(.get, "/health/ready", over: responder)
        #expect(ready.status == .ok)
        await engine.pool?.look()
        let report = try await harness.ask(.get, "/health/ready", over: responder)
        #expect(report.status == .ok && report.text.contains("1 of 2 engines work"))
        // Its address once: its own sentence has it.
        #expect(report.text.split(separator: first.served.url, omittingEmptySubsequences: false).count == 2)
        let metrics = try await harness.ask(.get, "/metrics", over: responder).text
        #expect(metrics.contains("pulse_upstream_up{tenant=\"acme\",engine=\"\(first.served.url)\"} 0"))
        #expect(metrics.contains("pulse_upstream_up{tenant=\"acme\",engine=\"\(second.served.url)\"} 1"))
        // What the engine that is left says reaches a console of the gateway.
        let relaying = Task { await engine.run() }
        defer { relaying.cancel() }
        let stream = try #require(engine.hub.open(after: nil))
        while second.engine.hub.streamCount == 0 { await Task.yield() }
        two.happen.yield(.throughput(ThroughputSample(at: .epoch, records: 7)))
        var heard = ""
        while !heard.contains("event: throughput"), let bytes = await stream.queue.next() {
            heard += String(buffer: bytes)
        }
        #expect(heard.contains("\"records\":7"))
        relaying.cancel()
        try await second.served.end()
        await transport.shutdown()
    }
}
