/// A key in parts: which project and which number in it.
struct KeyNumber: Sendable, Hashable {
    var project: Int
    var number: Int
}

/// One change of an issue in the living world.
struct IssueEdit: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case status, assignee, points, title, text, label, priority, sprint
        case comment, commentEdit, commentDeletion, worklog, worklogDeletion
        case move(from: KeyNumber, to: KeyNumber)

        /// Whether it leaves a history behind.
        var isInChangelog: Bool {
            switch self {
            case .comment, .commentEdit, .commentDeletion, .worklog, .worklogDeletion: false
            default: true
            }
        }
    }
    let kind: Kind
    /// Milliseconds since 1970.
    let at: Int64
    /// The number of the event that made it: the source of its details.
    let event: Int
}

/// What is stored of an issue that has changed since the start, and made up for all others.
struct IssueRecord: Sendable {
    let id: Int
    /// Where it was made: decides its sprints, components and versions, also after a move.
    let origin: KeyNumber
    var key: KeyNumber
    let createdAt: Int64
    /// When it last changed before the world began to live.
    let baseUpdatedAt: Int64
    var updatedAt: Int64
    var isDeleted = false
    /// Made after the start: it has no history from before.
    let isBorn: Bool
    var edits: [IssueEdit] = []
    var formerKeys: [KeyNumber] = []

    init(id: Int, key: KeyNumber, createdAt: Int64, updatedAt: Int64, isBorn: Bool) {
        self.id = id
        origin = key
        self.key = key
        self.createdAt = createdAt
        baseUpdatedAt = updatedAt
        self.updatedAt = updatedAt
        self.isBorn = isBorn
    }
}
