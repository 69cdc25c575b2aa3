extension GitHubQuery {
    /// All releases, oldest first.
    static let releases = GitHubQuery(
        "Releases",
        """
        query Releases($owner: String!, $name: String!, $first: Int!, $after: String) {
          \(rateLimit)
          repository(owner: $owner, name: $name) {
            id
            releases(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: ASC}) {
              totalCount
              \(pageInfo)
              edges {
                cursor
                node {
                  id name tagName description isDraft isPrerelease createdAt publishedAt url
                  tagCommit { oid }
                  author { __typename id login name }
                }
              }
            }
          }
        }
        """
    ) { [GitHubConnection(first: $0.first)] }

    static let releaseIDs = census("ReleaseIDs", of: "releases")

    /// Deployments with their latest status, newest first.
    static let deployments = GitHubQuery(
        "Deployments",
        """
        query Deployments($owner: String!, $name: String!, $first: Int!, $after: String) {
          \(rateLimit)
          repository(owner: $owner, name: $name) {
            id
            deployments(first: $first, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
              totalCount
              \(pageInfo)
              edges {
                cursor
                node {
                  id environment commitOid state createdAt updatedAt
                  ref { name }
                  creator { ...actor }
                  latestStatus { state createdAt updatedAt }
                }
              }
            }
          }
        }
        \(actorFragment)
        """
    ) { [GitHubConnection(first: $0.first)] }

    static let deploymentIDs = census("DeploymentIDs", of: "deployments")
}
