import PulseDomain
import PulseHTTP
import PulseJSON

/// One request: which query, how much of it, with which variables.
struct GitHubStep: Sendable {
    var query: GitHubQuery
    var sizes: GitHubSizes
    /// The values of everything but sizes.
    var variables: [(name: String, value: String?)]
    /// Whether figures are asked for that GitHub has to count; `nil` where the query has none.
    var isFull: Bool?

    /// What to send for the page at `cursor`. `isLight` asks for as little of one record as can be.
    init(_ cursor: GitHubCursor, _ stream: GitHubStream, _ walk: Walk, isLight: Bool = false) throws {
        let pageSize = max(1, walk.pageSize)
        switch cursor.step {
        case .part(_, let part):
            query =
                switch part.kind {
                case .commits: .pullRequestCommits
                case .reviews: .pullRequestReviews
                case .comments: .pullRequestComments
                case .threads: .pullRequestThreads
                case .threadComments: .threadComments
                }
            // Elements of parts are smaller than pull requests, so a page holds more of them.
            sizes = .page(pageSize == 1 ? 1 : pageSize * (part.kind == .threads ? 2 : 4))
            variables = [("id", part.id), ("after", part.after)]
        case .retry(let retry):
            sizes = .page(1)
            (query, variables) = try Self.list(cursor, stream, walk, after: retry.after)
        case .list:
            sizes = .page(cursor.course == .census && pageSize > 1 ? pageSize * 4 : pageSize)
            (query, variables) = try Self.list(cursor, stream, walk, after: cursor.after)
        }
        if isLight { sizes = .light }
        if [.pullRequests, .branchCommits, .commitHistory].contains(query) { isFull = !isLight }
    }

    private static func list(_ cursor: GitHubCursor, _ stream: GitHubStream, _ walk: Walk, after: String?) throws
        -> (GitHubQuery, [(name: String, value: String?)])
    {
        let isCensus = cursor.course == .census
        if stream == .repositories {
            if let login = cursor.owners?.first { return (.ownedRepositories, [("login", login), ("after", after)]) }
            return (.listedRepository, try GitHubRepositoryName(cursor.listed?.first ?? "").variables)
        }
        let variables = try GitHubRepositoryName(walk.descriptor.reference).variables + [("after", after)]
        switch stream {
        case .repositories: return (.listedRepository, variables)
        case .pullRequests:
            guard !isCensus else { return (.pullRequestIDs, variables) }
            return (.pullRequests, variables + [("direction", cursor.course == .backward ? "DESC" : "ASC")])
        case .releases: return (isCensus ? .releaseIDs : .releases, variables)
        case .deployments: return (isCensus ? .deploymentIDs : .deployments, variables)
        case .commits:
            if isCensus { return (.commitIDs, variables + [("expression", cursor.branch?.head ?? "HEAD")]) }
            let (since, until) = CommitWalk.bounds(walk)
            let bounds: [(name: String, value: String?)] = [("since", since), ("until", until)]
            guard let head = cursor.branch?.head else { return (.branchCommits, variables.dropLast() + bounds) }
            return (.commitHistory, variables + bounds + [("head", head)])
        }
    }

    /// Where the list lies in the answer.
    static func place(_ stream: GitHubStream, _ cursor: GitHubCursor) -> ListPlace {
        switch stream {
        case .repositories: .owned
        case .pullRequests: .pullRequests
        case .releases: .releases
        case .deployments: .deployments
        case .commits: cursor.branch == nil && cursor.course != .census ? .branch : .history
        }
    }

    /// The request's body.
    var body: [UInt8] {
        JSONWriter.document { writer in
            writer.object { writer in
                writer.member("query", query.text)
                writer.member("operationName", query.name)
                writer.memberObject("variables") { writer in
                    for (name, value) in variables { writer.member(name, value) }
                    if query.text.contains("$first: Int!") { writer.member("first", sizes.first) }
                    if query.text.contains("$nested: Int!") { writer.member("nested", sizes.nested) }
                    if query.text.contains("$threads: Int!") { writer.member("threads", sizes.threads) }
                    if query.text.contains("$threadComments: Int!") {
                        writer.member("threadComments", sizes.threadComments)
                    }
                    if let isFull { writer.member("full", isFull) }
                }
            }
        }
    }
}

/// A repository as people write it.
struct GitHubRepositoryName: Sendable, Hashable {
    var owner: String
    var name: String

    /// Reads `owner/name`. Throws `Failure` (`ours`) for anything else.
    init(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw Failure(
                .ours, code: "github.repository_name", "“\(text)” is not a repository's name.",
                remedy: "Write repositories as owner/name, such as octocat/hello-world.")
        }
        (owner, name) = (parts[0], parts[1])
    }

    var variables: [(name: String, value: String?)] { [("owner", owner), ("name", name)] }
}
