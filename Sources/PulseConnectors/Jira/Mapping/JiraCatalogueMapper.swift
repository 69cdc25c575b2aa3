import PulseDomain
import PulseJSON

/// Turns projects, types, statuses, versions and sprints into rows.
struct JiraCatalogueMapper {
    let base: String
    /// Keys of the configured projects; empty: all.
    let wanted: [String]
    /// The project of a walk over versions.
    let projectID: String
    let projectKey: String

    var content = PageContent()
    var payloads = RecordPayloads()
    private var projects = RowWriter<ProjectColumns>()
    private var types = RowWriter<WorkItemTypeColumns>()
    private var statuses = RowWriter<StatusColumns>()
    private var releases = RowWriter<ReleaseColumns>()
    private var sprints = RowWriter<SprintColumns>()
    private var people = PeopleWriter()

    init(base: String, wanted: [String], projectID: String, projectKey: String) {
        self.base = base
        self.wanted = wanted
        self.projectID = projectID
        self.projectKey = projectKey
    }

    func finished() -> PageContent {
        var content = content
        let batches = [
            people.rows.batch, projects.batch, types.batch, statuses.batch, releases.batch, sprints.batch,
        ]
        content.batches = batches.filter { !$0.isEmpty }
        return content
    }

    /// Counts an element of the page as the record `record`, before it is mapped.
    mutating func begin(_ element: JSONValue, record: Int) {
        content.extracted += 1
        if payloads.wants(record) { payloads.keep(element.json, of: record) }
    }

    mutating func map(project: JSONValue, record: Int) {
        guard let id = project["id"].identifier else { return reject(project, "project", "no_id", "no id") }
        guard let key = project["key"].identifier else { return reject(project, "project", "no_key", "no key") }
        // The declared rule: only the configured projects are loaded.
        guard wanted.isEmpty || wanted.contains(key.uppercased()) else {
            content.filtered += 1
            return
        }
        projects.beginRow(record: record)
        projects.set(.id, id)
        projects.set(.key, key)
        projects.set(.name, project["name"].identifier ?? key)
        projects.set(.kind, json: project["projectTypeKey"])
        people.refer(from: &projects, .leadID, to: project["lead"])
        projects.set(.url, "\(base)/browse/\(key)")
        projects.set(.isArchived, project["archived"].bool ?? false)
        let description = project["description"]
        if let text = description.utf8, text.count > 0 {
            projects.set(.summary, appending: { PlainText.append(description, to: &$0) })
        }
    }

    mutating func map(type: JSONValue, record: Int) {
        guard let id = type["id"].identifier else { return reject(type, "issue_type", "no_id", "no id") }
        let isSubtask = type["subtask"].bool ?? ((type["hierarchyLevel"].int64 ?? 0) < 0)
        types.beginRow(record: record)
        types.set(.id, id)
        types.set(.name, type["name"].identifier ?? id)
        types.set(.category, Self.category(of: type, isSubtask: isSubtask))
        types.set(.isSubtask, isSubtask)
        types.set(.projectID, json: type["scope"]["project"]["id"])
    }

    mutating func map(status: JSONValue, record: Int) {
        guard let id = status["id"].identifier else { return reject(status, "status", "no_id", "no id") }
        statuses.beginRow(record: record)
        statuses.set(.id, id)
        statuses.set(.name, status["name"].identifier ?? id)
        statuses.set(.category, StatusCategory.name(of: status))
        statuses.set(.projectID, json: status["scope"]["project"]["id"])
    }

    mutating func map(version: JSONValue, record: Int) {
        guard let id = version["id"].identifier else { return reject(version, "version", "no_id", "no id") }
        releases.beginRow(record: record)
        releases.set(.id, id)
        releases.set(.name, version["name"].identifier ?? id)
        if let project = version["projectId"].identifier ?? (projectID.isEmpty ? nil : projectID) {
            releases.set(.projectID, project)
        }
        let isReleased = version["released"].bool ?? false
        releases.set(.isDraft, !isReleased)
        let notes = version["description"]
        if notes.identifier != nil { releases.set(.body, json: notes) }
        // A date that lies ahead is a plan.
        if isReleased { releases.set(.publishedAt, moment: version["releaseDate"]) }
        releases.set(.url, "\(base)/projects/\(projectKey)/versions/\(id)")
    }

    mutating func map(sprint: JSONValue, boards: [String: String], record: Int) {
        guard let id = sprint["id"].identifier else { return reject(sprint, "sprint", "no_id", "no id") }
        sprints.beginRow(record: record)
        sprints.set(.id, id)
        sprints.set(.name, sprint["name"].identifier ?? id)
        let state = sprint["state"].string?.lowercased() ?? ""
        sprints.set(.state, ["future", "active", "closed"].contains(state) ? state : Self.state(of: sprint))
        // The board that owns it, not the one that lists it: several list the same sprint, and the row is one.
        if let board = sprint["originBoardId"].identifier {
            sprints.set(.boardID, board)
            sprints.set(.boardName, boards[board])
        }
        if sprint["goal"].identifier != nil { sprints.set(.goal, json: sprint["goal"]) }
        sprints.set(.startsAt, moment: sprint["startDate"])
        sprints.set(.endsAt, moment: sprint["endDate"])
        sprints.set(.completedAt, moment: sprint["completeDate"])
    }

    private static func state(of sprint: JSONValue) -> String {
        if sprint["completeDate"].moment != nil { return "closed" }
        return sprint["startDate"].moment != nil ? "active" : "future"
    }

    /// A type's kind, by nature first and by name then. Jira tells no kind, and names are translated.
    private static func category(of type: JSONValue, isSubtask: Bool) -> String {
        if isSubtask { return "subtask" }
        let name = (type["untranslatedName"].string ?? type["name"].string ?? "").lowercased()
        if type["hierarchyLevel"].int64 == 1 || name == "epic" { return "epic" }
        if name.contains("bug") || name.contains("defect") { return "bug" }
        if name.contains("story") { return "story" }
        return name.contains("task") ? "task" : "other"
    }

    private mutating func reject(_ value: JSONValue, _ kind: String, _ code: String, _ lacks: String) {
        let words = kind.split(separator: "_").joined(separator: " ")
        content.rejected.append(
            RejectedRecord(
                recordID: value["id"].identifier ?? value["name"].identifier, code: "jira.\(kind).\(code)",
                reason: "A record of kind \(words) has \(lacks).", payload: value.json))
    }
}
