import PulseDomain
import PulseHTTP
import PulseJSON

@testable import PulseSandbox

/// Asks the sandbox as simply as possible, and follows every page.
struct NaiveClient {
    let sandbox: Sandbox
    var isDataCenter = false

    struct Refused: Error { let status: Int }

    private var base: String { isDataCenter ? sandbox.options.jira.dataCenterURL : sandbox.options.jira.url }

    private var credential: String {
        let jira = sandbox.options.jira
        return isDataCenter
            ? "Bearer \(jira.dataCenterToken)" : "Basic \(Base64.encode(Array("\(jira.user):\(jira.token)".utf8)))"
    }

    func response(_ method: HTTPMethod = .get, _ path: String, body: String? = nil) async throws -> HTTPResponse {
        try await sandbox.send(
            HTTPRequest(
                method: method, url: base + path, headers: ["Authorization": credential],
                body: body.map { Array($0.utf8) }))
    }

    func read<R>(_ method: HTTPMethod = .get, _ path: String, body: String? = nil, _ use: (JSONValue) throws -> R)
        async throws -> R
    {
        let response = try await response(method, path, body: body)
        guard response.status == 200 else { throw Refused(status: response.status) }
        var reader = JSONReader()
        return try reader.read(response.body, use)
    }

    // MARK: Jira

    struct Loaded {
        var issues: [String: String] = [:]
        var titles: [String: String] = [:]
        var changes: Set<String> = []
        var comments: Set<String> = []
        var worklogs: Set<String> = []
        var links: Set<String> = []
        var sprintIssues: Set<String> = []
        var cut: [(issue: String, list: String)] = []
        var rejected: Set<String> = []

        mutating func add(_ issue: JSONValue) {
            guard let id = issue["id"].string else { return }
            guard let key = issue["key"].string, issue["fields"].kind == .object else {
                rejected.insert(id)
                return
            }
            issues[id] = key
            titles[id] = issue["fields"]["summary"].string
            let comment = issue["fields"]["comment"]
            let worklog = issue["fields"]["worklog"]
            addChanges(issue["changelog"]["histories"])
            comment["comments"].forEachElement { if let id = $0["id"].string { comments.insert(id) } }
            worklog["worklogs"].forEachElement { if let id = $0["id"].string { worklogs.insert(id) } }
            issue["fields"]["issuelinks"].forEachElement { link in
                links.insert(
                    "\(link["id"].string ?? ""):\(link["outwardIssue"].kind == .object ? "outward" : "inward")")
            }
            issue["fields"]["customfield_10020"].forEachElement { sprintIssues.insert("\($0["id"].text ?? ""):\(id)") }
            if (issue["changelog"]["total"].int64 ?? 0) > issue["changelog"]["histories"].count {
                cut.append((id, "changelog"))
            }
            if (comment["total"].int64 ?? 0) > comment["comments"].count { cut.append((id, "comment")) }
            if (worklog["total"].int64 ?? 0) > worklog["worklogs"].count { cut.append((id, "worklog")) }
        }

        mutating func addChanges(_ histories: JSONValue) {
            histories.forEachElement { history in
                for position in 0..<history["items"].count {
                    changes.insert("\(history["id"].string ?? ""):\(position)")
                }
            }
        }
    }

    func searchPage(_ jql: String, token: String?, fields: String = #"["*all"]"#, size: Int = 100) async throws
        -> [UInt8]
    {
        let next = token.map { #","nextPageToken":"\#($0)""# } ?? ""
        let quoted = jql.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
        let body = #"{"jql":"\#(quoted)","maxResults":\#(size),"fields":\#(fields),"expand":"changelog"\#(next)}"#
        let response = try await response(.post, "/rest/api/3/search/jql", body: body)
        guard response.status == 200 else { throw Refused(status: response.status) }
        return response.body
    }

    /// Every issue that the search finds, with everything that hangs on it.
    func load(_ jql: String, into loaded: inout Loaded) async throws {
        var token: String?
        var reader = JSONReader()
        repeat {
            let body = try await searchPage(jql, token: token)
            token = try reader.read(body) { root in
                root["issues"].forEachElement { loaded.add($0) }
                return root["nextPageToken"].string
            }
        } while token != nil
        let cut = loaded.cut
        loaded.cut = []
        for (issue, list) in cut { try await loadRest(of: issue, list, into: &loaded) }
    }

    private func loadRest(of issue: String, _ list: String, into loaded: inout Loaded) async throws {
        var start = 0
        var isLast = false
        while !isLast {
            (start, isLast) = try await read(.get, "/rest/api/3/issue/\(issue)/\(list)?startAt=\(start)&maxResults=100")
            { root in
                let name = list == "changelog" ? "values" : list + "s"
                if list == "changelog" { loaded.addChanges(root["values"]) }
                root[named: name].forEachElement { item in
                    guard let id = item["id"].string else { return }
                    if list == "comment" { loaded.comments.insert(id) }
                    if list == "worklog" { loaded.worklogs.insert(id) }
                }
                let next = start + root[named: name].count
                return (next, next >= Int(root["total"].int64 ?? 0))
            }
        }
    }

    // MARK: GitHub

    func graphQL(_ query: String, _ variables: String = "{}", token: String? = nil) async throws -> HTTPResponse {
        let body = JSONWriter.document { writer in
            writer.object {
                $0.member("query", query)
                $0.name("variables")
                $0.raw(Array(variables.utf8))
            }
        }
        return try await sandbox.send(
            HTTPRequest(
                method: .post, url: sandbox.options.github.url,
                headers: ["Authorization": "bearer \(token ?? sandbox.options.github.token)"], body: body))
    }

    func graph<R>(_ query: String, _ variables: String = "{}", _ use: (JSONValue) throws -> R) async throws -> R {
        let response = try await graphQL(query, variables)
        guard response.status == 200 else { throw Refused(status: response.status) }
        var reader = JSONReader()
        return try reader.read(response.body, use)
    }
}
