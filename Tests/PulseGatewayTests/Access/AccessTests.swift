import HTTPTypes
import HummingbirdTesting
import PulseAPI
import PulseDomain
import PulseHTTP
import Synchronization
import Testing

@testable import PulseGateway

struct AccessTests {
    /// Who asks: a role in the tenant of the gateway, in another tenant, or nobody.
    enum Asker: Sendable, Hashable, CaseIterable {
        case nobody, viewer, `operator`, admin, foreignAdmin

        var role: Role? {
            switch self {
            case .nobody: nil
            case .viewer: .viewer
            case .operator: .operator
            case .admin, .foreignAdmin: .admin
            }
        }
    }

    @Test(arguments: RouteTable.all.map(\.id), Asker.allCases)
    func `every route answers those whom its role allows, and no others`(id: RouteID, asker: Asker) async throws {
        let harness = try await Harness()
        try await harness.add("foreign", [("zenith", .admin)])
        let route = RouteTable.route(id)
        if route.isStreaming, asker != .nobody, asker != .foreignAdmin {
            // It would not end; its decision is the table's like any other.
            let identity = Identity(
                principal: Principal("x"), tenant: "acme", role: try #require(asker.role), proof: .session("f"))
            #expect(AccessTable.decide(route, identity, isPreview: false) == .allowed)
            return
        }
        let token: String? =
            switch asker {
            case .nobody: nil
            case .viewer, .operator, .admin: try await harness.token(asker.role?.rawValue ?? "")
            case .foreignAdmin: try await harness.login("foreign").accessToken
            }
        let before = harness.operations.performed.withLock { $0.count }
        let response = try await harness.ask(
            HTTPRequest.Method(route.method.rawValue) ?? .get, route.examplePath, token: token, body: route.exampleBody)
        let performed = harness.operations.performed.withLock { $0.count } - before
        guard let needed = route.role else {
            #expect(response.status != .unauthorized && response.status != .forbidden || id == .login || id == .refresh)
            return
        }
        switch asker.role {
        case nil: #expect(response.status == .unauthorized)
        case .some(let role) where role < needed: #expect(response.status == .forbidden)
        case .some where asker == .foreignAdmin && !route.isOfAccounts:
            // The token is good, and its tenant is not served here.
            #expect(response.status == .forbidden)
        case .some:
            // The example's password is not the one.
            #expect(![401, 403, 405, 415, 500].contains(response.status.code) || id == .changePassword)
        }
        let isRefused = response.status == .unauthorized || response.status == .forbidden
        #expect(performed == (route.id.isCommand && !isRefused ? 1 : 0))
    }

    @Test(arguments: RouteTable.all.filter(\.id.isCommand).map(\.id))
    func `a viewer may ask what a command would do, and nothing is done`(id: RouteID) async throws {
        let harness = try await Harness()
        let route = RouteTable.route(id)
        let response = try await harness.ask(
            .post, route.examplePath + "?dry_run=true", token: try await harness.token("viewer"),
            body: route.exampleBody)
        #expect(response.status == .ok)
        #expect(try response.decoded(CommandPreview.self).sentence == "It would.")
        #expect(harness.operations.performed.withLock { $0.isEmpty })
    }

    @Test func `a refused command is audited with who, what, from where and by which correlation`() async throws {
        let harness = try await Harness()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let response = try await harness.ask(
            .post, "/api/v1/jobs/jira-main/issues/stop", token: try await harness.token("viewer"),
            headers: [.traceParent: trace])
        #expect(response.status == .forbidden)
        let entry = try #require(try await harness.audits().first)
        #expect(entry.by.name == "viewer")
        #expect(entry.action == "stop")
        #expect(entry.subject == "jira-main/issues")
        #expect(entry.isRefused)
        #expect(entry.address == "local")
        #expect(entry.correlation == "4bf92f3577b34da6a3ce929d0e0e4736")
        let audit = try await harness.ask(.get, "/api/v1/audit", token: try await harness.token("admin"))
            .decoded(ItemPage<AuditEntry>.self)
        #expect(audit.items.contains { $0.action == "stop" && $0.isRefused })
    }

    @Test func `a refused read is not audited`() async throws {
        let harness = try await Harness()
        let token = try await harness.token("viewer")
        let before = try await harness.audits().count
        #expect(try await harness.ask(.get, "/api/v1/audit", token: token).status == .forbidden)
        #expect(try await harness.audits().count == before)
    }

    @Test func `the command of a console bears its correlation, its principal and its reason`() async throws {
        let harness = try await Harness()
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let response = try await harness.ask(
            .post, "/api/v1/jobs/jira-main/issues/start", token: try await harness.token("operator"),
            headers: [.traceParent: trace], body: "{\"mode\":\"full\",\"reason\":\"All is new.\"}")
        #expect(response.status == .accepted)
        #expect(response.headers[.traceParent]?.hasPrefix("00-4bf92f3577b34da6a3ce929d0e0e4736-") == true)
        let request = try #require(harness.operations.performed.withLock { $0.first })
        #expect(request.command == .start("jira-main/issues", .full))
        #expect(request.by.name == "operator")
        #expect(request.reason == "All is new.")
        #expect(request.correlation == "4bf92f3577b34da6a3ce929d0e0e4736")
    }

    static let outcomes: [(String, Int)] = [("start", 202), ("hold", 200), ("stop", 409)]

    @Test(arguments: outcomes)
    func `the status of a command's answer tells its outcome`(name: String, status: Int) async throws {
        let harness = try await Harness()
        let response = try await harness.ask(
            .post, "/api/v1/jobs/jira-main/issues/\(name)", token: try await harness.token("operator"))
        #expect(response.status.code == status)
        #expect(try response.decoded(CommandAnswer.self).status == status)
    }

    @Test func `users of other tenants are not even told of`() async throws {
        let harness = try await Harness()
        try await harness.add("foreign", [("zenith", .admin)])
        try await harness.add("both", [("acme", .viewer), ("zenith", .viewer)])
        let admin = try await harness.token("admin")
        let list = try await harness.ask(.get, "/api/v1/users", token: admin).decoded(ItemPage<UserStatus>.self)
        #expect(list.items.map(\.name) == ["admin", "both", "operator", "viewer"])
        #expect(list.items.allSatisfy { $0.memberships.allSatisfy { $0.tenant == "acme" } })
        for name in ["foreign", "nobody"] {
            #expect(try await harness.ask(.delete, "/api/v1/users/\(name)", token: admin).status == .notFound)
        }
        let password = "{\"password\":\"a walrus and a carpenter\"}"
        #expect(
            try await harness.ask(.patch, "/api/v1/users/both", token: admin, body: password).status == .forbidden)
        #expect(try await harness.ask(.delete, "/api/v1/users/both", token: admin).status == .noContent)
        #expect(try await harness.store.user("both")?.roles == ["zenith": .viewer])
    }

    @Test func `an administrator cannot shut himself out`() async throws {
        let harness = try await Harness()
        let admin = try await harness.token("admin")
        for body in ["{\"role\":\"viewer\"}", "{\"is_disabled\":true}", "{\"password\":\"a walrus and a carpenter\"}"] {
            #expect(
                try await harness.ask(.patch, "/api/v1/users/admin", token: admin, body: body).status == .forbidden)
        }
        #expect(try await harness.ask(.delete, "/api/v1/users/admin", token: admin).status == .forbidden)
    }
}

extension Route {
    /// The path with the examples of its parameters.
    var examplePath: String {
        let filled = segments.map { segment in
            guard segment.first == "{" else { return String(segment) }
            let name = segment.dropFirst().dropLast()
            let example = parameters.first { $0.name == name && $0.place == .path }?.example ?? ""
            return example.replacing("/", with: "%2F")
        }
        let path = "/" + filled.joined(separator: "/")
        return id == .leavePresence ? path + "?id=c-1f" : path
    }

    /// The example of its body; `nil` where it has none.
    var exampleBody: String? {
        switch request {
        case .json(let type as any WireObject.Type), .optionalJSON(let type as any WireObject.Type):
            Self.example(type)
        default: nil
        }
    }

    private static func example(_ type: (some WireObject).Type) -> String {
        String(decoding: type.example.json, as: UTF8.self)
    }

    /// Whether the gateway itself answers it, whatever engine stands behind.
    var isOfAccounts: Bool { path.hasPrefix("/api/v1/auth/") || path.hasPrefix("/api/v1/users") }
}
