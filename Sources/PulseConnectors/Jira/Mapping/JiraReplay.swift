import PulseDomain
import PulseJSON

/// Puts a quarantined record back into the page that it would stand on.
enum JiraReplay {
    /// The body of a page with that record alone.
    static func page(around record: RejectedRecord, at cursor: JiraCursor) throws -> [UInt8] {
        let payload = try JiraJSON.read(record.payload, as: "The rejected record") { $0.json }
        switch cursor {
        case .issues: return wrap(payload, as: "issues")
        case .list, .boards: return wrap(payload, as: "values")
        }
    }

    private static func wrap(_ payload: [UInt8], as name: String) -> [UInt8] {
        JSONWriter.document { writer in
            writer.object { writer in
                writer.memberArray(name) { $0.raw(payload) }
            }
        }
    }
}

extension JiraConnector {
    /// Maps a child (a comment, worklog or history) from the envelope that it was rejected in; `nil` when the record
    /// is none.
    func contentOfChild(_ record: RejectedRecord, walk: Walk) throws -> PageContent? {
        try JiraJSON.read(record.payload, as: "The rejected record") { root -> PageContent? in
            guard let issue = root["issue"].string, let kind = root["kind"].string.flatMap(JiraChild.init(rawValue:)),
                !root["record"].isMissing
            else { return nil }
            var mapper = JiraIssueMapper(
                base: base, dialect: requests(walk.identity).dialect, details: JiraDetails(walk.identity.details),
                projectID: walk.descriptor.reference)
            mapper.mapRecord(root["record"], kind, issue: issue)
            return mapper.finished()
        }
    }
}
