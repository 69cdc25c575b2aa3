import PulseDomain

/// A pull request of which further pages of commits, reviews, threads or comments have to be fetched.
struct OpenPullRequest: Codable, Hashable, Sendable {
    /// A connection that goes on.
    struct Part: Codable, Hashable, Sendable {
        enum Kind: String, Codable, Sendable, CaseIterable {
            case commits, reviews, comments, threads
            /// Comments of one review thread.
            case threadComments = "thread_comments"
        }

        var kind: Kind
        /// The node that has the connection: the pull request, or the thread.
        var id: String
        var after: String?
    }

    /// The pull request's id.
    var id: String
    var parts: [Part]
    /// Where work-item keys were found so far: a later page of commits must not forget the title.
    var keys: [String: [WorkItemMentions.Evidence.RawValue]]?
    /// The ids seen so far of each table that is not complete yet. Without an entry, what is gone from that table is
    /// not looked for: there were too many, or an element was unreadable.
    var seen: [String: [String]]?

    /// Ids kept in a cursor for one pull request at most.
    static let maximumSeen = 2_000

    init(id: String) {
        self.id = id
        parts = []
    }

    /// Whether rows of `table` are still to come.
    func awaits(_ table: TableName) -> Bool {
        parts.contains { Self.tables(of: $0.kind).contains(table) }
    }

    static func tables(of kind: Part.Kind) -> [TableName] {
        switch kind {
        case .commits: [PullRequestCommitColumns.table, WorkItemPullRequestColumns.table]
        case .reviews: [PullRequestReviewColumns.table]
        case .comments, .threads, .threadComments: [PullRequestCommentColumns.table]
        }
    }

    /// The mentions noted so far.
    var mentions: WorkItemMentions {
        var mentions = WorkItemMentions()
        for (key, places) in (keys ?? [:]).sorted(by: { $0.key < $1.key }) {
            for place in places.compactMap(WorkItemMentions.Evidence.init(rawValue:)) { mentions.add(key, place) }
        }
        return mentions
    }

    mutating func note(_ mentions: WorkItemMentions) {
        keys =
            mentions.isEmpty
            ? nil
            : Dictionary(uniqueKeysWithValues: mentions.mentions.map { ($0.key, $0.evidence.map(\.rawValue)) })
    }

    /// This pull request after the page `part` of its first open part.
    func advanced(by page: PartPage) -> OpenPullRequest {
        var next = self
        guard let current = next.parts.first else { return next }
        next.parts.removeFirst()
        if let after = page.nextAfter {
            next.parts.insert(.init(kind: current.kind, id: current.id, after: after), at: 0)
        }
        next.parts.append(
            contentsOf: page.furtherThreads.map { .init(kind: .threadComments, id: $0.id, after: $0.after) })
        if current.kind == .commits {
            var mentions = mentions
            for mention in page.mentions.mentions { for place in mention.evidence { mentions.add(mention.key, place) } }
            next.note(mentions)
        }
        next.see(page.ids, in: Self.tables(of: current.kind)[0], isWhole: page.isWhole)
        return next
    }

    /// Remembers ids of `table`; forgets the table when they cannot become a complete set.
    mutating func see(_ ids: [String], in table: TableName, isWhole: Bool) {
        guard var known = seen?[table.rawValue] else { return }
        known += ids
        let total = (seen ?? [:]).values.reduce(ids.count) { $0 + $1.count }
        seen?[table.rawValue] = isWhole && total <= Self.maximumSeen ? known : nil
    }
}

/// What paging has to know of one page of a part.
struct PartPage: Sendable {
    /// Where the part goes on; `nil` at its end.
    var nextAfter: String?
    /// Ids of the rows' own records.
    var ids: [String] = []
    /// Whether every element could be read.
    var isWhole = true
    /// Threads whose comments go on.
    var furtherThreads: [(id: String, after: String)] = []
    /// Keys in commit messages.
    var mentions = WorkItemMentions()
}
