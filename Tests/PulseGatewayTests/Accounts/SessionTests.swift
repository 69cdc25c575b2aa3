import HTTPTypes
import HummingbirdTesting
import PulseAPI
import PulseDomain
import PulseFuzzing
import PulseSimulation
import Testing

@testable import PulseGateway

struct SessionTests {
    @Test func `a refresh token is good once, and its successor goes on`() async throws {
        let harness = try await Harness()
        var answer = try await harness.login("viewer")
        for _ in 0..<3 {
            let next = try await harness.refresh(answer.refreshToken, from: harness.origin)
            #expect(next.refreshToken != answer.refreshToken)
            answer = next
        }
        #expect(try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken).status == .ok)
    }

    @Test func `a refresh token that is used twice ends the session, which is audited`() async throws {
        let harness = try await Harness()
        let first = try await harness.login("viewer")
        let other = try await harness.login("viewer")
        let second = try await harness.refresh(first.refreshToken, from: harness.origin)
        await #expect(throws: Problem.unauthenticated) {
            try await harness.refresh(first.refreshToken, from: harness.origin)
        }
        // The newer ones are worth nothing either, nor the access tokens.
        await #expect(throws: Problem.unauthenticated) {
            try await harness.refresh(second.refreshToken, from: harness.origin)
        }
        #expect(try await harness.ask(.get, "/api/v1/overview", token: second.accessToken).status == .unauthorized)
        #expect(try await harness.audits().first?.outcome.contains("twice") == true)
        // Another login of the same user is another session.
        #expect(try await harness.ask(.get, "/api/v1/overview", token: other.accessToken).status == .ok)
    }

    @Test func `of many that refresh with one token at once, one succeeds at most and the session ends`() async throws {
        let harness = try await Harness()
        let answer = try await harness.login("viewer")
        let successes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { (try? await harness.refresh(answer.refreshToken, from: harness.origin)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken).status == .unauthorized)
    }

    @Test func `who lost the answer of a refresh is answered again with the same successor`() async throws {
        let harness = try await Harness()
        let first = try await harness.login("viewer")
        let request = RefreshRequest(refreshToken: first.refreshToken, accessToken: first.accessToken)
        let lost = try await harness.desk.refresh(request, from: harness.origin)
        harness.time.advance(by: RefreshSuccessor.grace - .seconds(1))
        let again = try await harness.desk.refresh(request, from: harness.origin)
        #expect(again.refreshToken == lost.refreshToken)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: again.accessToken).status == .ok)
        #expect(try await harness.audits().first?.outcome.contains("Answered again") == true)
        // It goes on from there; and the spent ones stay spent once the successor was used.
        let next = try await harness.desk.refresh(
            RefreshRequest(refreshToken: again.refreshToken, accessToken: again.accessToken), from: harness.origin)
        await #expect(throws: Problem.unauthenticated) {
            try await harness.desk.refresh(request, from: harness.origin)
        }
        #expect(try await harness.ask(.get, "/api/v1/overview", token: next.accessToken).status == .unauthorized)
    }

    static let notTheSame: [(name: String, after: Duration, proof: @Sendable (TokenAnswer) -> String?)] = [
        ("without the access token", .zero, { _ in nil }), ("with another one", .zero, { $0.accessToken + "x" }),
        ("too late", RefreshSuccessor.grace, { $0.accessToken }),
    ]

    @Test(arguments: notTheSame.indices)
    func `a spent token ends the session unless the same client asks again soon`(index: Int) async throws {
        let (_, after, proof) = Self.notTheSame[index]
        let harness = try await Harness()
        let first = try await harness.login("viewer")
        let second = try await harness.desk.refresh(
            RefreshRequest(refreshToken: first.refreshToken, accessToken: first.accessToken), from: harness.origin)
        harness.time.advance(by: after)
        await #expect(throws: Problem.unauthenticated) {
            try await harness.desk.refresh(
                RefreshRequest(refreshToken: first.refreshToken, accessToken: proof(first)), from: harness.origin)
        }
        await #expect(throws: Problem.unauthenticated) {
            try await harness.refresh(second.refreshToken, from: harness.origin)
        }
    }

    @Test func `of two that got the same successor the second to use it ends the session`() async throws {
        let harness = try await Harness()
        let first = try await harness.login("viewer")
        let request = RefreshRequest(refreshToken: first.refreshToken, accessToken: first.accessToken)
        let owner = try await harness.desk.refresh(request, from: harness.origin)
        let thief = try await harness.desk.refresh(request, from: harness.origin)
        let taken = try await harness.desk.refresh(
            RefreshRequest(refreshToken: thief.refreshToken, accessToken: thief.accessToken), from: harness.origin)
        await #expect(throws: Problem.unauthenticated) {
            try await harness.desk.refresh(
                RefreshRequest(refreshToken: owner.refreshToken, accessToken: owner.accessToken), from: harness.origin)
        }
        #expect(try await harness.ask(.get, "/api/v1/overview", token: taken.accessToken).status == .unauthorized)
    }

    static let strangers = ["", "pulse_rt_unknown", String(repeating: "x", count: 10_000), "' OR 1=1 --"]

    @Test(arguments: strangers)
    func `what was never issued refreshes nothing`(token: String) async throws {
        let harness = try await Harness()
        await #expect(throws: Problem.unauthenticated) { try await harness.refresh(token, from: harness.origin) }
    }

    @Test func `a session ends after a month, however often it is renewed`() async throws {
        let harness = try await Harness()
        var answer = try await harness.login("viewer")
        for _ in 0..<29 {
            harness.time.advance(by: .days(1))
            answer = try await harness.refresh(answer.refreshToken, from: harness.origin)
        }
        harness.time.advance(by: .days(1))
        await #expect(throws: Problem.unauthenticated) {
            try await harness.refresh(answer.refreshToken, from: harness.origin)
        }
    }

    @Test func `logging out ends the session at once`() async throws {
        let harness = try await Harness()
        let answer = try await harness.login("viewer")
        #expect(try await harness.ask(.post, "/api/v1/auth/logout", token: answer.accessToken).status == .noContent)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken).status == .unauthorized)
        await #expect(throws: Problem.unauthenticated) {
            try await harness.refresh(answer.refreshToken, from: harness.origin)
        }
    }

    @Test func `who is disabled by another process is out within seconds`() async throws {
        let harness = try await Harness()
        let answer = try await harness.login("viewer")
        #expect(try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken).status == .ok)
        let users = UserAdministration(store: harness.store, passwords: harness.passwords, time: harness.time)
        try await users.setDisabled("viewer", true)
        harness.time.advance(by: Standings.memory)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: answer.accessToken).status == .unauthorized)
    }

    @Test func `a role that was lowered counts, whatever the token says`() async throws {
        let harness = try await Harness()
        let (admin, operatorToken) = (try await harness.token("admin"), try await harness.token("operator"))
        let body = String(decoding: UserChange(role: .viewer).json, as: UTF8.self)
        #expect(try await harness.ask(.patch, "/api/v1/users/operator", token: admin, body: body).status == .ok)
        let refused = try await harness.ask(.post, "/api/v1/jobs/jira-main/issues/start", token: operatorToken)
        #expect(refused.status == .forbidden)
    }

    // MARK: Personal tokens

    @Test func `an id of a token is never taken for an option`() {
        var generator = SeededGenerator(seed: 3)
        let ids = (0..<1_000).map { _ in AccountDesk.tokenID(using: &generator) }
        #expect(ids.allSatisfy { !$0.hasPrefix("-") && $0.utf8.count == 12 } && Set(ids).count == 1_000)
    }

    private func make(_ scope: TokenScope, as user: String, _ harness: Harness, expiresAt: Instant? = nil) async throws
        -> PersonalToken
    {
        let new = NewToken(name: "script", scope: scope, expiresAt: expiresAt)
        let response = try await harness.ask(
            .post, "/api/v1/auth/tokens", token: try await harness.token(user),
            body: String(decoding: new.json, as: UTF8.self))
        guard response.status == .created else { throw try response.problem() }
        return try response.decoded(PersonalToken.self)
    }

    @Test func `a personal token may do what its scope says, and never more than its user`() async throws {
        let harness = try await Harness()
        let reading = try #require(try await make(.read, as: "admin", harness).token)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: reading).status == .ok)
        #expect(try await harness.ask(.get, "/api/v1/audit", token: reading).status == .forbidden)
        #expect(try await harness.ask(.post, "/api/v1/jobs/a/b/start", token: reading).status == .forbidden)
        let problem = try await #require(throws: Problem.self) {
            try await make(.operate, as: "viewer", harness)
        }
        #expect(problem.code == "forbidden")
        let admin = try #require(try await make(.admin, as: "admin", harness).token)
        try await harness.add("second", [("acme", .admin)])
        _ = try await harness.store.change("admin") { $0.roles["acme"] = .viewer }
        harness.time.advance(by: Standings.memory)
        #expect(try await harness.ask(.get, "/api/v1/audit", token: admin).status == .forbidden)
    }

    @Test func `a personal token ends at its time, or when it is taken back, and tells its last use`() async throws {
        let harness = try await Harness()
        let end = harness.time.now + .hours(1)
        let made = try await make(.read, as: "viewer", harness, expiresAt: end)
        let token = try #require(made.token)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: token).status == .ok)
        let session = try await harness.token("viewer")
        let list = try await harness.ask(.get, "/api/v1/auth/tokens", token: session)
            .decoded(ItemPage<PersonalToken>.self)
        #expect(list.items.map(\.lastUsedAt) == [harness.time.now])
        #expect(list.items.map(\.token) == [nil])
        let another = try await make(.operate, as: "operator", harness)
        let weak = try #require(try await make(.read, as: "operator", harness).token)
        // Itself, and no other one of its owner.
        #expect(
            try await harness.ask(.delete, "/api/v1/auth/tokens/\(another.id)", token: weak).status == .forbidden)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: another.token).status == .ok)
        #expect(try await harness.ask(.delete, "/api/v1/auth/tokens/\(made.id)", token: token).status == .noContent)
        #expect(try await harness.ask(.get, "/api/v1/overview", token: token).status == .unauthorized)
        let other = try #require(try await make(.read, as: "viewer", harness, expiresAt: end).token)
        harness.time.advance(by: .hours(1))
        #expect(try await harness.ask(.get, "/api/v1/overview", token: other).status == .unauthorized)
    }

    @Test func `nobody takes back the token of somebody else`() async throws {
        let harness = try await Harness()
        let made = try await make(.read, as: "viewer", harness)
        let admin = try await harness.token("admin")
        #expect(try await harness.ask(.delete, "/api/v1/auth/tokens/\(made.id)", token: admin).status == .notFound)
    }

    @Test func `secrets are kept as digests`() async throws {
        let harness = try await Harness()
        let (session, token) = (try await harness.login("viewer"), try await make(.read, as: "viewer", harness))
        let dump = try await harness.store.dump()
        #expect(dump.contains("viewer"))
        for secret in [session.refreshToken, session.accessToken, try #require(token.token), Harness.password] {
            #expect(!dump.contains(secret))
        }
    }
}
