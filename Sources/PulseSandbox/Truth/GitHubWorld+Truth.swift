import PulseDomain

extension GitHubWorld {
    func write(_ truth: inout GroundTruth, flaws: RecordFlaws) {
        let graph = GitHubGraph(world: self, flaws: flaws, rate: GitHubRate())
        for repository in counts.indices {
            let id = NodeID.make(.repository, [repository])
            truth.repositories[id] = fullName(repository)
            for index in 0..<pullCount(repository) {
                if let record = record(PullPlace(repository: repository, index: index)) {
                    write(record, id, to: &truth, flaws: flaws)
                }
            }
            for delivery in graph.deliveries(releases: repository) {
                truth.releases.insert(NodeID.make(.release, [repository, delivery.serial]))
            }
            for delivery in graph.deliveries(deployments: repository) {
                truth.deployments.insert(NodeID.make(.deployment, [repository, delivery.serial]))
            }
            guard !isEmpty(repository) else { continue }
            var next: Int? = heads[repository]
            while let serial = next {
                truth.commits.insert("\(id):\(CommitIdentity.branch(repository: repository, serial: serial).oid)")
                next = parent(repository, serial)
            }
        }
    }

    private func write(_ record: PullRecord, _ repositoryID: String, to truth: inout GroundTruth, flaws: RecordFlaws) {
        let (facts, place) = (facts(record), record.place)
        let numbers = [place.repository, place.index]
        let id = NodeID.make(.pull, numbers)
        let hashes = facts.commits.map {
            CommitIdentity.pull(place, serial: $0.serial, generation: facts.generation).oid
        }
        truth.pullRequests[id] = GroundTruth.PullRequest(
            number: place.number, repositoryID: repositoryID,
            title: flaws.oddText(key(place) &+ 900_000_000_000) == nil ? title(facts) : nil,
            state: facts.state.rawValue.lowercased(), headCommit: hashes.last ?? "",
            createdAt: Self.seconds(record.createdAt), updatedAt: Self.seconds(record.updatedAt),
            mergedAt: facts.mergedAt.map { Self.seconds($0) })
        for hash in hashes { truth.pullRequestCommits.insert("\(id):\(hash)") }
        for review in facts.reviews { truth.reviews.insert(NodeID.make(.review, numbers + [review.serial])) }
        for comment in facts.comments {
            truth.pullRequestComments.insert(NodeID.make(.issueComment, numbers + [comment.serial]))
        }
        for thread in facts.threads {
            for comment in thread.comments {
                truth.pullRequestComments.insert(
                    NodeID.make(.threadComment, numbers + [thread.serial, comment.serial]))
            }
        }
    }

    /// GitHub tells times to the second.
    private static func seconds(_ milliseconds: Int64) -> Instant {
        Instant(seconds: Instant(milliseconds: milliseconds).seconds)
    }
}
