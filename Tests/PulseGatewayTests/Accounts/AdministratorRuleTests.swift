import HTTPTypes
import HummingbirdTesting
import PulseAPI
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

/// A tenant keeps an administrator, whoever changes a user, and however.
struct AdministratorRuleTests {
    /// What the user does, or suffers, who is to be changed.
    enum Act: Sendable, CaseIterable { case demote, disable, remove, promote, rename }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The user's roles, and whether the user is disabled already.
        var roles: [TenantID: Role]
        var isDisabled = false
        /// Other administrators: of which tenants, and whether disabled.
        var others: [(tenant: TenantID, isDisabled: Bool)] = []
        /// The tenant that would be left, by what is done in `acme`; acts that are not named are allowed.
        var refused: [Act: TenantID]

        init(
            _ about: String, _ roles: [TenantID: Role], isDisabled: Bool = false,
            others: [(tenant: TenantID, isDisabled: Bool)] = [], refused: [Act: TenantID] = [:]
        ) {
            testDescription = about
            (self.roles, self.isDisabled, self.others, self.refused) = (roles, isDisabled, others, refused)
        }
    }

    static let cases = [
        Case("the only one", ["acme": .admin], refused: [.demote: "acme", .disable: "acme", .remove: "acme"]),
        Case("one of two", ["acme": .admin], others: [("acme", false)]),
        Case(
            "beside one who may not come in", ["acme": .admin], others: [("acme", true)],
            refused: [.demote: "acme", .disable: "acme", .remove: "acme"]),
        Case(
            "beside one of another tenant", ["acme": .admin], others: [("zenith", false)],
            refused: [.demote: "acme", .disable: "acme", .remove: "acme"]),
        Case("one who may not come in anyway", ["acme": .admin], isDisabled: true),
        Case("no administrator", ["acme": .operator]),
        Case(
            "the only one elsewhere", ["acme": .viewer, "zenith": .admin],
            refused: [.disable: "zenith", .remove: "zenith"]),
        Case(
            "the only one of two tenants", ["acme": .admin, "zenith": .admin],
            refused: [.demote: "acme", .disable: "acme", .remove: "acme"]),
        Case(
            "of two tenants, of which one has another", ["acme": .admin, "zenith": .admin], others: [("acme", false)],
            refused: [.disable: "zenith", .remove: "zenith"]),
    ]

    private static func changed(_ user: User, by act: Act) -> User? {
        var user = user
        switch act {
        case .demote: user.roles["acme"] = .viewer
        case .disable: user.isDisabled = true
        case .remove: return nil
        case .promote: user.roles["acme"] = .admin
        case .rename: user.mustChangePassword.toggle()
        }
        return user
    }

    @Test(arguments: cases)
    func `what would leave a tenant without an administrator is refused`(_ test: Case) async throws {
        let passwords = try PasswordDesk(cost: Harness.cost)
        let password = try await passwords.hash(Harness.password)
        let user = User(
            name: "ada", password: password, roles: test.roles, createdAt: .epoch, isDisabled: test.isDisabled)
        let others = test.others.enumerated().map { index, other in
            User(
                name: "other\(index)", password: password, roles: [other.tenant: .admin], createdAt: .epoch,
                isDisabled: other.isDisabled)
        }
        for act in Act.allCases {
            let after = Self.changed(user, by: act)
            #expect(
                AdministratorRule.orphaned(from: user, to: after, among: { others }) == test.refused[act], "\(act)")
            // And the accounts hold to it.
            let store = try SQLiteAccounts.inMemory()
            for known in [user] + others { _ = try await store.add(known) }
            let failure: Failure?
            do {
                if let after {
                    _ = try await store.change("ada") { $0 = after }
                } else {
                    _ = try await store.remove("ada")
                }
                failure = nil
            } catch { failure = error as? Failure }
            #expect((failure != nil) == (test.refused[act] != nil), "\(act)")
            if let tenant = test.refused[act] {
                #expect(failure?.code == AdministratorRule.code)
                #expect(failure?.sentence == "ada is the last administrator of \(tenant).")
                #expect(try await store.user("ada") == user)
            }
            await store.close()
        }
    }

    @Test func `over the API the rule is the same, also for oneself`() async throws {
        let harness = try await Harness()
        let admin = try await harness.token("admin")
        func change(_ name: String, _ change: UserChange) async throws -> TestResponse {
            try await harness.ask(
                .patch, "/api/v1/users/\(name)", token: admin, body: String(decoding: change.json, as: UTF8.self))
        }
        for response in [
            try await change("admin", UserChange(role: .viewer)),
            try await change("admin", UserChange(isDisabled: true)),
            try await harness.ask(.delete, "/api/v1/users/admin", token: admin),
        ] {
            let problem = try response.problem()
            #expect(response.status == .forbidden && problem.code == AdministratorRule.code)
            #expect(problem.detail == "admin is the last administrator of acme.")
        }
        #expect(try await change("operator", UserChange(role: .admin)).status == .ok)
        #expect(try await change("admin", UserChange(role: .viewer)).status == .ok)
        #expect(try await harness.ask(.get, "/api/v1/users", token: admin).status == .forbidden)
    }
}
