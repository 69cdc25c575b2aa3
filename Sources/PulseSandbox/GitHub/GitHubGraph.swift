/// Looks up fields of objects in one moment of the world.
struct GitHubGraph: Sendable {
    let world: GitHubWorld
    let flaws: RecordFlaws
    let rate: GitHubRate
    /// Whether every list is empty, as for who may not see what it lists.
    var hidesLists = false

    var web: String { "https://github.com" }

    /// A field that the schema has. Costs no more than the field itself.
    func value(_ node: GitHubNode, _ name: String, _ arguments: GitHubArguments) -> GitHubValue {
        do throws(GitHubPagingError) {
            return switch node {
            case .query: query(name, arguments)
            case .organization: try organization(name, arguments)
            case .user(let person): user(person, name)
            case .bot(let bot): self.bot(bot, name)
            case .repository(let repository): try self.repository(repository, name, arguments)
            case .pull(let facts): try pull(facts, name, arguments)
            case .pullCommit(let facts, let child): pullCommit(facts, child, name)
            case .commit(let identity, let at): try commit(identity, at: at, name, arguments)
            case .gitActor(let identity, let isCommitter): gitActor(identity, isCommitter, name)
            case .review(let facts, let child): review(facts, child, name)
            case .thread(let facts, let thread): try self.thread(facts, thread, name, arguments)
            case .threadComment(let facts, let thread, let child): threadComment(facts, thread, child, name)
            case .issueComment(let facts, let child): issueComment(facts, child, name)
            case .release(let delivery): release(delivery, name)
            case .deployment(let delivery): try deployment(delivery, name, arguments)
            case .deploymentStatus(let delivery): status(delivery, name)
            case .ref(let repository, let branch, let target): ref(repository, branch, target, name)
            case .label(let label): self.label(label, name)
            case .language(let language): self.language(language, name)
            case .rateLimit: rateLimit(name)
            case .connection(let page): connection(hidesLists ? page.hidden : page, name)
            case .edge(_, let cursor, let element): name == "cursor" ? .text(cursor) : .node(element.make())
            case .pageInfo(let page): pageInfo(page, name)
            }
        } catch {
            return .failure(type: error.type, message: error.message)
        }
    }

    private func query(_ name: String, _ arguments: GitHubArguments) -> GitHubValue {
        switch name {
        case "viewer": return .node(.user(0))
        case "rateLimit": return .node(.rateLimit)
        case "repository":
            let (owner, title) = (arguments.text("owner") ?? "", arguments.text("name") ?? "")
            guard owner.lowercased() == world.options.organization, let repository = world.repository(named: title)
            else {
                return .failure(
                    type: "NOT_FOUND", message: "Could not resolve to a Repository with the name '\(owner)/\(title)'.")
            }
            return .node(.repository(repository))
        case "organization", "repositoryOwner", "user":
            let login = arguments.text("login") ?? ""
            if name != "user", login.lowercased() == world.options.organization { return .node(.organization) }
            if name != "organization", let person = world.cast.firstIndex(where: { $0.login == login }) {
                return .node(.user(person))
            }
            let kind = name == "organization" ? "an Organization" : name == "user" ? "a User" : ""
            return name == "repositoryOwner"
                ? .null
                : .failure(type: "NOT_FOUND", message: "Could not resolve to \(kind) with the login of '\(login)'.")
        case "node": return found(arguments.text("id") ?? "")
        default:
            return .nodes(
                (arguments.texts("ids") ?? []).map { if case .node(let node) = found($0) { node } else { nil } })
        }
    }

    private func found(_ id: String) -> GitHubValue {
        guard let (kind, numbers) = NodeID.read(id), let node = node(kind, numbers) else {
            return .failure(type: "NOT_FOUND", message: "Could not resolve to a node with the global id of '\(id)'")
        }
        return .node(node)
    }

    private func node(_ kind: NodeID.Kind, _ numbers: [Int]) -> GitHubNode? {
        let facts =
            numbers.count >= 2
            ? world.record(PullPlace(repository: numbers[0], index: numbers[1])).map { world.facts($0) } : nil
        switch (kind, numbers.count) {
        case (.organization, _): return .organization
        case (.user, 1): return world.cast.indices.contains(numbers[0]) ? .user(numbers[0]) : nil
        case (.repository, 1): return world.counts.indices.contains(numbers[0]) ? .repository(numbers[0]) : nil
        case (.pull, 2): return facts.map { .pull($0) }
        case (.review, 3):
            return facts.flatMap { facts in facts.reviews.first { $0.serial == numbers[2] }.map { .review(facts, $0) } }
        case (.issueComment, 3):
            return facts.flatMap { facts in
                facts.comments.first { $0.serial == numbers[2] }.map { .issueComment(facts, $0) }
            }
        case (.thread, 3):
            return facts.flatMap { facts in facts.threads.first { $0.serial == numbers[2] }.map { .thread(facts, $0) } }
        default: return nil
        }
    }

    private func rateLimit(_ name: String) -> GitHubValue {
        switch name {
        case "cost": .int(rate.cost)
        case "limit": .int(rate.limit)
        case "nodeCount": .int(rate.nodes)
        case "remaining": .int(rate.remaining)
        case "used": .int(rate.limit - rate.remaining)
        default: .time(rate.resetsAt)
        }
    }

    private func connection(_ page: GitHubConnectionPage, _ name: String) -> GitHubValue {
        switch name {
        case "totalCount": .int(page.total)
        case "pageInfo": .node(.pageInfo(page))
        case "nodes": .nodes(page.elements.map { $0.make() })
        default:
            .nodes(
                page.elements.map {
                    .edge(String(page.typeName.dropLast(10).replacingHistory) + "Edge", cursor: $0.cursor, $0)
                })
        }
    }

    private func pageInfo(_ page: GitHubConnectionPage, _ name: String) -> GitHubValue {
        switch name {
        case "hasNextPage": .bool(page.hasNext)
        case "hasPreviousPage": .bool(page.hasPrevious)
        case "startCursor": page.elements.first.map { .text($0.cursor) } ?? .null
        default: page.elements.last.map { .text($0.cursor) } ?? .null
        }
    }

    // MARK: People

    /// `nil`: the account is gone.
    func author(_ topic: Int, _ place: PullPlace, _ serial: Int) -> GitHubNode? {
        let draw = world.seed.number(.person, world.key(place), topic * 100_000 + serial, below: 1_000)
        if draw < 30 { return nil }
        if draw < 80 { return .bot(draw % 2) }
        return .user(draw % world.cast.count)
    }

    private func user(_ person: Int, _ name: String) -> GitHubValue {
        switch name {
        case "id": .text(NodeID.make(.user, [person]))
        case "login": .text(world.cast[person].login)
        case "name": person % 11 == 4 ? .null : .text(world.cast[person].full)
        case "databaseId": .int(583_231 + person * 17)
        case "email": .text("")
        default: .text("\(web)/\(world.cast[person].login)")
        }
    }

    private func bot(_ bot: Int, _ name: String) -> GitHubValue {
        let login = ["dependabot", "renovate"][bot % 2]
        return switch name {
        case "id": .text(NodeID.make(.bot, [bot]))
        case "login": .text(login)
        case "databaseId": .int(49_699_333 + bot)
        default: .text("\(web)/apps/\(login)")
        }
    }

    // MARK: Small things

    private func ref(_ repository: Int, _ branch: String, _ target: CommitIdentity?, _ name: String) -> GitHubValue {
        switch name {
        case "id": .text(NodeID.make(.ref, [repository, Int(Seed.hash(branch.utf8) >> 40)]))
        case "name": .text(branch)
        case "prefix": .text("refs/heads/")
        default: .node(target.map { .commit($0) })
        }
    }

    private func label(_ label: Int, _ name: String) -> GitHubValue {
        switch name {
        case "id": .text(NodeID.make(.label, [label]))
        case "name": .text(Vocabulary.labels[label])
        case "color": .text("d73a4a")
        default: .null
        }
    }

    private func language(_ language: Int, _ name: String) -> GitHubValue {
        switch name {
        case "id": .text(NodeID.make(.language, [language]))
        case "name": .text(Vocabulary.languages[language])
        default: .text("#F05138")
        }
    }
}

/// What `rateLimit` tells.
struct GitHubRate: Sendable {
    var cost = 1
    var limit = 5_000
    var remaining = 5_000
    var nodes = 0
    var resetsAt: Int64 = 0
}

extension Substring {
    /// Edges of a history are those of commits.
    fileprivate var replacingHistory: Substring { self == "CommitHistory" ? "Commit" : self }
}
