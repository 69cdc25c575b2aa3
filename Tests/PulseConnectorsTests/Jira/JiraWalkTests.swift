import PulseDomain
import PulseHTTP
import Testing

@testable import PulseConnectors

/// Walks over issues of Cloud, with the traps of tokens and of lists that are cut.
@Suite struct JiraWalkTests {
    private func issue(_ id: Int, at milliseconds: Int64, _ more: String = "") -> String {
        let updated = Instant(milliseconds: milliseconds).iso8601
        return #"{"id":"\#(id)","key":"PAY-\#(id)","fields":{"summary":"s","updated":"\#(updated)"\#(more)}}"#
    }

    private func page(_ issues: [String], token: String? = nil, isLast: Bool? = nil) -> String {
        let members = [
            #""issues":[\#(issues.joined(separator: ","))]"#, token.map { #""nextPageToken":"\#($0)""# },
            isLast.map { #""isLast":\#($0)"# },
        ]
        return "{\(members.compactMap { $0 }.joined(separator: ","))}"
    }

    private func ids(_ contents: [PageContent]) -> [String] { contents.flatMap { $0.ids("work_items") } }

    @Test func `a walk follows tokens with the query that they belong to`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                page([issue(1, at: 1_000)], token: "a=b", isLast: false),
                page([issue(2, at: 2_000)], token: "c+d", isLast: false), page([issue(3, at: 3_000)], isLast: true),
            ])
        let walk = JiraSample.walk(mode: .incremental, watermark: Instant(seconds: 1_772_000_000))
        let (pages, contents) = try await JiraSample.walkThrough(client, walk)
        #expect(ids(contents) == ["1", "2", "3"])
        // A quarter of an hour before the watermark.
        let jql = #""jql":"project = \"PAY\" AND updated >= 1771999100000 ORDER BY updated ASC, key ASC""#
        #expect(client.requests.allSatisfy { $0.said.contains(jql) })
        #expect(client.requests[1].said.contains(#""nextPageToken":"a=b""#))
        #expect(client.requests[2].said.contains(#""nextPageToken":"c+d""#))
        #expect(pages[1].raw.request == "POST /rest/api/3/search/jql")
        #expect(contents.map { $0.highWater?.changedAt?.milliseconds } == [1_000, 2_000, 3_000])
    }

    @Test func `modes ask for what they are about`() throws {
        let connector = try JiraSample.connector()
        func query(_ mode: RunMode) throws -> String {
            guard case .issues(let position) = try JiraCursor(connector.firstCursor(of: JiraSample.walk(mode: mode)))
            else { return "" }
            return position.jql
        }
        #expect(try query(.full).contains("updated >= 0 ORDER"))
        #expect(try query(.incremental).contains("updated >= 0 ORDER"), "without a watermark everything is asked for")
        #expect(
            try query(.range(from: Instant(milliseconds: 5), to: Instant(milliseconds: 9)))
                .contains("updated >= 5 AND updated < 9 ORDER"))
        #expect(try query(.census) == #"project = "PAY" ORDER BY key ASC"#)
    }

    @Test func `empty pages with a token, short pages and a last page with a token lose nothing`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                page([], token: "a", isLast: false), page([issue(1, at: 1_000)], token: "b", isLast: false),
                page([issue(2, at: 2_000)], token: "c", isLast: true),
                page([issue(3, at: 3_000)], token: "d", isLast: true),
                page([], token: "e", isLast: true),
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(ids(contents) == ["1", "2", "3"])
        #expect(client.requests.count == 5)
    }

    @Test func `a repeated token starts the search anew at the newest change seen`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                page([issue(1, at: 1_000)], token: "a"), page([issue(2, at: 2_000)], token: "b"),
                page([issue(2, at: 2_000)], token: "a"),
                page([issue(2, at: 2_000), issue(3, at: 3_000)], isLast: true),
            ])
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(ids(contents) == ["1", "2", "2", "2", "3"])
        #expect(client.requests[3].said.contains("updated >= 2000"))
        #expect(!client.requests[3].said.contains("nextPageToken"))
    }

    @Test(arguments: [
        ("always the same", "page tokens that lead nowhere, also after starting anew"),
        ("a circle of three", "page tokens that lead nowhere, also after starting anew"),
        ("empty for ever", "51 empty pages in a row"),
    ])
    func `tokens that lead nowhere end the walk with a failure`(trouble: String, says: String) async throws {
        let page = page, issue = issue
        let client = ScriptedClient(try JiraSample.connector()) { _, number in
            switch trouble {
            case "always the same": .json(page([issue(1, 1_000, "")], "same", nil))
            case "a circle of three": .json(page([issue(1, 1_000, "")], "t\(number % 3)", nil))
            default: .json(page([], "t\(number)", false))
            }
        }
        await #expect {
            try await JiraSample.walkThrough(client, JiraSample.walk())
        } throws: {
            let failure = $0 as? Failure
            return failure?.code == "jira.search.no_progress" && failure?.sentence.contains(says) == true
                && failure?.sentence.contains("PAY") == true
        }
        #expect(client.requests.count < 80)
    }

    @Test func `hundreds of changes in one millisecond are no loop`() async throws {
        let page = page, issue = issue
        let client = ScriptedClient(try JiraSample.connector()) { _, number in
            .json(page((0..<50).map { issue(number * 50 + $0, 5_000, "") }, number < 9 ? "t\(number)" : nil, nil))
        }
        let (_, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(Set(ids(contents)).count == 500)
    }

    @Test func `a token that grew stale is replaced by a new search`() async throws {
        let good = page([issue(1, at: 1_000)], token: "old")
        let end = page([issue(1, at: 1_000), issue(2, at: 2_000)], isLast: true)
        let client = ScriptedClient(try JiraSample.connector()) { request, _ in
            if request.said.contains("old") { return .json(#"{"errorMessages":["Invalid token"]}"#, status: 400) }
            return .json(request.said.contains("updated >= 1000") ? end : good)
        }
        let (pages, contents) = try await JiraSample.walkThrough(client, JiraSample.walk())
        #expect(ids(contents) == ["1", "1", "2"])
        #expect(pages.count == 2)
        #expect(pages[1].raw.cursor.json.contains("updated >= 1000"), "the page belongs to the query that brought it")
    }

    @Test func `a cursor survives its text, and a strange one is refused`() throws {
        var position = try JiraSearchPosition(beginning: JiraSample.walk())
        position.high = 7
        position.token = "t"
        position.trail = ["1f"]
        position.to = 9
        position.start = 3
        position.lastID = "10"
        (position.stalls, position.empties, position.isPastLast, position.isAtEnd) = (1, 2, true, true)
        position.pending.changelogs = ["1", "2"]
        position.pending.comments = ["3"]
        position.pending.worklogs = ["4"]
        (position.pending.start, position.pending.total, position.pending.token) = (100, 250, "n")
        position.pending.seen = ["a"]
        #expect(try JiraCursor(position.cursor) == JiraCursor.issues(position))
        position.pending.seen = nil
        #expect(try JiraCursor(position.cursor) == JiraCursor.issues(position))
        var boards = JiraBoardPosition()
        boards.boards = [84, 92]
        boards.sprints.start = 50
        #expect(try JiraCursor(boards.cursor) == .boards(boards))
        for text in ["", "{}", #"{"kind":"issues"}"#, #"{"kind":"other"}"#, "[]"] {
            #expect(throws: Failure.self) { try JiraCursor(Cursor(json: text)) }
        }
    }

    // MARK: Census

    @Test func `a census lists ids, fifty times the page, and says what it counted`() async throws {
        let client = ScriptedClient(
            try JiraSample.connector(),
            bodies: [
                #"{"issues":[{"id":"1"},{"id":"2"}],"nextPageToken":"a"}"#, #"{"issues":[{"id":"3"}],"isLast":true}"#,
            ])
        let (pages, contents) = try await JiraSample.walkThrough(client, JiraSample.walk(mode: .census))
        #expect(contents.flatMap(\.censusIDs) == ["1", "2", "3"])
        #expect(contents.allSatisfy { $0.batches.isEmpty && $0.extracted == 0 })
        #expect(client.requests[0].said.contains(#""maxResults":5000,"fields":["id"]"#))
        #expect(
            pages.map(\.censusScope) == [nil, CensusScope(table: "work_items", column: "project_id", value: "10000")])
    }

    @Test func `a census that ends before its end is told as such`() async throws {
        let client = ScriptedClient(try JiraSample.connector(), bodies: [#"{"issues":[{"id":"1"}],"isLast":false}"#])
        let failure = await #expect(throws: Failure.self) {
            try await JiraSample.walkThrough(client, JiraSample.walk(mode: .census))
        }
        #expect(
            failure?.sentence
                == "The list of the ids of PAY says that it goes on and hands out no page token to go on with.")
    }

    @Test func `an issue that is nested too deep is told as such, and not as a page that broke off`() async throws {
        let deep = String(repeating: #"{"content":["#, count: 600)
        let bodies = [
            page([issue(1, at: 1, #","description":\#(deep)\#(String(repeating: "]}", count: 600))"#)]),
            #"{"issues":[{"fields":{"description":\#(deep)"#,
        ]
        for body in bodies {
            let client = ScriptedClient(try JiraSample.connector(), bodies: [body])
            let failure = await #expect(throws: Failure.self) {
                try await JiraSample.walkThrough(client, JiraSample.walk())
            }
            #expect(failure?.kind == .contractBroken && failure?.code == "jira.json.too-deep")
            #expect(
                failure?.sentence.contains("nested deeper than 1024 levels") == true, "\(String(describing: failure))")
            #expect(client.requests.count == 1)
        }
    }

    @Test func `a census with a hole is no census`() throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk(mode: .census)
        let page = JiraSample.page(
            Array(#"{"issues":[{"id":"1"},{}]}"#.utf8), at: try connector.firstCursor(of: walk), of: walk)
        #expect { try connector.content(of: page, walk: walk) } throws: { ($0 as? Failure)?.kind == .contractBroken }
    }
}
