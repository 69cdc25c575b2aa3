import PulseDomain
import PulseJSON

extension JiraConnector {
    /// A page of projects, issue types, statuses or versions, mapped.
    func mappedList(of page: RawPage, walk: Walk, keeping records: Set<Int32> = []) throws -> JiraCatalogueMapper {
        let stream = walk.partition.stream
        var mapper = JiraCatalogueMapper(
            base: base, wanted: projects, projectID: walk.descriptor.reference, projectKey: walk.descriptor.key.rawValue
        )
        mapper.payloads = RecordPayloads(of: records)
        return try JiraJSON.read(page.body, as: "The list of \(stream)") { root in
            if root["values"].kind == .array {
                mapper.content.expected = root["total"].int64.map { Int(clamping: $0) }
            } else if root.kind != .array {
                throw JiraFailure.unexpectedShape("The list of \(stream)", missing: "list of values")
            }
            var record = 0
            var elements = (root.kind == .array ? root : root["values"]).elements
            while let element = elements.next() {
                mapper.begin(element, record: record)
                switch stream {
                case JiraStream.projects: mapper.map(project: element, record: record)
                case JiraStream.issueTypes: mapper.map(type: element, record: record)
                case JiraStream.statuses: mapper.map(status: element, record: record)
                case JiraStream.versions: mapper.map(version: element, record: record)
                default: throw JiraFailure.unknownStream(stream)
                }
                record += 1
            }
            return mapper
        }
    }

    /// A page of sprints, mapped; a page of boards only says where sprints are.
    func mappedBoards(
        of page: RawPage, at position: JiraBoardPosition, walk: Walk, keeping records: Set<Int32> = []
    ) throws -> JiraCatalogueMapper {
        var mapper = JiraCatalogueMapper(base: base, wanted: [], projectID: "", projectKey: "")
        mapper.payloads = RecordPayloads(of: records)
        guard !position.boards.isEmpty else { return mapper }
        let boards = JiraDetails(walk.identity.details).boards
        return try JiraJSON.read(page.body, as: "The list of sprints") { root in
            guard root["values"].kind == .array else {
                throw JiraFailure.unexpectedShape("The list of sprints", missing: "list of values")
            }
            var record = 0
            var elements = root["values"].elements
            while let element = elements.next() {
                mapper.begin(element, record: record)
                mapper.map(sprint: element, boards: boards, record: record)
                record += 1
            }
            return mapper
        }
    }
}
