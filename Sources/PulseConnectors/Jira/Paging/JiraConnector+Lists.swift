package import PulseDomain
import PulseHTTP
import PulseJSON

extension JiraConnector {
    /// Issues and versions are walked project by project; everything else as a whole.
    package func partitions(of stream: StreamID, identity: SourceIdentity, through client: any SourceClient)
        async throws
        -> [PartitionDescriptor]
    {
        guard stream == JiraStream.issues || stream == JiraStream.versions else { return [.whole] }
        let requests = requests(identity)
        var found: [PartitionDescriptor] = []
        var position: JiraListPosition? = JiraListPosition()
        while let current = position {
            let body = try await client.send(requests.projects(start: current.start, size: 50, keys: projects)).body
            let page = try JiraListPage(body, what: "The list of projects")
            if current.start == 0 { found = [] }
            found += try Self.partitions(body).filter { isWanted(project: $0.key.rawValue) }
            position =
                requests.dialect == .dataCenter
                ? nil : current.next(count: page.count, total: page.total, isLast: page.isLast, requested: 50)
        }
        // A project that is configured and not visible is walked all the same, and says by itself what is wrong.
        let visible = Set(found.map(\.key.rawValue))
        for key in projects where !visible.contains(key) {
            found.append(PartitionDescriptor(key: PartitionKey(key), title: key, reference: ""))
        }
        return found
    }

    private static func partitions(_ body: [UInt8]) throws -> [PartitionDescriptor] {
        try JiraJSON.read(body, as: "The list of projects") { root in
            var found: [PartitionDescriptor] = []
            var projects = (root.kind == .array ? root : root["values"]).elements
            while let project = projects.next() {
                // Searches leave archived projects out.
                guard let key = project["key"].identifier, let id = project["id"].identifier,
                    project["archived"].bool != true
                else { continue }
                let title = VisibleText.line(project["name"].string ?? key, limit: 100)
                found.append(PartitionDescriptor(key: PartitionKey(key), title: title, reference: id))
            }
            return found
        }
    }

    /// The next page of projects, issue types, statuses or versions.
    func listPage(at position: JiraListPosition, of walk: Walk, through client: any SourceClient) async throws
        -> FetchedPage
    {
        let requests = requests(walk.identity)
        let isPaged: Bool
        let request: SourceRequest
        switch walk.partition.stream {
        case JiraStream.projects:
            isPaged = requests.dialect == .cloud
            request = requests.projects(start: position.start, size: walk.pageSize, keys: projects)
        case JiraStream.issueTypes:
            isPaged = false
            request = requests.issueTypes()
        case JiraStream.statuses:
            isPaged = false
            request = requests.statuses()
        case JiraStream.versions:
            isPaged = true
            request = requests.versions(
                project: walk.descriptor.key.rawValue, start: position.start, size: walk.pageSize)
        default: throw JiraFailure.unknownStream(walk.partition.stream)
        }
        let response = try await client.send(request)
        let page = try JiraListPage(response.body, what: "The list of \(walk.partition.stream)")
        let next =
            isPaged
            ? position.next(
                count: page.count, total: page.total, isLast: page.isLast, requested: page.maxResults ?? walk.pageSize)
            : nil
        let isWholeProject = next == nil && walk.partition.stream == JiraStream.versions
        let project = walk.descriptor.reference
        return FetchedPage(
            raw: raw(response, request, at: .list(position), walk, client),
            next: next.map { JiraCursor.list($0).cursor },
            partitionScope: isWholeProject && !project.isEmpty
                ? CensusScope(table: "releases", column: "project_id", value: project) : nil)
    }

    /// The next page of sprints of a board or, when none is listed, of boards.
    func boardPage(at start: JiraBoardPosition, of walk: Walk, through client: any SourceClient) async throws
        -> FetchedPage
    {
        let requests = requests(walk.identity)
        var position = start
        while let board = position.boards.first {
            let request = requests.sprints(board: board, start: position.sprints.start)
            let response: HTTPResponse
            do {
                response = try await client.send(request)
            } catch let failure as Failure where failure.kind == .notFound || failure.code == JiraVerdict.forbidden {
                // Deleted or hidden since it was listed, or of a kind without sprints.
                position.finishBoard()
                continue
            }
            let page = try JiraListPage(response.body, what: "The list of sprints")
            var next = position
            if let sprints = position.sprints.next(
                count: page.count, total: page.total, isLast: page.isLast, requested: page.maxResults ?? 50)
            {
                next.sprints = sprints
            } else {
                next.finishBoard()
            }
            return FetchedPage(
                raw: raw(response, request, at: .boards(position), walk, client),
                next: next.isComplete ? nil : JiraCursor.boards(next).cursor)
        }
        guard let list = position.list else {
            let nothing = RawPage(
                partition: walk.partition, cursor: position.cursor, request: "none: the last board is gone",
                body: Array(#"{"values":[]}"#.utf8), fetchedAt: client.time.now, correlation: walk.correlation)
            return FetchedPage(raw: nothing, next: nil)
        }
        let request = requests.boards(start: list.start)
        let response = try await client.send(request)
        let page = try JiraBoardPage(response.body)
        var next = position
        next.boards = page.boards.filter(\.hasSprints).map(\.id)
        next.list = list.next(count: page.boards.count, total: page.total, isLast: page.isLast, requested: 50)
        return FetchedPage(
            raw: raw(response, request, at: .boards(position), walk, client),
            next: next.isComplete ? nil : JiraCursor.boards(next).cursor)
    }
}

extension JiraBoardPosition {
    var cursor: Cursor { JiraCursor.boards(self).cursor }
}

extension JiraSearchPosition {
    var cursor: Cursor { JiraCursor.issues(self).cursor }
}

/// What a page of a list tells about the walk. Some lists are bare arrays, others objects with `values`.
struct JiraListPage: Sendable, Hashable {
    var count: Int
    var total: Int?
    var isLast: Bool?
    var maxResults: Int?

    init(_ body: [UInt8], what: String) throws {
        self = try JiraJSON.read(body, as: what) { root in
            let isBare = root.kind == .array
            guard isBare || root["values"].kind == .array else {
                throw JiraFailure.unexpectedShape(what, missing: "list of values")
            }
            return JiraListPage(root, isBare: isBare)
        }
    }

    private init(_ root: JSONValue, isBare: Bool) {
        count = isBare ? root.count : root["values"].count
        total = root["total"].int64.map { Int(clamping: $0) }
        isLast = root["isLast"].bool
        maxResults = root["maxResults"].int64.flatMap { $0 > 0 ? Int(clamping: $0) : nil }
    }
}
