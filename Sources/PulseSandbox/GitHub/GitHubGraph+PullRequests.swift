import PulseDomain

extension GitHubWorld {
    func title(_ facts: PullFacts) -> String {
        let id = key(facts.place)
        let thing = Vocabulary.things[seed.number(.title, id, facts.titleRevision, below: Vocabulary.things.count)]
        let circumstance = Vocabulary.circumstances[seed.number(.title, id, 101, below: Vocabulary.circumstances.count)]
        let issue = issueKey(id)
        switch seed.number(.title, id, 102, below: 10) {
        case 0...2: return "\(issue): fix \(thing) \(circumstance)"
        case 3: return "feat(\(name(facts.place.repository))): \(thing) \(circumstance) (\(issue.lowercased()))"
        case 4: return "[\(issue)] [\(issueKey(id &+ 7))] Rework \(thing)"
        case 5: return Vocabulary.decoys[id % Vocabulary.decoys.count]
        case 6: return "Draft: \(thing) 🚧"
        default: return "Improve \(thing) \(circumstance)"
        }
    }

    func branch(_ place: PullPlace) -> String {
        let id = key(place)
        let issue = issueKey(id).lowercased()
        switch seed.number(.branch, id, below: 5) {
        case 0: return "feature/\(issue)-\(place.index)"
        case 1: return "\(cast[id % cast.count].login)/fix-\(place.index)"
        case 2: return "dependabot/npm_and_yarn/lodash-4.17.\(place.index % 30)"
        default: return "\(issue)_rework"
        }
    }

    func body(_ facts: PullFacts) -> String {
        let id = key(facts.place)
        guard !seed.isOne(in: 6, .text, id) else { return "" }
        let first = Vocabulary.paragraphs[seed.number(.text, id, 1, below: Vocabulary.paragraphs.count)]
        let second = Vocabulary.paragraphs[seed.number(.text, id, 2, below: Vocabulary.paragraphs.count)]
        return "\(first)\n\n- [x] tests\n- [ ] docs\n\n\(second)\n\nhttps://acme.atlassian.net/browse/\(issueKey(id))"
    }
}

extension GitHubGraph {
    func pull(_ facts: PullFacts, _ name: String, _ arguments: GitHubArguments) throws(GitHubPagingError) -> GitHubValue
    {
        let place = facts.place
        let id = world.key(place)
        switch name {
        case "id": return .text(NodeID.make(.pull, [place.repository, place.index]))
        case "databaseId": return .int(databaseID(place))
        case "fullDatabaseId": return .text(String(databaseID(place)))
        case "number": return .int(place.number)
        case "title": return title(facts)
        case "body", "bodyText": return .text(world.body(facts))
        case "state": return .text(facts.state.rawValue)
        case "merged": return .bool(facts.state == .merged)
        case "closed": return .bool(facts.state != .open)
        case "locked", "isCrossRepository": return .bool(false)
        case "isDraft": return .bool(facts.state == .open && id % 9 == 0)
        case "url", "permalink": return .text("\(web)/\(world.fullName(place.repository))/pull/\(place.number)")
        case "author": return .node(author(1, place, 0))
        case "mergedBy": return .node(facts.state == .merged ? author(2, place, 0) : nil)
        case "headRefName": return .text(world.branch(place))
        case "baseRefName": return .text(world.defaultBranch(place.repository))
        case "headRefOid": return .text(headCommit(facts).oid)
        case "baseRefOid":
            return .text(
                CommitIdentity.branch(
                    repository: place.repository, serial: world.commit(of: place.repository, at: facts.record.createdAt)
                ).oid)
        case "mergeCommit":
            return .node(facts.mergeCommit.map { .commit(.branch(repository: place.repository, serial: $0)) })
        case "headRepository": return .node(id % 13 == 0 ? nil : .repository(place.repository))
        case "baseRepository", "repository": return .node(.repository(place.repository))
        case "headRef":
            return .node(facts.state == .open ? .ref(place.repository, world.branch(place), headCommit(facts)) : nil)
        case "additions": return .int(10 + id % 700 + facts.commits.count * 3)
        case "deletions": return .int(id % 300)
        case "changedFiles": return .int(1 + id % 25)
        case "mergeable": return .text("UNKNOWN")
        case "totalCommentsCount":
            return .int(facts.comments.count + facts.threads.reduce(0) { $0 + $1.comments.count })
        case "reviewDecision":
            return facts.reviews.isEmpty
                ? .null : .text(["APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"][facts.reviews.count % 3])
        case "createdAt", "publishedAt": return .time(facts.record.createdAt)
        case "updatedAt": return .time(facts.record.updatedAt)
        case "mergedAt": return .time(facts.mergedAt)
        case "closedAt": return .time(facts.closedAt)
        default: return .node(.connection(try parts(facts, name, GitHubPaging(arguments, name: name))))
        }
    }

    private func parts(_ facts: PullFacts, _ name: String, _ paging: GitHubPaging) throws(GitHubPagingError)
        -> GitHubConnectionPage
    {
        switch name {
        case "commits":
            return try paging.page("PullRequestCommitConnection", facts.commits, serial: \.serial) {
                .pullCommit(facts, $0)
            }
        case "reviews":
            return try paging.page("PullRequestReviewConnection", facts.reviews, serial: \.serial) {
                .review(facts, $0)
            }
        case "comments":
            return try paging.page("IssueCommentConnection", facts.comments, serial: \.serial) {
                .issueComment(facts, $0)
            }
        case "reviewThreads":
            return try paging.page("PullRequestReviewThreadConnection", facts.threads, serial: \.serial) {
                .thread(facts, $0)
            }
        default:
            let id = world.key(facts.place)
            let labels = (0..<(id % 4)).map { (id / 4 + $0 * 3) % Vocabulary.labels.count }
            return try paging.page("LabelConnection", labels, serial: \.self) { .label($0) }
        }
    }

    private func title(_ facts: PullFacts) -> GitHubValue {
        let title = world.title(facts)
        guard let odd = flaws.oddText(world.key(facts.place) &+ 900_000_000_000) else { return .text(title) }
        return .raw([UInt8(ascii: "\"")] + Array(title.utf8) + odd + [UInt8(ascii: "\"")])
    }

    func databaseID(_ place: PullPlace) -> Int { 1_000_000_000 + place.repository * 10_000_000 + place.index }

    /// Ids of things that hang on a pull request.
    private func databaseID(_ place: PullPlace, _ part: Int, _ serial: Int) -> Int {
        (databaseID(place) * 8 + part) * 20_000 + serial
    }

    private func headCommit(_ facts: PullFacts) -> CommitIdentity {
        .pull(facts.place, serial: facts.commits.last?.serial ?? 0, generation: facts.generation)
    }

    func pullCommit(_ facts: PullFacts, _ child: PullFacts.Child, _ name: String) -> GitHubValue {
        let identity = CommitIdentity.pull(facts.place, serial: child.serial, generation: facts.generation)
        return switch name {
        case "id": .text("PURC_kwDO" + Base64.encodeForURL(Array(identity.oid.utf8)))
        case "commit": .node(.commit(identity, at: facts.committedAt(child)))
        default:
            .text("\(web)/\(world.fullName(facts.place.repository))/pull/\(facts.place.number)/commits/\(identity.oid)")
        }
    }

    private func remark(_ facts: PullFacts, _ part: Int, _ serial: Int) -> String {
        Vocabulary.remarks[
            world.seed.number(
                .conversation, world.key(facts.place), part * 100_000 + serial, below: Vocabulary.remarks.count)]
    }

    func review(_ facts: PullFacts, _ child: PullFacts.Child, _ name: String) -> GitHubValue {
        let place = facts.place
        switch name {
        case "id": return .text(NodeID.make(.review, [place.repository, place.index, child.serial]))
        case "databaseId": return .null
        case "fullDatabaseId": return .text(String(databaseID(place, 1, child.serial)))
        case "author": return .node(author(3, place, child.serial))
        case "state":
            return .text(["APPROVED", "COMMENTED", "CHANGES_REQUESTED", "APPROVED", "DISMISSED"][child.serial % 5])
        case "body": return .text(child.serial % 3 == 0 ? "" : remark(facts, 1, child.serial))
        case "submittedAt", "createdAt", "updatedAt": return .time(child.at)
        case "commit": return .node(child.serial % 11 == 5 ? nil : .commit(headCommit(facts)))
        case "pullRequest": return .node(.pull(facts))
        default:
            return .text(
                "\(web)/\(world.fullName(place.repository))/pull/\(place.number)#pullrequestreview-\(databaseID(place, 1, child.serial))"
            )
        }
    }

    func issueComment(_ facts: PullFacts, _ child: PullFacts.Child, _ name: String) -> GitHubValue {
        let place = facts.place
        switch name {
        case "id": return .text(NodeID.make(.issueComment, [place.repository, place.index, child.serial]))
        case "databaseId": return .null
        case "fullDatabaseId": return .text(String(databaseID(place, 2, child.serial)))
        case "author": return .node(author(4, place, child.serial))
        case "body": return .text(remark(facts, 2, child.serial))
        case "createdAt", "updatedAt": return .time(child.at)
        default:
            return .text(
                "\(web)/\(world.fullName(place.repository))/pull/\(place.number)#issuecomment-\(databaseID(place, 2, child.serial))"
            )
        }
    }

    func thread(_ facts: PullFacts, _ thread: PullFacts.Thread, _ name: String, _ arguments: GitHubArguments)
        throws(GitHubPagingError) -> GitHubValue
    {
        let place = facts.place
        let isOutdated = thread.serial % 4 == 3
        switch name {
        case "id": return .text(NodeID.make(.thread, [place.repository, place.index, thread.serial]))
        case "isResolved": return .bool(thread.isResolved)
        case "isOutdated": return .bool(isOutdated)
        case "path": return .text(Vocabulary.files[(place.index + thread.serial) % Vocabulary.files.count])
        case "line": return isOutdated ? .null : .int(1 + (place.index * 7 + thread.serial * 13) % 400)
        case "originalLine": return .int(1 + (place.index * 7 + thread.serial * 13) % 400)
        case "pullRequest": return .node(.pull(facts))
        default:
            let page = try GitHubPaging(arguments, name: name).page(
                "PullRequestReviewCommentConnection", thread.comments, serial: \.serial
            ) {
                GitHubNode.threadComment(facts, thread, $0)
            }
            return .node(.connection(page))
        }
    }

    func threadComment(_ facts: PullFacts, _ thread: PullFacts.Thread, _ child: PullFacts.Child, _ name: String)
        -> GitHubValue
    {
        let place = facts.place
        let serial = thread.serial * 7 + child.serial
        switch name {
        case "id":
            return .text(NodeID.make(.threadComment, [place.repository, place.index, thread.serial, child.serial]))
        case "databaseId": return .null
        case "fullDatabaseId": return .text(String(databaseID(place, 3, serial)))
        case "author": return .node(author(5, place, serial))
        case "body": return .text(remark(facts, 3, serial))
        case "createdAt", "updatedAt": return .time(child.at)
        case "path": return .text(Vocabulary.files[(place.index + thread.serial) % Vocabulary.files.count])
        case "line": return .null
        default:
            return .text(
                "\(web)/\(world.fullName(place.repository))/pull/\(place.number)#discussion_r\(databaseID(place, 3, serial))"
            )
        }
    }
}
