/// A pull request by its place among all that its repository ever had.
struct PullPlace: Sendable, Hashable {
    let repository: Int
    let index: Int

    /// Numbers leave gaps, which issues would have.
    var number: Int { index + 1 + index / 9 }

    /// The place that a number stands for; `nil` for a gap.
    static func index(ofNumber number: Int) -> Int? {
        guard number > 0, number % 10 != 0 else { return nil }
        return number - 1 - number / 10
    }
}

/// One change of a pull request in the living world.
struct PullEdit: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case commit, forcePush, review, comment, thread, title, close, reopen
        case reply(thread: Int)
        case resolve(thread: Int)
        /// Into the commit of the default branch with this serial number.
        case merge(commit: Int)
    }
    let kind: Kind
    let at: Int64
    let event: Int
}

/// What is stored of a pull request that has changed since the start, and made up for all others.
struct PullRecord: Sendable {
    let place: PullPlace
    let createdAt: Int64
    let baseUpdatedAt: Int64
    var updatedAt: Int64
    let isBorn: Bool
    var edits: [PullEdit] = []
}

enum PullState: String, Sendable { case open = "OPEN", closed = "CLOSED", merged = "MERGED" }

/// Everything about one pull request as it is now.
struct PullFacts: Sendable {
    struct Child: Sendable, Hashable {
        let serial: Int
        let at: Int64
    }
    struct Thread: Sendable {
        let serial: Int
        var isResolved: Bool
        var comments: [Child]
    }
    let record: PullRecord
    var state: PullState
    var mergedAt: Int64?
    var closedAt: Int64?
    /// Serial number of the commit on the default branch.
    var mergeCommit: Int?
    var titleRevision = 0
    /// How often its branch was rewritten.
    var generation = 0
    var rewrittenAt: Int64?
    var commits: [Child]
    var reviews: [Child]
    var comments: [Child]
    var threads: [Thread]

    var place: PullPlace { record.place }

    /// When a commit was put where it is: a rewritten branch has new commits.
    func committedAt(_ commit: Child) -> Int64 { generation > 0 ? max(commit.at, rewrittenAt ?? commit.at) : commit.at }

    static let firstLivingSerial = 1_000
}

extension GitHubWorld {
    /// Folds what is known about a pull request.
    func facts(_ record: PullRecord) -> PullFacts {
        let place = record.place
        func children(_ count: Int, _ part: Int) -> [PullFacts.Child] {
            (0..<count).map { serial in
                let share = Int64(serial + 1) * 16 / Int64(count) + Int64(part)
                return PullFacts.Child(
                    serial: serial,
                    at: record.createdAt + (record.baseUpdatedAt - record.createdAt) * min(16, share) / 16)
            }
        }
        let state = baseState(record)
        var facts = PullFacts(
            record: record, state: state, mergedAt: state == .merged ? record.baseUpdatedAt - 1_000 : nil,
            closedAt: state == .open ? nil : record.baseUpdatedAt - 1_000,
            mergeCommit: state == .merged ? commit(of: place.repository, at: record.baseUpdatedAt - 1_000) : nil,
            commits: children(baseCount(record, .commits), 0), reviews: children(baseCount(record, .reviews), 1),
            comments: children(baseCount(record, .conversation), 2),
            threads: children(baseCount(record, .threads), 1).map { thread in
                let replies = replies(record, thread.serial)
                return PullFacts.Thread(
                    serial: thread.serial, isResolved: seed.isOne(in: 2, .threads, key(place), thread.serial),
                    comments: (0..<replies).map {
                        PullFacts.Child(serial: $0, at: min(record.baseUpdatedAt, thread.at + Int64($0) * 60_000))
                    })
            })
        for (position, edit) in record.edits.enumerated() {
            fold(edit, PullFacts.firstLivingSerial + position, into: &facts)
        }
        return facts
    }

    private func fold(_ edit: PullEdit, _ serial: Int, into facts: inout PullFacts) {
        let child = PullFacts.Child(serial: serial, at: edit.at)
        switch edit.kind {
        case .commit: facts.commits.append(child)
        case .forcePush:
            facts.generation += 1
            facts.rewrittenAt = edit.at
        case .review: facts.reviews.append(child)
        case .comment: facts.comments.append(child)
        case .thread: facts.threads.append(PullFacts.Thread(serial: serial, isResolved: false, comments: [child]))
        case .reply(let thread):
            if let place = facts.threads.firstIndex(where: { $0.serial == thread }) {
                facts.threads[place].comments.append(child)
            }
        case .resolve(let thread):
            if let place = facts.threads.firstIndex(where: { $0.serial == thread }) {
                facts.threads[place].isResolved.toggle()
            }
        case .title: facts.titleRevision += 1
        case .close:
            facts.state = .closed
            facts.closedAt = edit.at
        case .reopen:
            facts.state = .open
            facts.closedAt = nil
        case .merge(let commit):
            facts.state = .merged
            (facts.mergedAt, facts.closedAt, facts.mergeCommit) = (edit.at, edit.at, commit)
        }
    }

    private func baseState(_ record: PullRecord) -> PullState {
        if record.isBorn { return .open }
        let isRecent = startsAt - record.baseUpdatedAt < 30 * 86_400_000
        let draw = seed.number(.pullKind, key(record.place), below: 100)
        if draw < (isRecent ? 45 : 3) { return .open }
        return draw < (isRecent ? 55 : 15) ? .closed : .merged
    }

    /// How many commits, reviews, comments or threads there were at the start; a few pull requests have very many.
    private func baseCount(_ record: PullRecord, _ topic: Seed.Topic) -> Int {
        let id = key(record.place)
        if record.isBorn { return topic == .commits ? 1 : 0 }
        let draw = seed.number(topic, id, below: 400)
        switch topic {
        case .commits:
            return draw == 0 ? 130 + seed.number(topic, id, 1, below: 120) : draw < 12 ? 25 + draw : 1 + draw % 8
        case .reviews: return draw == 0 ? 105 + seed.number(topic, id, 1, below: 30) : draw < 10 ? 22 + draw : draw % 5
        case .conversation:
            return draw == 0 ? 110 + seed.number(topic, id, 1, below: 90) : draw < 12 ? 21 + draw : draw % 6
        default: return draw == 0 ? 101 + seed.number(topic, id, 1, below: 20) : draw < 30 ? 7 + draw % 12 : draw % 5
        }
    }

    private func replies(_ record: PullRecord, _ thread: Int) -> Int {
        let draw = seed.number(.replies, key(record.place), thread, below: 300)
        return draw == 0
            ? 101 + seed.number(.replies, key(record.place), thread + 500, below: 30)
            : draw < 12 ? 9 + draw : 1 + draw % 4
    }
}
