/// The columns of `work_item_pull_requests`: that a pull request mentions or belongs to a work item, with the evidence for it.
package enum WorkItemPullRequestColumns: Int, TableColumns {
    case id, pullRequestID, key, workItemSource, workItemID, evidence, score

    package static let table: TableName = "work_item_pull_requests"
    package static let meaning = "That a pull request mentions or belongs to a work item, with the evidence for it."
    package static let owner: Self? = .pullRequestID
    package static let indexes: [[Self]] = [[.pullRequestID], [.key], [.workItemSource, .workItemID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The pull request's id, a colon, the key in upper case.")
        case .pullRequestID: .reference("pull_request_id", to: "pull_requests", "The pull request.", required: true)
        case .key: .linkedKey
        case .workItemSource: .linkedSource
        case .workItemID: .linkedWorkItem
        case .evidence: .linkEvidence
        case .score: .linkScore
        }
    }
}

/// The columns of `work_item_commits`: that a commit mentions or belongs to a work item, with the evidence for it.
package enum WorkItemCommitColumns: Int, TableColumns {
    case id, commitID, key, workItemSource, workItemID, evidence, score

    package static let table: TableName = "work_item_commits"
    package static let meaning = "That a commit mentions or belongs to a work item, with the evidence for it."
    package static let owner: Self? = .commitID
    package static let indexes: [[Self]] = [[.commitID], [.key], [.workItemSource, .workItemID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The commit's id, a colon, the key in upper case.")
        case .commitID: .reference("commit_id", to: "commits", "The commit.", required: true)
        case .key: .linkedKey
        case .workItemSource: .linkedSource
        case .workItemID: .linkedWorkItem
        case .evidence: .linkEvidence
        case .score: .linkScore
        }
    }
}

/// What every table of links to work items has.
extension Column {
    fileprivate static let linkedKey: Column = .required("key", .text, "The key that was found, in upper case.")
    fileprivate static let linkedSource: Column = .derived(
        "work_item_source", .text, "The source of the work item; null while no loaded item has the key.")
    fileprivate static let linkedWorkItem: Column = .derived(
        "work_item_id", .text, "The work item's id within that source; null while no loaded item has the key.")
    fileprivate static let linkEvidence: Column = .required(
        "evidence", .json, "Array of where it was found: title, branch, body, message, provider.")
    fileprivate static let linkScore: Column = .required("score", .real, "How sure the link is, 0 to 1.")
}
