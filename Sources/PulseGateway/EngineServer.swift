package import PulseDomain
import ServiceLifecycle

/// An engine served to gateways: the same routes, without people. Who has the internal key is believed for whom it
/// asks.
package final class EngineServer: Service {
    package struct Settings: Sendable {
        package var address: GatewayServer.Address
        /// 32 bytes or more.
        var key: String
        package var limits: ServingLimits

        /// Throws `Failure` when the key's file cannot be used, or the key is too short to be safe.
        package init(
            address: GatewayServer.Address, keyFile path: String, limits: ServingLimits = ServingLimits()
        ) throws {
            self.address = address
            self.limits = limits
            key = try InternalKey.read(path)
        }
    }

    private let endpoints: Endpoints
    private let server: GatewayServer
    private let log: RequestLog
    private let time: any TimeSource

    package init(
        _ settings: Settings, tenant: TenantID, operations: any Operations, time: any TimeSource,
        onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) {
        self.time = time
        log = .standardError
        endpoints = Endpoints(engines: [TenantEngine(tenant, operations, time: time)], accounts: nil, time: time)
        server = GatewayServer(
            GatewayResponder(
                endpoints: endpoints, authenticator: InternalAuthenticator(key: settings.key), throttle: nil,
                accounts: nil, limits: settings.limits, time: time, log: log),
            at: settings.address, onListening: onListening)
    }

    /// Serves until its service group shuts down. Throws `Failure`.
    package func run() async throws {
        let (endpoints, server) = (endpoints, server)
        let outcome: Result<Void, any Error> = await withTaskGroup(of: Void.self) { group in
            for engine in endpoints.engines.values { group.addTask { await engine.run() } }
            defer { group.cancelAll() }
            do { return .success(try await server.run()) } catch { return .failure(error) }
        }
        try outcome.get()
    }

    /// What a SIGHUP asks for: certificates are read again.
    package func reload() async {
        do { try server.renewCertificates() } catch {
            let failure = error as? Failure
            log.note(
                .error, "certificates could not be read; the former stay", at: time.now,
                [("code", failure?.code ?? "internal"), ("sentence", failure?.description ?? "\(type(of: error))")])
        }
    }
}

/// The key that gateways and engines share.
enum InternalKey {
    static let shortest = 32

    /// The file's first line. Throws `Failure`.
    static func read(_ path: String) throws -> String {
        try PrivateFile.check(path)
        let text = try PrivateFile.read(path)
        let key = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard key.utf8.count >= shortest, key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Failure(
                .ours, code: "internal_key.weak",
                "The internal key in \(path) has to be a line of \(shortest) or more printable characters.",
                remedy: "Make one: openssl rand -hex 32 > \(path)")
        }
        return key
    }
}
