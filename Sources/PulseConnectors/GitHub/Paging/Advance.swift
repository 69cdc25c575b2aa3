import PulseDomain
import PulseJSON

/// Where a walk stands behind a page: decided from the page alone, so that fetching and mapping agree.
struct Advance: Sendable {
    /// The position behind the page, also when nothing is left.
    var cursor: GitHubCursor
    /// The page as a list, unless it is a part of a pull request.
    var list: ListPage?
    /// The page as a part of a pull request, and that pull request behind it.
    var part: (page: PartPage, owner: OpenPullRequest)?
}

extension Advance {
    /// Reads the page `root` that was fetched at `cursor`.
    init(_ cursor: GitHubCursor, _ root: JSONValue, _ stream: GitHubStream, _ walk: Walk) throws {
        self.cursor = cursor
        switch cursor.step {
        case .part(let owner, let part):
            let damaged = GraphQLErrors.damagedElements(in: root)
            let page = part.kind.withConnection(in: root["data"]["node"]) { connection in
                PartPage(part.kind, connection, damaged: damaged)
            }
            if let after = page.nextAfter, after == part.after { throw GitHubFailures.cursorRepeats }
            let next = owner.advanced(by: page)
            self.part = (page, next)
            self.cursor.replaceFirstOpen(with: next)
        case .retry:
            let page = try ListPage(root, GitHubStep.place(stream, cursor))
            list = page
            self.cursor.removeFirstRetry()
            if let edge = page.edges.first, !edge.isDamaged, stream == .pullRequests,
                PullRequestWalk.includes(edge.changedAt, walk)
            {
                self.cursor.noteNewest(edge.changedAt)
                if let open = edge.open { self.cursor.add(open: open) }
            }
            if stream == .repositories, self.cursor.isExhausted == true, self.cursor.retries == nil {
                self.cursor.removeFirstOwner()
            }
            if let commit = page.edges.first?.commit { self.cursor.branch?.list([commit]) }
        case .list:
            if stream == .repositories, cursor.owners == nil {
                self.cursor.removeFirstListed()
                return
            }
            let page = try ListPage(root, GitHubStep.place(stream, cursor))
            list = page
            if page.hasNext, page.end == cursor.after { throw GitHubFailures.cursorRepeats }
            self.cursor = try Self.behind(page, root, cursor, stream, walk)
        }
    }

    private static func behind(
        _ page: ListPage, _ root: JSONValue, _ cursor: GitHubCursor, _ stream: GitHubStream, _ walk: Walk
    ) throws -> GitHubCursor {
        if cursor.course == .census { return try census(page, root, cursor, stream) }
        switch stream {
        case .pullRequests: return try PullRequestWalk.advanced(cursor, by: page, walk)
        case .commits: return try CommitWalk.advanced(cursor, by: page, root, walk)
        case .releases, .deployments, .repositories: return ListWalk.advanced(cursor, by: page, stream, walk)
        }
    }

    /// A census with a hole would take what is there for gone.
    private static func census(
        _ page: ListPage, _ root: JSONValue, _ cursor: GitHubCursor, _ stream: GitHubStream
    ) throws -> GitHubCursor {
        let tip = root["data"]["repository"]["object"]["oid"].string
        let isTipThere = stream != .commits || cursor.branch == nil || tip != nil
        let isWhole = page.edges.allSatisfy { !$0.isDamaged && ($0.id ?? $0.commit?.hash) != nil }
        guard isWhole, isTipThere else {
            throw Failure(
                .contractBroken, code: "github.census_incomplete",
                "GitHub left out an id while all ids were being counted, so nothing can be said about deletions.",
                remedy: "Run the census again; if it stays so, look at the credential's rights.",
                endpoint: GitHubConnector.endpoint)
        }
        var next = cursor
        next.repository = page.repository ?? cursor.repository
        next.after = page.end
        next.isExhausted = !page.hasNext
        if stream == .commits, let tip, next.branch == nil {
            next.branch = BranchWalk(name: nil, head: tip, former: nil)
        }
        return next
    }
}
