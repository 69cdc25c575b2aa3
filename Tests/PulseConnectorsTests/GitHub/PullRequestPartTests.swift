import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct `Parts of pull requests beyond their first page` {
    typealias PR = PullRequestText
    typealias Reply = ScriptedGitHub.Reply

    private func node(_ connection: String, _ part: String) -> String { "{\"node\":{\"\(connection)\":\(part)}}" }

    @Test func `are followed to their end before the list goes on`() async throws {
        let fixture = try GitHubFixture()
        let full = PR(
            1, "2026-01-01T00:00:00Z",
            parts: [
                "commits": PR.part([PR.commit("a1")], end: "k1"), "reviews": PR.part([PR.review("V1")], end: "v1"),
                "comments": PR.part([PR.comment("C1")], end: "m1"),
                "reviewThreads": PR.part(
                    [PR.thread("T1", PR.part([PR.comment("D1")], end: "d1"))], end: "t1"),
            ])
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([full], end: "c1")),
                .data("PullRequestCommits", node("commits", PR.part([PR.commit("a2")], end: "k2"))),
                .data("PullRequestCommits", node("commits", PR.part([PR.commit("a3")]))),
                .data("PullRequestReviews", node("reviews", PR.part([PR.review("V2")]))),
                .data("PullRequestComments", node("comments", PR.part([PR.comment("C2")]))),
                .data(
                    "PullRequestThreads",
                    node(
                        "reviewThreads", PR.part([PR.thread("T2", PR.part([PR.comment("D3")], end: "d3"))]))),
                .data(
                    "ThreadComments",
                    """
                    {"node":{"id":"T1","isResolved":true,"path":"a.swift","line":9,"originalLine":4,\
                    "comments":\(PR.part([PR.comment("D2")]))}}
                    """),
                .data(
                    "ThreadComments",
                    """
                    {"node":{"id":"T2","isResolved":false,"path":"b.swift","line":null,"originalLine":5,\
                    "comments":\(PR.part([PR.comment("D4")]))}}
                    """),
                .data("PullRequests", PR.page([PR(2, "2026-01-02T00:00:00Z")])),
            ])
        #expect(run.unused == 0)
        #expect(
            run.requests.dropFirst().map { "\($0.variables["id"] ?? "-") \($0.variables["after"] ?? "-")" } == [
                "PR_1 k1", "PR_1 k2", "PR_1 v1", "PR_1 m1", "PR_1 t1", "T1 d1", "T2 d3", "- c1",
            ])
        #expect(run.ids("pull_request_commits") == ["PR_1:a1", "PR_1:a2", "PR_1:a3"])
        #expect(run.ids("pull_request_reviews") == ["V1", "V2"])
        #expect(run.ids("pull_request_comments") == ["C1", "D1", "C2", "D3", "D2", "D4"])
        let last = try #require(run.rows("pull_request_comments").last)
        #expect(last.text("kind") == "review_thread" && last.text("thread_id") == "T2")
        #expect(last.text("path") == "b.swift" && last.integer("line") == 5 && last.integer("is_resolved") == 0)
        #expect(run.isBalanced)
        // Each complete set is stated once, when its last page is there.
        let sets = run.childSets.filter { $0.owner == "PR_1" }
        #expect(
            sets.map(\.table) == [
                "pull_request_commits", "work_item_pull_requests", "pull_request_reviews", "pull_request_comments",
            ])
        #expect(sets[0].ids == ["PR_1:a1", "PR_1:a2", "PR_1:a3"])
        #expect(Set(sets[3].ids) == ["C1", "C2", "D1", "D2", "D3", "D4"])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-01-02T00:00:00Z"))
    }

    @Test func `state what is complete on one page, so that a force-push or a deleted comment is seen`() async throws {
        let fixture = try GitHubFixture()
        let whole = PR(
            1, "2026-01-01T00:00:00Z",
            parts: [
                "commits": PR.part([PR.commit("a1")]),
                "reviewThreads": PR.part([PR.thread("T", PR.part([PR.comment("D")]))]),
            ])
        let run = try await fixture.run(fixture.walk(.pullRequests), [.data("PullRequests", PR.page([whole]))])
        #expect(
            run.childSets == [
                ChildSet(table: "pull_request_commits", owner: "PR_1", ids: ["PR_1:a1"]),
                ChildSet(table: "pull_request_reviews", owner: "PR_1", ids: []),
                ChildSet(table: "pull_request_comments", owner: "PR_1", ids: ["D"]),
                ChildSet(table: "work_item_pull_requests", owner: "PR_1", ids: []),
            ])
    }

    @Test func `keep the evidence of the first page when a later commit names the same work item`() async throws {
        let fixture = try GitHubFixture()
        let titled = PR(
            1, "2026-01-01T00:00:00Z", title: "PAY-7 do it",
            parts: ["commits": PR.part([PR.commit("a1")], end: "k1")])
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([titled])),
                .data(
                    "PullRequestCommits", node("commits", PR.part([PR.commit("a2", "PAY-7 and PAY-8, UTF-8")]))),
            ])
        let links = run.rows("work_item_pull_requests")
        #expect(links.map { $0.text("id") } == ["PR_1:PAY-7", "PR_1:PAY-7", "PR_1:PAY-8"])
        #expect(
            links.map { $0.text("evidence") } == [#"["title"]"#, #"["title","message"]"#, #"["message"]"#])
        let set = run.childSets.first { $0.table == "work_item_pull_requests" }
        #expect(set?.ids.sorted() == ["PR_1:PAY-7", "PR_1:PAY-8"])
    }

    @Test func `of a pull request that vanished are passed over`() async throws {
        let fixture = try GitHubFixture()
        let open = PR(1, "2026-01-01T00:00:00Z", parts: ["reviews": PR.part([PR.review("V1")], end: "v1")])
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([open], end: "c1")),
                .errors("PullRequestReviews", #"[{"type":"NOT_FOUND","message":"x","path":["node"]}]"#),
                .data("PullRequests", PR.page([PR(2, "2026-01-02T00:00:00Z")])),
            ])
        #expect(run.ids("pull_requests") == ["PR_1", "PR_2"])
        #expect(!run.childSets.contains { $0.owner == "PR_1" && $0.table == "pull_request_reviews" })
        #expect(run.isBalanced)
    }

    @Test func `that are unreadable are rejected alone, can be replayed, and nothing is taken for gone`() async throws {
        let fixture = try GitHubFixture()
        let open = PR(1, "2026-01-01T00:00:00Z", parts: ["comments": PR.part([PR.comment("C1")], end: "m1")])
        let walk = fixture.walk(.pullRequests)
        let bad = #"{"body":"no id","createdAt":null,"updatedAt":null,"author":null}"#
        let run = try await fixture.run(
            walk,
            [
                .data("PullRequests", PR.page([open])),
                .data(
                    "PullRequestComments", node("comments", PR.part([PR.comment("C2"), "null", bad])),
                    errors: #"[{"message":"x","path":["node","comments","nodes",1]}]"#),
            ])
        #expect(run.ids("pull_request_comments") == ["C1", "C2"])
        #expect(
            run.rejected.map(\.code) == [
                "github.pull_request_comments.damaged", "github.pull_request_comments.incomplete",
            ])
        #expect(!run.childSets.contains { $0.table == "pull_request_comments" })
        #expect(run.isBalanced)
        var mended = try #require(run.rejected.last)
        mended.payload = Array(
            String(decoding: mended.payload, as: UTF8.self).replacing("\"body\"", with: "\"id\":\"C3\",\"body\"").utf8)
        let again = try fixture.connector.content(ofRejected: mended, at: run.pages[1].raw.cursor, walk: walk)
        let row = try #require(again.tableRows("pull_request_comments").first)
        #expect(row.text("id") == "C3" && row.text("pull_request_id") == "PR_1")
    }

    @Test func `begin again when GitHub no longer knows the position`() async throws {
        let fixture = try GitHubFixture()
        let open = PR(1, "2026-01-01T00:00:00Z", parts: ["commits": PR.part([PR.commit("a1")], end: "k1")])
        let run = try await fixture.run(
            fixture.walk(.pullRequests),
            [
                .data("PullRequests", PR.page([open])),
                .errors("PullRequestCommits", #"[{"type":"INVALID_CURSOR_ARGUMENTS","message":"x"}]"#),
                .data("PullRequestCommits", node("commits", PR.part([PR.commit("a1"), PR.commit("a2")]))),
            ])
        #expect(run.requests.map { $0.variables["after"] } == ["null", "k1", "null"])
        #expect(!run.childSets.contains { $0.table == "pull_request_commits" })
    }

    @Test func `survive a restart: the cursor holds everything`() async throws {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(.pullRequests)
        let open = PR(1, "2026-01-01T00:00:00Z", parts: ["commits": PR.part([PR.commit("a1")], end: "k1")])
        let client = ScriptedGitHub(fixture.connector, [.data("PullRequests", PR.page([open], end: "c1"))])
        let first = try await fixture.connector.page(
            at: fixture.connector.firstCursor(of: walk), of: walk, through: client)
        let rest = try await GitHubFixture().run(
            walk,
            [
                .data("PullRequestCommits", node("commits", PR.part([PR.commit("a2")]))),
                .data("PullRequests", PR.page([PR(2, "2026-01-02T00:00:00Z")])),
            ], from: Cursor(json: try #require(first.next).json))
        #expect(rest.childSets.first { $0.table == "pull_request_commits" }?.ids == ["PR_1:a1", "PR_1:a2"])
        #expect(rest.watermark?.changedAt == Instant(parsing: "2026-01-02T00:00:00Z"))
    }

    @Test func `are asked for in smaller pages when pages are small`() throws {
        let fixture = try GitHubFixture()
        func first(_ pageSize: Int) throws -> Int {
            var open = OpenPullRequest(id: "PR_1")
            open.parts = [.init(kind: .commits, id: "PR_1", after: "k")]
            var cursor = GitHubCursor(.forward)
            cursor.open = [open]
            return try GitHubStep(cursor, .pullRequests, fixture.walk(.pullRequests, pageSize: pageSize)).sizes.first
        }
        #expect(try [1, 2, 12, 25, 100].map(first) == [1, 8, 48, 100, 100])
    }

    @Test func `too many to remember are fetched, and not compared`() {
        var open = OpenPullRequest(id: "PR_1")
        open.parts = [.init(kind: .comments, id: "PR_1", after: "m")]
        open.seen = ["pull_request_comments": []]
        var page = PartPage()
        page.ids = (0...OpenPullRequest.maximumSeen).map { "C\($0)" }
        #expect(open.advanced(by: page).seen?["pull_request_comments"] == nil)
        page.ids = ["C1"]
        #expect(open.advanced(by: page).seen?["pull_request_comments"] == ["C1"])
    }
}
