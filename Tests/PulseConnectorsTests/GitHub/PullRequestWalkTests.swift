import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct `Walking over pull requests` {
    typealias PR = PullRequestText
    typealias Reply = ScriptedGitHub.Reply

    @Test func `a full walk goes from the oldest change to the newest and leaves an anchor ten minutes before it`()
        async throws
    {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data(
                    "PullRequests",
                    PR.page([PR(1, "2026-01-01T00:00:00Z"), PR(2, "2026-01-02T00:00:00Z")], end: "c2")),
                .data(
                    "PullRequests", PR.page([PR(3, "2026-01-03T00:00:00Z"), PR(4, "2026-01-03T00:09:00Z")])),
            ])
        #expect(run.ids("pull_requests") == ["PR_1", "PR_2", "PR_3", "PR_4"])
        #expect(run.requests.map { $0.variables["after"] } == ["null", "c2"])
        #expect(run.requests.allSatisfy { $0.variables["direction"] == "ASC" && $0.variables["first"] == "25" })
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-01-03T00:09:00Z"))
        #expect(run.watermark?.state?.contains("\"cursor\":\"c2\"") == true)
        #expect(run.isBalanced)
    }
}
