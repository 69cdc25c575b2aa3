import HTTPTypes
import HummingbirdTesting
import PulseAPI
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

/// What whoever carries a personal token is told when it is good for nothing.
struct PersonalTokenTests {
    /// What became of a token that was good for an hour.
    enum Fate: Sendable, CaseIterable {
        case good, expired, expiredAndPruned, forgotten, takenBack, neverMade, ownerDisabled, ownerLeft

        var code: String? {
            switch self {
            case .good: nil
            case .expired, .expiredAndPruned: "auth.token_expired"
            case .forgotten, .takenBack, .neverMade: "auth.token_unknown"
            case .ownerDisabled, .ownerLeft: "auth.token_of_nobody"
            }
        }
    }

    @Test(arguments: Fate.allCases)
    func `each way in which a token ends has its own sentence`(_ fate: Fate) async throws {
        let harness = try await Harness()
        let end = harness.time.now + .hours(1)
        let identity = try #require(try await harness.desk.identity(bearing: try await harness.token("viewer")))
        let made = try await harness.desk.addToken(
            NewToken(name: "ci", scope: .read, expiresAt: end), for: identity, from: harness.origin)
        var token = try #require(made.token)
        switch fate {
        case .good: break
        case .expired: harness.time.advance(by: .hours(1))
        case .expiredAndPruned, .forgotten:
            harness.time.advance(by: fate == .forgotten ? .days(91) : .days(89))
            try await harness.store.prune(at: harness.time.now)
        case .takenBack: _ = try await harness.store.removeToken(made.id, of: "viewer")
        case .neverMade: token = "pulse_pat_" + String(repeating: "x", count: 43)
        case .ownerDisabled: _ = try await harness.store.change("viewer") { $0.isDisabled = true }
        case .ownerLeft: _ = try await harness.store.change("viewer") { $0.roles = [:] }
        }
        harness.desk.standings.forget()
        let response = try await harness.ask(.get, "/api/v1/overview", token: token)
        guard let code = fate.code else { return #expect(response.status == .ok) }
        let problem = try response.problem()
        #expect(problem.code == code && response.status == .unauthorized)
        #expect(problem.detail.contains(end.iso8601ToSecond) == (code == "auth.token_expired"))
        #expect(problem.remedy.contains("`pulse token create NAME`") == (code != "auth.token_of_nobody"))
        #expect(!response.text.contains(token))
    }

    @Test func `expired tokens are listed, count for nothing, and only so many are remembered`() async throws {
        let harness = try await Harness()
        func identity() async throws -> Identity {
            try #require(try await harness.desk.identity(bearing: try await harness.token("viewer")))
        }
        func make(_ identity: Identity) async throws {
            let new = NewToken(name: "ci", scope: .read, expiresAt: harness.time.now + .minutes(1))
            _ = try await harness.desk.addToken(new, for: identity, from: harness.origin)
        }
        for _ in 0..<2 {
            let first = try await identity()
            for _ in 0..<AccountDesk.mostTokens { try await make(first) }
            let problem = try await #require(throws: Problem.self) { try await make(first) }
            #expect(problem.code == "token.too_many")
            harness.time.advance(by: .minutes(2))
        }
        try await make(try await identity())
        let listed = try await harness.desk.personalTokens(of: try await identity())
        #expect(listed.count == AccountDesk.mostTokens + 1)
        #expect(listed.count { $0.expiresAt.map { $0 > harness.time.now } == true } == 1)
    }
}
