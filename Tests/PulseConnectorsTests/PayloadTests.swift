import PulseDomain
import PulseHTTP
import PulseJSON
import Testing

@testable import PulseConnectors

/// What connectors keep of records whose rows turn out to be wrong after the mapping.
@Suite struct PayloadTests {
    /// The rows of one record, or of all.
    private static func rows(_ content: PageContent, of record: Int32? = nil) -> [String] {
        content.batches.flatMap { batch in
            batch.records.indices.compactMap { row in
                guard batch.records[row] >= 0, record == nil || batch.records[row] == record else { return nil }
                let values = batch.table.columns.indices.map { "\(batch.value(row: row, column: $0))" }
                return "\(batch.table.name): \(values.joined(separator: " | "))"
            }
        }.sorted()
    }

    /// Each record of a page, replayed by itself from its payload, gives the rows that it has on the page.
    private static func expectReplayable(
        _ connector: any Connector, _ page: RawPage, _ walk: Walk, records count: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let content = try connector.content(of: page, walk: walk)
        let records = Set(content.batches.flatMap(\.records).filter { $0 >= 0 })
        try #require(records.count == count, sourceLocation: sourceLocation)
        let payloads = try connector.payloads(of: records, in: page, walk: walk)
        #expect(Set(payloads.keys) == records, sourceLocation: sourceLocation)
        for (record, payload) in payloads {
            let rejected = RejectedRecord(recordID: nil, code: "row.required_missing", reason: "r", payload: payload)
            let again = try connector.content(ofRejected: rejected, at: page.cursor, walk: walk)
            #expect(
                Self.rows(again) == Self.rows(content, of: record), "record \(record)", sourceLocation: sourceLocation)
        }
        // Only what was asked for is kept.
        #expect(try connector.payloads(of: [], in: page, walk: walk).isEmpty, sourceLocation: sourceLocation)
    }

    // MARK: Jira

    @Test(arguments: [("cloud-search.json", JiraDialect.cloud), ("datacenter-search.json", .dataCenter)])
    func `a Jira issue is kept as it came`(_ file: String, _ dialect: JiraDialect) throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk("issues", dialect)
        let page = JiraSample.page(try JiraSample.fixture(file), at: try connector.firstCursor(of: walk), of: walk)
        let count = try connector.content(of: page, walk: walk).ids("work_items").count
        try Self.expectReplayable(connector, page, walk, records: count)
    }

    @Test(arguments: ["projects", "issue_types", "statuses", "versions"] as [StreamID])
    func `an entry of a list of Jira is kept as it came`(stream: StreamID) throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk(stream)
        let page = JiraSample.page(
            Array(#"{"values":[{"id":"1","key":"PAY","name":"A"},{"name":"no id"},{"id":2,"key":"OPS"}]}"#.utf8),
            at: try connector.firstCursor(of: walk), of: walk)
        try Self.expectReplayable(connector, page, walk, records: 2)
    }

    @Test func `a sprint is kept as it came`() throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk("sprints")
        var position = JiraBoardPosition()
        position.boards = [84]
        let page = JiraSample.page(
            Array(#"{"values":[{"id":7,"name":"S","state":"active","originBoardId":84},{"id":8}]}"#.utf8),
            at: position.cursor, of: walk)
        try Self.expectReplayable(connector, page, walk, records: 2)
    }

    @Test(arguments: [
        (JiraPending.Task.comments("7"), #"{"total":2,"comments":[{"id":"1","body":"a"},{"id":"2"}]}"#),
        (.worklogs("7"), #"{"total":2,"worklogs":[{"id":"1","timeSpentSeconds":6},{"id":"2","timeSpentSeconds":7}]}"#),
        (
            .changelogs(["7"]),
            #"{"total":2,"values":[{"id":"1","created":"2026-01-01T00:00:00.000+0000","items":[{"field":"status"}]},{"id":"2","created":"2026-01-01T00:00:00.000+0000","items":[{"field":"Key","fromString":"PAY-1","toString":"OPS-7"}]}]}"#
        ),
    ])
    func `a child of a Jira issue is kept with whose it is`(_ task: JiraPending.Task, _ body: String) throws {
        let connector = try JiraSample.connector()
        let walk = JiraSample.walk()
        var position = try JiraSearchPosition(beginning: walk)
        switch task {
        case .comments(let issue): position.pending.comments = [issue]
        case .worklogs(let issue): position.pending.worklogs = [issue]
        case .changelogs(let issues): position.pending.changelogs = issues
        }
        let page = JiraSample.page(Array(body.utf8), at: position.cursor, of: walk)
        try Self.expectReplayable(connector, page, walk, records: 2)
    }

    // MARK: GitHub

    @Test func `a pull request is kept with its repository`() throws {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(.pullRequests)
        let page = RawPage(
            partition: walk.partition, cursor: try GitHubCursor(.forward).encoded(), request: "POST /graphql X",
            body: Array(try GoldenPage.text("pull-requests.json").utf8), fetchedAt: walk.startedAt, correlation: "c")
        let count = try fixture.connector.content(of: page, walk: walk).tableRows("pull_requests").count
        try Self.expectReplayable(fixture.connector, page, walk, records: count)
    }

    @Test(arguments: [
        (GitHubStream.commits, "history", #"{"oid":"a1","message":"PAY-1 fix","author":null,"committer":null}"#),
        (.releases, "releases", #"{"id":"RE_1","name":null,"tagName":"v1","author":null}"#),
        (.deployments, "deployments", #"{"id":"D_1","environment":"production","state":"ACTIVE","creator":null}"#),
    ])
    func `an entry of a list of GitHub is kept with its repository`(
        _ stream: GitHubStream, _ list: String, _ node: String
    ) throws {
        var mapper = ListMapper()
        mapper.payloads = RecordPayloads(of: [1])
        try ReaderPool.shared.read(Array("[{},\(node)]".utf8)) { nodes in
            nodes.forEachElement { mapper.add($0, stream, repository: "R_1") }
        }
        let fixture = try GitHubFixture()
        let payload = try #require(mapper.payloads.kept[1])
        let again = try fixture.connector.content(
            ofRejected: RejectedRecord(recordID: nil, code: "c", reason: "r", payload: payload),
            at: GitHubCursor(.list).encoded(), walk: fixture.walk(stream))
        #expect(mapper.payloads.kept.count == 1 && again.rejected.isEmpty)
        #expect(Self.rows(again) == Self.rows(PageContent(batches: mapper.batches), of: 1))
    }

    @Test(arguments: [
        ("comments", "PullRequestComments", PullRequestText.comment("C2")),
        ("reviews", "PullRequestReviews", PullRequestText.review("V2")),
        ("commits", "PullRequestCommits", PullRequestText.commit("a2")),
        (
            "reviewThreads", "PullRequestThreads",
            PullRequestText.thread(
                "T2", PullRequestText.part([PullRequestText.comment("C2"), PullRequestText.comment("C3")]))
        ),
    ])
    func `an element of a part of a pull request is kept with whose it is`(
        _ part: String, _ operation: String, _ element: String
    ) async throws {
        let fixture = try GitHubFixture()
        let walk = fixture.walk(.pullRequests)
        let open = PullRequestText(1, "2026-01-01T00:00:00Z", parts: [part: PullRequestText.part([], end: "m1")])
        let run = try await fixture.run(
            walk,
            [
                .data("PullRequests", PullRequestText.page([open])),
                .data(operation, #"{"node":{"\#(part)":\#(PullRequestText.part([element]))}}"#),
            ])
        try #require(run.pages.count == 2)
        try Self.expectReplayable(
            fixture.connector, run.pages[1].raw, walk, records: part == "reviewThreads" ? 2 : 1)
    }

    // MARK: git

    @Test(arguments: [GitConnector.commitsStream, GitConnector.tagsStream, GitConnector.repositoriesStream])
    func `a record of git is kept as a page of its own`(stream: StreamID) async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...3))
        try await laboratory.load("reset refs/tags/v1\nfrom refs/heads/main~1\n\n")
        if stream == GitConnector.repositoriesStream { try await laboratory.repository("ops") }
        if stream == GitConnector.repositoriesStream { try await laboratory.load(FastImport.chain(7...7), into: "ops") }
        let connector = laboratory.connector()
        let walk = laboratory.walk(stream)
        let page = try await connector.page(at: try connector.firstCursor(of: walk), of: walk, through: NoClient())
        let count = [GitConnector.commitsStream: 3, GitConnector.tagsStream: 1][stream] ?? 2
        try Self.expectReplayable(connector, page.raw, walk, records: count)
        // A page of one record takes nothing away and moves no watermark.
        let payload = try #require(try connector.payloads(of: [0], in: page.raw, walk: walk)[0])
        let again = try connector.content(
            ofRejected: RejectedRecord(recordID: nil, code: "c", reason: "r", payload: payload), at: page.raw.cursor,
            walk: walk)
        #expect(again.censusIDs.isEmpty && again.highWater == nil)
    }
}
