import Logging
import PulseDomain
import ServiceLifecycle
import Testing

@testable import PulseGateway

/// A server at a port of its own, until it is ended.
struct Served {
    let port: Int
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    var url: String { "http://127.0.0.1:\(port)" }

    init(_ responder: GatewayResponder, host: String = "127.0.0.1", tls: TLSFiles? = nil) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = GatewayServer(responder, at: .init(host: host, port: 0, tls: tls)) { listening.yield($0) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [server], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        self.group = group
        running = Task { try await group.run() }
        port = try #require(await ports.first { _ in true })
    }

    /// An engine as `pulse-server engine` serves it.
    static func engine(
        _ operations: any Operations, tenant: TenantID = "acme", key: String, time: any TimeSource
    ) async throws -> (served: Served, engine: TenantEngine) {
        let engine = TenantEngine(tenant, operations, time: time)
        let responder = GatewayResponder(
            endpoints: Endpoints(engines: [engine], accounts: nil, time: time),
            authenticator: InternalAuthenticator(key: key), throttle: nil, accounts: nil, time: time)
        return (try await Served(responder), engine)
    }

    func end() async throws {
        await group.triggerGracefulShutdown()
        try await running.value
    }
}
