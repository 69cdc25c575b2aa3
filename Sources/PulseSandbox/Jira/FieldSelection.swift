/// Which fields of an issue were asked for.
struct FieldSelection: Sendable, Hashable {
    enum Field: Int, CaseIterable {
        case summary, issuetype, project, status, priority, assignee, reporter, creator, created, updated, resolution
        case resolutiondate, labels, components, fixVersions, versions, parent, subtasks, issuelinks, timetracking
        case timeoriginalestimate, timeestimate, timespent, duedate, description, comment, worklog, attachment, votes
        case watches, environment, security, workratio, statuscategorychangedate, lastViewed

        /// Its id at Jira.
        var name: String { String(describing: self) }

        init?(name: String) {
            guard let field = Self.byName[name] else { return nil }
            self = field
        }

        private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
    }

    private var bits: UInt64 = 0
    private(set) var hasAllCustomFields = false
    /// Places of custom fields that were asked for by id.
    private(set) var customFields: [Int] = []

    var isEmpty: Bool { bits == 0 && !hasAllCustomFields && customFields.isEmpty }

    func contains(_ field: Field) -> Bool { bits & Self.bit(field) != 0 }

    func contains(custom place: Int) -> Bool { hasAllCustomFields || customFields.contains(place) }

    /// - Parameter names: as in the request; `*all`, `*navigable`, ids, or ids with `-`.
    init(_ names: [String], dialect: JiraDialect, customFieldCount: Int) {
        var without: [String] = []
        for name in names {
            switch name {
            case "*all", "*navigable":
                hasAllCustomFields = true
                for field in Field.allCases
                where name == "*all" || ![.comment, .worklog, .attachment, .timetracking].contains(field) {
                    bits |= Self.bit(field)
                }
            case let name where name.hasPrefix("-"): without.append(String(name.dropFirst()))
            case let name where name.hasPrefix("customfield_"):
                if let id = Int(name.dropFirst(12)), (0..<customFieldCount).contains(id - dialect.firstCustomField) {
                    customFields.append(id - dialect.firstCustomField)
                }
            default: if let field = Field(name: name) { bits |= Self.bit(field) }
            }
        }
        if !without.isEmpty, bits == 0 {
            self = FieldSelection(["*navigable"], dialect: dialect, customFieldCount: customFieldCount)
        }
        for name in without { if let field = Field(name: name) { bits &= ~Self.bit(field) } }
    }

    private static func bit(_ field: Field) -> UInt64 { 1 << UInt64(field.rawValue) }
}
