import PulseDomain
import PulseJSON

/// Turns issues into rows of the unified schema.
struct JiraIssueMapper {
    let base: String
    let dialect: JiraDialect
    let details: JiraDetails
    /// The id of the project that is walked, for issues that do not tell theirs.
    let projectID: String

    var items = RowWriter<WorkItemColumns>()
    var changes = RowWriter<WorkItemChangeColumns>()
    var comments = RowWriter<WorkItemCommentColumns>()
    var worklogs = RowWriter<WorklogColumns>()
    var links = RowWriter<WorkItemLinkColumns>()
    var memberships = RowWriter<SprintWorkItemColumns>()
    var aliases = RowWriter<WorkItemAliasColumns>()
    var people = PeopleWriter()
    var content = PageContent()
    var payloads = RecordPayloads()
    private var custom = CustomFieldsWriter()

    init(base: String, dialect: JiraDialect, details: JiraDetails, projectID: String) {
        self.base = base
        self.dialect = dialect
        self.details = details
        self.projectID = projectID
    }

    /// What was mapped so far.
    func finished() -> PageContent {
        var content = content
        let batches = [
            people.rows.batch, items.batch, changes.batch, comments.batch, worklogs.batch, links.batch,
            memberships.batch, aliases.batch,
        ]
        content.batches = batches.filter { !$0.isEmpty }
        return content
    }

    /// Maps one issue as the record `record`, or rejects it.
    mutating func map(_ issue: JSONValue, record: Int) {
        content.extracted += 1
        if payloads.wants(record) { payloads.keep(issue.json, of: record) }
        let fields = issue["fields"]
        let updated = fields["updated"].moment
        if let updated, updated > content.highWater?.changedAt ?? Instant(microseconds: .min) {
            content.highWater = Watermark(changedAt: updated)
        }
        guard issue.kind == .object else { return reject(issue, "not_object", "The issue is not an object.") }
        guard let id = issue["id"].identifier else { return reject(issue, "no_id", "The issue has no id.") }
        guard issue["key"].identifier != nil else { return reject(issue, "no_key", "The issue \(id) has no key.") }
        guard fields.kind == .object else { return reject(issue, "no_fields", "The issue \(id) has no fields.") }
        let project = fields["project"]["id"].identifier ?? projectID
        guard !project.isEmpty else { return reject(issue, "no_project", "The issue \(id) has no project.") }

        items.beginRow(record: record)
        items.set(.id, id)
        items.set(.key, json: issue["key"])
        items.set(.projectID, project)
        items.set(.updatedAt, updated)
        let (base, key) = (base, issue["key"].text ?? id)
        items.set(
            .url,
            appending: {
                $0.append(contentsOf: base.utf8)
                $0.append(contentsOf: "/browse/".utf8)
                $0.append(contentsOf: key.utf8)
            })
        let parts = mapFields(fields, project: project)
        items.set(.title, parts.title ?? "")
        map(parts.sprints, issue: id, record: record)
        mapLinks(of: fields, issue: id, record: record, epicKey: parts.epicKey)
        let changelog = issue["changelog"]
        // What is cut here comes whole on pages of its own (JiraSearchPage).
        if !JiraSearchPage.isCut(changelog: changelog, dialect) {
            mapChangelog(changelog["histories"], issue: id, record: record)
        }
        mapEmbedded(fields["comment"], .comments, issue: id, record: record)
        mapEmbedded(fields["worklog"], .worklogs, issue: id, record: record)
    }

    /// What the pass over the fields finds for other tables.
    private struct Parts {
        var title: String?
        var sprints: SprintField?
        var epicKey: String?
    }

    /// One pass over the fields: an issue has up to hundreds.
    private mutating func mapFields(_ fields: JSONValue, project: String) -> Parts {
        var parts = Parts()
        let estimates = details.estimates(project: project)
        var bestEstimate = Int.max
        custom.begin()
        var members = fields.members
        while let member = members.next() {
            let value = member.value
            guard !value.isNull else { continue }
            guard let number = CustomFieldsWriter.number(of: member.name) else {
                mapField(member.name, value, &parts)
                continue
            }
            custom.add(number, name: member.name, value)
            if details.sprintFields.contains(number) {
                parts.sprints = parts.sprints ?? SprintField()
                parts.sprints?.add(value)
            }
            if let place = estimates.firstIndex(of: number), place < bestEstimate, let points = value.lenientDouble {
                bestEstimate = place
                items.set(.storyPoints, points)
            }
            if details.epicFields.contains(number), let key = value.string { parts.epicKey = key }
        }
        if let sprint = parts.sprints?.newest { items.set(.sprintID, sprint) }
        custom.finish(into: &items)
        return parts
    }

    private mutating func mapField(_ name: JSONValue, _ value: JSONValue, _ parts: inout Parts) {
        switch (name.utf8?.count ?? 0, value.kind) {
        case (6, .object) where name.isString("status"):
            items.set(.statusID, json: value["id"])
            items.set(.status, json: value["name"])
            items.set(.statusCategory, StatusCategory.name(of: value))
        case (6, .object) where name.isString("parent"): items.set(.parentID, json: value["id"])
        case (6, .array) where name.isString("labels"): items.set(.labels, document: value)
        case (7, .string) where name.isString("summary"): parts.title = value.string
        case (7, .object) where name.isString("creator"): people.refer(from: &items, .creatorID, to: value)
        case (7, .string) where name.isString("created"): items.set(.createdAt, moment: value)
        case (7, .string) where name.isString("duedate"): items.set(.dueOn, json: value)
        case (8, .object) where name.isString("assignee"): people.refer(from: &items, .assigneeID, to: value)
        case (8, .object) where name.isString("reporter"): people.refer(from: &items, .reporterID, to: value)
        case (8, .object) where name.isString("priority"): items.set(.priority, json: value["name"])
        case (9, .object) where name.isString("issuetype"):
            items.set(.typeID, json: value["id"])
            items.set(.type, json: value["name"])
        case (9, .number) where name.isString("timespent"): items.set(.timeSpent, value.int64)
        case (10, .object) where name.isString("resolution"): items.set(.resolution, json: value["name"])
        case (10, .array) where name.isString("components"): items.set(.components, arrayOf: "name", in: value)
        case (11, _) where name.isString("description"):
            items.set(.body, appending: { PlainText.append(value, to: &$0) })
        case (11, .array) where name.isString("fixVersions"): items.set(.fixVersions, arrayOf: "name", in: value)
        case (12, .number) where name.isString("timeestimate"): items.set(.remainingEstimate, value.int64)
        case (14, .string) where name.isString("resolutiondate"): items.set(.resolvedAt, moment: value)
        case (20, .number) where name.isString("timeoriginalestimate"): items.set(.originalEstimate, value.int64)
        default: break
        }
    }

    private mutating func map(_ sprints: SprintField?, issue: String, record: Int) {
        var ids: [String] = []
        for entry in sprints?.entries ?? [] {
            let id = "\(entry.id):\(issue)"
            ids.append(id)
            memberships.beginRow(record: record)
            memberships.set(.id, id)
            memberships.set(.workItemID, issue)
            memberships.set(.sprintID, entry.id)
        }
        // Without a sprint field in the catalogue nothing is known about sprints, and nothing is taken away.
        guard !details.sprintFields.isEmpty else { return }
        content.childSets.append(ChildSet(table: "sprint_work_items", owner: issue, ids: ids))
    }

    private mutating func reject(_ issue: JSONValue, _ code: String, _ reason: String) {
        content.rejected.append(
            RejectedRecord(
                recordID: issue["id"].identifier ?? issue["key"].identifier, code: "jira.issue.\(code)",
                reason: reason, payload: issue.json))
    }
}
