import PulseDomain

/// How repositories, releases and deployments are walked.
///
/// Releases and repositories are few, change without moving in any order that GitHub offers, and are therefore walked
/// whole each time. Deployments come newest first; their state changes for some time after they were made, so an
/// incremental walk goes back ``deploymentOverlap`` before the watermark.
enum ListWalk {
    static let deploymentOverlap = Duration.days(14)

    static func floor(_ stream: GitHubStream, _ walk: Walk) -> Instant? {
        guard stream == .deployments else { return nil }
        switch walk.mode {
        case .full, .census: return nil
        case .range(let from, _): return from
        case .incremental: return walk.watermark?.changedAt.map { $0 - deploymentOverlap }
        }
    }

    static func advanced(_ cursor: GitHubCursor, by page: ListPage, _ stream: GitHubStream, _ walk: Walk)
        -> GitHubCursor
    {
        var next = cursor
        next.repository = page.repository ?? cursor.repository
        for (index, edge) in page.edges.enumerated() {
            if edge.isDamaged {
                next.add(retry: .init(after: index == 0 ? cursor.after : page.edges[index - 1].cursor))
            }
            if PullRequestWalk.includes(edge.changedAt, walk) { next.noteNewest(edge.changedAt) }
        }
        next.after = page.end
        next.isExhausted = !page.hasNext
        if let floor = floor(stream, walk), let last = page.edges.last(where: { $0.changedAt != nil })?.changedAt,
            last < floor
        {
            next.isExhausted = true
        }
        // A retry has to find its owner in front.
        if stream == .repositories, next.isExhausted == true, next.retries == nil { next.removeFirstOwner() }
        return next
    }

    /// From the beginning of the list; `nil` when that happened too often.
    static func restart(_ cursor: GitHubCursor) -> GitHubCursor? {
        guard cursor.restarts ?? 0 < 3 else { return nil }
        var next = cursor
        (next.after, next.retries) = (nil, nil)
        next.restarts = (cursor.restarts ?? 0) + 1
        return next
    }

    static func watermark(at cursor: GitHubCursor, _ walk: Walk) -> Watermark? {
        switch walk.mode {
        case .range, .census: return nil
        case .incremental, .full: break
        }
        let newest = [cursor.newest, walk.mode == .incremental ? walk.watermark?.changedAt : nil].compactMap(\.self)
            .max()
        return newest.map { Watermark(changedAt: $0) }
    }
}
