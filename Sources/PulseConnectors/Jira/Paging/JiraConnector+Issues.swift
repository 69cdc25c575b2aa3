import PulseDomain
import PulseHTTP
import PulseJSON

extension JiraConnector {
    /// The next page of a search or, before it goes on, of what is pending of single issues.
    func issuePage(at position: JiraSearchPosition, of walk: Walk, through client: any SourceClient) async throws
        -> FetchedPage
    {
        var position = position
        while let task = position.pending.task {
            do {
                return try await nestedPage(task, at: position, of: walk, through: client)
            } catch let failure as Failure where task.isOfSeveral && Self.refusesSeveral(failure) {
                // One of them is gone, or nothing of the kind can be asked: the others have changelogs all the same.
                position.pending.goOneByOne()
            } catch let failure as Failure where failure.kind == .notFound {
                // The issue was deleted since the search showed it; a census will find that.
                position.pending.finishTask()
            }
        }
        if position.isAtEnd {
            let nothing = RawPage(
                partition: walk.partition, cursor: position.cursor, request: "none: what was pending is gone",
                body: Array(#"{"issues":[]}"#.utf8), fetchedAt: client.time.now, correlation: walk.correlation)
            return FetchedPage(raw: nothing, next: nil)
        }
        return try await searchPage(at: position, of: walk, through: client)
    }

    /// Whether the failure may concern only that several issues were asked for together: sites and proxies differ in how
    /// they refuse a request that they do not know.
    private static func refusesSeveral(_ failure: Failure) -> Bool {
        failure.kind == .notFound || failure.code == "jira.request.refused" || failure.code == "jira.api.removed"
    }

    private func searchPage(at start: JiraSearchPosition, of walk: Walk, through client: any SourceClient) async throws
        -> FetchedPage
    {
        let requests = requests(walk.identity)
        // Ids alone are cheap: fifty times the page, as far as the source allows.
        let size = start.isCensus ? walk.pageSize * 50 : walk.pageSize
        var position = start
        while true {
            let request =
                switch requests.dialect {
                case .cloud:
                    requests.search(
                        jql: position.jql, token: position.token, size: size, idsOnly: position.isCensus)
                case .dataCenter:
                    requests.search(jql: position.jql, start: position.start, size: size, idsOnly: position.isCensus)
                }
            let response: HTTPResponse
            do {
                response = try await client.send(request)
            } catch let failure as Failure where failure.code == JiraVerdict.tokenRejected && position.token != nil {
                // A token that grew stale while the walk was paused.
                position = try position.anchoredAnew()
                continue
            }
            let page = try JiraSearchPage(
                body: response.body, dialect: requests.dialect, isCensus: position.isCensus)
            let next =
                switch requests.dialect {
                case .cloud: try position.next(afterCloud: page)
                case .dataCenter: try position.next(afterDataCenter: page, requested: min(size, 1_000))
                }
            let scope = CensusScope(table: "work_items", column: "project_id", value: walk.descriptor.reference)
            return FetchedPage(
                raw: raw(response, request, at: .issues(position), walk, client),
                next: next.isComplete ? nil : JiraCursor.issues(next).cursor,
                censusScope: next.isComplete && position.isCensus ? scope : nil,
                partitionScope: next.isComplete && !walk.descriptor.reference.isEmpty ? scope : nil)
        }
    }

    private func nestedPage(
        _ task: JiraPending.Task, at position: JiraSearchPosition, of walk: Walk, through client: any SourceClient
    ) async throws -> FetchedPage {
        let requests = requests(walk.identity)
        let start = position.pending.start
        let request =
            switch task {
            case .changelogs(let issues):
                switch requests.dialect {
                case .cloud where issues.count == 1: requests.changelog(issue: issues[0], start: start)
                case .cloud:
                    requests.changelogs(issues: issues, token: position.pending.token, size: walk.pageSize)
                case .dataCenter: requests.issueWithChangelog(issue: issues[0])
                }
            case .comments(let issue): requests.comments(issue: issue, start: start, size: walk.pageSize)
            case .worklogs(let issue): requests.worklogs(issue: issue, start: start, size: walk.pageSize)
            }
        let response = try await client.send(request)
        let page = try JiraNestedPage(body: response.body, task: task, dialect: requests.dialect)
        var next = position
        page.advance(&next.pending, size: walk.pageSize)
        return FetchedPage(
            raw: raw(response, request, at: .issues(position), walk, client),
            next: next.isComplete ? nil : JiraCursor.issues(next).cursor)
    }

    func raw(
        _ response: HTTPResponse, _ request: SourceRequest, at position: JiraCursor, _ walk: Walk,
        _ client: any SourceClient
    ) -> RawPage {
        RawPage(
            partition: walk.partition, cursor: position.cursor, request: request.line(base: base),
            body: response.body, fetchedAt: client.time.now, correlation: walk.correlation)
    }
}
