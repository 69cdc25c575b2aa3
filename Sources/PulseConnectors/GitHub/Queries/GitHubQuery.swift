/// One GraphQL operation: its name, its text, and what it can cost.
///
/// Texts are constants, so that a test can hold every one of them against GitHub's schema. Only fields that old
/// GitHub Enterprise Servers know as well are asked for.
struct GitHubQuery: Sendable, Hashable {
    /// The operation's name, distinct for each.
    let name: String
    /// The document that is sent.
    let text: String
    /// The connections that it asks for, by which GitHub computes its price.
    let connections: @Sendable (GitHubSizes) -> [GitHubConnection]

    static func == (left: Self, right: Self) -> Bool { left.name == right.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }

    init(
        _ name: String, _ text: String,
        connections: @escaping @Sendable (GitHubSizes) -> [GitHubConnection] = { _ in [] }
    ) {
        self.name = name
        self.text = text
        self.connections = connections
    }

    /// Points it costs: the requests needed for all connections with every parent at its `first`, divided by 100,
    /// rounded, at least 1 (docs.github.com, "Rate limits and query limits for the GraphQL API").
    func cost(_ sizes: GitHubSizes) -> Int {
        let requests = connections(sizes).reduce(0) { $0 + $1.requests(parents: 1) }
        return max(1, (requests + 50) / 100)
    }

    /// Nodes it may return: at most 500,000 are allowed (same page).
    func nodes(_ sizes: GitHubSizes) -> Int {
        connections(sizes).reduce(0) { $0 + $1.nodes(parents: 1) }
    }

    /// Every operation that is ever sent.
    static let all: [GitHubQuery] = [
        identify, ownedRepositories, ownedRepositoryNames, listedRepository, pullRequests, pullRequestCommits,
        pullRequestReviews, pullRequestComments, pullRequestThreads, threadComments, pullRequestIDs, branchCommits,
        commitHistory, commitIDs, releases, releaseIDs, deployments, deploymentIDs,
    ]

    /// Spent and left, asked for in every query: headers do not tell the price.
    static let rateLimit = "rateLimit { cost limit remaining resetAt used }"
    static let pageInfo = "pageInfo { hasNextPage endCursor }"

    /// Who did something. Asks for no e-mail address: that needs a scope, without which the whole query is refused.
    static let actorFragment = "fragment actor on Actor { __typename login ... on Node { id } ... on User { name } }"
    /// Who a commit names, and the account that GitHub knows for the address.
    static let authorFragment = "fragment author on GitActor { name email user { id login name } }"
}

/// How much to ask for.
struct GitHubSizes: Sendable, Hashable {
    /// Records of the page, 1 to 100.
    var first = 100
    /// Commits, reviews and comments that come with a pull request.
    var nested = 20
    /// Review threads that come with a pull request.
    var threads = 6
    /// Comments that come with a thread.
    var threadComments = 8

    /// A page of `first` records with modest parts.
    static func page(_ first: Int) -> GitHubSizes { GitHubSizes(first: min(100, max(1, first))) }
    /// As little as can be: for a record that is too heavy by itself.
    static let light = GitHubSizes(first: 1, nested: 1, threads: 1, threadComments: 1)
}

/// A connection in a query, for its price.
struct GitHubConnection: Sendable, Hashable {
    var first: Int
    var within: [GitHubConnection] = []

    func requests(parents: Int) -> Int { parents + within.reduce(0) { $0 + $1.requests(parents: parents * first) } }
    func nodes(parents: Int) -> Int {
        parents * first + within.reduce(0) { $0 + $1.nodes(parents: parents * first) }
    }
}
