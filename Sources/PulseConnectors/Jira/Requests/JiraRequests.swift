import PulseDomain
import PulseHTTP
import PulseJSON

/// Every request that is ever sent to Jira. Checked against Atlassian's OpenAPI documents by a test.
struct JiraRequests: Sendable {
    let base: String
    let dialect: JiraDialect

    /// The limits that Jira counts: `burst` is per endpoint and method, `points` is what apps are given by the hour.
    static let burst = "burst"
    static let points = "points"

    /// Fields of an issue: all, but without what is large and has no place in the schema.
    static let fields = ["*all", "-attachment", "-thumbnail", "-votes", "-watches", "-lastViewed"]

    // MARK: Who we are

    func serverInfo() -> SourceRequest { get(["rest", "api", "2", "serverInfo"], JiraEndpoint.identity) }

    func myself() -> SourceRequest { platform(["myself"], JiraEndpoint.identity) }

    func permissions() -> SourceRequest {
        platform(["mypermissions"], JiraEndpoint.identity, [("permissions", "BROWSE_PROJECTS")])
    }

    func fieldCatalogue() -> SourceRequest { platform(["field"], JiraEndpoint.catalogue) }

    // MARK: Catalogues

    func issueTypes() -> SourceRequest { platform(["issuetype"], JiraEndpoint.catalogue) }

    func statuses() -> SourceRequest { platform(["status"], JiraEndpoint.catalogue) }

    /// Cloud: a page of live and archived projects. Data Center: all at once; it has no `/project/search` (that path
    /// reads as a project called "search").
    func projects(start: Int, size: Int, keys: [String]) -> SourceRequest {
        switch dialect {
        case .cloud:
            var query = [("startAt", String(start)), ("maxResults", String(min(size, 100))), ("orderBy", "key")]
            query += [("expand", "description,lead"), ("status", "live"), ("status", "archived")]
            // More keys than these would have to be sent in several requests; then all are listed.
            if keys.count <= 50 { query += keys.map { ("keys", $0) } }
            return platform(["project", "search"], JiraEndpoint.projects, query)
        case .dataCenter:
            return platform(["project"], JiraEndpoint.projects, [("expand", "description,lead")])
        }
    }

    func versions(project: String, start: Int, size: Int) -> SourceRequest {
        platform(
            ["project", project, "version"], JiraEndpoint.versions,
            [("startAt", String(start)), ("maxResults", String(size))])
    }

    // MARK: Boards

    func boards(start: Int) -> SourceRequest {
        agile(["board"], JiraEndpoint.boards, [("startAt", String(start)), ("maxResults", "50")])
    }

    func boardConfiguration(board: Int64) -> SourceRequest {
        agile(["board", String(board), "configuration"], JiraEndpoint.boards)
    }

    func sprints(board: Int64, start: Int) -> SourceRequest {
        agile(
            ["board", String(board), "sprint"], JiraEndpoint.sprints,
            [("startAt", String(start)), ("maxResults", "50")])
    }

    // MARK: Issues

    /// A page of a search on Cloud. `nil` as `token` asks for the first.
    func search(jql: String, token: String?, size: Int, idsOnly: Bool) -> SourceRequest {
        let body = JSONWriter.document { writer in
            writer.object { writer in
                writer.member("jql", jql)
                writer.member("maxResults", min(size, idsOnly ? 5_000 : 100))
                writer.member("fields", idsOnly ? ["id"] : Self.fields)
                if !idsOnly { writer.member("expand", "changelog") }
                if let token { writer.member("nextPageToken", token) }
            }
        }
        return post(["rest", "api", "3", "search", "jql"], idsOnly ? JiraEndpoint.census : JiraEndpoint.search, body)
    }

    /// A page of a search on Data Center.
    func search(jql: String, start: Int, size: Int, idsOnly: Bool) -> SourceRequest {
        var query = [("jql", jql), ("startAt", String(start)), ("maxResults", String(min(size, 1_000)))]
        query.append(("fields", idsOnly ? "id" : Self.fields.joined(separator: ",")))
        if !idsOnly { query.append(("expand", "changelog")) }
        return platform(["search"], idsOnly ? JiraEndpoint.census : JiraEndpoint.search, query)
    }

    /// Histories of one issue, oldest first (Cloud).
    func changelog(issue: String, start: Int) -> SourceRequest {
        platform(
            ["issue", issue, "changelog"], JiraEndpoint.changelog, [("startAt", String(start)), ("maxResults", "100")])
    }

    /// Histories of up to 1,000 issues, oldest first (Cloud).
    func changelogs(issues: [String], token: String?, size: Int) -> SourceRequest {
        let body = JSONWriter.document { writer in
            writer.object { writer in
                writer.member("issueIdsOrKeys", Array(issues.prefix(1_000)))
                writer.member("maxResults", max(1, min(size * 10, 1_000)))
                if let token { writer.member("nextPageToken", token) }
            }
        }
        return post(["rest", "api", "3", "changelog", "bulkfetch"], JiraEndpoint.changelog, body)
    }

    /// One issue with its whole changelog: Data Center has no `/changelog` and does not cut this one.
    func issueWithChangelog(issue: String) -> SourceRequest {
        platform(["issue", issue], JiraEndpoint.changelog, [("fields", "updated"), ("expand", "changelog")])
    }

    func comments(issue: String, start: Int, size: Int) -> SourceRequest {
        platform(
            ["issue", issue, "comment"], JiraEndpoint.comments,
            [("startAt", String(start)), ("maxResults", String(min(size, 100))), ("orderBy", "created")])
    }

    /// Data Center sends all worklogs of an issue at once and takes no offset.
    func worklogs(issue: String, start: Int, size: Int) -> SourceRequest {
        let page = [("startAt", String(start)), ("maxResults", String(min(size * 10, 5_000)))]
        return platform(["issue", issue, "worklog"], JiraEndpoint.worklogs, dialect == .cloud ? page : [])
    }

    // MARK: Parts

    private func platform(_ path: [String], _ endpoint: EndpointID, _ query: [(String, String)] = []) -> SourceRequest {
        get(["rest", "api", dialect.apiVersion] + path, endpoint, query)
    }

    private func agile(_ path: [String], _ endpoint: EndpointID, _ query: [(String, String)] = []) -> SourceRequest {
        get(["rest", "agile", "1.0"] + path, endpoint, query)
    }

    private func get(_ path: [String], _ endpoint: EndpointID, _ query: [(String, String)] = []) -> SourceRequest {
        var builder = URLBuilder(base: base)
        for segment in path { builder.appendPath(segment) }
        for (name, value) in query { builder.appendQuery(name, value) }
        let request = HTTPRequest(url: builder.url, headers: headers())
        return SourceRequest(request, endpoint: endpoint, bucket: Self.burst)
    }

    private func post(_ path: [String], _ endpoint: EndpointID, _ body: [UInt8]) -> SourceRequest {
        var builder = URLBuilder(base: base)
        for segment in path { builder.appendPath(segment) }
        var headers = headers()
        headers.set("Content-Type", "application/json")
        let request = HTTPRequest(method: .post, url: builder.url, headers: headers, body: body)
        return SourceRequest(request, endpoint: endpoint, bucket: Self.burst)
    }

    private func headers() -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.set("Accept", "application/json")
        return headers
    }
}

/// The families of requests that fail together.
enum JiraEndpoint {
    static let identity: EndpointID = "identity"
    static let catalogue: EndpointID = "catalogue"
    static let projects: EndpointID = "projects"
    static let versions: EndpointID = "versions"
    static let boards: EndpointID = "boards"
    static let sprints: EndpointID = "sprints"
    static let search: EndpointID = "search"
    static let census: EndpointID = "census"
    static let changelog: EndpointID = "changelog"
    static let comments: EndpointID = "comments"
    static let worklogs: EndpointID = "worklogs"
}

extension SourceRequest {
    /// `POST /rest/api/3/search/jql`: method and path, for logs and raw pages.
    func line(base: String) -> String {
        let path = http.url.dropFirst(base.count).prefix { $0 != "?" }
        return "\(http.method.rawValue) \(path)"
    }
}
