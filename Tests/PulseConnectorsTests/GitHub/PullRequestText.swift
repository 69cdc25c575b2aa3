/// Pull requests as GitHub writes them, for walks.
struct PullRequestText {
    var number: Int
    var updatedAt: String
    var title = "Change"
    var parts: [String: String] = [:]

    init(_ number: Int, _ updatedAt: String, title: String = "Change", parts: [String: String] = [:]) {
        self.number = number
        self.updatedAt = updatedAt
        self.title = title
        self.parts = parts
    }

    static let empty = #"{"totalCount":0,"pageInfo":{"hasNextPage":false,"endCursor":null},"nodes":[]}"#

    var id: String { "PR_\(number)" }
    var json: String {
        let commits = parts["commits"] ?? Self.empty
        let reviews = parts["reviews"] ?? Self.empty
        let comments = parts["comments"] ?? Self.empty
        let threads = parts["reviewThreads"] ?? Self.empty
        return """
            {"id":"\(id)","number":\(number),"title":"\(title)","body":"","state":"OPEN","isDraft":false,\
            "url":"https://github.com/octo/app/pull/\(number)","author":null,"mergedBy":null,"headRefName":"b",\
            "baseRefName":"main","headRefOid":"aa","mergeCommit":null,"additions":1,"deletions":2,"changedFiles":3,\
            "reviewDecision":null,"createdAt":"2026-01-01T00:00:00Z","updatedAt":"\(updatedAt)","mergedAt":null,\
            "closedAt":null,"labels":{"nodes":[]},"commits":\(commits),"reviews":\(reviews),"comments":\(comments),\
            "reviewThreads":\(threads)}
            """
    }

    /// A page of them; `end` is the cursor behind it, `nil` for the last page. The edge of number 7 has the cursor `c7`.
    static func page(_ items: [PullRequestText?], end: String? = nil, repository: String = "R_1") -> String {
        let edges = items.map { item in
            item.map { #"{"cursor":"c\#($0.number)","node":\#($0.json)}"# } ?? #"{"cursor":"cNull","node":null}"#
        }
        return list("pullRequests", edges, end: end, repository: repository)
    }

    /// A page of any list of a repository.
    static func list(_ name: String, _ edges: [String], end: String? = nil, repository: String = "R_1") -> String {
        """
        {"rateLimit":{"cost":4,"limit":5000,"remaining":4900,"resetAt":"2026-09-21T14:00:00Z","used":100},\
        "repository":{"id":"\(repository)","\(name)":{"totalCount":\(edges.count),\
        "pageInfo":{"hasNextPage":\(end != nil),"endCursor":\(end.map { "\"\($0)\"" } ?? "null")},\
        "edges":[\(edges.joined(separator: ","))]}}}
        """
    }

    /// A connection within a node.
    static func part(_ nodes: [String], end: String? = nil) -> String {
        """
        {"totalCount":\(nodes.count),"pageInfo":{"hasNextPage":\(end != nil),\
        "endCursor":\(end.map { "\"\($0)\"" } ?? "null")},"nodes":[\(nodes.joined(separator: ","))]}
        """
    }

    static func commit(_ hash: String, _ message: String = "m") -> String {
        """
        {"commit":{"oid":"\(hash)","message":"\(message)","authoredDate":"2026-01-01T00:00:00Z",\
        "committedDate":"2026-01-01T00:00:00Z","author":{"name":"Ada","email":"Ada@Example.com","user":null}}}
        """
    }
    static func review(_ id: String) -> String {
        """
        {"id":"\(id)","state":"APPROVED","body":"","submittedAt":"2026-01-01T00:00:00Z","author":null,"commit":null}
        """
    }
    static func comment(_ id: String) -> String {
        """
        {"id":"\(id)","body":"hello","createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","author":null}
        """
    }
    static func thread(_ id: String, _ comments: String) -> String {
        """
        {"id":"\(id)","isResolved":true,"path":"a.swift","line":null,"originalLine":4,"comments":\(comments)}
        """
    }
}
