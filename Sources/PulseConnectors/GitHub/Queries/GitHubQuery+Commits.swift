extension GitHubQuery {
    /// The first page of the default branch, with its tip, at which the rest of the walk is anchored.
    static let branchCommits = GitHubQuery(
        "BranchCommits",
        """
        query BranchCommits($owner: String!, $name: String!, $first: Int!, $since: GitTimestamp, \
        $until: GitTimestamp, $full: Boolean!) {
          \(rateLimit)
          repository(owner: $owner, name: $name) {
            id
            defaultBranchRef {
              name
              target {
                oid
                ... on Commit { history(first: $first, since: $since, until: $until) { ...history } }
              }
            }
          }
        }
        \(authorFragment)
        \(historyFragment)
        """, connections: historyConnections)

    /// Further pages, from the same tip: cursors of a history are tied to it.
    static let commitHistory = GitHubQuery(
        "CommitHistory",
        """
        query CommitHistory($owner: String!, $name: String!, $head: GitObjectID!, $first: Int!, $after: String, \
        $since: GitTimestamp, $until: GitTimestamp, $full: Boolean!) {
          \(rateLimit)
          repository(owner: $owner, name: $name) {
            id
            object(oid: $head) {
              oid
              ... on Commit { history(first: $first, after: $after, since: $since, until: $until) { ...history } }
            }
          }
        }
        \(authorFragment)
        \(historyFragment)
        """, connections: historyConnections)

    /// Hashes only, to find commits that a rewritten branch lost. `$expression` is `HEAD`, then the
    /// hash that it stood for.
    static let commitIDs = GitHubQuery(
        "CommitIDs",
        """
        query CommitIDs($owner: String!, $name: String!, $expression: String!, $first: Int!, $after: String) {
          \(rateLimit)
          repository(owner: $owner, name: $name) {
            id
            object(expression: $expression) {
              oid
              ... on Commit {
                history(first: $first, after: $after) {
                  totalCount
                  \(pageInfo)
                  edges { cursor node { oid } }
                }
              }
            }
          }
        }
        """
    ) { [GitHubConnection(first: $0.first)] }

    private static let historyConnections: @Sendable (GitHubSizes) -> [GitHubConnection] = {
        [GitHubConnection(first: $0.first, within: [GitHubConnection(first: 100)])]
    }

    /// Parents are few but for octopus merges; all are needed to know where the walk may end.
    private static let historyFragment = """
        fragment history on CommitHistoryConnection {
          totalCount
          \(pageInfo)
          edges {
            cursor
            node {
              oid message authoredDate committedDate
              additions @include(if: $full)
              deletions @include(if: $full)
              changedFilesIfAvailable @include(if: $full)
              author { ...author }
              committer { name email }
              parents(first: 100) { totalCount nodes { oid } }
            }
          }
        }
        """
}
