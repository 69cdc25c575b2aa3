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

    // MARK: Incremental

    /// A watermark as a walk leaves it: newest 10:00, anchor at 09:45 behind the cursor `cA`.
    private func watermark(anchor: Bool = true, repository: String = "R_1") throws -> Watermark {
        let mark = GitHubCursor.Mark(cursor: "cA", at: try instant("2026-03-01T09:45:00Z"))
        let state = PullRequestState(repository: repository, anchor: anchor ? mark : nil)
        return Watermark(
            changedAt: try instant("2026-03-01T10:00:00Z"), state: try GitHubJSON.encode(state))
    }

    private func instant(_ text: String) throws -> Instant { try #require(Instant(parsing: text)) }

    @Test func `an incremental walk goes on from the anchor when it is proven`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .incremental, watermark: watermark()),
            [
                .data(
                    "PullRequests",
                    PR.page([PR(1, "2026-03-01T09:55:00Z"), PR(2, "2026-03-01T11:00:00Z")], end: "c2")),
                .data("PullRequests", PR.page([PR(3, "2026-03-01T12:00:00Z")])),
            ])
        #expect(run.requests.map { $0.variables["after"] } == ["cA", "c2"])
        #expect(run.requests.allSatisfy { $0.variables["direction"] == "ASC" })
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-03-01T12:00:00Z"))
        #expect(run.watermark?.state?.contains("\"c2\"") == true)
    }

    @Test func `an anchor can lie within a page`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data(
                    "PullRequests",
                    PR.page([
                        PR(1, "2026-03-01T09:00:00Z"), PR(2, "2026-03-01T09:50:00Z"), PR(3, "2026-03-01T09:50:01Z"),
                        PR(4, "2026-03-01T10:00:00Z"),
                    ]))
            ])
        #expect(run.watermark?.state?.contains("\"c2\"") == true)
    }

    @Test func `an anchor that still serves is kept while too little happened for a new one`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .incremental, watermark: watermark()),
            [.data("PullRequests", PR.page([PR(1, "2026-03-01T09:58:00Z"), PR(2, "2026-03-01T10:01:00Z")]))])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-03-01T10:01:00Z"))
        #expect(run.watermark?.state?.contains("\"cA\"") == true)
    }

    /// Why the first page does not prove the anchor.
    enum Unproven: CaseIterable { case everythingChangedSince, empty, refused }

    @Test(arguments: Unproven.allCases)
    func `an anchor that cannot be proven turns the walk around, down to ten minutes before the watermark`(
        _ why: Unproven
    ) async throws {
        let fixture = try GitHubFixture()
        let first: Reply =
            switch why {
            case .everythingChangedSince: .data("PullRequests", PR.page([PR(9, "2026-03-01T10:30:00Z")]))
            case .empty: .data("PullRequests", PR.page([]))
            case .refused: .errors("PullRequests", #"[{"type":"INVALID_CURSOR_ARGUMENTS","message":"`cA`"}]"#)
            }
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .incremental, watermark: watermark()),
            [
                first,
                .data(
                    "PullRequests",
                    PR.page([PR(9, "2026-03-01T10:30:00Z"), PR(8, "2026-03-01T10:20:00Z")], end: "c8")),
                .data(
                    "PullRequests",
                    PR.page([PR(7, "2026-03-01T09:55:00Z"), PR(6, "2026-03-01T09:40:00Z")], end: "c6")),
            ])
        #expect(run.unused == 0)
        #expect(run.requests.map { $0.variables["direction"] } == ["ASC", "DESC", "DESC"])
        #expect(run.requests.map { $0.variables["after"] } == ["cA", "null", "c8"])
        #expect(Set(run.ids("pull_requests")) == ["PR_9", "PR_8", "PR_7", "PR_6"])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-03-01T10:30:00Z"))
        // A backward walk leaves no anchor.
        #expect(run.watermark?.state?.contains("anchor") == false)
    }

    @Test func `another repository under the same name is loaded from its beginning`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .incremental, watermark: watermark(repository: "R_0")),
            [
                .data("PullRequests", PR.page([PR(5, "2026-03-01T09:50:00Z")])),
                .data("PullRequests", PR.page([PR(4, "2025-03-01T09:50:00Z"), PR(5, "2026-03-01T09:50:00Z")])),
            ])
        #expect(run.requests.map { $0.variables["after"] } == ["cA", "null"])
        #expect(run.requests.map { $0.variables["direction"] } == ["ASC", "ASC"])
    }

    @Test func `without an anchor the walk goes backward and stops at what is loaded`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .incremental, watermark: watermark(anchor: false)),
            [.data("PullRequests", PR.page([PR(2, "2026-03-01T10:00:00Z"), PR(1, "2026-03-01T09:49:00Z")], end: "c1"))])
        #expect(run.operations == ["PullRequests"])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-03-01T10:00:00Z"))
    }

    @Test func `nothing is lost while rows move to the end during a full walk`() async throws {
        let fixture = try GitHubFixture()
        // 1 changes after the first page and stands at the end with its new title.
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([PR(1, "2026-01-01T00:00:00Z", title: "old")], end: "c1")),
                .data("PullRequests", PR.page([PR(2, "2026-01-02T00:00:00Z")], end: "c2")),
                .data("PullRequests", PR.page([PR(1, "2026-01-03T00:00:00Z", title: "new")])),
            ])
        #expect(run.rows("pull_requests").last { $0.text("id") == "PR_1" }?.text("title") == "new")
        #expect(Set(run.ids("pull_requests")) == ["PR_1", "PR_2"])
    }

    @Test func `a date range is walked backward, counts what is outside as filtered and leaves the watermark`()
        async throws
    {
        let fixture = try GitHubFixture()
        let (from, to) = (try instant("2026-02-01T00:00:00Z"), try instant("2026-03-01T00:00:00Z"))
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .range(from: from, to: to)),
            [
                .data(
                    "PullRequests",
                    PR.page([PR(3, "2026-03-01T00:00:00Z"), PR(2, "2026-02-01T00:00:00Z")], end: "c2")),
                .data("PullRequests", PR.page([PR(1, "2026-01-31T23:59:59Z")], end: "c1")),
            ])
        #expect(run.ids("pull_requests") == ["PR_2"])
        #expect(run.contents.map(\.filtered) == [1, 1])
        #expect(run.contents.map(\.extracted) == [2, 1])
        #expect(run.watermark == nil)
        #expect(run.isBalanced)
    }

    @Test func `a census lists ids by hundreds and says what it was about`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests, .census),
            [
                .data(
                    "PullRequestIDs",
                    PR.list("pullRequests", [#"{"cursor":"a","node":{"id":"PR_1"}}"#], end: "a")),
                .data("PullRequestIDs", PR.list("pullRequests", [#"{"cursor":"b","node":{"id":"PR_2"}}"#])),
            ])
        #expect(run.contents.flatMap(\.censusIDs) == ["PR_1", "PR_2"])
        #expect(run.requests.allSatisfy { $0.variables["first"] == "100" })
        #expect(
            run.pages.map(\.censusScope) == [
                nil, CensusScope(table: "pull_requests", column: "repository_id", value: "R_1"),
            ])
        #expect(run.contents.allSatisfy { $0.batches.isEmpty && $0.extracted == 0 && $0.highWater == nil })
    }

    @Test func `a census with a hole is no census`() async throws {
        let fixture = try GitHubFixture()
        let failure = await #expect(throws: Failure.self) {
            try await fixture.run(
                fixture.walk(.pullRequests, .census),
                [
                    .data(
                        "PullRequestIDs", PR.list("pullRequests", [#"{"cursor":"a","node":null}"#]),
                        errors: #"[{"type":"FORBIDDEN","message":"x","path":["repository","pullRequests","edges",0]}]"#)
                ])
        }
        #expect(failure?.code == "github.census_incomplete")
    }

    @Test func `a list that gives the same cursor twice is not followed for ever`() async throws {
        let fixture = try GitHubFixture()
        let failure = await #expect(throws: Failure.self) {
            try await fixture.run(
                fixture.walk(.pullRequests),
                [
                    .data("PullRequests", PR.page([PR(1, "2026-01-01T00:00:00Z")], end: "c1")),
                    .data("PullRequests", PR.page([PR(1, "2026-01-01T00:00:00Z")], end: "c1")),
                ])
        }
        #expect(failure?.code == "github.cursor_repeats")
    }

    @Test func `a repository that is null without an error is not an empty one`() async throws {
        let fixture = try GitHubFixture()
        let failure = await #expect(throws: Failure.self) {
            try await fixture.run(fixture.walk(.pullRequests), [.data("PullRequests", #"{"repository":null}"#)])
        }
        #expect(failure?.kind == .notFound)
    }

    @Test func `a cursor that nobody wrote is refused`() async throws {
        let fixture = try GitHubFixture()
        let failure = await #expect(throws: Failure.self) {
            try await fixture.run(fixture.walk(.pullRequests), [], from: Cursor(json: "{}"))
        }
        #expect(failure?.code == "github.state_unreadable")
    }

    // MARK: Damage and weight

    private let damage = #"""
        [{"type":"FORBIDDEN","message":"x","path":["repository","pullRequests","edges",1,"node"]}]
        """#

    @Test func `a record that came damaged is asked for again by itself`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data(
                    "PullRequests",
                    PR.page([PR(1, "2026-01-01T00:00:00Z"), nil, PR(3, "2026-01-03T00:00:00Z")], end: "c3"),
                    errors: damage),
                .data("PullRequests", PR.page([PR(2, "2026-01-02T00:00:00Z")], end: "c2")),
                .data("PullRequests", PR.page([PR(4, "2026-01-04T00:00:00Z")])),
            ])
        #expect(run.requests.map { $0.variables["after"] } == ["null", "c1", "c3"])
        #expect(run.requests.map { $0.variables["first"] } == ["25", "1", "25"])
        #expect(run.ids("pull_requests") == ["PR_1", "PR_3", "PR_2", "PR_4"])
        #expect(run.rejected.isEmpty && run.isBalanced)
    }

    @Test func `a record with an error inside is not stored as it came`() async throws {
        let fixture = try GitHubFixture()
        let half = PR(1, "2026-01-01T00:00:00Z", parts: ["reviews": "null"])
        let error = #"[{"message":"x","path":["repository","pullRequests","edges",0,"node","reviews"]}]"#
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([half]), errors: error),
                .data("PullRequests", PR.page([half]), errors: error),
            ])
        #expect(run.rows("pull_requests").isEmpty)
        #expect(run.rejected.map(\.code) == ["github.pull_request.damaged"])
        #expect(run.rejected.first?.recordID == "PR_1")
        #expect(run.childSets.isEmpty)
        #expect(run.isBalanced)
    }

    @Test func `a record that comes damaged twice is rejected with what was said`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([PR(1, "2026-01-01T00:00:00Z"), nil]), errors: damage),
                .data(
                    "PullRequests", PR.page([nil]),
                    errors: #"[{"message":"x","path":["repository","pullRequests","edges",0,"node"]}]"#),
            ])
        let rejected = try #require(run.rejected.first)
        #expect(String(decoding: rejected.payload, as: UTF8.self).contains(#""message":"x""#))
        #expect(run.ids("pull_requests") == ["PR_1"])
        #expect(run.isBalanced)
        let walk = fixture.walk(.pullRequests)
        #expect(throws: Failure.self) {
            try fixture.connector.content(ofRejected: rejected, at: run.pages[1].raw.cursor, walk: walk)
        }
    }

    @Test func `a page that is too heavy is left to the engine to halve`() async throws {
        let fixture = try GitHubFixture()
        let failure = await #expect(throws: Failure.self) {
            try await fixture.run(fixture.walk(.pullRequests), [.status("PullRequests", 502)])
        }
        #expect(failure?.kind == .pageTooHeavy)
    }

    @Test func `a single record that is too heavy is fetched in pieces`() async throws {
        let fixture = try GitHubFixture()
        let light = PR(
            1, "2026-01-01T00:00:00Z", parts: ["commits": PR.part([PR.commit("a1")], end: "k1")])
        let run = try await fixture.run(
            fixture.walk(.pullRequests, pageSize: 1),
            [
                .status("PullRequests", 502), .data("PullRequests", PR.page([light])),
                .data("PullRequestCommits", "{\"node\":{\"commits\":\(PR.part([PR.commit("a2")]))}}"),
            ])
        #expect(run.requests.map { $0.variables["full"] } == ["true", "false", nil])
        #expect(run.requests[1].variables["nested"] == "1")
        #expect(run.ids("pull_request_commits") == ["PR_1:a1", "PR_1:a2"])
    }
}
