/// An object of GitHub's graph.
indirect enum GitHubNode: Sendable {
    case query
    case organization
    case user(Int)
    case bot(Int)
    case repository(Int)
    case pull(PullFacts)
    case pullCommit(PullFacts, PullFacts.Child)
    /// With the time at which it was committed, where that is known already.
    case commit(CommitIdentity, at: Int64? = nil)
    case gitActor(CommitIdentity, isCommitter: Bool)
    case review(PullFacts, PullFacts.Child)
    case thread(PullFacts, PullFacts.Thread)
    case threadComment(PullFacts, PullFacts.Thread, PullFacts.Child)
    case issueComment(PullFacts, PullFacts.Child)
    case release(GitHubDelivery)
    case deployment(GitHubDelivery)
    case deploymentStatus(GitHubDelivery)
    case ref(Int, String, CommitIdentity?)
    case label(Int)
    case language(Int)
    case rateLimit
    case connection(GitHubConnectionPage)
    case edge(String, cursor: String, GitHubElement)
    case pageInfo(GitHubConnectionPage)

    var typeName: String {
        switch self {
        case .query: "Query"
        case .organization: "Organization"
        case .user: "User"
        case .bot: "Bot"
        case .repository: "Repository"
        case .pull: "PullRequest"
        case .pullCommit: "PullRequestCommit"
        case .commit: "Commit"
        case .gitActor: "GitActor"
        case .review: "PullRequestReview"
        case .thread: "PullRequestReviewThread"
        case .threadComment: "PullRequestReviewComment"
        case .issueComment: "IssueComment"
        case .release: "Release"
        case .deployment: "Deployment"
        case .deploymentStatus: "DeploymentStatus"
        case .ref: "Ref"
        case .label: "Label"
        case .language: "Language"
        case .rateLimit: "RateLimit"
        case .connection(let page): page.typeName
        case .edge(let name, _, _): name
        case .pageInfo: "PageInfo"
        }
    }
}

/// An element of a page, made when it is looked at.
struct GitHubElement: Sendable {
    let make: @Sendable () -> GitHubNode
    let cursor: String
}

/// A page of a connection.
struct GitHubConnectionPage: Sendable {
    let typeName: String
    var elements: [GitHubElement]
    let total: Int
    let hasNext: Bool
    let hasPrevious: Bool

    /// As it is shown to who may not see its elements.
    var hidden: GitHubConnectionPage {
        GitHubConnectionPage(typeName: typeName, elements: [], total: 0, hasNext: false, hasPrevious: false)
    }
}

/// A release or deployment.
struct GitHubDelivery: Sendable {
    let repository: Int
    let serial: Int
    let at: Int64
}

/// What a field turned out to be.
enum GitHubValue: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case text(String)
    /// Milliseconds since 1970.
    case time(Int64?)
    /// One JSON value.
    case raw([UInt8])
    case node(GitHubNode?)
    case nodes([GitHubNode?])
    /// An error at this field, which is then null.
    case failure(type: String, message: String)
}
