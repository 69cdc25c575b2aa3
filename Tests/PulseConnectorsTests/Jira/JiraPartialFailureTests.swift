import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

/// What one bad part of an answer, or one request that does not work, does to the rest: nothing.
@Suite struct JiraPartialFailureTests {
    private func issue(_ id: Int, _ fields: String = "", changelog: String = "{}") -> String {
        #"{"id":"\#(id)","key":"PAY-\#(id)","changelog":\#(changelog),"fields":{"summary":"s"\#(fields)}}"#
    }

    private func content(_ body: String) throws -> PageContent {
        let walk = JiraSample.walk()
        let connector = try JiraSample.connector()
        let page = JiraSample.page(Array(body.utf8), at: try connector.firstCursor(of: walk), of: walk)
        return try connector.content(of: page, walk: walk)
    }

    struct BadChild: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fields = ""
        var changelog = "{}"
        var code: String
        var table: TableName
        /// Ids of rows that are loaded.
        var loaded: [String]
        /// The set that is known whole, and must hold the bad child too: what was loaded of it before stays.
        var set: [String]?
    }

    @Test(arguments: [
        BadChild(
            testDescription: "a comment without an id",
            fields: #","comment":{"total":3,"comments":[{"id":"1"},{"body":"lost"},{"id":"3"}]}"#,
            code: "jira.comment.no_id", table: "work_item_comments", loaded: ["1", "3"]),
        BadChild(
            testDescription: "a comment that is no object",
            fields: #","comment":{"total":2,"comments":["what?",{"id":"3"}]}"#, code: "jira.comment.no_id",
            table: "work_item_comments", loaded: ["3"]),
        BadChild(
            testDescription: "a worklog without seconds",
            fields: #"""
                ,"worklog":{"total":3,"worklogs":[{"id":"1","timeSpentSeconds":60},{"id":"2"},
                {"id":"3","timeSpentSeconds":60}]}
                """#, code: "jira.worklog.no_seconds", table: "worklogs", loaded: ["1", "3"], set: ["1", "2", "3"]),
        BadChild(
            testDescription: "a history without a time",
            changelog: #"""
                {"total":2,"histories":[{"id":"1","items":[{"field":"status"}]},
                {"id":"2","created":"2026-01-01T00:00:00.000+0000","items":[{"field":"status"}]}]}
                """#, code: "jira.history.no_time", table: "work_item_changes", loaded: ["2:0"]),
    ])
    func `a bad child is rejected by itself: its issue, its siblings and other issues are loaded`(one: BadChild) throws
    {
        let content = try content(
            #"{"issues":[\#(issue(7, one.fields, changelog: one.changelog)),\#(issue(8))],"isLast":true}"#)
        #expect(content.ids("work_items") == ["7", "8"])
        #expect(content.ids(one.table) == one.loaded)
        #expect(content.rejected.map(\.code) == [one.code])
        #expect(content.extracted == 3 && content.isBalanced)
        let sets = content.childSets.filter { $0.table == one.table && $0.owner == "7" }
        #expect(sets.map(\.ids) == (one.set.map { [$0] } ?? []))
        // The payload tells whose child it is, and is rejected for the same reason until it can be read.
        let rejected = try #require(content.rejected.first)
        let walk = JiraSample.walk()
        let connector = try JiraSample.connector()
        let again = try connector.content(ofRejected: rejected, at: try connector.firstCursor(of: walk), walk: walk)
        #expect(again.rejected.map(\.code) == [one.code] && again.extracted == 1)
    }

    @Test func `a rejected child that can be read now is loaded with its issue's id`() throws {
        let walk = JiraSample.walk()
        let connector = try JiraSample.connector()
        let record = RejectedRecord(
            recordID: "2", code: "jira.worklog.no_seconds", reason: "A worklog of the issue 7 has no time in seconds.",
            payload: Array(#"{"issue":"7","kind":"worklogs","record":{"id":"2","timeSpentSeconds":90}}"#.utf8))
        let content = try connector.content(ofRejected: record, at: try connector.firstCursor(of: walk), walk: walk)
        #expect(content.rows("worklogs") == ["id=2 | work_item_id=7 | seconds=90"])
        #expect(content.isBalanced && content.rejected.isEmpty)
    }

    // MARK: Changelogs of several issues

    private static let cut = #"{"maxResults":40,"total":41,"histories":[]}"#

    private static func log(_ issue: Int, _ history: Int) -> String {
        #"{"issueId":"\#(issue)","changeHistories":[\#(entry(history))]}"#
    }

    private static func entry(_ history: Int) -> String {
        #"{"id":"\#(history)","created":"2026-01-01T00:00:00.000+0000","items":[{"field":"status"}]}"#
    }

    private static func own(_ history: Int) -> String {
        #"{"startAt":0,"maxResults":100,"total":1,"values":[\#(entry(history))]}"#
    }

    private var search: String {
        #"{"issues":[\#(issue(1, changelog: Self.cut)),\#(issue(2, changelog: Self.cut))],"isLast":true}"#
    }

    private func lines(_ client: ScriptedClient) -> [String] {
        client.requests.map { $0.line(base: "https://example.atlassian.net") }
    }

    @Test(arguments: [
        (404, #"{"errorMessages":["Issue does not exist or you may not see it."]}"#),
        (404, "<html>no such page</html>"),
        (405, #"{"message":"Method Not Allowed"}"#), (400, #"{"errorMessages":["Unknown issue"]}"#), (410, "{}"),
    ])
    func `where several changelogs cannot be asked for together they are asked for one by one`(
        status: Int, body: String
    ) async throws {
        let search = search
        let client = ScriptedClient(try JiraSample.connector()) { request, _ in
            if request.http.url.hasSuffix("/search/jql") { return .json(search) }
            if request.http.url.hasSuffix("/bulkfetch") { return .json(body, status: status) }
            return .json(Self.own(request.http.url.contains("/issue/1/") ? 11 : 22))
        }
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(contents.flatMap { $0.ids("work_item_changes") } == ["11:0", "22:0"])
        #expect(
            lines(client) == [
                "POST /rest/api/3/search/jql", "POST /rest/api/3/changelog/bulkfetch",
                "GET /rest/api/3/issue/1/changelog", "GET /rest/api/3/issue/2/changelog",
            ])
    }

    @Test(arguments: [401, 503, 429])
    func `a refusal that has nothing to do with how many are asked for is not worked around`(status: Int) async throws {
        let search = search
        let client = ScriptedClient(try JiraSample.connector()) { request, _ in
            request.http.url.hasSuffix("/search/jql") ? .json(search) : .json("{}", status: status)
        }
        await #expect(throws: Failure.self) { try await JiraSample.walkThrough(client, JiraSample.walk()) }
        #expect(lines(client).last == "POST /rest/api/3/changelog/bulkfetch")
    }

    @Test func `a token of several changelogs that leads in a circle is left for one by one, and nothing is lost`()
        async throws
    {
        let search = search
        let client = ScriptedClient(try JiraSample.connector()) { request, _ in
            if request.http.url.hasSuffix("/search/jql") { return .json(search) }
            if request.http.url.hasSuffix("/bulkfetch") {
                return .json(#"{"issueChangeLogs":[\#(Self.log(1, 11))],"nextPageToken":"same"}"#)
            }
            return .json(Self.own(request.http.url.contains("/issue/1/") ? 11 : 22))
        }
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk(), limit: 12)
        #expect(contents.flatMap { $0.ids("work_item_changes") } == ["11:0", "11:0", "11:0", "22:0"])
        #expect(lines(client).count { $0.hasSuffix("bulkfetch") } == 2)
        #expect(
            Array(lines(client).suffix(2)) == [
                "GET /rest/api/3/issue/1/changelog", "GET /rest/api/3/issue/2/changelog",
            ])
    }

    @Test(arguments: ["[]", #"{"nextPageToken":"x"}"#, #"{"issueChangeLogs":[{"changeHistories":[]}]}"#])
    func `an answer that is no list of changelogs breaks the contract`(body: String) async throws {
        let client = ScriptedClient(try JiraSample.connector(), bodies: [search, body])
        await #expect {
            try await JiraSample.walkThrough(client, JiraSample.walk())
        } throws: { ($0 as? Failure)?.kind == .contractBroken }
    }

    // MARK: Census

    @Test func `a census that is not at its end and has no token fails instead of ending`() async throws {
        for first in [#"{"issues":[{"id":"1"}],"isLast":false}"#, #"{"issues":[],"isLast":false,"nextPageToken":""}"#] {
            let client = ScriptedClient(
                try JiraSample.connector(), bodies: [#"{"issues":[{"id":"0"}],"nextPageToken":"a"}"#, first])
            await #expect {
                try await JiraSample.walkThrough(client, JiraSample.walk(mode: .census))
            } throws: { ($0 as? Failure)?.code == "jira.search.no_progress" }
            #expect(client.requests.count == 2)
        }
    }

    @Test func `a search that is not at its end and has no token goes on from the newest change`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[\#(issue(1, #","updated":"2026-01-01T00:00:00.000+0000""#))],"isLast":false}"#,
                #"{"issues":[\#(issue(2))],"isLast":true}"#,
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(contents.flatMap { $0.ids("work_items") } == ["1", "2"])
        #expect(client.requests[1].said.contains("updated >= 1767225600000"))
    }
}
