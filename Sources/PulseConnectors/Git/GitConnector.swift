package import PulseDomain
package import PulseHTTP
import PulseJSON

/// Reads local git repositories by running git: repositories, commits of all branches, tags.
///
/// A page is git's own output for up to `pageSize` commits, made by a git of its own, so that no process waits between
/// pages and a page can be asked for again at any time. An incremental walk loads what the heads of the last walk do not
/// reach. When some of those heads are not reached any more (history was rewritten, a branch deleted before its commits
/// were merged), the same walk goes on with the hashes of everything and ends with a census, so that what is gone is found
/// without anybody asking.
package struct GitConnector: Connector {
    package static let repositoriesStream: StreamID = "repositories"
    package static let commitsStream: StreamID = "commits"
    package static let tagsStream: StreamID = "tags"

    private let paths: [String]
    private let git: GitProgram
    private let countsLines: Bool
    /// Lists of hashes that can be made again at any time: no state that an answer depends on.
    private let lists = HashLists()

    /// - Parameters:
    ///   - source: only its `paths` are used: repositories, folders inside of one, or folders that hold some.
    ///   - countsLines: whether added and deleted lines and files are counted, which takes most of the time.
    package init(_ source: SourceConfiguration, git: GitProgram = GitProgram(), countsLines: Bool = true) {
        paths = source.paths
        self.git = git
        self.countsLines = countsLines
    }

    package var streams: [StreamDescriptor] {
        [
            StreamDescriptor(
                id: Self.repositoriesStream, title: "Repositories", tables: [RepositoryColumns.table], hasCensus: true),
            StreamDescriptor(
                id: Self.commitsStream, title: "Commits of all branches with their authors and work items",
                tables: [CommitColumns.table, PersonColumns.table, WorkItemCommitColumns.table],
                dependencies: [Self.repositoriesStream], hasCensus: true, pageSize: 1_000,
                rereadsNewest: false),
            StreamDescriptor(
                id: Self.tagsStream, title: "Tags", tables: [ReleaseColumns.table, PersonColumns.table],
                dependencies: [Self.repositoriesStream], hasCensus: true, pageSize: 1_000,
                rereadsNewest: false),
        ]
    }

    package func identify(through client: any SourceClient) async throws -> SourceIdentity {
        let version = try await git.output(of: ["version"], in: nil).text
        guard GitVersion(version).map({ $0 >= .oldest }) ?? true else { throw GitFailure.tooOld(version) }
        let list = try await RepositoryList.load(paths, with: git)
        let name = try await git.outcome(of: ["config", "--global", "user.name"], in: nil)
        return SourceIdentity(
            account: name.succeeded && !name.text.isEmpty ? GitFailure.printable(name.text) : "local user",
            product: GitFailure.printable(version.replacing("git version", with: "git", maxReplacements: 1)),
            warnings: list.warnings)
    }

    package func partitions(
        of stream: StreamID, identity: SourceIdentity, through client: any SourceClient
    ) async throws -> [PartitionDescriptor] {
        if stream == Self.repositoriesStream { return [.whole] }
        return try await RepositoryList.load(paths, with: git).partitions
    }

    package func firstCursor(of walk: Walk) throws -> Cursor { GitCursor(step: .begin).cursor }

    package func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        let position = try GitCursor(cursor)
        let now = client.time.now
        let step: GitCommitWalk.Step
        switch walk.partition.stream {
        case Self.commitsStream:
            step = try await GitCommitWalk(git: git, lists: lists, countsLines: countsLines, walk: walk, now: now)
                .page(at: position)
        case Self.tagsStream: step = try await GitTagWalk(git: git, walk: walk).page(at: position)
        case Self.repositoriesStream: step = try await repositories(walk)
        default: throw Self.unknownStream(walk.partition.stream)
        }
        let raw = RawPage(
            partition: walk.partition, cursor: cursor, request: "git \(walk.partition.stream)", body: step.body,
            fetchedAt: now, correlation: walk.correlation)
        return FetchedPage(raw: raw, next: step.next?.cursor, censusScope: step.censusScope)
    }

    package func content(of page: RawPage, walk: Walk) throws -> PageContent { try content(of: page.body) }

    package func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] {
        let (header, start) = try PageHeader.read(page.body)
        var payloads = RecordPayloads(of: records)
        var record = 0
        func keep(_ payload: @autoclosure () -> [UInt8]) {
            if payloads.wants(record) { payloads.keep(payload(), of: record) }
            record += 1
        }
        switch header.kind {
        case .repositories:
            for repository in header.repositories {
                var single = header
                single.repositories = [repository]
                keep(single.page(of: []))
            }
        case .commits, .tags:
            let fieldCount = header.kind == .commits ? CommitContent.fieldCount : TagContent.fieldCount
            RecordFields.forEach(in: page.body, from: start, fieldCount: fieldCount) {
                keep(header.page(of: $0.bytes))
            }
        case .census: break
        }
        return payloads.kept
    }

    /// The payload is a page of one record.
    package func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
        try content(of: record.payload)
    }

    /// No request of this connector goes over HTTP.
    package func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict { ResponseVerdict() }

    private func content(of body: [UInt8]) throws -> PageContent {
        let (header, start) = try PageHeader.read(body)
        return switch header.kind {
        case .repositories: RepositoryContent.content(header: header)
        case .commits: CommitContent.content(of: body, from: start, header: header)
        case .tags: TagContent.content(of: body, from: start, header: header)
        case .census: try CensusContent.content(of: body, from: start, header: header)
        }
    }

    /// All repositories on one page. What is not there any more is gone, unless a folder could not be looked at.
    private func repositories(_ walk: Walk) async throws -> GitCommitWalk.Step {
        let list = try await RepositoryList.load(paths, with: git)
        var header = PageHeader(.repositories)
        header.repositories = list.repositories
        header.listsIDs = list.isComplete
        header.watermark = Watermark(state: Fingerprint.of(list.repositories.map(\.id).joined(separator: " ")))
        return GitCommitWalk.Step(
            body: header.bytes, censusScope: list.isComplete ? CensusScope(table: RepositoryColumns.table) : nil)
    }

    private static func unknownStream(_ stream: StreamID) -> Failure {
        Failure(
            .ours, code: "git.stream", "git has no stream called \(stream).",
            remedy: "Use repositories, commits or tags in `streams` of the source.")
    }
}
