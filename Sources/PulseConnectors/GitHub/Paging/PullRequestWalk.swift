import PulseDomain

/// How pull requests are walked so that none is lost while they change.
///
/// **First walk** (and each full one): by time of change, oldest first. A pull request that changes meanwhile moves to
/// the end, where the walk meets it again with its new state; rows are keyed by id, so seeing it twice costs nothing.
/// Nothing can move from ahead of the walk to behind it.
///
/// **Incremental walk**: from an *anchor*, the cursor of a pull request that changed at least ten minutes before the
/// newest one of the former walk. The ten minutes cover changes that become visible late (FACTS §2.2). Cursors are
/// opaque: whether one means "after this time and id" or "after so many rows" is GitHub's business. So the first page
/// has to prove the anchor: it must begin with a record that was loaded before. If it does, everything that it could
/// have skipped under either meaning is older than that record and was loaded, or has changed since and stands at the
/// end. If it does not (all of the overlap has changed since, the repository is another one, GitHub refuses the
/// cursor), the walk turns around:
///
/// **Backward walk**: newest first, until ten minutes before the watermark. Changes push rows down, so rows repeat and
/// none is skipped; what changes after its place was passed is newer than the newest record of the first page, which
/// becomes the watermark, and is seen by the next walk. It needs no anchor and leaves none, so the next walk goes
/// backward too, until a full walk leaves an anchor again. A date range is walked the same way.
enum PullRequestWalk {
    /// How much of what is loaded is loaded again.
    static let overlap = Duration.minutes(10)
    /// Marks kept in a cursor; older ones stay valid, so too few of them only lengthen the overlap.
    static let maximumMarks = 32

    /// Where the walk begins.
    static func start(_ walk: Walk) throws -> GitHubCursor {
        switch walk.mode {
        case .census: return GitHubCursor(.census)
        case .full: return GitHubCursor(.forward)
        case .range: return GitHubCursor(.backward)
        case .incremental:
            guard let watermark = walk.watermark, watermark.changedAt != nil else { return GitHubCursor(.forward) }
            guard let anchor = try PullRequestState(watermark)?.anchor else { return GitHubCursor(.backward) }
            var cursor = GitHubCursor(.forward)
            cursor.after = anchor.cursor
            cursor.trail = [anchor]
            cursor.isAnchored = true
            return cursor
        }
    }

    /// Where the walk goes on when GitHub no longer knows its position; `nil` when that happened too often.
    static func restart(_ cursor: GitHubCursor, _ walk: Walk) -> GitHubCursor? {
        guard cursor.restarts ?? 0 < 3 else { return nil }
        var next = cursor
        next.after = nil
        next.isAnchored = nil
        next.trail = nil
        next.retries = nil
        next.restarts = (cursor.restarts ?? 0) + 1
        if cursor.course == .forward, walk.mode == .incremental, walk.watermark?.changedAt != nil {
            next.course = .backward
        }
        return next
    }

    /// Down to which time of change a backward walk goes; `nil` for the very beginning.
    static func floor(of walk: Walk) -> Instant? {
        if case .range(let from, _) = walk.mode { return from }
        return walk.watermark?.changedAt.map { $0 - overlap }
    }

    /// Whether the record belongs to the walk at all.
    static func includes(_ changedAt: Instant?, _ walk: Walk) -> Bool {
        guard case .range(let from, let to) = walk.mode, let changedAt else { return true }
        return changedAt >= from && changedAt < to
    }

    /// The position behind a page of the list itself.
    static func advanced(_ cursor: GitHubCursor, by page: ListPage, _ walk: Walk) throws -> GitHubCursor {
        var next = cursor
        next.repository = page.repository ?? cursor.repository
        next.isAnchored = nil
        for (index, edge) in page.edges.enumerated() {
            if edge.isDamaged {
                next.add(retry: .init(after: index == 0 ? cursor.after : page.edges[index - 1].cursor))
            } else if includes(edge.changedAt, walk) {
                next.noteNewest(edge.changedAt)
                if let open = edge.open { next.add(open: open) }
            }
        }
        if cursor.isAnchored == true, let turned = try turned(next, after: page, walk) { return turned }
        next.after = page.end
        next.isExhausted = !page.hasNext
        if cursor.course == .backward, let floor = floor(of: walk),
            let last = page.edges.last(where: { $0.changedAt != nil })?.changedAt, last < floor
        {
            next.isExhausted = true
        }
        if cursor.course == .forward { next.trail = trail(next, page) }
        return next
    }

    /// The backward walk, when the first page behind the anchor does not prove it.
    private static func turned(_ cursor: GitHubCursor, after page: ListPage, _ walk: Walk) throws -> GitHubCursor? {
        guard let watermark = walk.watermark, let changedAt = watermark.changedAt else { return nil }
        let state = try PullRequestState(watermark)
        let isOther = state?.repository != nil && page.repository != nil && state?.repository != page.repository
        let first = page.edges.first { $0.changedAt != nil }?.changedAt
        if !isOther, let first, first <= changedAt { return nil }
        var next = cursor
        // Another repository under this name: nothing of it is loaded.
        next.course = isOther ? .forward : .backward
        next.after = nil
        next.retries = nil
        // The walk meets again whatever of it is new.
        next.open = nil
        next.trail = nil
        return next
    }

    private static func trail(_ cursor: GitHubCursor, _ page: ListPage) -> [GitHubCursor.Mark]? {
        let dated = page.edges.compactMap { edge in
            edge.changedAt.flatMap { at in edge.cursor.map { GitHubCursor.Mark(cursor: $0, at: at) } }
        }
        guard let newest = cursor.newest, let last = dated.last else { return cursor.trail }
        var marks = cursor.trail ?? []
        if let settled = dated.last(where: { $0.at <= newest - overlap }), settled != last { marks.append(settled) }
        marks.append(last)
        let firstUseful = marks.lastIndex { $0.at <= newest - overlap } ?? 0
        return Array(marks[firstUseful...].prefix(maximumMarks))
    }

    /// The watermark as it stands at `cursor`.
    static func watermark(at cursor: GitHubCursor, _ walk: Walk) throws -> Watermark? {
        switch walk.mode {
        case .range, .census: return nil
        case .incremental, .full: break
        }
        let newest = [cursor.newest, walk.mode == .incremental ? walk.watermark?.changedAt : nil].compactMap(\.self)
            .max()
        guard let newest else { return nil }
        let anchor = cursor.trail?.last { $0.at <= newest - overlap }
        let state = PullRequestState(repository: cursor.repository, anchor: anchor)
        return Watermark(changedAt: newest, state: try GitHubJSON.encode(state))
    }
}

/// What a walk over pull requests leaves for the next one.
struct PullRequestState: Codable, Hashable, Sendable {
    var repository: String?
    /// The cursor to go on from; `nil`: go backward.
    var anchor: GitHubCursor.Mark?

    init(repository: String?, anchor: GitHubCursor.Mark?) {
        self.repository = repository
        self.anchor = anchor
    }

    init?(_ watermark: Watermark) throws {
        guard let state = watermark.state else { return nil }
        self = try GitHubJSON.decode(Self.self, state, what: "watermark")
    }
}
