import PulseDomain
import PulseJSON

/// Where a search for issues stands: the query, what its token is tied to, and what is pending of single issues.
struct JiraSearchPosition: Sendable, Hashable {
    var isCensus = false
    var project: String
    /// The lower bound of `updated`, in milliseconds. Moves up when the search is anchored anew.
    var from: Int64
    /// The upper bound, excluded.
    var to: Int64?
    /// The newest `updated` seen in this walk, in milliseconds.
    var high: Int64?

    // Cloud.
    /// The query that `token` belongs to: replayed with another one it is refused.
    var jql: String
    var token: String?
    /// Hashes of the last tokens, to notice a circle.
    var trail: [String] = []
    /// The page before called itself the last one and had a token all the same.
    var isPastLast = false
    /// Pages without rows in a row.
    var empties = 0

    // Data Center.
    var start = 0
    /// The id of the row that is expected first at `start`; another one means that rows have moved.
    var lastID: String?

    /// How often the search was begun anew without getting further.
    var stalls = 0
    /// The search itself is through; only what is pending remains.
    var isAtEnd = false
    var pending = JiraPending()

    static let overlap = Duration.minutes(15)

    /// The beginning of a walk.
    init(beginning walk: Walk) throws {
        guard walk.descriptor.key != .whole else { throw JiraFailure.projectWithoutKey() }
        project = walk.descriptor.key.rawValue
        from = 0
        switch walk.mode {
        case .incremental:
            // The search index lags: a change may appear with a time before the watermark (FACTS §2.1, §2.2).
            if let changedAt = walk.watermark?.changedAt { from = (changedAt - Self.overlap).milliseconds }
        case .full: break
        case .range(let from, let to):
            self.from = from.milliseconds
            self.to = to.milliseconds
        case .census: isCensus = true
        }
        from = max(from, 0)
        jql = ""
        jql = query
    }

    /// The query from `from` on.
    var query: String { isCensus ? JQL.all(project: project) : JQL.changed(project: project, from: from, to: to) }

    /// Whether nothing is left to be asked for.
    var isComplete: Bool { isAtEnd && pending.isEmpty }

    init?(_ root: JSONValue) {
        guard let project = root["project"].string, let jql = root["jql"].string, let from = root["from"].int64 else {
            return nil
        }
        self.project = project
        self.jql = jql
        self.from = from
        isCensus = root["census"].bool ?? false
        to = root["to"].int64
        high = root["high"].int64
        token = root["token"].string
        trail = root["trail"].strings
        isPastLast = root["pastLast"].bool ?? false
        empties = Int(clamping: root["empties"].int64 ?? 0)
        start = Int(clamping: root["start"].int64 ?? 0)
        lastID = root["lastID"].string
        stalls = Int(clamping: root["stalls"].int64 ?? 0)
        isAtEnd = root["atEnd"].bool ?? false
        pending = JiraPending(root["pending"])
    }

    func write(to writer: inout JSONWriter) {
        if isCensus { writer.member("census", true) }
        writer.member("project", project)
        writer.member("from", from)
        if let to { writer.member("to", to) }
        if let high { writer.member("high", high) }
        writer.member("jql", jql)
        if let token { writer.member("token", token) }
        if !trail.isEmpty { writer.member("trail", trail) }
        if isPastLast { writer.member("pastLast", true) }
        if empties > 0 { writer.member("empties", empties) }
        if start > 0 { writer.member("start", start) }
        if let lastID { writer.member("lastID", lastID) }
        if stalls > 0 { writer.member("stalls", stalls) }
        if isAtEnd { writer.member("atEnd", true) }
        if !pending.isEmpty { writer.memberObject("pending") { pending.write(to: &$0) } }
    }
}
