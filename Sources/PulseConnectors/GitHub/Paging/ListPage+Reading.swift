import PulseDomain
import PulseJSON

/// Where in an answer a list lies.
enum ListPlace: Sendable {
    case pullRequests, releases, deployments
    /// The repositories of an owner.
    case owned
    case branch, history
}

extension ListPlace {
    /// Lends the connection in the answer `root` to `body`; a missing value when there is none.
    func withConnection<Result>(in root: JSONValue, _ body: (JSONValue) throws -> Result) rethrows -> Result {
        let data = root["data"]
        switch self {
        case .pullRequests: return try body(data["repository"]["pullRequests"])
        case .releases: return try body(data["repository"]["releases"])
        case .deployments: return try body(data["repository"]["deployments"])
        case .owned: return try body(data["repositoryOwner"]["repositories"])
        case .branch: return try body(data["repository"]["defaultBranchRef"]["target"]["history"])
        case .history: return try body(data["repository"]["object"]["history"])
        }
    }
}

extension ListPage {
    /// Reads what paging needs. An absent connection (an empty repository has no branch) is a page without edges.
    init(_ root: JSONValue, _ place: ListPlace) throws {
        let damaged = GraphQLErrors.damagedElements(in: root)
        repository = root["data"]["repository"]["id"].string
        try place.withConnection(in: root) { connection in
            total = connection["totalCount"].int64.map { Int(clamping: $0) }
            hasNext = connection["pageInfo"]["hasNextPage"].bool ?? false
            end = connection["pageInfo"]["endCursor"].string
            edges.reserveCapacity(connection["edges"].count)
            connection["edges"].forEachElement { element in
                let node = element["node"]
                var edge = Edge(cursor: element["cursor"].string)
                edge.isDamaged = damaged.contains(edges.count) || node.kind != .object
                if !edge.isDamaged { Self.read(node, place, into: &edge) }
                edges.append(edge)
            }
            guard !hasNext || end != nil else {
                throw Failure(
                    .contractBroken, code: "github.no_cursor",
                    "GitHub says that a list goes on, and gives no cursor to go on from.",
                    remedy: "Look at the kept page; run it again later.", endpoint: GitHubConnector.endpoint)
            }
        }
    }

    private static func read(_ node: JSONValue, _ place: ListPlace, into edge: inout Edge) {
        edge.id = node["id"].string
        switch place {
        case .pullRequests:
            edge.changedAt = node["updatedAt"].moment
            edge.open = OpenPullRequest(node)
        case .deployments: edge.changedAt = node["createdAt"].moment
        case .releases: edge.changedAt = node["createdAt"].moment
        case .owned: edge.changedAt = node["updatedAt"].moment
        case .branch, .history:
            edge.changedAt = node["committedDate"].moment
            guard let hash = node["oid"].string else { return }
            edge.commit = (hash, node["parents"]["nodes"].mapElements { $0["oid"].string ?? "" })
        }
    }
}

extension OpenPullRequest {
    /// What of a pull request is still to be fetched; `nil` when all of it came along.
    init?(_ node: JSONValue) {
        guard let id = node["id"].string else { return nil }
        self.init(id: id)
        for kind in [Part.Kind.commits, .reviews, .comments, .threads] {
            kind.withConnection(in: node) { connection in
                if connection["pageInfo"]["hasNextPage"].bool == true {
                    parts.append(Part(kind: kind, id: id, after: connection["pageInfo"]["endCursor"].string))
                }
                guard kind == .threads else { return }
                connection["nodes"].forEachElement { thread in
                    guard let open = PartPage.furtherThread(thread) else { return }
                    parts.append(Part(kind: .threadComments, id: open.id, after: open.after))
                }
            }
        }
        guard !parts.isEmpty else { return nil }
        if parts.contains(where: { $0.kind == .commits }) { note(PullRequestMapper.mentions(of: node)) }
        let waiting = Set(parts.flatMap { Self.tables(of: $0.kind) })
        seen = [:]
        for kind in [Part.Kind.commits, .reviews, .comments, .threads] {
            let table = Self.tables(of: kind)[0]
            guard waiting.contains(table) else { continue }
            kind.withConnection(in: node) { connection in
                let page = PartPage(kind, connection, damaged: [])
                if seen?[table.rawValue] == nil, kind != .threads { seen?[table.rawValue] = [] }
                see(page.ids, in: table, isWhole: page.isWhole)
            }
        }
    }
}

extension OpenPullRequest.Part.Kind {
    /// Lends the connection of this kind in a node to `body`.
    func withConnection<Result>(in node: JSONValue, _ body: (JSONValue) throws -> Result) rethrows -> Result {
        switch self {
        case .commits: try body(node["commits"])
        case .reviews: try body(node["reviews"])
        case .comments, .threadComments: try body(node["comments"])
        case .threads: try body(node["reviewThreads"])
        }
    }
}

extension PartPage {
    /// Reads one page of a part; `damaged` are the positions that errors touch.
    init(_ kind: OpenPullRequest.Part.Kind, _ connection: JSONValue, damaged: Set<Int>) {
        if connection["pageInfo"]["hasNextPage"].bool == true { nextAfter = connection["pageInfo"]["endCursor"].string }
        isWhole = damaged.isEmpty && connection["nodes"].kind == .array
        connection["nodes"].forEachElement { element in
            switch kind {
            case .commits:
                note(element["commit"]["oid"].string)
                if let message = element["commit"]["message"].utf8 { mentions.addKeys(in: message, .message) }
            case .reviews, .comments, .threadComments: note(element["id"].string)
            case .threads:
                if element["comments"]["nodes"].kind != .array { isWhole = false }
                element["comments"]["nodes"].forEachElement { note($0["id"].string) }
                if let further = Self.furtherThread(element) { furtherThreads.append(further) }
            }
        }
    }

    private mutating func note(_ id: String?) {
        if let id { ids.append(id) } else { isWhole = false }
    }

    /// A thread whose comments go on, and where.
    static func furtherThread(_ thread: JSONValue) -> (id: String, after: String)? {
        let page = thread["comments"]["pageInfo"]
        guard page["hasNextPage"].bool == true, let id = thread["id"].string, let after = page["endCursor"].string
        else { return nil }
        return (id, after)
    }
}
