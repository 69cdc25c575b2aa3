import PulseHTTP
import PulseJSON

/// Answers requests to Jira from one moment of the world.
struct JiraServer: Sendable {
    let world: JiraWorld
    let fragments: JiraFragments
    let options: JiraOptions
    let flaws: RecordFlaws
    let cache: IssueCache
    /// Milliseconds since 1970.
    let now: Int64
    /// What a search does wrong on purpose.
    var twist: FaultEffect?
    /// Whether no valid credential came along.
    var isAnonymous = false

    var dialect: JiraDialect { fragments.dialect }
    var base: String { fragments.base }
    var api: String { base + (dialect == .cloud ? "/rest/api/3" : "/rest/api/2") }
    var renderer: IssueRenderer { IssueRenderer(world: world, fragments: fragments, flaws: flaws, cache: cache) }

    static let missingIssue = "Issue does not exist or you do not have permission to see it."

    func answer(_ request: ParsedRequest) -> Answer {
        let parts = request.segments
        guard parts.count >= 3, parts[0] == "rest" else {
            return .html(404, title: "Oops, you’ve found a dead link. - JIRA")
        }
        if parts[1] == "agile", parts[2] == "1.0" { return agile(request, Array(parts.dropFirst(3))) }
        let versions = dialect == .cloud ? ["2", "3", "latest"] : ["2", "latest"]
        guard parts[1] == "api", versions.contains(parts[2]) else { return unknown(request) }
        return platform(request, Array(parts.dropFirst(3)))
    }

    private func platform(_ request: ParsedRequest, _ parts: [String]) -> Answer {
        if parts == ["serverInfo"] { return serverInfo() }
        if isAnonymous, let refused = anonymous(request, parts) { return refused }
        switch (request.method, parts.first ?? "", parts.count) {
        case (.get, "myself", 1): return .json(points: 3, fragments.users[0])
        case (.get, "mypermissions", 1): return permissions(request)
        case (.get, "field", 1): return .json(fieldCatalogue())
        case (.get, "issuetype", 1): return .json(catalogue(fragments.kinds))
        case (.get, "status", 1): return .json(catalogue(fragments.statuses))
        case (.get, "priority", 1): return .json(list(fragments.priorities))
        case (.get, "resolution", 1): return .json(resolutions())
        case (.get, "project", 1): return .json(points: 1 + world.projects.count, projectList(request))
        case (.get, "users", 2) where parts[1] == "search": return userSearch(request)
        case (_, "search", 1): return dialect == .cloud ? Self.removed : offsetSearch(request)
        case (.get, "search", 2), (.post, "search", 2): return searches(request, parts[1])
        case (.post, "changelog", 2) where dialect == .cloud && parts[1] == "bulkfetch": return bulkChangelogs(request)
        case (.get, "project", 2...): return project(request, parts)
        case (.get, "statuses", 2) where dialect == .cloud && parts[1] == "search": return statusSearch(request)
        case (.get, "issue", 2...3): return issue(request, parts)
        default: return unknown(request)
        }
    }

    private func searches(_ request: ParsedRequest, _ kind: String) -> Answer {
        switch (dialect, kind, request.method) {
        case (.cloud, "jql", _): tokenSearch(request)
        case (.cloud, "approximate-count", .post): approximateCount(request)
        default: unknown(request)
        }
    }

    private func unknown(_ request: ParsedRequest) -> Answer {
        request.path.hasPrefix("/rest/")
            ? .document(404) { writer in
                writer.object {
                    $0.member("message", "null for uri: \(base)\(request.path)")
                    $0.member("status-code", 404)
                }
            } : .html(404, title: "Page not found")
    }

    static let removed: Answer = {
        .jira(
            410,
            [
                "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
            ])
    }()

    /// What somebody sees who is nobody: lists are empty, projects do not exist.
    private func anonymous(_ request: ParsedRequest, _ parts: [String]) -> Answer? {
        switch parts.first {
        case "search"? where parts.count == 2 && parts[1] == "jql":
            return .jira(400, ["The value '\(world.projects[0].key)' does not exist for the field 'project'."])
        case "project"? where parts.count == 2 && parts[1] == "search": return page([], request, defaultSize: 50)
        case "field"?, "issuetype"?, "status"?, "priority"?: return nil
        default: return .jira(401, ["Client must be authenticated to access this resource."])
        }
    }

    // MARK: Lists

    func list(_ elements: [[UInt8]]) -> [UInt8] {
        JSONWriter.document { $0.array { list in for element in elements { list.raw(element) } } }
    }

    /// A page of a list with `startAt`, `total` and `isLast`.
    func page(
        _ elements: [[UInt8]], _ request: ParsedRequest, defaultSize: Int, largest: Int = 100, name: String = "values"
    ) -> Answer {
        let start = max(0, request.number("startAt") ?? 0)
        let size = min(largest, max(0, request.number("maxResults") ?? defaultSize))
        let shown = elements.dropFirst(start).prefix(size)
        let isLast = start + shown.count >= elements.count
        return .document(points: 1 + shown.count) { writer in
            writer.object {
                $0.member("self", "\(base)\(request.path)?maxResults=\(size)&startAt=\(start)")
                if !isLast {
                    $0.member("nextPage", "\(base)\(request.path)?maxResults=\(size)&startAt=\(start + size)")
                }
                $0.member("maxResults", size)
                $0.member("startAt", start)
                $0.member("total", elements.count)
                $0.member("isLast", isLast)
                $0.memberArray(name) { list in for element in shown { list.raw(element) } }
            }
        }
    }
}
