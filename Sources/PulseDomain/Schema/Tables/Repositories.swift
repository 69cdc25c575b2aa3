/// The columns of `repositories`: a source repository.
package enum RepositoryColumns: Int, TableColumns {
    case id, name, url, defaultBranch, isPrivate, isArchived, isFork, language, summary, createdAt, pushedAt,
        updatedAt

    package static let table: TableName = "repositories"
    package static let meaning = "A source repository."
    package static let indexes: [[Self]] = [[.name]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id; for a local clone a hash of its root commits.")
        case .name: .required("name", .text, "Full name: owner/name, or the folder's name.")
        case .url: .optional("url", .text, "Web address.")
        case .defaultBranch: .optional("default_branch", .text, "Default branch; null while empty.")
        case .isPrivate: .optional("is_private", .boolean, "Whether it is private.")
        case .isArchived: .optional("is_archived", .boolean, "Whether it is archived.")
        case .isFork: .optional("is_fork", .boolean, "Whether it is a fork.")
        case .language: .optional("language", .text, "Main language.")
        case .summary: .optional("description", .text, "Description.")
        case .createdAt: .optional("created_at", .instant, "When it was created.")
        case .pushedAt: .optional("pushed_at", .instant, "When it was last pushed to.")
        case .updatedAt: .optional("updated_at", .instant, "When it last changed at the source.")
        }
    }
}

/// The columns of `releases`: a release of a repository (or its tag), or a version of a project.
package enum ReleaseColumns: Int, TableColumns {
    case id, name, tag, repositoryID, projectID, commitID, authorID, isDraft, isPrerelease, body, createdAt,
        publishedAt, url

    package static let table: TableName = "releases"
    package static let meaning = "A release of a repository (or its tag), or a version of a project."
    package static let owner: Self? = .repositoryID
    package static let indexes: [[Self]] = [[.repositoryID, .publishedAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id; for a tag the repository id, a colon, its name.")
        case .name: .required("name", .text, "Name, or the tag where it has none.")
        case .tag: .optional("tag", .text, "Tag.")
        case .repositoryID: .reference("repository_id", to: "repositories", "The repository.")
        case .projectID: .reference("project_id", to: "projects", "The project.")
        case .commitID: .optional("commit_id", .text, "The commit that it points to.")
        case .authorID: .reference("author_id", to: "people", "Who made it.")
        case .isDraft: .optional("is_draft", .boolean, "Whether it is a draft.")
        case .isPrerelease: .optional("is_prerelease", .boolean, "Whether it is a pre-release.")
        case .body: .optional("body", .text, "Notes.")
        case .createdAt: .optional("created_at", .instant, "When it was created.")
        case .publishedAt: .optional("published_at", .instant, "When it was published.")
        case .url: .optional("url", .text, "Web address.")
        }
    }
}

/// The columns of `commits`: a commit on a branch of a repository.
package enum CommitColumns: Int, TableColumns {
    case id, repositoryID, hash, message, authorID, authorName, authorEmail, committerName, committerEmail,
        parents, isMerge, additions, deletions, changedFiles, authoredAt, committedAt

    package static let table: TableName = "commits"
    package static let meaning = "A commit on a branch of a repository."
    package static let owner: Self? = .repositoryID
    package static let indexes: [[Self]] = [[.repositoryID, .committedAt], [.hash], [.authorEmail, .committedAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "Repository id, a colon, hash.")
        case .repositoryID: .reference("repository_id", to: "repositories", "The repository.", required: true)
        case .hash: .required("hash", .text, "Hash in hexadecimal.")
        case .message: .optional("message", .text, "Message.")
        case .authorID: .reference("author_id", to: "people", "Author's account, where it is known.")
        case .authorName: .optional("author_name", .text, "Author as the commit says.")
        case .authorEmail: .optional("author_email", .text, "Author's e-mail address in lower case.")
        case .committerName: .optional("committer_name", .text, "Committer as the commit says.")
        case .committerEmail: .optional("committer_email", .text, "Committer's e-mail address in lower case.")
        case .parents: .optional("parents", .json, "Array of parents' hashes.")
        case .isMerge: .required("is_merge", .boolean, "Whether it has several parents.")
        case .additions: .optional("additions", .integer, "Lines added; null where not counted.")
        case .deletions: .optional("deletions", .integer, "Lines deleted; null where not counted.")
        case .changedFiles: .optional("changed_files", .integer, "Files changed; null where not counted.")
        case .authoredAt: .optional("authored_at", .instant, "When it was written.")
        case .committedAt: .optional("committed_at", .instant, "When it was committed.")
        }
    }
}
