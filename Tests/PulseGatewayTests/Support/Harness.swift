import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import PulseAPI
import PulseDomain
import PulseSimulation

@testable import PulseGateway

/// A gateway in memory, with a clock that stands still, asked without sockets.
struct Harness: Sendable {
    static let password = "seven maids with seven mops"
    /// Cheap: what is tested is who may do what, not how long a guess takes.
    static let cost = PasswordHash.Cost(rounds: 2, blockSize: 1, parallelism: 1)

    let time = ManualTime()
    let operations = StubOperations()
    let store: SQLiteAccounts
    let passwords: PasswordDesk
    let desk: AccountDesk
    let endpoints: Endpoints
    let throttle: RequestThrottle
    let responder: GatewayResponder

    init(
        limits: RequestThrottle.Limits = .init(), serving: ServingLimits = ServingLimits(),
        algorithm: SigningAlgorithm = .es256
    ) async throws {
        store = try SQLiteAccounts.inMemory()
        passwords = try PasswordDesk(cost: Self.cost)
        let key = SigningKey(algorithm, id: "k1", createdAt: time.now, signsFrom: time.now)
        desk = AccountDesk(
            store: store, passwords: passwords,
            authority: TokenAuthority(KeyRing([key]), settings: TokenSettings(issuer: "pulse"), time: time),
            time: time)
        endpoints = Endpoints(
            engines: [TenantEngine("acme", operations, time: time)], accounts: desk, time: time)
        throttle = RequestThrottle(limits, time: time)
        responder = GatewayResponder(
            endpoints: endpoints, authenticator: BearerAuthenticator(desk: desk), throttle: throttle, accounts: desk,
            limits: serving, time: time)
        for role in Role.allCases { try await add(role.rawValue, [("acme", role)]) }
    }

    func add(_ name: String, _ roles: [(TenantID, Role)], mustChange: Bool = false) async throws {
        _ = try await store.add(
            User(
                name: name, password: try await passwords.hash(Self.password),
                roles: Dictionary(uniqueKeysWithValues: roles), createdAt: time.now, mustChangePassword: mustChange))
    }

    /// The answer to one request.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, headers: HTTPFields = [:],
        body: String? = nil, over other: GatewayResponder? = nil
    ) async throws -> TestResponse {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await Application(responder: other ?? responder).test(.router) { [headers] client in
            try await client.executeRequest(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    func login(_ name: String, password: String = Harness.password, tenant: String? = nil) async throws -> TokenAnswer {
        try await desk.login(
            LoginRequest(name: name, password: password, tenant: tenant.map { TenantID($0) }), from: origin)
    }

    /// As a client does that proves nothing.
    func refresh(_ token: String, from origin: AccountDesk.Origin) async throws -> TokenAnswer {
        try await desk.refresh(RefreshRequest(refreshToken: token), from: origin)
    }

    func token(_ name: String) async throws -> String { try await login(name).accessToken }

    var origin: AccountDesk.Origin { AccountDesk.Origin(address: "192.0.2.1", correlation: "c") }

    func audits(_ tenant: TenantID = "acme") async throws -> [GatewayAudit] {
        try await store.audits(of: tenant, before: nil, limit: 100)
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
    func problem() throws -> Problem { try Problem(json: Array(body.readableBytesView)) }
    func decoded<Content: Wire>(_ type: Content.Type) throws -> Content {
        try Content(json: Array(body.readableBytesView))
    }
}
