import PulseJSON

/// Writes issues as Jira does, from shared fragments and what each has of its own.
struct IssueRenderer: Sendable {
    let world: JiraWorld
    let fragments: JiraFragments
    /// What is wrong on purpose with some records.
    let flaws: RecordFlaws
    /// Histories that are embedded at most; `nil`: no changelog was asked for.
    var embeddedHistories: Int?
    let cache: IssueCache
    static let embeddedComments = 100
    static let embeddedWorklogs = 20

    var dialect: JiraDialect { fragments.dialect }
    private var api: String { fragments.base + (dialect == .cloud ? "/rest/api/3" : "/rest/api/2") }

    /// Appends the issue as one object.
    func append(_ record: IssueRecord, fields: FieldSelection, to text: inout ByteText) {
        cache.append(
            IssueCache.Key(
                id: record.id, edits: record.edits.count, dialect: dialect, fields: fields,
                embeddedHistories: embeddedHistories), to: &text
        ) { render(record, fields: fields, to: &$0) }
    }

    private func render(_ record: IssueRecord, fields: FieldSelection, to text: inout ByteText) {
        let flaw = world.isPoisonable(record) ? flaws.poison(record.id) : nil
        guard !fields.isEmpty || embeddedHistories != nil else {
            text.add("{\"id\":\"")
            text.add(record.id)
            text.add("\"}")
            return
        }
        text.add("{\"expand\":\"operations,versionedRepresentations,editmeta,changelog,renderedFields\",\"id\":\"")
        text.add(record.id)
        text.add("\",\"self\":\"")
        text.add(text: api)
        text.add("/issue/")
        text.add(record.id)
        if flaw != .keyIsMissing {
            text.add("\",\"key\":\"")
            text.add(text: world.text(record.key))
        }
        text.add("\"")
        if embeddedHistories != nil { appendChangelog(record, to: &text) }
        if !fields.isEmpty {
            text.add(",\"fields\":")
            switch flaw {
            case .fieldsAreNull: text.add("null")
            case .fieldsAreAList: text.add("[]")
            default: append(fieldsOf: record, fields, to: &text)
            }
        }
        text.add("}")
    }

    private func append(
        fieldsOf record: IssueRecord, _ fields: FieldSelection, to text: inout ByteText
    ) {
        let facts = world.facts(record)
        let project = record.origin.project
        text.add("{")
        if fields.contains(.statuscategorychangedate) {
            member("statuscategorychangedate", facts.resolvedAt ?? record.updatedAt, to: &text)
        }
        if fields.contains(.summary) { summary(facts, to: &text) }
        if fields.contains(.issuetype) { member("issuetype", fragments.kinds[project][facts.kind.rawValue], to: &text) }
        if fields.contains(.project), !flaws.lacksProject(record.id) {
            member("project", fragments.projects[record.key.project], to: &text)
        }
        if fields.contains(.status) { member("status", fragments.statuses[project][facts.status.rawValue], to: &text) }
        if fields.contains(.priority) { member("priority", fragments.priorities[facts.priority], to: &text) }
        if fields.contains(.assignee) { member("assignee", facts.assignee.map { fragments.users[$0] }, to: &text) }
        if fields.contains(.reporter) { member("reporter", fragments.users[facts.reporter], to: &text) }
        if fields.contains(.creator) { member("creator", fragments.users[facts.creator], to: &text) }
        if fields.contains(.created) { member("created", record.createdAt, to: &text) }
        if fields.contains(.updated) { member("updated", record.updatedAt, to: &text) }
        if fields.contains(.resolution) { resolution(facts, to: &text) }
        if fields.contains(.resolutiondate) { member("resolutiondate", facts.resolvedAt, to: &text) }
        if fields.contains(.labels) { labels(facts, to: &text) }
        if fields.contains(.components) { components(facts, to: &text) }
        if fields.contains(.fixVersions) { versions(facts, to: &text) }
        if fields.contains(.versions) { text.member("\"versions\":[]") }
        if fields.contains(.parent) { parent(facts, to: &text) }
        if fields.contains(.subtasks) { text.member("\"subtasks\":[]") }
        if fields.contains(.issuelinks) { links(record, to: &text) }
        times(facts, fields, to: &text)
        if fields.contains(.description) { description(facts, to: &text) }
        if fields.contains(.comment) { comments(facts, to: &text) }
        if fields.contains(.worklog) { worklogs(facts, to: &text) }
        if fields.contains(.attachment) { text.member("\"attachment\":[]") }
        if fields.contains(.votes) { text.member("\"votes\":{\"votes\":0,\"hasVoted\":false}") }
        if fields.contains(.watches) { text.member("\"watches\":{\"watchCount\":1,\"isWatching\":false}") }
        if fields.contains(.environment) { text.member("\"environment\":null") }
        if fields.contains(.security) { text.member("\"security\":null") }
        if fields.contains(.workratio) { text.member("\"workratio\":-1") }
        if fields.contains(.lastViewed) { text.member("\"lastViewed\":null") }
        customFields(facts, fields, to: &text)
        text.add("}")
    }

    // MARK: Members

    private func name(_ name: StaticString, to text: inout ByteText) {
        text.member("\"")
        text.add(name)
        text.add("\":")
    }

    private func member(_ name: StaticString, _ fragment: [UInt8]?, to text: inout ByteText) {
        self.name(name, to: &text)
        if let fragment { text.add(fragment) } else { text.add("null") }
    }

    private func member(_ name: StaticString, _ time: Int64?, to text: inout ByteText) {
        self.name(name, to: &text)
        if let time { quoted(time, to: &text) } else { text.add("null") }
    }

    func quoted(_ time: Int64, to text: inout ByteText) {
        text.add("\"")
        text.add(jira: time, zone: world.zone)
        text.add("\"")
    }

    private func summary(_ facts: IssueFacts, to text: inout ByteText) {
        text.member("\"summary\":\"")
        escape(world.title(facts.record, revision: facts.titleRevision), to: &text)
        if let odd = flaws.oddText(facts.record.id) { text.add(odd) }
        text.add("\"")
    }

    /// Titles and names of the vocabulary hold no quotes, backslashes or control characters but typographic ones.
    func escape(_ content: String, to text: inout ByteText) { text.add(text: content) }

    private func resolution(_ facts: IssueFacts, to text: inout ByteText) {
        guard facts.status.isFinal else {
            text.member("\"resolution\":null")
            return
        }
        text.member("\"resolution\":{\"id\":\"")
        text.add(10_000 + (facts.status == .done ? 0 : 1))
        text.add("\",\"description\":\"\",\"name\":\"")
        text.add(text: facts.status.name)
        text.add("\"}")
    }

    private func labels(_ facts: IssueFacts, to text: inout ByteText) {
        text.member("\"labels\":[")
        for label in facts.labels {
            text.comma()
            text.add("\"")
            text.add(text: Vocabulary.labels[label])
            text.add("\"")
        }
        text.add("]")
    }

    private func components(_ facts: IssueFacts, to text: inout ByteText) {
        text.member("\"components\":[")
        if let component = facts.component { text.add(fragments.components[facts.record.origin.project][component]) }
        text.add("]")
    }

    private func versions(_ facts: IssueFacts, to text: inout ByteText) {
        text.member("\"fixVersions\":[")
        if let at = facts.resolvedAt {
            let version = JiraVersion(
                project: facts.record.origin.project, number: JiraVersion.number(at: at, world: world))
            text.add(version.json(world: world, api: api))
        }
        text.add("]")
    }

    private func parent(_ facts: IssueFacts, to text: inout ByteText) {
        guard let parent = facts.parent, let record = world.record(parent), !record.isDeleted else { return }
        let kind = world.kind(number: record.origin.number, isBorn: false, id: parent)
        text.member("\"parent\":{\"id\":\"")
        text.add(parent)
        text.add("\",\"key\":\"")
        text.add(text: world.text(record.key))
        text.add("\",\"self\":\"")
        text.add(text: api)
        text.add("/issue/")
        text.add(parent)
        text.add("\",\"fields\":{\"summary\":\"")
        escape(world.title(record, revision: 0), to: &text)
        text.add("\",\"issuetype\":")
        text.add(fragments.kinds[record.origin.project][kind.rawValue])
        text.add("}}")
    }

    private func links(_ record: IssueRecord, to text: inout ByteText) {
        text.member("\"issuelinks\":[")
        for link in world.links(of: record) {
            text.comma()
            text.add("{\"id\":\"")
            text.add(link.id)
            text.add("\",\"type\":{\"id\":\"")
            text.add(10_000 + link.kind)
            text.add("\",\"name\":\"")
            text.add(text: IssueLinkFact.names[link.kind].name)
            text.add("\",\"inward\":\"")
            text.add(text: IssueLinkFact.names[link.kind].inward)
            text.add("\",\"outward\":\"")
            text.add(text: IssueLinkFact.names[link.kind].outward)
            text.add(link.isOutward ? "\"},\"outwardIssue\":{\"id\":\"" : "\"},\"inwardIssue\":{\"id\":\"")
            text.add(link.other)
            text.add("\",\"key\":\"")
            if let other = world.record(link.other) { text.add(text: world.text(other.key)) }
            text.add("\"}}")
        }
        text.add("]")
    }

    private func times(_ facts: IssueFacts, _ fields: FieldSelection, to text: inout ByteText) {
        let estimate = facts.points.map { Int($0 * 4) * 3_600 } ?? 0
        let spent = facts.worklogs.reduce(0) { $0 + world.worklogSeconds(facts.record.id, $1) }
        let remaining = max(0, estimate - spent)
        if fields.contains(.timetracking) {
            text.member("\"timetracking\":{")
            if estimate > 0 || spent > 0 {
                text.add("\"originalEstimateSeconds\":")
                text.add(estimate)
                text.add(",\"remainingEstimateSeconds\":")
                text.add(remaining)
                text.add(",\"timeSpentSeconds\":")
                text.add(spent)
            }
            text.add("}")
        }
        func seconds(_ name: StaticString, _ value: Int) {
            self.name(name, to: &text)
            if value > 0 { text.add(value) } else { text.add("null") }
        }
        if fields.contains(.timeoriginalestimate) { seconds("timeoriginalestimate", estimate) }
        if fields.contains(.timeestimate) { seconds("timeestimate", remaining) }
        if fields.contains(.timespent) { seconds("timespent", spent) }
        if fields.contains(.duedate) {
            name("duedate", to: &text)
            if facts.record.id % 6 == 0 {
                text.add("\"")
                text.add(date: facts.record.createdAt + 21 * 86_400_000)
                text.add("\"")
            } else {
                text.add("null")
            }
        }
    }

    private func description(_ facts: IssueFacts, to text: inout ByteText) {
        let variant = (world.seed.number(.text, facts.record.id, below: 64) + facts.textRevision) % 64
        text.member("\"description\":")
        text.add(fragments.texts[variant])
    }

    private func customFields(_ facts: IssueFacts, _ fields: FieldSelection, to text: inout ByteText) {
        let variant = facts.record.id % fragments.customBlocks.count
        if fields.hasAllCustomFields {
            let block = fragments.customBlocks[variant]
            if text.bytes.last == UInt8(ascii: "{") {
                text.add(Array(block.dropFirst()))
            } else {
                text.add(block)
            }
        } else {
            for place in fields.customFields where !fragments.customFields[variant][place].isEmpty {
                text.comma()
                text.add(fragments.customFields[variant][place])
            }
        }
        func begin(_ place: Int) -> Bool {
            guard fields.contains(custom: place) else { return false }
            text.member("\"customfield_")
            text.add(dialect.firstCustomField + place)
            text.add("\":")
            return true
        }
        if begin(CustomField.rank) {
            text.add("\"0|i")
            text.add(facts.record.id)
            text.add(":\"")
        }
        if begin(CustomField.storyPoints) {
            if let points = facts.points { text.add(text: points.description) } else { text.add("null") }
        }
        if begin(CustomField.otherStoryPoints) { text.add("null") }
        if begin(CustomField.storyPointEstimate) {
            if let points = facts.points, JiraWorld.isTeamManaged(facts.record.origin.project) {
                text.add(text: points.description)
            } else {
                text.add("null")
            }
        }
        if begin(CustomField.epicLink) {
            if let parent = facts.parent.flatMap({ world.record($0) }), facts.kind != .subtask,
                !JiraWorld.isTeamManaged(parent.origin.project)
            {
                text.add("\"")
                text.add(text: world.text(parent.key))
                text.add("\"")
            } else {
                text.add("null")
            }
        }
        if begin(CustomField.sprint) { sprints(facts, to: &text) }
    }

    private func sprints(_ facts: IssueFacts, to text: inout ByteText) {
        guard !facts.sprints.isEmpty else {
            text.add("null")
            return
        }
        text.add("[")
        for number in facts.sprints {
            text.comma()
            let sprint = JiraSprint(project: facts.record.origin.project, number: number)
            text.add(
                dialect == .cloud
                    ? sprint.fieldJSON(world: world, now: facts.record.updatedAt)
                    : sprint.javaText(world: world, now: facts.record.updatedAt))
        }
        text.add("]")
    }
}
