import HTTPTypes
import HummingbirdTesting
import PulseAPI
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

struct LoginTests {
    @Test func `name and password give tokens that are good for the role`() async throws {
        let harness = try await Harness()
        let response = try await harness.ask(
            .post, "/api/v1/auth/login",
            body: String(decoding: LoginRequest(name: "operator", password: Harness.password).json, as: UTF8.self))
        #expect(response.status == .ok)
        let answer = try response.decoded(TokenAnswer.self)
        #expect(answer.role == .operator)
        #expect(answer.tenant == "acme")
        #expect(!answer.mustChangePassword)
        let profile = try await harness.ask(.get, "/api/v1/auth/profile", token: answer.accessToken)
        #expect(try profile.decoded(Profile.self).name == "operator")
        #expect(try await harness.store.user("operator")?.lastLoginAt == harness.time.now)
    }

    @Test func `a login that names no tenant is to one that is served`() async throws {
        let harness = try await Harness()
        try await harness.add("ada", [("abandoned", .admin), ("acme", .viewer)])
        let desk = AccountDesk(
            store: harness.store, passwords: harness.passwords, authority: harness.desk.authority, time: harness.time,
            serving: ["acme"])
        let request = LoginRequest(name: "ada", password: Harness.password)
        #expect(try await desk.login(request, from: harness.origin).tenant == "acme")
        let named = LoginRequest(name: "ada", password: Harness.password, tenant: "abandoned")
        #expect(try await desk.login(named, from: harness.origin).tenant == "abandoned")
    }

    static let wrong: [(name: String, password: String)] = [
        ("viewer", "wrong"), ("viewer", ""), ("nobody", Harness.password), ("", Harness.password),
        ("VIEWER ", Harness.password), ("disabled", Harness.password), ("x' OR '1'='1", "x"),
        ("viewer", String(repeating: "x", count: 100_000)),
    ]

    @Test(arguments: wrong)
    func `whoever may not come in hears the same, after the same work`(name: String, password: String) async throws {
        let harness = try await Harness()
        try await harness.add("disabled", [("acme", .admin)])
        _ = try await harness.store.change("disabled") { $0.isDisabled = true }
        let before = harness.passwords.derivations
        let problem = try await #require(throws: Problem.self) {
            try await harness.login(name, password: password)
        }
        #expect(problem == Problem.wrongLogin)
        #expect(harness.passwords.derivations == before + 1)
    }

    @Test func `failed logins are audited, and what was typed as a name is not repeated unless it is one`() async throws
    {
        let harness = try await Harness()
        _ = try? await harness.login("viewer", password: "wrong")
        _ = try? await harness.login("my-secret-password", password: "viewer")
        let audits = try await harness.audits()
        #expect(audits.map(\.subject) == ["viewer"])
        #expect(audits.allSatisfy { $0.isRefused && $0.address == "192.0.2.1" })
        #expect(try await harness.audits("").map(\.subject) == ["somebody"])
    }

    @Test func `guesses at an account wait longer and longer, wherever they come from`() async throws {
        let harness = try await Harness()
        for _ in 0..<4 {
            await #expect(throws: Problem.wrongLogin) { try await harness.login("viewer", password: "no") }
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let problem = try await #require(throws: Problem.self) { try await harness.login("viewer") }
            #expect(problem.status == 429)
            #expect(problem.retryAt == harness.time.now + .seconds(wait))
            #expect(problem.remedy == "Try again after \((harness.time.now + .seconds(wait)).iso8601ToSecond).")
            harness.time.advance(by: .seconds(wait))
            await #expect(throws: Problem.wrongLogin) { try await harness.login("viewer", password: "no") }
        }
        // Others are not kept waiting by it, as long as the address has not failed too often.
        harness.time.advance(by: .minutes(15))
        #expect(try await harness.login("viewer").role == .viewer)
        await #expect(throws: Problem.wrongLogin) { try await harness.login("viewer", password: "no") }
    }

    @Test func `an address that guesses at many accounts has to wait`() async throws {
        let harness = try await Harness()
        for guess in 0..<11 {
            await #expect(throws: Problem.wrongLogin) { try await harness.login("user\(guess)", password: "no") }
        }
        let problem = try await #require(throws: Problem.self) { try await harness.login("viewer") }
        #expect(problem.code == "auth.too_many")
    }

    @Test func `guesses at the same moment are no more than guesses one after the other`() async throws {
        let harness = try await Harness()
        let outcomes = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    do {
                        _ = try await harness.login("viewer", password: "no")
                        return 200
                    } catch { return (error as? Problem)?.status ?? 0 }
                }
            }
            return await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == 401 } == 4)
        #expect(outcomes.count { $0 == 429 } == 16)
    }

    @Test func `a user of several tenants says which; a stranger to it hears no more than anybody`() async throws {
        let harness = try await Harness()
        try await harness.add("both", [("acme", .viewer), ("zenith", .admin)])
        #expect(try await harness.login("both").tenant == "acme")
        #expect(try await harness.login("both", tenant: "zenith").role == .admin)
        await #expect(throws: Problem.wrongLogin) { try await harness.login("viewer", tenant: "zenith") }
    }

    @Test func `a one-time password is good for choosing another, and for nothing else`() async throws {
        let harness = try await Harness()
        try await harness.add("new", [("acme", .admin)], mustChange: true)
        let answer = try await harness.login("new")
        #expect(answer.mustChangePassword)
        let refused = try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken)
        #expect(refused.status == .forbidden)
        #expect(try refused.problem().code == "auth.password_first")
        let next = "a walrus and a carpenter"
        let change = PasswordChange(password: Harness.password, newPassword: next)
        let changed = try await harness.ask(
            .post, "/api/v1/auth/password", token: answer.accessToken,
            body: String(decoding: change.json, as: UTF8.self))
        #expect(changed.status == .noContent)
        // Every session has ended, this one included.
        #expect(try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken).status == .unauthorized)
        await #expect(throws: Problem.unauthenticated) {
            try await harness.refresh(answer.refreshToken, from: harness.origin)
        }
        await #expect(throws: Problem.wrongLogin) { try await harness.login("new") }
        let token = try await harness.login("new", password: next).accessToken
        #expect(try await harness.ask(.get, "/api/v1/overview", token: token).status == .ok)
    }

    static let weak = ["short", "operator operator", "aaaaaaaaaaaaaaaaaaaa", String(repeating: "ab", count: 200)]

    @Test(arguments: weak)
    func `a weak password is not taken`(password: String) async throws {
        #expect(throws: Problem.self) { try PasswordRules.check(password, of: "operator") }
    }

    @Test func `a hash of less work is made anew at the next login`() async throws {
        let harness = try await Harness()
        let weaker = PasswordHash.Cost(rounds: 4, blockSize: 1, parallelism: 1)
        let hash = try PasswordHash(of: Harness.password, cost: weaker)
        _ = try await harness.store.change("viewer") { $0.password = hash }
        _ = try await harness.login("viewer")
        #expect(try await harness.store.user("viewer")?.password.cost == Harness.cost)
        _ = try await harness.login("viewer")
    }

    @Test func `a hash is read back as it was written, and anything else is not`() throws {
        let hash = try PasswordHash(of: "é", cost: Harness.cost)
        #expect(PasswordHash(text: hash.text) == hash)
        // The same letter, composed and decomposed.
        #expect(try hash.matches("e\u{301}"))
        #expect(try !hash.matches("e"))
        for text in ["", "scrypt$2$1$1$AA$AA", "bcrypt$2$1$1$\(hash.text)", hash.text + "$", "scrypt$3$1$1$AA==$AA=="] {
            #expect(PasswordHash(text: text) == nil)
        }
    }
}
