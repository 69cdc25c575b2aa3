package import PulseDomain
import PulseHTTP
import PulseJSON

extension GitHubConnector {
    package func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        let stream = try GitHubStream(walk.partition.stream)
        let position = try GitHubCursor(cursor)
        do {
            return try await page(at: position, stream, walk, isLight: false, through: client)
        } catch let failure as Failure {
            return try await page(after: failure, at: position, stream, walk, through: client)
        }
    }

    /// What can be done about a failure without the engine: another position, a lighter request, or passing over what
    /// is gone. Throws the failure when there is nothing.
    private func page(
        after failure: Failure, at position: GitHubCursor, _ stream: GitHubStream, _ walk: Walk,
        through client: any SourceClient
    ) async throws -> FetchedPage {
        if failure.code == GitHubFailures.Code.cursorRefused {
            guard let restarted = restart(position, stream, walk) else { throw failure }
            return try await page(at: restarted, stream, walk, isLight: false, through: client)
        }
        if failure.kind == .pageTooHeavy, walk.pageSize <= 1 || position.step.isRetry,
            try GitHubStep(position, stream, walk).isFull == true
        {
            return try await page(at: position, stream, walk, isLight: true, through: client)
        }
        if failure.kind == .notFound, let passed = position.passingOver(stream) {
            let gone = Array(#"{"data":{"node":null,"repository":null}}"#.utf8)
            return FetchedPage(
                raw: try raw(position, walk, query: "gone", body: gone, at: client.time.now),
                next: passed.isDone ? nil : try passed.encoded())
        }
        throw failure
    }

    private func page(
        at position: GitHubCursor, _ stream: GitHubStream, _ walk: Walk, isLight: Bool,
        through client: any SourceClient
    ) async throws -> FetchedPage {
        let step = try GitHubStep(position, stream, walk, isLight: isLight)
        let response = try await client.send(request(step))
        let advance = try ReaderPool.shared.read(response.body, comesAgain: true) { root in
            try Self.checkPresence(root, position, stream)
            return try Advance(position, root, stream, walk)
        }
        let isDone = advance.cursor.isDone
        let raw = try raw(position, walk, query: step.query.name, body: response.body, at: client.time.now)
        let scope = CensusScope(
            table: stream.descriptor.tables[0], column: "repository_id", value: advance.cursor.repository)
        return FetchedPage(
            raw: raw, next: isDone ? nil : try advance.cursor.encoded(),
            censusScope: isDone && position.course == .census ? scope : nil,
            partitionScope: isDone && stream != .repositories && scope.value != nil ? scope : nil)
    }

    private func raw(_ position: GitHubCursor, _ walk: Walk, query: String, body: [UInt8], at now: Instant) throws
        -> RawPage
    {
        RawPage(
            partition: walk.partition, cursor: try position.encoded(), request: "POST /graphql \(query)", body: body,
            fetchedAt: now, correlation: walk.correlation)
    }

    /// A null where the thing itself should be is not an empty list.
    private static func checkPresence(_ root: JSONValue, _ position: GitHubCursor, _ stream: GitHubStream) throws {
        if case .part = position.step { return }
        if stream == .repositories, let owner = position.owners?.first {
            guard root["data"]["repositoryOwner"].kind == .object else {
                throw GitHubFailures.notFound(GitHubFailures.quoted(owner))
            }
        } else if root["data"]["repository"].kind != .object {
            throw GitHubFailures.notFound("")
        }
    }

    private func restart(_ position: GitHubCursor, _ stream: GitHubStream, _ walk: Walk) -> GitHubCursor? {
        if case .part = position.step { return position.restartingPart() }
        switch stream {
        case .pullRequests: return PullRequestWalk.restart(position, walk)
        case .commits: return CommitWalk.restart(position)
        case .releases, .deployments, .repositories: return ListWalk.restart(position)
        }
    }
}

extension GitHubCursor.Step {
    var isRetry: Bool {
        if case .retry = self { return true }
        return false
    }
}

extension GitHubCursor {
    /// The position without the pull request or repository that is gone; `nil` when something larger is.
    func passingOver(_ stream: GitHubStream) -> GitHubCursor? {
        var next = self
        switch step {
        case .part(var owner, _):
            owner.parts = []
            next.replaceFirstOpen(with: owner)
            return next
        case .list where stream == .repositories && owners == nil && listed != nil:
            next.removeFirstListed()
            return next
        case .list, .retry: return nil
        }
    }

    /// The part of a pull request from its first page again.
    func restartingPart() -> GitHubCursor? {
        guard restarts ?? 0 < 3, var owner = open?.first, !owner.parts.isEmpty, owner.parts[0].after != nil else {
            return nil
        }
        var next = self
        owner.parts[0].after = nil
        // What was seen may repeat and is no set to trust.
        owner.seen = nil
        next.replaceFirstOpen(with: owner)
        next.restarts = (restarts ?? 0) + 1
        return next
    }
}
