import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

/// Lists of single issues that a search shows only in part.
@Suite struct JiraNestedWalkTests {
    private func histories(_ ids: some Sequence<Int>, created: String = #""2026-01-01T00:00:00.000+0000""#) -> String {
        ids.map { #"{"id":"\#($0)","created":\#(created),"items":[{"field":"status"}]}"# }.joined(separator: ",")
    }

    private func issue(_ id: Int, changelog: String = "{}", _ fields: String = "") -> String {
        #"{"id":"\#(id)","key":"PAY-\#(id)","changelog":\#(changelog),"fields":{"summary":"s"\#(fields)}}"#
    }

    private func children(_ name: String, _ ids: some Sequence<Int>, total: Int) -> String {
        let list = ids.map { #"{"id":"\#($0)","timeSpentSeconds":60}"# }.joined(separator: ",")
        return #"{"startAt":0,"maxResults":100,"total":\#(total),"\#(name)":[\#(list)]}"#
    }

    @Test func `a changelog that was cut is fetched whole before the walk goes on`() async throws {
        let cut = #"{"startAt":0,"maxResults":40,"total":150,"histories":[\#(histories(111...150))]}"#
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[\#(issue(1, changelog: cut))],"nextPageToken":"a"}"#,
                #"{"startAt":0,"maxResults":100,"total":150,"values":[\#(histories(1...100))]}"#,
                #"{"startAt":100,"maxResults":100,"total":150,"values":[\#(histories(101...150))]}"#,
                #"{"issues":[],"isLast":true}"#,
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        // Each once: those of the cut list come with the others.
        #expect(contents.map { $0.ids("work_item_changes").count } == [0, 100, 50, 0])
        #expect(Set(contents.flatMap { $0.ids("work_item_changes") }).count == 150)
        #expect(contents.map(\.extracted) == [1, 100, 50, 0])
        #expect(contents.allSatisfy { $0.isBalanced })
        #expect(
            client.requests.map { $0.line(base: "https://example.atlassian.net") } == [
                "POST /rest/api/3/search/jql", "GET /rest/api/3/issue/1/changelog", "GET /rest/api/3/issue/1/changelog",
                "POST /rest/api/3/search/jql",
            ])
        #expect(client.requests[2].said.contains("startAt=100"))
        #expect(client.requests[3].said.contains(#""nextPageToken":"a""#))
    }

    @Test func `forty histories are not believed to be all`() async throws {
        for (count, total) in [(40, 40), (100, 100)] {
            let list = #"{"startAt":0,"maxResults":\#(count),"total":\#(total),"histories":[\#(histories(1...count))]}"#
            let body = #"{"issues":[\#(issue(1, changelog: list))]}"#
            #expect(try pending(body, .cloud).changelogs == ["1"])
            #expect(try pending(body, .dataCenter).isEmpty)
        }
        let whole = #"{"startAt":0,"maxResults":5000,"total":45,"histories":[\#(histories(1...45))]}"#
        let body = #"{"issues":[\#(issue(1, changelog: whole))]}"#
        #expect(try pending(body, .cloud).isEmpty)
    }

    private func pending(_ body: String, _ dialect: JiraDialect) throws -> JiraPending {
        try JiraSearchPage(body: Array(body.utf8), dialect: dialect, isCensus: false).pending
    }

    @Test func `changelogs of several issues come together, with numbers for times`() async throws {
        let cut = #"{"maxResults":40,"total":41,"histories":[]}"#
        let first = #"{"issueId":"1","changeHistories":[\#(histories([1], created: "1492070429"))]}"#
        let second = #"{"issueId":"2","changeHistories":[\#(histories([2], created: "1492070429713"))]}"#
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[\#(issue(1, changelog: cut)),\#(issue(2, changelog: cut))]}"#,
                #"{"issueChangeLogs":[\#(first)],"nextPageToken":"UxAQBFRF"}"#, #"{"issueChangeLogs":[\#(second)]}"#,
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(
            contents.dropFirst().flatMap { $0.rows("work_item_changes") } == [
                "id=1:0 | work_item_id=1 | field=status | changed_at=2017-04-13T08:00:29Z",
                "id=2:0 | work_item_id=2 | field=status | changed_at=2017-04-13T08:00:29.713000Z",
            ])
        #expect(client.requests[1].said == #"{"issueIdsOrKeys":["1","2"],"maxResults":1000}"#)
        #expect(client.requests[2].said.contains(#""nextPageToken":"UxAQBFRF""#))
    }

    @Test func `comments and worklogs that were cut are fetched, and then known as a whole`() async throws {
        let comments = #","comment":{"total":150,"comments":[{"id":"1"}]}"#
        let worklogs = #","worklog":{"total":21,"maxResults":20,"worklogs":[]}"#
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[\#(issue(7, comments + worklogs))]}"#, children("comments", 1...100, total: 150),
                children("comments", 101...150, total: 150), children("worklogs", 1...21, total: 21),
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(contents.map { $0.ids("work_item_comments").count } == [0, 100, 50, 0])
        #expect(contents.map { $0.ids("worklogs").count } == [0, 0, 0, 21])
        let sets = contents.flatMap(\.childSets).filter { $0.table != "sprint_work_items" }
        #expect(sets.map(\.table) == ["work_item_comments", "worklogs"])
        #expect(sets.map(\.ids.count) == [150, 21])
        #expect(sets.allSatisfy { $0.owner == "7" })
    }

    @Test func `a list that shrinks while it is read is read again`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[\#(issue(7, #","comment":{"total":150,"comments":[]}"#))]}"#,
                children("comments", 1...100, total: 150), children("comments", 102...150, total: 149),
                children("comments", 2...101, total: 149), children("comments", 102...150, total: 149),
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        let sets = contents.flatMap(\.childSets).filter { $0.table == "work_item_comments" }
        #expect(sets.map(\.ids) == [(2...150).map(String.init)])
    }

    @Test func `a list that ends before its total takes nothing away`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[\#(issue(7, #","comment":{"total":150,"comments":[]}"#))]}"#,
                children("comments", 1...100, total: 150), children("comments", [], total: 150),
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(!contents.flatMap(\.childSets).contains { $0.table == "work_item_comments" })
    }

    @Test func `an issue that was deleted meanwhile does not stop the walk`() async throws {
        let search = #"{"issues":[\#(issue(7, #","comment":{"total":9,"comments":[]}"#))]}"#
        let client = ScriptedClient(try JiraSample.connector()) { _, number in
            number == 0
                ? .json(search)
                : .json(#"{"errorMessages":["Issue does not exist or you may not see it."]}"#, status: 404)
        }
        let (pages, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(pages.count == 2)
        #expect(contents.map(\.extracted) == [1, 0])
    }

    @Test func `checkpoints stay small however many comments there are`() async throws {
        var pending = JiraPending()
        pending.comments = ["7"]
        for page in 0..<40 {
            pending.advance(ids: (0..<100).map { "\(page * 100 + $0)" }, count: 100, total: 10_000, requested: 100)
        }
        #expect(pending.seen == nil)
        #expect(pending.start == 4_000)
    }

    @Test func `Data Center's changelogs are fetched with their issue`() async throws {
        let cut = #"{"total":2,"histories":[]}"#
        let whole = #"{"id":"1","changelog":{"total":2,"histories":[\#(histories(1...2))]}}"#
        let client = ScriptedClient(
            try JiraSample.connector(user: nil),
            bodies: [
                #"{"total":2,"issues":[\#(issue(1, changelog: cut)),\#(issue(2, changelog: cut))]}"#, whole, whole,
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk("issues", .dataCenter))
        #expect(contents.map { $0.ids("work_item_changes").count } == [0, 2, 2])
        #expect(
            client.requests.dropFirst().map { $0.line(base: "https://example.atlassian.net") } == [
                "GET /rest/api/2/issue/1", "GET /rest/api/2/issue/2",
            ])
    }
}
