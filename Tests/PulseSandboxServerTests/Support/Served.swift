import Foundation
import Logging
import PulseDomain
import PulseHTTP
import PulseSandbox
import PulseSandboxServer
import ServiceLifecycle

/// A sandbox that is served on a free port, and a client of it.
struct Served: Sendable {
    let sandbox: Sandbox
    let server: SandboxServer
    let group: ServiceGroup
    let port: Int
    let client: CurlTransport

    var base: String { "http://127.0.0.1:\(port)" }

    /// Serves `sandbox` while `body` runs, then shuts down gracefully and waits for the end.
    static func serving(
        _ sandbox: Sandbox, settings: SandboxServer.Settings = .init(), connections: Int = 16,
        _ body: @Sendable (Served) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = SandboxServer(sandbox, settings: settings) { continuation.yield($0) }
        let group = ServiceGroup(
            services: [server], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var port = 0
            for await found in ports {
                port = found
                break
            }
            let client = CurlTransport(
                configuration: .init(proxy: .none, maximumConnectionsPerHost: connections, maximumConnections: 0))
            let served = Served(sandbox: sandbox, server: server, group: group, port: port, client: client)
            do { try await body(served) } catch {
                tasks.cancelAll()
                throw error
            }
            await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// A question to one of the simulated providers, over the network or straight to the sandbox.
    enum Door: CaseIterable {
        case cloud, dataCenter, github

        func base(_ options: SandboxOptions) -> (folder: String, direct: String, credential: String) {
            switch self {
            case .cloud:
                let login = Data("\(options.jira.user):\(options.jira.token)".utf8).base64EncodedString()
                return ("/jira", options.jira.url, "Basic \(login)")
            case .dataCenter:
                return ("/jira-dc", options.jira.dataCenterURL, "Bearer \(options.jira.dataCenterToken)")
            case .github: return ("/github", "https://\(options.github.host)", "bearer \(options.github.token)")
            }
        }
    }

    func request(
        _ door: Door, _ path: String, body: String? = nil, isDirect: Bool = false, credential: String? = nil
    ) -> HTTPRequest {
        let place = door.base(sandbox.options)
        return HTTPRequest(
            method: body == nil ? .get : .post, url: (isDirect ? place.direct : base + place.folder) + path,
            headers: [
                "Authorization": credential ?? place.credential, "Content-Type": "application/json",
            ], body: body.map { Array($0.utf8) })
    }

    func ask(_ door: Door, _ path: String, body: String? = nil) async throws -> HTTPResponse {
        try await client.send(request(door, path, body: body))
    }

    func askDirectly(_ door: Door, _ path: String, body: String? = nil) async throws -> HTTPResponse {
        try await sandbox.send(request(door, path, body: body, isDirect: true))
    }
}
