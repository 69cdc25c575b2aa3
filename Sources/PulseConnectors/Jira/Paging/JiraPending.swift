import PulseJSON

/// What is still to be fetched of single issues, because a search shows only a part of it.
struct JiraPending: Sendable, Hashable {
    /// Ids of issues whose changelog was cut.
    var changelogs: [String] = []
    /// Ids of issues whose comments were cut.
    var comments: [String] = []
    /// Ids of issues whose worklogs were cut.
    var worklogs: [String] = []

    // Where the first of them stands.
    var start = 0
    var token: String?
    /// The total that the page before told.
    var total: Int?
    /// Ids seen on the pages before, so that the last page can tell the whole set; `nil` when there are too many.
    var seen: [String]? = []
    var restarts = 0
    /// Changelogs are asked for one issue at a time: asking for several at once did not work.
    var isOneByOne = false

    /// More ids than these would make checkpoints large; deletions are then left to a full load.
    static let limitOfSeen = 2_000

    /// What is fetched next.
    enum Task: Sendable, Hashable {
        case changelogs([String])
        case comments(String)
        case worklogs(String)

        var isOfSeveral: Bool { if case .changelogs(let issues) = self { issues.count > 1 } else { false } }
    }

    init() {}

    var isEmpty: Bool { changelogs.isEmpty && comments.isEmpty && worklogs.isEmpty }

    var task: Task? {
        if let first = changelogs.first { return .changelogs(isOneByOne ? [first] : changelogs) }
        if let issue = comments.first { return .comments(issue) }
        return worklogs.first.map { .worklogs($0) }
    }

    /// The present task is done, or its issue is gone.
    mutating func finishTask() {
        if !changelogs.isEmpty {
            if isOneByOne { changelogs.removeFirst() } else { changelogs = [] }
        } else if !comments.isEmpty {
            comments.removeFirst()
        } else if !worklogs.isEmpty {
            worklogs.removeFirst()
        }
        (start, token, total, seen, restarts) = (0, nil, nil, [], 0)
    }

    /// Goes on with one issue at a time, from the first: what was loaded comes again and changes nothing.
    mutating func goOneByOne() {
        isOneByOne = true
        (start, token, total, seen, restarts) = (0, nil, nil, [], 0)
    }

    /// Notes the ids of a page of children.
    mutating func note(_ ids: [String]) {
        guard var seen else { return }
        seen += ids
        self.seen = seen.count <= Self.limitOfSeen ? seen : nil
    }

    /// After a page of `count` children at `start`: whether the list goes on, is begun anew, or is through.
    mutating func advance(ids: [String], count: Int, total newTotal: Int?, requested: Int) {
        if let total, let newTotal, newTotal < total, restarts < 3 {
            // Something before `start` was deleted, and what followed has moved up.
            (start, self.total, seen, restarts) = (0, nil, [], restarts + 1)
            return
        }
        note(ids)
        start += count
        total = newTotal
        let isThrough = count == 0 || (newTotal.map { start >= $0 } ?? (count < requested))
        if isThrough { finishTask() }
    }

    init(_ root: JSONValue) {
        changelogs = root["changelogs"].strings
        comments = root["comments"].strings
        worklogs = root["worklogs"].strings
        start = Int(clamping: root["start"].int64 ?? 0)
        token = root["token"].string
        total = root["total"].int64.map { Int(clamping: $0) }
        seen = root["seen"].isNull ? nil : root["seen"].strings
        restarts = Int(clamping: root["restarts"].int64 ?? 0)
        isOneByOne = root["oneByOne"].bool ?? false
    }

    func write(to writer: inout JSONWriter) {
        if !changelogs.isEmpty { writer.member("changelogs", changelogs) }
        if !comments.isEmpty { writer.member("comments", comments) }
        if !worklogs.isEmpty { writer.member("worklogs", worklogs) }
        if start > 0 { writer.member("start", start) }
        if let token { writer.member("token", token) }
        if let total { writer.member("total", total) }
        if let seen {
            if !seen.isEmpty { writer.member("seen", seen) }
        } else {
            writer.name("seen")
            writer.null()
        }
        if restarts > 0 { writer.member("restarts", restarts) }
        if isOneByOne { writer.member("oneByOne", true) }
    }
}
