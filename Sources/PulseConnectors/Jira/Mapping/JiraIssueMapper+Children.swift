import PulseDomain
import PulseJSON

/// The kinds of children that lie in lists of their own.
enum JiraChild: String, Sendable, Hashable {
    case changelogs, comments, worklogs

    /// The member that holds the list, in an issue as on a page of its own.
    var listName: StaticString {
        switch self {
        case .changelogs: "histories"
        case .comments: "comments"
        case .worklogs: "worklogs"
        }
    }
}

extension JiraIssueMapper {
    // MARK: Links

    mutating func mapLinks(of fields: JSONValue, issue: String, record: Int, epicKey: String?) {
        var ids: [String] = []
        if let epicKey {
            // Data Center's epic link tells a key only, which is no id of a parent.
            let id = "\(issue):epic"
            ids.append(id)
            links.beginRow(record: record)
            links.set(.id, id)
            links.set(.workItemID, issue)
            links.set(.otherKey, epicKey)
            links.set(.kind, "has epic")
        }
        let list = fields["issuelinks"]
        var elements = list.elements
        while let link = elements.next() {
            guard let number = link["id"].identifier else { continue }
            let isOutward = link["outwardIssue"].kind == .object
            let other = isOutward ? link["outwardIssue"] : link["inwardIssue"]
            // The other end may be hidden from us.
            guard other.kind == .object else { continue }
            let id = "\(number):\(isOutward ? "outward" : "inward")"
            ids.append(id)
            links.beginRow(record: record)
            links.set(.id, id)
            links.set(.workItemID, issue)
            links.set(.otherID, json: other["id"])
            links.set(.otherKey, json: other["key"])
            let type = link["type"]
            let kind = (isOutward ? type["outward"] : type["inward"]).identifier ?? type["name"].identifier
            links.set(.kind, kind ?? "relates to")
        }
        guard list.kind == .array else { return }
        content.childSets.append(ChildSet(table: "work_item_links", owner: issue, ids: ids))
    }

    // MARK: Embedded lists

    mutating func mapEmbedded(_ container: JSONValue, _ kind: JiraChild, issue: String, record: Int) {
        let isBare = container.kind == .array
        let list = isBare ? container : container[kind.listName]
        guard list.kind == .array, !JiraSearchPage.isCut(container, items: list) else { return }
        var ids: [String] = []
        var knowsAll = true
        var elements = list.elements
        while let child = elements.next() {
            // A child that cannot be read is there all the same: what was loaded of it before stays.
            if let id = child["id"].identifier { ids.append(id) } else { knowsAll = false }
            if let problem = map(child, kind, issue: issue, record: record) {
                // A child is no record of this page, unless it has to be accounted for by itself.
                content.extracted += 1
                content.rejected.append(problem)
            }
        }
        guard knowsAll, (container["startAt"].int64 ?? 0) == 0 else { return }
        content.childSets.append(childSet(kind, issue: issue, ids: ids))
    }

    func childSet(_ kind: JiraChild, issue: String, ids: [String]) -> ChildSet {
        ChildSet(table: kind == .comments ? "work_item_comments" : "worklogs", owner: issue, ids: ids)
    }

    mutating func mapChangelog(_ histories: JSONValue, issue: String, record: Int) {
        var elements = histories.elements
        while let history = elements.next() {
            if let problem = map(history, .changelogs, issue: issue, record: record) {
                content.extracted += 1
                content.rejected.append(problem)
            }
        }
    }

    // MARK: Single children

    /// Writes the rows of one child, or says why it cannot be loaded.
    mutating func map(_ child: JSONValue, _ kind: JiraChild, issue: String, record: Int) -> RejectedRecord? {
        switch kind {
        case .changelogs: map(history: child, issue: issue, record: record)
        case .comments: map(comment: child, issue: issue, record: record)
        case .worklogs: map(worklog: child, issue: issue, record: record)
        }
    }

    private mutating func map(history: JSONValue, issue: String, record: Int) -> RejectedRecord? {
        guard let id = history["id"].identifier else { return rejected(history, .changelogs, issue, "no_id", "no id") }
        guard let changedAt = Self.moment(history["created"]) else {
            return rejected(history, .changelogs, issue, "no_time", "no readable time")
        }
        var position = 0
        var items = history["items"].elements
        while let item = items.next() {
            changes.beginRow(record: record)
            changes.set(
                .id,
                appending: {
                    $0.append(contentsOf: id.utf8)
                    $0.append(UInt8(ascii: ":"))
                    $0.append(contentsOf: String(position).utf8)
                })
            changes.set(.workItemID, issue)
            people.refer(from: &changes, .authorID, to: history["author"])
            let field = item["field"]
            if field.identifier != nil {
                changes.set(.field, json: field)
            } else {
                changes.set(.field, item["fieldId"].identifier ?? "unknown")
            }
            changes.set(.fieldID, json: item["fieldId"])
            changes.set(.fromID, json: item["from"])
            changes.set(.fromText, json: item["fromString"])
            changes.set(.toID, json: item["to"])
            changes.set(.toText, json: item["toString"])
            changes.set(.changedAt, changedAt)
            if field.isString("Key") { mapMove(item, issue: issue, record: record) }
            position += 1
        }
        return nil
    }

    /// A move gives an issue another key, and old texts go on using the former one. The store sees only moves that happen
    /// between two loads; the changelog tells all of them.
    private mutating func mapMove(_ item: JSONValue, issue: String, record: Int) {
        guard let former = item["fromString"].identifier else { return }
        aliases.beginRow(record: record)
        aliases.set(.id, former)
        aliases.set(.workItemID, issue)
    }

    private mutating func map(comment: JSONValue, issue: String, record: Int) -> RejectedRecord? {
        guard comment["id"].identifier != nil else { return rejected(comment, .comments, issue, "no_id", "no id") }
        comments.beginRow(record: record)
        comments.set(.id, json: comment["id"])
        comments.set(.workItemID, issue)
        people.refer(from: &comments, .authorID, to: comment["author"])
        let body = comment["body"]
        if !body.isMissing, !body.isNull { comments.set(.body, appending: { PlainText.append(body, to: &$0) }) }
        comments.set(.createdAt, Self.moment(comment["created"]))
        comments.set(.updatedAt, Self.moment(comment["updated"]) ?? Self.moment(comment["created"]))
        return nil
    }

    private mutating func map(worklog: JSONValue, issue: String, record: Int) -> RejectedRecord? {
        guard worklog["id"].identifier != nil else { return rejected(worklog, .worklogs, issue, "no_id", "no id") }
        guard let seconds = worklog["timeSpentSeconds"].lenientInteger else {
            return rejected(worklog, .worklogs, issue, "no_seconds", "no time in seconds")
        }
        worklogs.beginRow(record: record)
        worklogs.set(.id, json: worklog["id"])
        worklogs.set(.workItemID, issue)
        people.refer(from: &worklogs, .authorID, to: worklog["author"])
        worklogs.set(.seconds, seconds)
        let body = worklog["comment"]
        if !body.isMissing, !body.isNull { worklogs.set(.body, appending: { PlainText.append(body, to: &$0) }) }
        worklogs.set(.startedAt, Self.moment(worklog["started"]))
        worklogs.set(.updatedAt, Self.moment(worklog["updated"]) ?? Self.moment(worklog["created"]))
        return nil
    }

    /// A moment as text, or as a number: seconds in Atlassian's example of bulkfetch, milliseconds elsewhere. Seconds
    /// reach 100,000,000,000 in the year 5138, milliseconds did in 1973.
    static func moment(_ value: JSONValue) -> Instant? {
        guard let number = value.int64 else { return value.moment }
        guard (-100_000_000_000_000...100_000_000_000_000).contains(number) else { return nil }
        return abs(number) < 100_000_000_000 ? Instant(seconds: number) : Instant(milliseconds: number)
    }

    /// The rejection of a child.
    func rejected(_ child: JSONValue, _ kind: JiraChild, _ issue: String, _ code: String, _ lacks: String)
        -> RejectedRecord
    {
        let name =
            switch kind {
            case .changelogs: "history"
            case .comments: "comment"
            case .worklogs: "worklog"
            }
        return RejectedRecord(
            recordID: child["id"].identifier, code: "jira.\(name).\(code)",
            reason: "A \(name) of the issue \(issue) has \(lacks).",
            payload: Self.payload(of: child, kind, issue: issue))
    }

    /// A child with whose it is.
    static func payload(of child: JSONValue, _ kind: JiraChild, issue: String) -> [UInt8] {
        JSONWriter.document { writer in
            writer.object { writer in
                writer.member("issue", issue)
                writer.member("kind", kind.rawValue)
                writer.name("record")
                writer.value(child)
            }
        }
    }
}
