import PulseDomain
import PulseJSON

/// How the commits of the default branch are walked: always from one fixed tip, because cursors of a history count from
/// it and a push between two pages would shift them. Where it may end tells ``BranchWalk``.
enum CommitWalk {
    static func start(_ walk: Walk) -> GitHubCursor { GitHubCursor(walk.mode == .census ? .census : .history) }

    /// Bounds for the history's own filter, in whole seconds and wide enough.
    static func bounds(_ walk: Walk) -> (since: String?, until: String?) {
        guard case .range(let from, let to) = walk.mode else { return (nil, nil) }
        return (Instant(seconds: from.seconds).iso8601, Instant(seconds: to.seconds + 1).iso8601)
    }

    static func former(_ walk: Walk, repository: String?) throws -> CommitState? {
        guard walk.mode == .incremental, let state = walk.watermark?.state else { return nil }
        let former = try GitHubJSON.decode(CommitState.self, state, what: "watermark")
        return former.repository == repository ? former : nil
    }

    static func advanced(_ cursor: GitHubCursor, by page: ListPage, _ root: JSONValue, _ walk: Walk) throws
        -> GitHubCursor
    {
        var next = cursor
        next.repository = page.repository ?? cursor.repository
        if next.branch == nil {
            let ref = root["data"]["repository"]["defaultBranchRef"]
            guard let head = ref["target"]["oid"].string else {
                // An empty repository.
                next.isExhausted = true
                return next
            }
            next.branch = BranchWalk(
                name: ref["name"].string, head: head, former: try former(walk, repository: next.repository))
        } else if root["data"]["repository"]["object"]["oid"].isMissing {
            // The tip was pushed away and collected.
            guard let restarted = restart(cursor) else { throw GitHubFailures.headVanished }
            return restarted
        }
        for (index, edge) in page.edges.enumerated() {
            if edge.isDamaged {
                next.add(retry: .init(after: index == 0 ? cursor.after : page.edges[index - 1].cursor))
            }
            if PullRequestWalk.includes(edge.changedAt, walk) { next.noteNewest(edge.changedAt) }
        }
        next.branch?.list(page.edges.compactMap(\.commit))
        next.after = page.end
        next.isExhausted = !page.hasNext || next.branch?.isComplete == true
        return next
    }

    /// From the branch's present tip; `nil` when that happened too often.
    static func restart(_ cursor: GitHubCursor) -> GitHubCursor? {
        guard cursor.restarts ?? 0 < 3 else { return nil }
        var next = GitHubCursor(cursor.course)
        next.restarts = (cursor.restarts ?? 0) + 1
        return next
    }

    static func watermark(at cursor: GitHubCursor, _ walk: Walk) throws -> Watermark? {
        switch walk.mode {
        case .range, .census: return nil
        case .incremental, .full: break
        }
        guard let branch = cursor.branch else { return nil }
        let before = try former(walk, repository: cursor.repository)?.rewrites
        let isRewritten = cursor.isExhausted == true && branch.formerHead != nil && branch.formerHead != branch.head
        let state = CommitState(
            repository: cursor.repository, head: branch.head, tip: branch.tip,
            rewrites: isRewritten ? (before ?? 0) + 1 : before)
        let newest = [cursor.newest, walk.mode == .incremental ? walk.watermark?.changedAt : nil].compactMap(\.self)
            .max()
        return Watermark(changedAt: newest, state: try GitHubJSON.encode(state))
    }
}
