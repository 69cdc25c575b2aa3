extension GitHubQuery {
    /// Who we are. The first thing asked, because a wrong token can look like an empty source (FACTS §2.20).
    static let identify = GitHubQuery(
        "Identify",
        """
        query Identify {
          \(rateLimit)
          viewer { login }
        }
        """)

    /// The repositories of an organisation or of a person, oldest first.
    static let ownedRepositories = owned("OwnedRepositories", "...repository", repositoryFragment)
    /// Only the names, to divide a stream by.
    static let ownedRepositoryNames = owned("OwnedRepositoryNames", "id nameWithOwner", "")

    /// One repository that was configured by name.
    static let listedRepository = GitHubQuery(
        "ListedRepository",
        """
        query ListedRepository($owner: String!, $name: String!) {
          \(rateLimit)
          repository(owner: $owner, name: $name) { ...repository }
        }
        \(repositoryFragment)
        """)

    private static func owned(_ name: String, _ fields: String, _ fragment: String) -> GitHubQuery {
        GitHubQuery(
            name,
            """
            query \(name)($login: String!, $first: Int!, $after: String) {
              \(rateLimit)
              repositoryOwner(login: $login) {
                id
                repositories(first: $first, after: $after, ownerAffiliations: [OWNER], \
            orderBy: {field: CREATED_AT, direction: ASC}) {
                  totalCount
                  \(pageInfo)
                  edges { cursor node { \(fields) } }
                }
              }
            }
            \(fragment)
            """
        ) { [GitHubConnection(first: $0.first)] }
    }

    private static let repositoryFragment = """
        fragment repository on Repository {
          id nameWithOwner url description isPrivate isArchived isFork createdAt pushedAt updatedAt
          primaryLanguage { name }
          defaultBranchRef { name }
        }
        """
}
