import PulseDomain

/// The streams of GitHub.
enum GitHubStream: String, CaseIterable, Sendable {
    case repositories
    case pullRequests = "pull_requests"
    case commits, releases, deployments

    init(_ id: StreamID) throws {
        guard let stream = GitHubStream(rawValue: id.rawValue) else {
            throw Failure(
                .ours, code: "github.no_such_stream", "GitHub has no stream called “\(id)”.",
                remedy: "Configure one of \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = stream
    }

    var id: StreamID { StreamID(rawValue: rawValue) }

    var descriptor: StreamDescriptor {
        switch self {
        case .repositories:
            StreamDescriptor(id: id, title: "Repositories", tables: [RepositoryColumns.table])
        case .pullRequests:
            // A page of 25 with its parts costs 4 points; larger ones tend to meet GitHub's time limit of ten seconds.
            StreamDescriptor(
                id: id, title: "Pull requests with commits, reviews and comments",
                tables: [
                    PullRequestColumns.table, PullRequestCommitColumns.table, PullRequestReviewColumns.table,
                    PullRequestCommentColumns.table, PersonColumns.table, WorkItemPullRequestColumns.table,
                ], dependencies: [Self.repositories.id], hasCensus: true, pageSize: 25)
        case .commits:
            StreamDescriptor(
                id: id, title: "Commits of the default branch",
                tables: [CommitColumns.table, PersonColumns.table, WorkItemCommitColumns.table],
                dependencies: [Self.repositories.id], hasCensus: true)
        case .releases:
            StreamDescriptor(
                id: id, title: "Releases", tables: [ReleaseColumns.table, PersonColumns.table],
                dependencies: [Self.repositories.id], hasCensus: true)
        case .deployments:
            StreamDescriptor(
                id: id, title: "Deployments with their latest status",
                tables: [DeploymentColumns.table, PersonColumns.table], dependencies: [Self.repositories.id],
                hasCensus: true)
        }
    }
}
