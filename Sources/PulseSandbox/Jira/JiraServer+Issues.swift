import PulseDomain
import PulseJSON

extension JiraServer {
    /// `/issue/{idOrKey}` and what lies below it. A former key still finds its issue.
    func issue(_ request: ParsedRequest, _ parts: [String]) -> Answer {
        let id = Int(parts[1]) ?? world.key(parts[1]).flatMap { world.id(forKey: $0) }
        guard let id, let record = world.record(id), !record.isDeleted else { return .jira(404, [Self.missingIssue]) }
        guard parts.count > 2 else { return whole(record, request) }
        switch parts[2] {
        case "changelog" where dialect == .cloud: return changelog(record, request)
        case "comment": return comments(record, request)
        case "worklog": return worklogs(record, request)
        default: return .jira(404, [Self.missingIssue])
        }
    }

    private func whole(_ record: IssueRecord, _ request: ParsedRequest) -> Answer {
        let names = request.values("fields")
        let fields = FieldSelection(
            names.isEmpty ? ["*all"] : names, dialect: dialect, customFieldCount: fragments.customFields[0].count)
        var renderer = renderer
        if request.values("expand").contains("changelog") {
            renderer.embeddedHistories = dialect == .cloud ? 100 : .max
        }
        var text = ByteText(reservingBytes: 14_000)
        renderer.append(record, fields: fields, to: &text)
        return .json(points: 2, text.bytes)
    }

    private func changelog(_ record: IssueRecord, _ request: ParsedRequest) -> Answer {
        let histories = world.histories(record, customFieldBase: dialect.firstCustomField)
        return page(histories.map { rendered($0, numericTime: false) }, request, defaultSize: 100)
    }

    private func rendered(_ history: IssueHistory, numericTime: Bool) -> [UInt8] {
        var text = ByteText(reservingBytes: 1_024)
        renderer.append(history, numericTime: numericTime, to: &text)
        return text.bytes
    }

    private func comments(_ record: IssueRecord, _ request: ParsedRequest) -> Answer {
        let facts = world.facts(record)
        let isNewestFirst = request.value("orderBy") == "-created"
        let serials = isNewestFirst ? facts.comments.reversed() : facts.comments
        let rendered = serials.map { serial in
            var text = ByteText(reservingBytes: 2_048)
            renderer.append(comment: serial, of: facts, to: &text)
            return text.bytes
        }
        return page(rendered, request, defaultSize: 100, largest: 100, name: "comments")
    }

    private func worklogs(_ record: IssueRecord, _ request: ParsedRequest) -> Answer {
        let facts = world.facts(record)
        let rendered = facts.worklogs.map { serial in
            var text = ByteText(reservingBytes: 2_048)
            renderer.append(worklog: serial, of: facts, to: &text)
            return text.bytes
        }
        return page(rendered, request, defaultSize: 5_000, largest: 5_000, name: "worklogs")
    }

    /// Changelogs of many issues: by id of the issue, then oldest first, in pages that may end within an issue.
    func bulkChangelogs(_ request: ParsedRequest) -> Answer {
        var issues: [String] = []
        var fields: Set<String> = []
        var size = 1_000
        var token: String?
        var reader = JSONReader()
        do {
            try reader.read(request.body) { root in
                root["issueIdsOrKeys"].forEachElement { if let name = $0.text { issues.append(name) } }
                root["fieldIds"].forEachElement { if let name = $0.string { fields.insert(name) } }
                size = Int(clamping: root["maxResults"].int64 ?? 1_000)
                token = root["nextPageToken"].string
            }
        } catch {
            return .jira(400, ["There was an error parsing JSON. Check that your request body is valid."])
        }
        guard !issues.isEmpty, issues.count <= 1_000, fields.count <= 10, (1...10_000).contains(size) else {
            return .jira(
                400, ["issueIdsOrKeys must hold 1 to 1000 issues, fieldIds at most 10, maxResults 1 to 10000."])
        }
        let skipped =
            token.flatMap { Base64.decodeLeniently($0) }.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        if token != nil, skipped == 0 { return .jira(400, ["The provided next page token is invalid."]) }
        let ids = Set(issues.compactMap { Int($0) ?? world.key($0).flatMap { world.id(forKey: $0) } }).sorted()
        var text = ByteText(reservingBytes: 64_000)
        text.add("{\"issueChangeLogs\":[")
        var (seen, shown) = (0, 0)
        var hasMore = false
        for id in ids {
            guard let record = world.record(id), !record.isDeleted else { continue }
            var isOpen = false
            for history in world.histories(record, customFieldBase: dialect.firstCustomField)
            where fields.isEmpty || history.items.contains(where: { $0.fieldID.map { fields.contains($0) } ?? false }) {
                defer { seen += 1 }
                guard seen >= skipped else { continue }
                guard shown < size else {
                    hasMore = true
                    break
                }
                if !isOpen {
                    text.comma()
                    text.add("{\"issueId\":\"")
                    text.add(id)
                    text.add("\",\"changeHistories\":[")
                    isOpen = true
                }
                text.comma()
                renderer.append(history, numericTime: true, to: &text)
                shown += 1
            }
            if isOpen { text.add("]}") }
            if hasMore { break }
        }
        text.add("]")
        if hasMore {
            text.add(",\"nextPageToken\":\"")
            text.add(text: Base64.encode(Array(String(skipped + shown).utf8)))
            text.add("\"")
        }
        text.add("}")
        return .json(points: 1 + shown, text.bytes)
    }
}
