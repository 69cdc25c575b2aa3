import PulseDomain
import PulseJSON

extension JiraSearchPage {
    /// What the body of a search tells. Throws `Failure` when it is no page of issues.
    init(body: [UInt8], dialect: JiraDialect, isCensus: Bool) throws {
        self = try JiraJSON.read(body, as: "The search's answer", comesAgain: true) { root in
            guard root["issues"].kind == .array else {
                throw JiraFailure.unexpectedShape("The search's answer", missing: "list of issues")
            }
            return JiraSearchPage(root, dialect: dialect, isCensus: isCensus)
        }
    }

    private init(_ root: JSONValue, dialect: JiraDialect, isCensus: Bool) {
        token = root["nextPageToken"].string
        isLast = root["isLast"].bool
        total = root["total"].int64.map { Int(clamping: $0) }
        maxResults = root["maxResults"].int64.flatMap { $0 > 0 ? Int(clamping: $0) : nil }
        var issues = root["issues"].elements
        while let issue = issues.next() {
            let id = issue["id"].identifier
            if count == 0 { firstID = id }
            lastID = id
            count += 1
            if isCensus { continue }
            let fields = issue["fields"]
            if let updated = fields["updated"].moment?.milliseconds {
                lastUpdated = updated
                high = max(high ?? updated, updated)
            }
            guard let id else { continue }
            if Self.isCut(changelog: issue["changelog"], dialect) { pending.changelogs.append(id) }
            let comment = fields["comment"]
            let worklog = fields["worklog"]
            if Self.isCut(comment, items: comment["comments"]) { pending.comments.append(id) }
            if Self.isCut(worklog, items: worklog["worklogs"]) { pending.worklogs.append(id) }
        }
    }

    /// Whether an embedded list holds less than there is.
    static func isCut(_ container: JSONValue, items: JSONValue) -> Bool {
        guard let total = container["total"].int64 else { return false }
        return total > Int64(items.count)
    }

    /// Searches of Cloud cut the changelog at 40 histories without an error (JRACLOUD-96459). A list of that many is
    /// fetched whole, also when its total does not admit that it was cut.
    static func isCut(changelog: JSONValue, _ dialect: JiraDialect) -> Bool {
        let histories = changelog["histories"]
        if isCut(changelog, items: histories) { return true }
        guard dialect == .cloud, histories.count >= 40 else { return false }
        return (changelog["maxResults"].int64 ?? 0) <= Int64(histories.count)
    }
}
