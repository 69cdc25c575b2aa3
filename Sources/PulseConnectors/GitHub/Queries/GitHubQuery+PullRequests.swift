extension GitHubQuery {
    /// Pull requests by their time of change, with the first of everything that hangs on them.
    ///
    /// `edges` instead of `nodes`, because an edge has its cursor even where its node is null, so that this one record
    /// can be asked for again by itself.
    static let pullRequests = GitHubQuery(
        "PullRequests",
        """
        query PullRequests($owner: String!, $name: String!, $first: Int!, $after: String, \
        $direction: OrderDirection!, $full: Boolean!, $nested: Int!, $threads: Int!, $threadComments: Int!) {
          \(rateLimit)
          repository(owner: $owner, name: $name) {
            id
            pullRequests(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: $direction}) {
              totalCount
              \(pageInfo)
              edges {
                cursor
                node {
                  id number title body state isDraft url
                  author { ...actor }
                  mergedBy { ...actor }
                  headRefName baseRefName headRefOid
                  mergeCommit { oid }
                  additions @include(if: $full)
                  deletions @include(if: $full)
                  changedFiles @include(if: $full)
                  reviewDecision createdAt updatedAt mergedAt closedAt
                  labels(first: 100) { nodes { name } }
                  commits(first: $nested) { ...commits }
                  reviews(first: $nested) { ...reviews }
                  comments(first: $nested) { totalCount ...comments }
                  reviewThreads(first: $threads) { ...threads }
                }
              }
            }
          }
        }
        \(actorFragment)
        \(authorFragment)
        \(commitsFragment)
        \(reviewsFragment)
        \(commentsFragment)
        \(threadsFragment)
        \(threadCommentsFragment)
        """
    ) { sizes in
        [
            GitHubConnection(
                first: sizes.first,
                within: [
                    GitHubConnection(first: 100), GitHubConnection(first: sizes.nested),
                    GitHubConnection(first: sizes.nested), GitHubConnection(first: sizes.nested),
                    GitHubConnection(first: sizes.threads, within: [GitHubConnection(first: sizes.threadComments)]),
                ])
        ]
    }

    static let pullRequestCommits = part(
        "PullRequestCommits", of: "commits", "...commits", [authorFragment, commitsFragment])
    static let pullRequestReviews = part(
        "PullRequestReviews", of: "reviews", "...reviews", [actorFragment, reviewsFragment])
    static let pullRequestComments = part(
        "PullRequestComments", of: "comments", "...comments", [actorFragment, commentsFragment])

    static let pullRequestThreads = GitHubQuery(
        "PullRequestThreads",
        """
        query PullRequestThreads($id: ID!, $first: Int!, $after: String, $threadComments: Int!) {
          \(rateLimit)
          node(id: $id) {
            ... on PullRequest {
              id
              reviewThreads(first: $first, after: $after) { ...threads }
            }
          }
        }
        \(actorFragment)
        \(threadsFragment)
        \(threadCommentsFragment)
        """
    ) { sizes in
        [GitHubConnection(first: sizes.first, within: [GitHubConnection(first: sizes.threadComments)])]
    }

    static let threadComments = GitHubQuery(
        "ThreadComments",
        """
        query ThreadComments($id: ID!, $first: Int!, $after: String) {
          \(rateLimit)
          node(id: $id) {
            ... on PullRequestReviewThread {
              id isResolved path line originalLine
              comments(first: $first, after: $after) { ...threadComments }
            }
          }
        }
        \(actorFragment)
        \(threadCommentsFragment)
        """
    ) { [GitHubConnection(first: $0.first)] }

    /// All ids, in an order that nothing changes.
    static let pullRequestIDs = census("PullRequestIDs", of: "pullRequests")

    /// Ids of everything in one connection of a repository, oldest first.
    static func census(_ name: String, of connection: String) -> GitHubQuery {
        GitHubQuery(
            name,
            """
            query \(name)($owner: String!, $name: String!, $first: Int!, $after: String) {
              \(rateLimit)
              repository(owner: $owner, name: $name) {
                id
                \(connection)(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
                  totalCount
                  \(pageInfo)
                  edges { cursor node { id } }
                }
              }
            }
            """
        ) { [GitHubConnection(first: $0.first)] }
    }

    private static func part(_ name: String, of connection: String, _ fields: String, _ fragments: [String])
        -> GitHubQuery
    {
        GitHubQuery(
            name,
            """
            query \(name)($id: ID!, $first: Int!, $after: String) {
              \(rateLimit)
              node(id: $id) {
                ... on PullRequest {
                  id
                  \(connection)(first: $first, after: $after) { \(fields) }
                }
              }
            }
            \(fragments.joined(separator: "\n"))
            """
        ) { [GitHubConnection(first: $0.first)] }
    }

    private static let commitsFragment = """
        fragment commits on PullRequestCommitConnection {
          totalCount
          \(pageInfo)
          nodes { commit { oid message authoredDate committedDate author { ...author } } }
        }
        """
    private static let reviewsFragment = """
        fragment reviews on PullRequestReviewConnection {
          \(pageInfo)
          nodes { id state body submittedAt author { ...actor } commit { oid } }
        }
        """
    private static let commentsFragment = """
        fragment comments on IssueCommentConnection {
          \(pageInfo)
          nodes { id body createdAt updatedAt author { ...actor } }
        }
        """
    private static let threadsFragment = """
        fragment threads on PullRequestReviewThreadConnection {
          \(pageInfo)
          nodes {
            id isResolved path line originalLine
            comments(first: $threadComments) { ...threadComments }
          }
        }
        """
    private static let threadCommentsFragment = """
        fragment threadComments on PullRequestReviewCommentConnection {
          \(pageInfo)
          nodes { id body createdAt updatedAt author { ...actor } }
        }
        """
}
