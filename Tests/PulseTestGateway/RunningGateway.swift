import Foundation
import Logging
package import PulseAPI
package import PulseDomain
import PulseEngine
import PulseGateway
import PulseHTTP
import ServiceLifecycle

/// A whole gateway in this process, at a free loopback port: accounts, tokens, routes and events in front of operations
/// of a test's choice.
package struct RunningGateway: Sendable {
    /// `http://127.0.0.1:PORT`.
    package let url: String
    package let port: Int
    /// Of the administrator `admin` that its first start made.
    package let oneTimePassword: String

    /// What the administrator's password is after ``login()``.
    package static let password = "seven maids with seven mops"

    /// Runs one beside `body`, and ends it with everything that it kept.
    package static func with<Outcome: Sendable>(
        _ operations: any Operations, tenant: TenantID = "acme", folder: String,
        _ body: (RunningGateway) async throws -> Outcome
    ) async throws -> Outcome {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        var settings = Gateway.Settings(
            address: .init(host: "127.0.0.1", port: 0), data: folder, tokens: TokenSettings(issuer: "pulse"))
        settings.logsRequests = false
        // Cheap: what is tested is what a gateway does, not how long a guess takes.
        settings.passwordCost = PasswordHash.Cost(rounds: 2, blockSize: 1, parallelism: 1)
        let gateway = try await Gateway(settings, serving: .embedded(tenant, operations), time: SystemClock()) {
            listening.yield($0)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [gateway], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            guard let port = await ports.first(where: { _ in true }) else {
                try await tasks.waitForAll()
                throw CancellationError()
            }
            let running = RunningGateway(
                url: "http://127.0.0.1:\(port)", port: port, oneTimePassword: gateway.first?.password ?? "")
            let outcome: Result<Outcome, any Error>
            do { outcome = .success(try await body(running)) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try outcome.get()
        }
    }

    /// Changes the one-time password and logs the administrator in.
    package func login() async throws -> TokenAnswer {
        let transport = CurlTransport(configuration: .init(proxy: .none))
        func client(_ token: String?) -> APIClient {
            APIClient(base: url, transport: transport, tokens: TokenKeeper(current: { token }), time: SystemClock())
        }
        let first: TokenAnswer = try await client(nil).ask(
            APIRequest(.login, body: LoginRequest(name: "admin", password: oneTimePassword).json))
        let change = PasswordChange(password: oneTimePassword, newPassword: Self.password)
        try await client(first.accessToken).send(APIRequest(.changePassword, body: change.json))
        return try await client(nil).ask(
            APIRequest(.login, body: LoginRequest(name: "admin", password: Self.password).json))
    }
}
