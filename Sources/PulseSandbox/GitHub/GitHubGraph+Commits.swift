import PulseDomain

extension GitHubWorld {
    func exists(_ identity: CommitIdentity) -> Bool {
        switch identity {
        case .branch(let repository, let serial): counts.indices.contains(repository) && isCommit(repository, serial)
        case .pull(let place, let serial, _):
            record(place).map { facts($0).commits.contains { $0.serial == serial } } ?? false
        }
    }

    func repository(of identity: CommitIdentity) -> Int {
        switch identity {
        case .branch(let repository, _): repository
        case .pull(let place, _, _): place.repository
        }
    }

    /// When a commit was put where it is.
    func committedAt(_ identity: CommitIdentity) -> Int64 {
        switch identity {
        case .branch(let repository, let serial): return commitTime(repository, serial)
        case .pull(let place, let serial, let generation):
            guard let record = record(place) else { return 0 }
            let facts = facts(record)
            let at = facts.commits.first { $0.serial == serial }?.at ?? record.createdAt
            return generation > 0 ? max(at, facts.rewrittenAt ?? at) : at
        }
    }

    func message(_ identity: CommitIdentity) -> String {
        switch identity {
        case .branch(let repository, let serial):
            if let pull = livingCommits[repository][serial]?.merged, let record = record(pull) {
                return
                    "Merge pull request #\(pull.number) from \(options.organization)/\(branch(pull))\n\n\(title(facts(record)))"
            }
            return commitMessage(repository * 10_000_019 + serial)
        case .pull(let place, let serial, _): return commitMessage(key(place) &* 31 &+ serial)
        }
    }

    private func commitMessage(_ salt: Int) -> String {
        let thing = Vocabulary.things[seed.number(.commits, salt, 2, below: Vocabulary.things.count)]
        let verbs = ["Fix", "Add test for", "Refactor", "Simplify", "Log", "Rename", "Guard", "Translate"]
        let verb = verbs[seed.number(.commits, salt, 3, below: verbs.count)]
        switch seed.number(.commits, salt, 4, below: 10) {
        case 0...3: return "\(issueKey(salt)): \(verb) \(thing)"
        case 4:
            return
                "\(verb) \(thing)\n\nRefs \(issueKey(salt)), \(issueKey(salt &+ 1)).\nCo-authored-by: \(cast[abs(salt) % cast.count].full) <co@acme.example>"
        case 5: return Vocabulary.decoys[abs(salt) % Vocabulary.decoys.count]
        default: return "\(verb) \(thing)"
        }
    }

    /// A key that an issue has, most likely.
    func issueKey(_ salt: Int) -> String {
        "\(keys[seed.number(.decoy, salt, below: keys.count)])-\(1 + seed.number(.decoy, salt, 1, below: 60))"
    }
}

extension GitHubGraph {
    /// - Parameter at: when it was committed, where that is known already.
    func commit(_ identity: CommitIdentity, at: Int64?, _ name: String, _ arguments: GitHubArguments)
        throws(GitHubPagingError) -> GitHubValue
    {
        let repository = world.repository(of: identity)
        switch name {
        case "id": return .text("C_kwDO" + Base64.encodeForURL(Array(identity.oid.utf8)))
        case "oid": return .text(identity.oid)
        case "abbreviatedOid": return .text(String(identity.oid.prefix(7)))
        case "message": return .text(world.message(identity))
        case "messageHeadline":
            return .text(world.message(identity).split(separator: "\n").first.map(String.init) ?? "")
        case "messageBody":
            return .text(world.message(identity).split(separator: "\n").dropFirst().joined(separator: "\n"))
        case "authoredDate": return .time((at ?? world.committedAt(identity)) - 600_000)
        case "committedDate": return .time(at ?? world.committedAt(identity))
        case "additions": return .int(draw(identity, 1) % 400)
        case "deletions": return .int(draw(identity, 2) % 200)
        case "changedFilesIfAvailable": return draw(identity, 3) % 40 == 0 ? .null : .int(1 + draw(identity, 3) % 12)
        case "author": return .node(.gitActor(identity, isCommitter: false))
        case "committer": return .node(.gitActor(identity, isCommitter: true))
        case "parents":
            let parents = parents(identity)
            let numbered = Array(parents.enumerated()).map { NumberedCommit(serial: $0.offset, identity: $0.element) }
            return .node(
                .connection(
                    try GitHubPaging(arguments, name: name).page("CommitConnection", numbered, serial: \.serial) {
                        .commit($0.identity)
                    }))
        case "history": return .node(.connection(try history(identity, repository, arguments)))
        default: return .text("\(web)/\(world.fullName(repository))/commit/\(identity.oid)")
        }
    }

    private struct NumberedCommit: Sendable {
        let serial: Int
        let identity: CommitIdentity
    }

    private func draw(_ identity: CommitIdentity, _ part: UInt64) -> Int { identity.draw(part) }

    private func parents(_ identity: CommitIdentity) -> [CommitIdentity] {
        switch identity {
        case .branch(let repository, let serial):
            var parents =
                world.parent(repository, serial).map { [CommitIdentity.branch(repository: repository, serial: $0)] }
                ?? []
            if let pull = world.livingCommits[repository][serial]?.merged, let record = world.record(pull) {
                let facts = world.facts(record)
                if let last = facts.commits.last {
                    parents.append(.pull(pull, serial: last.serial, generation: facts.generation))
                }
            }
            return parents
        case .pull(let place, let serial, let generation):
            guard let record = world.record(place),
                let position = world.facts(record).commits.firstIndex(where: { $0.serial == serial })
            else { return [] }
            if position > 0 {
                return [.pull(place, serial: world.facts(record).commits[position - 1].serial, generation: generation)]
            }
            return [
                .branch(repository: place.repository, serial: world.commit(of: place.repository, at: record.createdAt))
            ]
        }
    }

    /// First parents from a commit backwards, newest first; cursors are `<oid> <count>`, tied to where the walk began.
    private func history(_ identity: CommitIdentity, _ repository: Int, _ arguments: GitHubArguments)
        throws(GitHubPagingError) -> GitHubConnectionPage
    {
        let paging = try GitHubPaging(arguments, name: "history")
        guard case .branch(_, var serial) = identity else {
            return GitHubConnectionPage(
                typeName: "CommitHistoryConnection", elements: [], total: 0, hasNext: false, hasPrevious: false)
        }
        let since = arguments.text("since").flatMap { WireTime.read($0) } ?? .min
        let until = arguments.text("until").flatMap { WireTime.read($0) } ?? .max
        var skipped = 0
        if let after = paging.after {
            let parts = after.split(separator: " ")
            guard parts.count == 2, parts[0] == identity.oid, let count = Int(parts[1]) else { throw .cursor(after) }
            skipped = count + 1
        }
        var elements: [GitHubElement] = []
        var total = 0
        var isAtEnd = false
        while !isAtEnd {
            let time = world.commitTime(repository, serial)
            if time < since { break }
            if time <= until {
                if total >= skipped, elements.count < paging.limit {
                    let commit = CommitIdentity.branch(repository: repository, serial: serial)
                    elements.append(GitHubElement(make: { .commit(commit) }, cursor: "\(identity.oid) \(total)"))
                }
                total += 1
            }
            guard let parent = world.parent(repository, serial) else { break }
            serial = parent
            // Without bounds the rest needs no counting.
            if since == .min, until == .max, elements.count == paging.limit,
                world.livingCommits[repository][serial] == nil
            {
                total += serial + 1
                isAtEnd = true
            }
        }
        return GitHubConnectionPage(
            typeName: "CommitHistoryConnection", elements: elements, total: total,
            hasNext: skipped + elements.count < total,
            hasPrevious: skipped > 0)
    }

    func gitActor(_ identity: CommitIdentity, _ isCommitter: Bool, _ name: String) -> GitHubValue {
        if isCommitter, draw(identity, 9) % 2 == 0 {
            return switch name {
            case "name": .text("GitHub")
            case "email": .text("noreply@github.com")
            case "user": .node(nil)
            default: .time(world.committedAt(identity))
            }
        }
        let person = draw(identity, 7) % world.cast.count
        let kind = draw(identity, 8) % 5
        let login = world.cast[person].login
        return switch name {
        case "name": .text(kind == 3 ? login : world.cast[person].full)
        case "email":
            .text(
                kind < 2
                    ? "\(583_231 + person * 17)+\(login)@users.noreply.github.com"
                    : kind == 4 ? "\(login)@laptop.local" : "\(login)@acme.example")
        case "user": .node(kind == 4 ? nil : .user(person))
        default: .time(world.committedAt(identity))
        }
    }
}
