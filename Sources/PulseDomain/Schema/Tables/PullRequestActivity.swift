/// The columns of `pull_request_reviews`: a review of a pull request.
package enum PullRequestReviewColumns: Int, TableColumns {
    case id, pullRequestID, authorID, state, body, commitID, submittedAt

    package static let table: TableName = "pull_request_reviews"
    package static let meaning = "A review of a pull request."
    package static let owner: Self? = .pullRequestID
    package static let indexes: [[Self]] = [[.pullRequestID], [.authorID, .submittedAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .pullRequestID: .reference("pull_request_id", to: "pull_requests", "The pull request.", required: true)
        case .authorID: .reference("author_id", to: "people", "Who reviewed; null for deleted accounts.")
        case .state: .required("state", .text, "One of approved, changes_requested, commented, dismissed, pending.")
        case .body: .optional("body", .text, "Text.")
        case .commitID: .optional("commit_id", .text, "The commit that was reviewed.")
        case .submittedAt: .optional("submitted_at", .instant, "When it was submitted.")
        }
    }
}

/// The columns of `pull_request_comments`: a comment on a pull request: on the conversation or on a line.
package enum PullRequestCommentColumns: Int, TableColumns {
    case id, pullRequestID, kind, threadID, isResolved, path, line, authorID, body, createdAt, updatedAt

    package static let table: TableName = "pull_request_comments"
    package static let meaning = "A comment on a pull request: on the conversation or on a line."
    package static let owner: Self? = .pullRequestID
    package static let version: Self? = .updatedAt
    package static let indexes: [[Self]] = [[.pullRequestID, .createdAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .pullRequestID: .reference("pull_request_id", to: "pull_requests", "The pull request.", required: true)
        case .kind: .required("kind", .text, "One of conversation, review_thread.")
        case .threadID: .optional("thread_id", .text, "The review thread.")
        case .isResolved: .optional("is_resolved", .boolean, "Whether the thread is resolved.")
        case .path: .optional("path", .text, "The file.")
        case .line: .optional("line", .integer, "The line, 1-based.")
        case .authorID: .reference("author_id", to: "people", "Who wrote it; null for deleted accounts.")
        case .body: .optional("body", .text, "Text.")
        case .createdAt: .optional("created_at", .instant, "When it was written.")
        case .updatedAt: .optional("updated_at", .instant, "When it last changed.")
        }
    }
}
