import PulseDomain
import PulseJSON

extension JiraConnector {
    /// A page of a search, of pending children, or of a census, mapped.
    func mappedIssues(
        of page: RawPage, at position: JiraSearchPosition, walk: Walk, keeping records: Set<Int32> = []
    ) throws -> JiraIssueMapper {
        let dialect = requests(walk.identity).dialect
        var mapper = JiraIssueMapper(
            base: base, dialect: dialect, details: JiraDetails(walk.identity.details),
            projectID: walk.descriptor.reference)
        mapper.payloads = RecordPayloads(of: records)
        return try JiraJSON.read(page.body, as: "The page") { root in
            if let task = position.pending.task {
                try mapper.map(root, task: task, pending: position.pending)
            } else if position.isCensus {
                try Self.mapCensus(root, into: &mapper.content)
            } else {
                guard root["issues"].kind == .array else {
                    throw JiraFailure.unexpectedShape("The search's answer", missing: "list of issues")
                }
                var record = 0
                var issues = root["issues"].elements
                while let issue = issues.next() {
                    mapper.map(issue, record: record)
                    record += 1
                }
                if position.start == 0, position.high == nil {
                    mapper.content.expected = root["total"].int64.map { Int(clamping: $0) }
                }
            }
            return mapper
        }
    }

    private static func mapCensus(_ root: JSONValue, into content: inout PageContent) throws {
        guard root["issues"].kind == .array else {
            throw JiraFailure.unexpectedShape("The search's answer", missing: "list of issues")
        }
        var issues = root["issues"].elements
        while let issue = issues.next() {
            guard let id = issue["id"].identifier else {
                // A census with holes would take rows away.
                throw JiraFailure.unexpectedShape("An issue of the census", missing: "id")
            }
            content.censusIDs.append(id)
        }
    }
}

extension JiraIssueMapper {
    /// Maps a page of children, each of which is a record by itself.
    mutating func map(_ root: JSONValue, task: JiraPending.Task, pending: JiraPending) throws {
        let page = try JiraNestedPage(root, task: task, dialect: dialect)
        switch task {
        case .changelogs(let issues) where page.shape == .offset:
            mapRecords(root["values"], .changelogs, issue: issues[0])
        case .changelogs(let issues) where page.shape == .whole:
            mapRecords(root["changelog"]["histories"], .changelogs, issue: issues[0])
        case .changelogs:
            var logs = root["issueChangeLogs"].elements
            while let log = logs.next() {
                guard let issue = log["issueId"].identifier else {
                    throw JiraFailure.unexpectedShape("A changelog of several issues", missing: "issue id")
                }
                mapRecords(log["changeHistories"], .changelogs, issue: issue)
            }
        case .comments(let issue):
            mapRecords(root["comments"], .comments, issue: issue)
            if let ids = page.completeSet(pending) {
                content.childSets.append(childSet(.comments, issue: issue, ids: ids))
            }
        case .worklogs(let issue):
            mapRecords(root["worklogs"], .worklogs, issue: issue)
            if let ids = page.completeSet(pending) {
                content.childSets.append(childSet(.worklogs, issue: issue, ids: ids))
            }
        }
    }

    mutating func mapRecords(_ list: JSONValue, _ kind: JiraChild, issue: String) {
        var elements = list.elements
        while let child = elements.next() { mapRecord(child, kind, issue: issue) }
    }

    /// Maps a child as a record by itself. A history that changes nothing has no rows: it is left out by that rule.
    mutating func mapRecord(_ child: JSONValue, _ kind: JiraChild, issue: String) {
        let record = content.extracted
        content.extracted += 1
        if payloads.wants(record) { payloads.keep(Self.payload(of: child, kind, issue: issue), of: record) }
        if let problem = map(child, kind, issue: issue, record: record) {
            content.rejected.append(problem)
        } else if kind == .changelogs, child["items"].count == 0 {
            content.filtered += 1
        }
    }
}
