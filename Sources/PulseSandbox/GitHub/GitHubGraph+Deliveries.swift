extension GitHubWorld {
    func baseReleases(_ repository: Int) -> Int {
        guard !isEmpty(repository) else { return 0 }
        return repository == 0 ? min(130, 5 + counts[0] / 4) : seed.number(.release, repository, below: 14)
    }

    func baseDeployments(_ repository: Int) -> Int {
        guard !isEmpty(repository), repository % 3 != 2 else { return 0 }
        return min(240, 4 + counts[repository] / (repository == 1 ? 1 : 3))
    }

    /// Evenly spread over the history.
    func deliveryTime(_ serial: Int, of count: Int) -> Int64 {
        historyBegin + (startsAt - historyBegin) * Int64(serial + 1) / Int64(count + 1)
    }
}

extension GitHubGraph {
    /// Oldest first.
    func deliveries(releases repository: Int) -> [GitHubDelivery] {
        all(repository, world.baseReleases(repository), world.releases[repository])
    }

    /// Oldest first.
    func deliveries(deployments repository: Int) -> [GitHubDelivery] {
        all(repository, world.baseDeployments(repository), world.deployments[repository])
    }

    private func all(_ repository: Int, _ base: Int, _ living: [GitHubWorld.Delivery]) -> [GitHubDelivery] {
        (0..<base).map { GitHubDelivery(repository: repository, serial: $0, at: world.deliveryTime($0, of: base)) }
            + living.enumerated().map { GitHubDelivery(repository: repository, serial: 1_000 + $0, at: $1.at) }
    }

    private func commit(_ delivery: GitHubDelivery) -> CommitIdentity {
        .branch(
            repository: delivery.repository,
            serial: world.commit(of: delivery.repository, at: min(delivery.at, world.startsAt)))
    }

    func release(_ delivery: GitHubDelivery, _ name: String) -> GitHubValue {
        let version = "v\(1 + delivery.serial / 20).\(delivery.serial / 4 % 5).\(delivery.serial % 4)"
        let isDraft = delivery.serial % 29 == 28
        switch name {
        case "id": return .text(NodeID.make(.release, [delivery.repository, delivery.serial]))
        case "databaseId": return .int(170_000_000 + delivery.repository * 10_000 + delivery.serial)
        case "name": return delivery.serial % 5 == 2 ? .null : .text("\(world.name(delivery.repository)) \(version)")
        case "tagName": return .text(version)
        case "description":
            return delivery.serial % 4 == 1
                ? .null
                : .text(
                    "## What changed\n* \(Vocabulary.remarks[delivery.serial % Vocabulary.remarks.count]) (\(world.issueKey(delivery.serial)))"
                )
        case "isDraft": return .bool(isDraft)
        case "isPrerelease": return .bool(delivery.serial % 11 == 10)
        case "isLatest": return .bool(false)
        case "createdAt", "updatedAt": return .time(delivery.at)
        case "publishedAt": return .time(isDraft ? nil : delivery.at + 60_000)
        case "tagCommit": return .node(isDraft ? nil : .commit(commit(delivery)))
        case "author":
            return .node(
                delivery.serial % 17 == 16 ? nil : .user((delivery.repository + delivery.serial) % world.cast.count))
        default: return .text("\(web)/\(world.fullName(delivery.repository))/releases/tag/\(version)")
        }
    }

    func environment(_ delivery: GitHubDelivery) -> String {
        ["production", "staging", "preview"][delivery.serial % 3]
    }

    private func state(_ delivery: GitHubDelivery) -> String {
        delivery.serial % 13 == 12 ? "FAILURE" : delivery.serial % 31 == 30 ? "ERROR" : "SUCCESS"
    }

    func deployment(_ delivery: GitHubDelivery, _ name: String, _ arguments: GitHubArguments) throws(GitHubPagingError)
        -> GitHubValue
    {
        switch name {
        case "id": return .text(NodeID.make(.deployment, [delivery.repository, delivery.serial]))
        case "databaseId": return .int(210_000_000 + delivery.repository * 10_000 + delivery.serial)
        case "environment": return .text(environment(delivery))
        case "commitOid": return .text(commit(delivery).oid)
        case "state":
            let state = state(delivery)
            return .text(state == "SUCCESS" ? "ACTIVE" : state)
        case "createdAt": return .time(delivery.at)
        case "updatedAt": return .time(delivery.at + 240_000)
        case "ref":
            return .node(
                delivery.serial % 6 == 5
                    ? nil : .ref(delivery.repository, world.defaultBranch(delivery.repository), commit(delivery)))
        case "creator":
            return .node(
                delivery.serial % 4 == 0
                    ? .bot(0) : delivery.serial % 19 == 18 ? nil : .user(delivery.serial % world.cast.count))
        case "latestStatus": return .node(delivery.serial % 37 == 36 ? nil : .deploymentStatus(delivery))
        case "statuses":
            return .node(
                .connection(
                    try GitHubPaging(arguments, name: name).page(
                        "DeploymentStatusConnection", [delivery], serial: \.serial
                    ) { .deploymentStatus($0) }))
        case "task": return .text("deploy")
        default: return .null
        }
    }

    func status(_ delivery: GitHubDelivery, _ name: String) -> GitHubValue {
        switch name {
        case "id": .text(NodeID.make(.status, [delivery.repository, delivery.serial]))
        case "state": .text(state(delivery))
        case "createdAt", "updatedAt": .time(delivery.at + 240_000)
        default: .null
        }
    }
}
