/// Types of issues, in the order of their ids.
enum IssueKind: Int, Sendable, CaseIterable {
    case epic, story, task, bug, subtask

    var name: String { ["Epic", "Story", "Task", "Bug", "Sub-task"][rawValue] }
    var level: Int { self == .epic ? 1 : self == .subtask ? -1 : 0 }
}

/// Workflow statuses, in the order of their ids.
enum IssueStatus: Int, Sendable, CaseIterable {
    case toDo, inProgress, inReview, readyForQA, blocked, done, wontDo

    var name: String { ["To Do", "In Progress", "In Review", "Ready for QA", "Blocked", "Done", "Won't Do"][rawValue] }
    /// Key, id, name and colour of its category.
    var category: (key: String, id: Int, name: String, color: String) {
        switch self {
        case .toDo: ("new", 2, "To Do", "blue-gray")
        case .done, .wontDo: ("done", 3, "Done", "green")
        default: ("indeterminate", 4, "In Progress", "yellow")
        }
    }
    var isFinal: Bool { self == .done || self == .wontDo }
}

/// Everything about one issue as it is now, folded from what is made up and what has been changed.
struct IssueFacts: Sendable {
    let record: IssueRecord
    let kind: IssueKind
    var status: IssueStatus
    /// Index of a person; `nil`: nobody.
    var assignee: Int?
    let reporter: Int
    let creator: Int
    /// 0 (highest) to 4.
    var priority: Int
    /// `nil`: not estimated.
    var points: Double?
    var titleRevision = 0
    var textRevision = 0
    var labels: [Int]
    let component: Int?
    /// When it was resolved; `nil` while open.
    var resolvedAt: Int64?
    /// Numbers of sprints on its board, oldest first.
    var sprints: [Int]
    /// Id of the parent.
    let parent: Int?
    /// Histories from before the start.
    let baseHistories: Int
    /// Serial numbers of comments that exist, oldest first.
    var comments: [Int]
    /// Event of the newest edit of each comment that was edited, with its time.
    var editedComments: [Int: IssueEdit] = [:]
    var worklogs: [Int]

    /// Comments and worklogs of the living world are numbered by their edit, from here.
    static let firstLivingSerial = 1_000
}

extension JiraWorld {
    /// Folds what is known about an issue.
    func facts(_ record: IssueRecord) -> IssueFacts {
        let (id, number) = (record.id, record.origin.number)
        let base = baseHistories(record)
        let kind = kind(number: number, isBorn: record.isBorn, id: id)
        let steps = (base + 2) / 3
        let ladder = base % 3 == 0 ? base / 3 : base / 3 + (base % 3 == 2 ? 1 : 0)
        let status = status(id, step: steps, of: steps, record: record)
        var facts = IssueFacts(
            record: record, kind: kind, status: status, assignee: assignee(id, step: (ladder + 1) / 2),
            reporter: seed.number(.person, id, 1, below: cast.count),
            creator: seed.number(.person, id, seed.isOne(in: 4, .person, id, 2) ? 3 : 1, below: cast.count),
            priority: [0, 1, 1, 2, 2, 2, 2, 3, 3, 4][seed.number(.priority, id, below: 10)],
            points: kind == .epic || kind == .subtask ? nil : points(id, step: ladder / 2),
            labels: (0..<seed.number(.labels, id, below: 4)).map {
                seed.number(.labels, id, $0 + 1, below: Vocabulary.labels.count)
            },
            component: seed.isOne(in: 4, .component, id)
                ? nil : seed.number(.component, id, 1, below: projects[record.origin.project].components.count),
            resolvedAt: status.isFinal ? historyTime(record, steps * 3 - 3, of: base) : nil,
            sprints: baseSprints(record, kind: kind), parent: parent(record, kind: kind), baseHistories: base,
            comments: Array(0..<baseComments(record)), worklogs: Array(0..<baseWorklogs(record)))
        facts.labels = facts.labels.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        for (position, edit) in record.edits.enumerated() { fold(edit, at: position, into: &facts) }
        return facts
    }

    private func fold(_ edit: IssueEdit, at position: Int, into facts: inout IssueFacts) {
        switch edit.kind {
        case .status:
            facts.status = nextStatus(facts.status, edit)
            facts.resolvedAt = facts.status.isFinal ? edit.at : nil
        case .assignee: facts.assignee = nextAssignee(facts.assignee, edit)
        case .points: facts.points = nextPoints(facts.points, edit)
        case .title: facts.titleRevision += 1
        case .text: facts.textRevision += 1
        case .label: facts.labels = nextLabels(facts.labels, edit)
        case .priority: facts.priority = (facts.priority + 1) % 5
        case .sprint: facts.sprints = nextSprints(facts, edit)
        case .comment: facts.comments.append(IssueFacts.firstLivingSerial + position)
        case .commentEdit: if let last = facts.comments.last { facts.editedComments[last] = edit }
        case .commentDeletion: _ = facts.comments.popLast()
        case .worklog: facts.worklogs.append(IssueFacts.firstLivingSerial + position)
        case .worklogDeletion: _ = facts.worklogs.popLast()
        case .move: break
        }
    }

    // MARK: What a change leads to

    func nextStatus(_ status: IssueStatus, _ edit: IssueEdit) -> IssueStatus {
        let next = IssueStatus.allCases[seed.number(.eventDetail, edit.event, below: IssueStatus.allCases.count)]
        return next != status ? next : status == .done ? .inProgress : .done
    }

    func nextAssignee(_ assignee: Int?, _ edit: IssueEdit) -> Int? {
        let next = seed.number(.eventDetail, edit.event, 1, below: cast.count)
        return next != assignee ? next : nil
    }

    func nextPoints(_ points: Double?, _ edit: IssueEdit) -> Double? {
        let next = Self.estimates[seed.number(.eventDetail, edit.event, 2, below: Self.estimates.count)]
        return next != points ? next : points == 8 ? 5 : 8
    }

    func nextLabels(_ labels: [Int], _ edit: IssueEdit) -> [Int] {
        let label = seed.number(.eventDetail, edit.event, 3, below: Vocabulary.labels.count)
        return labels.contains(label) ? labels.filter { $0 != label } : labels + [label]
    }

    func nextSprints(_ facts: IssueFacts, _ edit: IssueEdit) -> [Int] {
        guard hasSprints(facts.record.origin.project) else { return [] }
        let sprint = sprintNumber(at: edit.at)
        return facts.sprints.contains(sprint) ? facts.sprints.filter { $0 != sprint } : facts.sprints + [sprint]
    }

    // MARK: What is made up

    static let estimates: [Double] = [1, 2, 3, 5, 8, 13, 0.5]

    func kind(number: Int, isBorn: Bool, id: Int) -> IssueKind {
        if !isBorn {
            switch number % 25 {
            case 1: return .epic
            case 7, 15: return .subtask
            default: break
            }
        }
        return [.story, .story, .task, .bug, .bug][seed.number(.type, id, below: 5)]
    }

    /// Issues that others point to are never moved or deleted, so that nothing changes about an issue without its
    /// `updated` telling so.
    static func isPointedTo(number: Int) -> Bool { [1, 6, 14, 20, 21].contains(number % 25) }

    func parent(_ record: IssueRecord, kind: IssueKind) -> Int? {
        let number = record.origin.number
        switch kind {
        case .epic: return nil
        case .subtask: return baseID(KeyNumber(project: record.origin.project, number: number - 1))
        default:
            guard !seed.isOne(in: 3, .parent, record.id) else { return nil }
            let epic =
                record.isBorn
                ? 1 + seed.number(.parent, record.id, 1, below: max(1, counts[record.origin.project] / 25)) * 25
                : (number - 1) / 25 * 25 + 1
            return baseID(KeyNumber(project: record.origin.project, number: epic))
        }
    }

    func baseHistories(_ record: IssueRecord) -> Int {
        let (id, number) = (record.id, record.origin.number)
        if record.isBorn { return 0 }
        if number % 211 == 9 { return 101 + seed.number(.histories, id, 1, below: 60) }
        if number % 53 == 3 { return 41 + seed.number(.histories, id, 2, below: 55) }
        return seed.number(.histories, id, below: 8)
    }

    func baseComments(_ record: IssueRecord) -> Int {
        if record.isBorn { return 0 }
        if record.origin.number % 131 == 5 { return 101 + seed.number(.comments, record.id, 1, below: 60) }
        return [0, 0, 0, 1, 1, 1, 2, 3, 5][seed.number(.comments, record.id, below: 9)]
    }

    func baseWorklogs(_ record: IssueRecord) -> Int {
        if record.isBorn { return 0 }
        if record.origin.number % 97 == 11 { return 21 + seed.number(.worklogs, record.id, 1, below: 40) }
        return [0, 0, 0, 0, 1, 2, 3][seed.number(.worklogs, record.id, below: 7)]
    }

    private func baseSprints(_ record: IssueRecord, kind: IssueKind) -> [Int] {
        guard kind != .epic, kind != .subtask, hasSprints(record.origin.project), !record.isBorn,
            !seed.isOne(in: 4, .sprint, record.id)
        else { return [] }
        let last = sprintNumber(at: record.baseUpdatedAt)
        return seed.isOne(in: 3, .sprint, record.id, 1) && last > 0 ? [last - 1, last] : [last]
    }

    func historyTime(_ record: IssueRecord, _ index: Int, of count: Int) -> Int64 {
        record.createdAt + (record.baseUpdatedAt - record.createdAt) * Int64(index + 1) / Int64(max(1, count))
    }

    /// Status after so many changes of it.
    func status(_ id: Int, step: Int, of steps: Int, record: IssueRecord) -> IssueStatus {
        guard step > 0 else { return .toDo }
        let final = finalStatus(record)
        if step == steps { return final }
        let between: [IssueStatus] = [.inProgress, .inReview, .readyForQA]
        let status = between[(step - 1) % 3]
        return step == steps - 1 && status == final ? .blocked : status
    }

    private func finalStatus(_ record: IssueRecord) -> IssueStatus {
        let age = startsAt - record.baseUpdatedAt
        let isOld = age > 60 * 86_400_000
        let draw = seed.number(.status, record.id, below: 100)
        if draw < (isOld ? 82 : 30) { return .done }
        if draw < (isOld ? 90 : 34) { return .wontDo }
        return [.inProgress, .inReview, .readyForQA, .blocked][seed.number(.status, record.id, 1, below: 4)]
    }

    func assignee(_ id: Int, step: Int) -> Int? {
        guard step > 0 || !seed.isOne(in: 5, .person, id, 4) else { return nil }
        let person = seed.number(.person, id, 10 + step, below: cast.count)
        return step % 5 == 4 ? nil : person
    }

    func points(_ id: Int, step: Int) -> Double? {
        guard step > 0 || !seed.isOne(in: 3, .points, id) else { return nil }
        return Self.estimates[seed.number(.points, id, 10 + step, below: Self.estimates.count)]
    }
}
