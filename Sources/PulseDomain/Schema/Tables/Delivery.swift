/// The columns of `builds`: a run of a build or check pipeline.
package enum BuildColumns: Int, TableColumns {
    case id, repositoryID, name, number, state, result, branch, commitID, queuedAt, startedAt, finishedAt, url

    package static let table: TableName = "builds"
    package static let meaning = "A run of a build or check pipeline."
    package static let owner: Self? = .repositoryID
    package static let indexes: [[Self]] = [[.repositoryID, .finishedAt], [.commitID]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .repositoryID: .reference("repository_id", to: "repositories", "The repository.")
        case .name: .optional("name", .text, "Pipeline's name.")
        case .number: .optional("number", .text, "Number as shown.")
        case .state: .required("state", .text, "One of queued, running, finished.")
        case .result: .optional("result", .text, "One of succeeded, failed, cancelled, partial.")
        case .branch: .optional("branch", .text, "Branch.")
        case .commitID: .optional("commit_id", .text, "Commit's hash.")
        case .queuedAt: .optional("queued_at", .instant, "When it was queued.")
        case .startedAt: .optional("started_at", .instant, "When it began.")
        case .finishedAt: .optional("finished_at", .instant, "When it ended.")
        case .url: .optional("url", .text, "Web address.")
        }
    }
}

/// The columns of `deployments`: a deployment of a commit to an environment.
package enum DeploymentColumns: Int, TableColumns {
    case id, repositoryID, environment, state, ref, commitID, creatorID, createdAt, updatedAt, finishedAt

    package static let table: TableName = "deployments"
    package static let meaning = "A deployment of a commit to an environment."
    package static let owner: Self? = .repositoryID
    package static let version: Self? = .updatedAt
    package static let indexes: [[Self]] = [[.repositoryID, .createdAt], [.commitID], [.environment, .createdAt]]

    package var column: Column {
        switch self {
        case .id: .key("id", "The provider's id.")
        case .repositoryID: .reference("repository_id", to: "repositories", "The repository.")
        case .environment: .optional("environment", .text, "Environment's name.")
        case .state: .required("state", .text, "One of pending, in_progress, succeeded, failed, inactive, unknown.")
        case .ref: .optional("ref", .text, "Branch or tag.")
        case .commitID: .optional("commit_id", .text, "Commit's hash.")
        case .creatorID: .reference("creator_id", to: "people", "Who deployed.")
        case .createdAt: .optional("created_at", .instant, "When it was created.")
        case .updatedAt: .optional("updated_at", .instant, "When it last changed.")
        case .finishedAt: .optional("finished_at", .instant, "When it succeeded or failed.")
        }
    }
}
