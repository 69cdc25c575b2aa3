/// The columns of `pull_requests`: a pull (merge) request.
package enum PullRequestColumns: Int, TableColumns {
    case id, number, repositoryID, title, body, state, isDraft, authorID, mergedByID, headBranch, baseBranch,
        headCommitID, mergeCommitID, additions, deletions, changedFiles, commitCount, commentCount,
        reviewDecision, labels, createdAt, updatedAt, mergedAt, closedAt, url

    package static let table: TableName = "pull_requests"
    package static let meaning = "A pull (merge) request."
    package static let owner: Self? = .repositoryID
    package static let version: Self? = .updatedAt
    package static let indexes: [[Self]] = [
        [.repositoryID, .number], [.repositoryID, .updatedAt], [.authorID, .createdAt], [.state],
    ]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's immutable id.")
        case .number: .required("number", .integer, "Number within its repository.")
        case .repositoryID:
            .reference("repository_id", to: "repositories", "The repository that it is for.", required: true)
        case .title: .required("title", .text, "Title.")
        case .body: .optional("body", .text, "Description.")
        case .state: .required("state", .text, "One of open, merged, closed.")
        case .isDraft: .optional("is_draft", .boolean, "Whether it is a draft.")
        case .authorID: .reference("author_id", to: "people", "Who opened it; null for deleted accounts.")
        case .mergedByID: .reference("merged_by_id", to: "people", "Who merged it.")
        case .headBranch: .optional("head_branch", .text, "Branch that it comes from.")
        case .baseBranch: .optional("base_branch", .text, "Branch that it goes to.")
        case .headCommitID: .optional("head_commit_id", .text, "Newest commit.")
        case .mergeCommitID: .optional("merge_commit_id", .text, "Commit that the merge made.")
        case .additions: .optional("additions", .integer, "Lines added.")
        case .deletions: .optional("deletions", .integer, "Lines deleted.")
        case .changedFiles: .optional("changed_files", .integer, "Files changed.")
        case .commitCount: .optional("commit_count", .integer, "Commits, as the provider counts them.")
        case .commentCount:
            .optional("comment_count", .integer, "Comments on the conversation, as the provider counts them.")
        case .reviewDecision:
            .optional("review_decision", .text, "One of approved, changes_requested, review_required.")
        case .labels: .optional("labels", .json, "Array of labels.")
        case .createdAt: .optional("created_at", .instant, "When it was opened.")
        case .updatedAt: .optional("updated_at", .instant, "When it last changed at the source.")
        case .mergedAt: .optional("merged_at", .instant, "When it was merged.")
        case .closedAt: .optional("closed_at", .instant, "When it was closed or merged.")
        case .url: .optional("url", .text, "Web address.")
        }
    }
}

/// The columns of `pull_request_commits`: that a commit belongs to a pull request.
package enum PullRequestCommitColumns: Int, TableColumns {
    case id, pullRequestID, commitID, authorName, authorEmail, message, authoredAt, committedAt

    package static let table: TableName = "pull_request_commits"
    package static let meaning = "That a commit belongs to a pull request."
    package static let owner: Self? = .pullRequestID
    package static let indexes: [[Self]] = [[.pullRequestID], [.commitID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "Pull request id, a colon, commit hash.")
        case .pullRequestID: .reference("pull_request_id", to: "pull_requests", "The pull request.", required: true)
        case .commitID: .required("commit_id", .text, "The commit's hash.")
        case .authorName: .optional("author_name", .text, "Author as the commit says.")
        case .authorEmail: .optional("author_email", .text, "Author's e-mail address in lower case.")
        case .message: .optional("message", .text, "Message.")
        case .authoredAt: .optional("authored_at", .instant, "When it was written.")
        case .committedAt: .optional("committed_at", .instant, "When it was committed.")
        }
    }
}
