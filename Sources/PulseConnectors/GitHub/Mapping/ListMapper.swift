import PulseDomain
import PulseJSON

/// Turns repositories, commits, releases and deployments into rows.
struct ListMapper: Sendable {
    private var repositories = RowWriter<RepositoryColumns>()
    private var commits = RowWriter<CommitColumns>()
    private var releases = RowWriter<ReleaseColumns>()
    private var deployments = RowWriter<DeploymentColumns>()
    private var links = RowWriter<WorkItemCommitColumns>()
    private var people = PersonRows()
    private(set) var rejections = Rejections()
    private(set) var extracted = 0
    var payloads = RecordPayloads()

    var batches: [RowBatch] {
        [
            people.rows.batch, repositories.batch, commits.batch, releases.batch, deployments.batch, links.batch,
        ].filter { !$0.isEmpty }
    }

    /// Adds one record of `stream`.
    mutating func add(_ node: JSONValue, _ stream: GitHubStream, repository: String) {
        let record = extracted
        extracted += 1
        if payloads.wants(record) {
            payloads.keep(Rejections.payload(of: node, frame: [("repository", repository)]), of: record)
        }
        do {
            switch stream {
            case .repositories: try addRepository(node, record: record)
            case .commits: try addCommit(node, of: repository, record: record)
            case .releases: try addRelease(node, of: repository, record: record)
            case .deployments: try addDeployment(node, of: repository, record: record)
            case .pullRequests: break
            }
        } catch {
            rejections.add(node, kind: stream.singular, error, frame: [("repository", repository)])
        }
    }

    mutating func reject(
        _ node: JSONValue, _ stream: GitHubStream, _ reason: Rejections.Reason, repository: String?,
        name: String? = nil,
        errors: JSONValue
    ) {
        extracted += 1
        rejections.add(
            node, kind: stream.singular, reason, frame: [("repository", repository), ("name", name)], errors: errors)
    }

    private mutating func addRepository(_ node: JSONValue, record: Int) throws(Rejections.Reason) {
        guard let id = node["id"].string, !id.isEmpty else { throw .missing("id") }
        guard node["nameWithOwner"].kind == .string else { throw .missing("nameWithOwner") }
        repositories.beginRow(record: record)
        repositories.set(.id, id)
        repositories.set(.name, text: node["nameWithOwner"])
        repositories.set(.url, text: node["url"])
        repositories.set(.defaultBranch, text: node["defaultBranchRef"]["name"])
        repositories.set(.isPrivate, node["isPrivate"].bool)
        repositories.set(.isArchived, node["isArchived"].bool)
        repositories.set(.isFork, node["isFork"].bool)
        repositories.set(.language, text: node["primaryLanguage"]["name"])
        repositories.set(.summary, text: node["description"])
        repositories.set(.createdAt, node["createdAt"].moment)
        repositories.set(.pushedAt, node["pushedAt"].moment)
        repositories.set(.updatedAt, node["updatedAt"].moment)
    }

    private mutating func addCommit(_ node: JSONValue, of repository: String, record: Int) throws(Rejections.Reason) {
        guard let hash = node["oid"].string, !hash.isEmpty else { throw .missing("oid") }
        guard !repository.isEmpty else { throw .missing("repository") }
        let id = repository + ":" + hash
        let (author, committer, parents) = (node["author"], node["committer"], node["parents"])
        let address = people.add(author: author)
        commits.beginRow(record: record)
        commits.set(.id, id)
        commits.set(.repositoryID, repository)
        commits.set(.hash, hash)
        commits.set(.message, text: node["message"])
        commits.set(.authorID, author["user"]["id"].string ?? address)
        commits.set(.authorName, text: author["name"])
        commits.set(.authorEmail, address)
        commits.set(.committerName, text: committer["name"])
        commits.set(.committerEmail, PersonRows.address(of: committer))
        commits.set(.parents, arrayOf: "oid", in: parents["nodes"])
        commits.set(.isMerge, (parents["totalCount"].int64 ?? Int64(parents["nodes"].count)) > 1)
        commits.set(.additions, node["additions"].int64)
        commits.set(.deletions, node["deletions"].int64)
        commits.set(.changedFiles, node["changedFilesIfAvailable"].int64)
        commits.set(.authoredAt, node["authoredDate"].moment)
        commits.set(.committedAt, node["committedDate"].moment)
        guard let message = node["message"].utf8 else { return }
        var mentions = WorkItemMentions()
        mentions.addKeys(in: message, .message)
        for mention in mentions.mentions {
            links.beginRow(record: record)
            links.set(.id, "\(id):\(mention.key)")
            links.set(.commitID, id)
            links.set(.key, mention.key)
            links.set(.evidence, appending: { mention.appendEvidence(to: &$0) })
            links.set(.score, mention.score)
        }
    }

    private mutating func addRelease(_ node: JSONValue, of repository: String, record: Int) throws(Rejections.Reason) {
        guard let id = node["id"].string, !id.isEmpty else { throw .missing("id") }
        guard let tag = node["tagName"].string else { throw .missing("tagName") }
        people.add(actor: node["author"])
        releases.beginRow(record: record)
        releases.set(.id, id)
        if let name = node["name"].string, !name.isEmpty { releases.set(.name, name) } else { releases.set(.name, tag) }
        releases.set(.tag, tag)
        releases.set(.repositoryID, repository)
        releases.set(.commitID, text: node["tagCommit"]["oid"])
        releases.set(.authorID, text: node["author"]["id"])
        releases.set(.isDraft, node["isDraft"].bool)
        releases.set(.isPrerelease, node["isPrerelease"].bool)
        releases.set(.body, text: node["description"])
        releases.set(.createdAt, node["createdAt"].moment)
        releases.set(.publishedAt, node["publishedAt"].moment)
        releases.set(.url, text: node["url"])
    }

    private mutating func addDeployment(_ node: JSONValue, of repository: String, record: Int)
        throws(Rejections.Reason)
    {
        guard let id = node["id"].string, !id.isEmpty else { throw .missing("id") }
        people.add(actor: node["creator"])
        let status = node["latestStatus"]
        let state = status["state"].string ?? node["state"].string
        deployments.beginRow(record: record)
        deployments.set(.id, id)
        deployments.set(.repositoryID, repository)
        deployments.set(.environment, text: node["environment"])
        deployments.set(.state, Self.deploymentState(state))
        deployments.set(.ref, text: node["ref"]["name"])
        deployments.set(.commitID, text: node["commitOid"])
        deployments.set(.creatorID, text: node["creator"]["id"])
        deployments.set(.createdAt, node["createdAt"].moment)
        let updatedAt = [node["updatedAt"].moment, status["updatedAt"].moment].compactMap(\.self).max()
        deployments.set(.updatedAt, updatedAt)
        if let state, ["SUCCESS", "FAILURE", "ERROR"].contains(state) {
            deployments.set(.finishedAt, status["createdAt"].moment)
        }
    }

    /// The words of `DeploymentState` and of `DeploymentStatusState` in ours. `ABANDONED` is a pending deployment that
    /// nobody updated (GraphQL reference): it never was active.
    static func deploymentState(_ state: String?) -> String {
        switch state {
        case "SUCCESS", "ACTIVE": "succeeded"
        case "FAILURE", "ERROR": "failed"
        case "IN_PROGRESS": "in_progress"
        case "PENDING", "QUEUED", "WAITING", "ABANDONED": "pending"
        case "INACTIVE", "DESTROYED": "inactive"
        default: "unknown"
        }
    }
}

extension GitHubStream {
    /// One record of it, for codes.
    var singular: String {
        switch self {
        case .repositories: "repository"
        case .pullRequests: "pull_request"
        case .commits: "commit"
        case .releases: "release"
        case .deployments: "deployment"
        }
    }
}
