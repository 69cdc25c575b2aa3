import PulseDomain
import PulseJSON

/// What a page of an issue's changelog, comments or worklogs tells about the walk.
struct JiraNestedPage: Sendable, Hashable {
    enum Shape: Sendable, Hashable {
        /// Everything at once.
        case whole
        /// By offset.
        case offset
        /// By token; the one to go on with, `nil` at the end.
        case token(String?)
    }

    var shape: Shape
    /// Ids of its items; empty for changelogs, whose entries are never deleted.
    var ids: [String] = []
    var count = 0
    var total: Int?
    /// What the server applied.
    var maxResults: Int?

    init(body: [UInt8], task: JiraPending.Task, dialect: JiraDialect) throws {
        self = try JiraJSON.read(body, as: "The answer with details of an issue", comesAgain: true) { root in
            try JiraNestedPage(root, task: task, dialect: dialect)
        }
    }

    init(_ root: JSONValue, task: JiraPending.Task, dialect: JiraDialect) throws {
        let name: StaticString
        switch task {
        case .changelogs(let issues):
            guard dialect == .cloud else {
                shape = .whole
                try Self.require(root["changelog"]["histories"], "changelog")
                count = root["changelog"]["histories"].count
                return
            }
            if issues.count > 1 {
                try Self.require(root["issueChangeLogs"], "list of changelogs")
                let token = root["nextPageToken"].string
                shape = .token(token.flatMap { $0.isEmpty ? nil : $0 })
                count = root["issueChangeLogs"].count
                return
            }
            name = "values"
        case .comments: name = "comments"
        case .worklogs: name = "worklogs"
        }
        shape = .offset
        try Self.require(root[name], "list of \(name)")
        count = root[name].count
        total = root["total"].int64.map { Int(clamping: $0) }
        maxResults = root["maxResults"].int64.flatMap { $0 > 0 ? Int(clamping: $0) : nil }
        if case .changelogs = task { return }
        var items = root[name].elements
        while let item = items.next() { if let id = item["id"].identifier { ids.append(id) } }
    }

    /// Moves the pending work past this page.
    func advance(_ pending: inout JiraPending, size: Int) {
        switch shape {
        case .whole:
            // Data Center: one issue a request.
            if pending.changelogs.count > 1 { pending.changelogs.removeFirst() } else { pending.finishTask() }
        case .token(let token?) where token != pending.token && pending.restarts < 10_000:
            pending.token = token
            pending.restarts += 1
        // A token that leads nowhere is not the end (FACTS §2.4).
        case .token(.some): pending.goOneByOne()
        case .token(nil): pending.finishTask()
        case .offset: pending.advance(ids: ids, count: count, total: total, requested: maxResults ?? size)
        }
    }

    /// Ids of all children of the issue, when this page is the last and all before it are remembered; else `nil`.
    func completeSet(_ pending: JiraPending) -> [String]? {
        guard shape == .offset, let seen = pending.seen, let total, pending.start + count >= total else { return nil }
        if let before = pending.total, total < before { return nil }
        let all = seen + ids
        return Set(all).count == all.count && all.count == total ? all : nil
    }

    private static func require(_ list: JSONValue, _ what: String) throws {
        guard list.kind == .array else {
            throw JiraFailure.unexpectedShape("The answer with details of an issue", missing: what)
        }
    }
}
