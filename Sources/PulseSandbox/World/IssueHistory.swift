/// One entry of an issue's changelog.
struct IssueHistory: Sendable {
    struct Item: Sendable {
        var field: String
        var fieldID: String?
        var isCustom = false
        var from: String?
        var fromText: String?
        var to: String?
        var toText: String?
    }
    let id: Int
    let at: Int64
    /// `nil`: automation, or an account that is gone; then the answer has no author.
    let author: Int?
    let items: [Item]
}

extension JiraWorld {
    static func historyID(_ issue: Int, _ serial: Int) -> Int { issue * 10_000 + serial }

    /// The changelog of an issue, oldest first.
    func histories(_ record: IssueRecord, customFieldBase: Int) -> [IssueHistory] {
        let base = baseHistories(record)
        var histories = (0..<base).map { baseHistory(record, $0, of: base, customFieldBase: customFieldBase) }
        guard !record.edits.isEmpty else { return histories }
        var before = record
        before.edits = []
        for (position, edit) in record.edits.enumerated() where edit.kind.isInChangelog {
            before.edits = Array(record.edits[..<position])
            let items = items(of: edit, before: facts(before), customFieldBase: customFieldBase)
            histories.append(
                IssueHistory(
                    id: Self.historyID(record.id, base + position), at: edit.at,
                    author: author(record.id, base + position),
                    items: items))
        }
        return histories
    }

    /// How many items each history has, with its id, without making up their content.
    func historyCount(_ record: IssueRecord) -> Int {
        baseHistories(record) + record.edits.count { $0.kind.isInChangelog }
    }

    func author(_ issue: Int, _ serial: Int) -> Int? {
        seed.isOne(in: 17, .historyKind, issue, serial + 5_000)
            ? nil : seed.number(.historyKind, issue, serial, below: cast.count)
    }

    private func baseHistory(_ record: IssueRecord, _ index: Int, of count: Int, customFieldBase: Int) -> IssueHistory {
        let step = index / 3
        var items: [IssueHistory.Item]
        switch index % 3 {
        case 0:
            let steps = (count + 2) / 3
            items = statusItems(
                from: status(record.id, step: step, of: steps, record: record),
                to: status(record.id, step: step + 1, of: steps, record: record), project: record.origin.project)
        case 1 where step % 2 == 0:
            items = [
                assigneeItem(from: assignee(record.id, step: step / 2), to: assignee(record.id, step: step / 2 + 1))
            ]
        case 1:
            items = [
                pointsItem(
                    from: points(record.id, step: step / 2), to: points(record.id, step: step / 2 + 1),
                    base: customFieldBase)
            ]
        default:
            items = [otherItem(record, index, base: customFieldBase)]
        }
        return IssueHistory(
            id: Self.historyID(record.id, index), at: historyTime(record, index, of: count),
            author: author(record.id, index), items: items)
    }

    private func items(of edit: IssueEdit, before facts: IssueFacts, customFieldBase: Int) -> [IssueHistory.Item] {
        switch edit.kind {
        case .status:
            statusItems(from: facts.status, to: nextStatus(facts.status, edit), project: facts.record.origin.project)
        case .assignee: [assigneeItem(from: facts.assignee, to: nextAssignee(facts.assignee, edit))]
        case .points: [pointsItem(from: facts.points, to: nextPoints(facts.points, edit), base: customFieldBase)]
        case .title:
            [
                IssueHistory.Item(
                    field: "summary", fieldID: "summary", fromText: title(facts.record, revision: facts.titleRevision),
                    toText: title(facts.record, revision: facts.titleRevision + 1))
            ]
        case .label:
            [
                IssueHistory.Item(
                    field: "labels", fieldID: "labels", fromText: labelText(facts.labels),
                    toText: labelText(nextLabels(facts.labels, edit)))
            ]
        case .priority: [priorityItem(from: facts.priority, to: (facts.priority + 1) % 5)]
        case .sprint:
            [
                sprintItem(
                    from: facts.sprints, to: nextSprints(facts, edit), project: facts.record.origin.project,
                    base: customFieldBase)
            ]
        case .move(let from, let to):
            [
                IssueHistory.Item(
                    field: "project", fieldID: "project", from: String(Self.firstID + from.project),
                    fromText: projects[from.project].name,
                    to: String(Self.firstID + to.project), toText: projects[to.project].name),
                IssueHistory.Item(field: "Key", fromText: text(from), toText: text(to)),
            ]
        default:
            [
                IssueHistory.Item(
                    field: "description", fieldID: "description", fromText: "Before",
                    toText: Vocabulary.paragraphs[edit.event % Vocabulary.paragraphs.count])
            ]
        }
    }

    private func statusItems(from: IssueStatus, to: IssueStatus, project: Int) -> [IssueHistory.Item] {
        var items = [
            IssueHistory.Item(
                field: "status", fieldID: "status", from: String(JiraFragments.id(from.rawValue, in: project)),
                fromText: from.name,
                to: String(JiraFragments.id(to.rawValue, in: project)), toText: to.name)
        ]
        if from.isFinal != to.isFinal || (to.isFinal && from != to) {
            items.append(
                IssueHistory.Item(
                    field: "resolution", fieldID: "resolution", from: from.isFinal ? "10000" : nil,
                    fromText: from.isFinal ? from.name : nil,
                    to: to.isFinal ? "10000" : nil, toText: to.isFinal ? to.name : nil))
        }
        return items
    }

    private func assigneeItem(from: Int?, to: Int?) -> IssueHistory.Item {
        IssueHistory.Item(
            field: "assignee", fieldID: "assignee", from: from.map { JiraFragments.accountID($0) },
            fromText: from.map { cast[$0].full },
            to: to.map { JiraFragments.accountID($0) }, toText: to.map { cast[$0].full })
    }

    private func pointsItem(from: Double?, to: Double?, base: Int) -> IssueHistory.Item {
        IssueHistory.Item(
            field: "Story Points", fieldID: "customfield_\(base + CustomField.storyPoints)", isCustom: true,
            fromText: from.map { "\($0)" } ?? "", toText: to.map { "\($0)" } ?? "")
    }

    private func priorityItem(from: Int, to: Int) -> IssueHistory.Item {
        IssueHistory.Item(
            field: "priority", fieldID: "priority", from: String(from + 1), fromText: JiraFragments.priorityNames[from],
            to: String(to + 1), toText: JiraFragments.priorityNames[to])
    }

    private func sprintItem(from: [Int], to: [Int], project: Int, base: Int) -> IssueHistory.Item {
        func ids(_ sprints: [Int]) -> String {
            sprints.map { String(sprintID($0, of: project)) }.joined(separator: ", ")
        }
        func names(_ sprints: [Int]) -> String { sprints.map { sprintName($0, of: project) }.joined(separator: ", ") }
        return IssueHistory.Item(
            field: "Sprint", fieldID: "customfield_\(base + CustomField.sprint)", isCustom: true, from: ids(from),
            fromText: names(from),
            to: ids(to), toText: names(to))
    }

    private func otherItem(_ record: IssueRecord, _ index: Int, base: Int) -> IssueHistory.Item {
        switch index / 3 % 4 {
        case 0: return priorityItem(from: index % 5, to: (index + 1) % 5)
        case 1:
            return IssueHistory.Item(
                field: "labels", fieldID: "labels", fromText: "",
                toText: Vocabulary.labels[index % Vocabulary.labels.count])
        case 2:
            return IssueHistory.Item(
                field: "Rank", fieldID: "customfield_\(base + CustomField.rank)", isCustom: true, from: "",
                fromText: "", to: "", toText: "Ranked higher")
        default:
            let number = max(1, record.origin.number / 25 * 25 + 1)
            let key = "\(projects[record.origin.project].key)-\(number)"
            return IssueHistory.Item(
                field: "Link", from: nil, fromText: nil, to: key, toText: "This issue relates to \(key)")
        }
    }

    func labelText(_ labels: [Int]) -> String { labels.map { Vocabulary.labels[$0] }.joined(separator: " ") }

    // MARK: Names of things

    func sprintID(_ sprint: Int, of project: Int) -> Int { (project + 1) * 1_000 + sprint }

    func sprintName(_ sprint: Int, of project: Int) -> String { "\(projects[project].key) Sprint \(sprint + 1)" }

    func title(_ record: IssueRecord, revision: Int) -> String {
        let id = record.id
        let pattern = Vocabulary.titles[seed.number(.title, id, below: Vocabulary.titles.count)]
        let thing = Vocabulary.things[seed.number(.title, id, 1 + revision * 10, below: Vocabulary.things.count)]
        let circumstance = Vocabulary.circumstances[seed.number(.title, id, 2, below: Vocabulary.circumstances.count)]
        var title = ""
        title.reserveCapacity(96)
        var isAtStart = true
        for character in pattern.utf8.split(separator: UInt8(ascii: "{"), omittingEmptySubsequences: false) {
            if !isAtStart { title += title.isEmpty ? thing.prefix(1).uppercased() + thing.dropFirst() : thing }
            let rest = Substring(character.first == UInt8(ascii: "}") ? character.dropFirst() : character)
            if let hole = rest.utf8.firstIndex(of: UInt8(ascii: "[")) {
                title += rest[..<hole]
                title += circumstance
                title += rest[rest.index(hole, offsetBy: 2)...]
            } else {
                title += rest
            }
            isAtStart = false
        }
        return title
    }
}
