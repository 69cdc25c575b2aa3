package import PulseDomain
import PulseJSON

extension GitHubConnector {
    package func content(of page: RawPage, walk: Walk) throws -> PageContent {
        var payloads = RecordPayloads()
        return try Self.content(of: page, walk: walk, &payloads)
    }

    package func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] {
        var payloads = RecordPayloads(of: records)
        _ = try Self.content(of: page, walk: walk, &payloads)
        return payloads.kept
    }

    private static func content(of page: RawPage, walk: Walk, _ payloads: inout RecordPayloads) throws -> PageContent {
        let stream = try GitHubStream(page.partition.stream)
        let cursor = try GitHubCursor(page.cursor)
        do {
            return try ReaderPool.shared.read(page.body) { root in
                let advance = try Advance(cursor, root, stream, walk)
                var content = try rows(of: root, cursor, advance, stream, walk, &payloads)
                content.highWater = try watermark(stream, advance.cursor, walk)
                if case .list = cursor.step, isCounted(cursor, walk) { content.expected = advance.list?.total }
                return content
            }
        } catch let error as JSONError {
            throw GitHubFailures.unexpected(": \(error.sentence)")
        }
    }

    /// Whether the list's own count is that of the walk.
    private static func isCounted(_ cursor: GitHubCursor, _ walk: Walk) -> Bool {
        guard cursor.owners?.count ?? 0 <= 1, cursor.listed == nil else { return false }
        return walk.mode == .full || walk.mode == .census
    }

    private static func watermark(_ stream: GitHubStream, _ cursor: GitHubCursor, _ walk: Walk) throws -> Watermark? {
        switch stream {
        case .pullRequests: try PullRequestWalk.watermark(at: cursor, walk)
        case .commits: try CommitWalk.watermark(at: cursor, walk)
        case .repositories, .releases, .deployments: ListWalk.watermark(at: cursor, walk)
        }
    }

    private static func rows(
        of root: JSONValue, _ cursor: GitHubCursor, _ advance: Advance, _ stream: GitHubStream, _ walk: Walk,
        _ payloads: inout RecordPayloads
    ) throws -> PageContent {
        if cursor.course == .census { return census(advance, stream) }
        if case .part(let owner, let part) = cursor.step {
            var mapper = PullRequestMapper()
            mapper.payloads = payloads
            if let (page, behind) = advance.part { mapper.addPart(part, of: owner, root, page: page, behind: behind) }
            payloads = mapper.payloads
            return content(of: mapper)
        }
        if stream == .repositories, cursor.owners == nil { return listedRepository(root, cursor, &payloads) }
        return list(root, cursor, advance, stream, walk, &payloads)
    }

    private static func list(
        _ root: JSONValue, _ cursor: GitHubCursor, _ advance: Advance, _ stream: GitHubStream, _ walk: Walk,
        _ payloads: inout RecordPayloads
    ) -> PageContent {
        let edges = advance.list?.edges ?? []
        let repository = advance.list?.repository ?? cursor.repository ?? ""
        var pullRequests = PullRequestMapper()
        var others = ListMapper()
        (pullRequests.payloads, others.payloads) = (payloads, payloads)
        var filtered = 0
        GitHubStep.place(stream, cursor).withConnection(in: root) { connection in
            var position = 0
            connection["edges"].forEachElement { element in
                defer { position += 1 }
                let (node, edge) = (element["node"], edges[position])
                if edge.isDamaged {
                    // Asked for again by itself first; the second time it is rejected.
                    guard cursor.step.isRetry else { return }
                    if stream == .pullRequests {
                        pullRequests.reject(node, repository: repository, errors: root["errors"])
                    } else {
                        others.reject(node, stream, .damaged, repository: repository, errors: root["errors"])
                    }
                } else if stream != .repositories, !PullRequestWalk.includes(edge.changedAt, walk) {
                    filtered += 1
                } else if stream == .pullRequests {
                    pullRequests.add(node, repository: repository, open: edge.open)
                } else {
                    others.add(node, stream, repository: repository)
                }
            }
        }
        payloads = stream == .pullRequests ? pullRequests.payloads : others.payloads
        var content = stream == .pullRequests ? content(of: pullRequests) : content(of: others)
        content.extracted += filtered
        content.filtered = filtered
        return content
    }

    private static func listedRepository(
        _ root: JSONValue, _ cursor: GitHubCursor, _ payloads: inout RecordPayloads
    ) -> PageContent {
        var mapper = ListMapper()
        mapper.payloads = payloads
        defer { payloads = mapper.payloads }
        let node = root["data"]["repository"]
        if node.kind == .object {
            mapper.add(node, .repositories, repository: "")
        } else {
            mapper.reject(
                node, .repositories, .gone, repository: nil, name: cursor.listed?.first, errors: root["errors"])
        }
        return content(of: mapper)
    }

    private static func census(_ advance: Advance, _ stream: GitHubStream) -> PageContent {
        let repository = advance.cursor.repository ?? ""
        let ids = (advance.list?.edges ?? []).compactMap { edge in
            edge.id ?? edge.commit.map { "\(repository):\($0.hash)" }
        }
        return PageContent(censusIDs: ids, expected: advance.list?.total)
    }

    private static func content(of mapper: PullRequestMapper) -> PageContent {
        PageContent(
            extracted: mapper.extracted + mapper.rejectedWithin, batches: mapper.batches,
            rejected: mapper.rejections.records, childSets: mapper.childSets)
    }

    private static func content(of mapper: ListMapper) -> PageContent {
        PageContent(extracted: mapper.extracted, batches: mapper.batches, rejected: mapper.rejections.records)
    }

    package func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
        let stream = try GitHubStream(walk.partition.stream)
        do {
            return try ReaderPool.shared.read(record.payload) { payload in
                guard payload["node"].kind == .object else { throw Self.nothingToReplay }
                let repository = payload["repository"].string ?? ""
                guard stream == .pullRequests else {
                    var mapper = ListMapper()
                    mapper.add(payload["node"], stream, repository: repository)
                    return Self.content(of: mapper)
                }
                var mapper = PullRequestMapper()
                if let part = payload["part"].string.flatMap(OpenPullRequest.Part.Kind.init(rawValue:)) {
                    mapper.addAgain(payload, part)
                } else {
                    mapper.add(payload["node"], repository: repository, open: OpenPullRequest(payload["node"]))
                }
                return Self.content(of: mapper)
            }
        } catch is JSONError {
            throw Self.nothingToReplay
        }
    }

    private static let nothingToReplay = GitHubFailures.make(
        .badRecord, "nothing_to_replay", "What is kept of this record holds nothing to load: GitHub never sent it.",
        remedy: "Load its partition again, in full or for a date range around it.")
}
