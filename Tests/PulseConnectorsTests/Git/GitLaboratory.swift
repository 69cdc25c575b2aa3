import Glibc
import PulseDomain
import PulseHTTP

@testable import PulseConnectors

/// A folder with repositories that lives as long as a test, and a git that knows no settings but theirs.
final class GitLaboratory {
    let folder: String
    let git: GitProgram
    private(set) var watermark: Watermark?

    init() throws {
        var template = Array("/tmp/pulse-git-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw GitFailure.temporaryFile(folder: "/tmp", errorNumber: errno) }
        let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard case .success(let resolved) = RepositorySearch.resolve(made) else {
            throw GitFailure.noSuchPath(made, errorNumber: 0)
        }
        folder = resolved
        var environment = GitProgram.processEnvironment
        environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
        environment["GIT_CONFIG_NOSYSTEM"] = "1"
        environment["GIT_CEILING_DIRECTORIES"] = folder
        git = GitProgram(environment: environment)
    }

    deinit { remove(folder) }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Makes an empty repository.
    @discardableResult
    func repository(_ name: String = "pay", _ options: String...) async throws -> String {
        try await run(["init", "-q", "-b", "main"] + options + [path(name)])
        return path(name)
    }

    @discardableResult
    func run(_ arguments: [String], in name: String? = nil, input: [UInt8] = []) async throws -> String {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "protocol.file.allow=always"]
        return try await git.output(
            of: identity + arguments, in: name.map(path), input: try TemporaryFile(holding: input)
        ).text
    }

    /// Feeds git's fast-import(1), which makes commits with any bytes and dates.
    func load(_ stream: String, into name: String = "pay") async throws {
        try await load(Array(stream.utf8), into: name)
    }

    func load(_ stream: [UInt8], into name: String = "pay") async throws {
        try await run(["fast-import", "--quiet", "--force"], in: name, input: stream)
    }

    func write(_ text: String, to name: String) throws {
        let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o755)
        guard descriptor >= 0 else { throw GitFailure.noSuchPath(name, errorNumber: errno) }
        defer { close(descriptor) }
        var text = text
        _ = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    func connector(_ paths: [String]? = nil, countsLines: Bool = true) -> GitConnector {
        let source = SourceConfiguration(name: "local", kind: .git, paths: paths ?? [folder])
        return GitConnector(source, git: git, countsLines: countsLines)
    }

    func walk(
        _ stream: StreamID, _ mode: RunMode = .incremental, of name: String = "pay", since watermark: Watermark? = nil,
        pageSize: Int = 1_000
    ) -> Walk {
        let descriptor = PartitionDescriptor(key: PartitionKey(name), title: name, reference: path(name))
        return Walk(
            partition: PartitionID(tenant: "t", source: "local", stream: stream, key: descriptor.key),
            descriptor: stream == GitConnector.repositoriesStream ? .whole : descriptor, mode: mode,
            identity: SourceIdentity(account: "ada", product: "git"), watermark: watermark, pageSize: pageSize,
            startedAt: Instant(seconds: 1_800_000_000), correlation: "c")
    }

    /// What a whole walk gave.
    struct Harvest {
        var contents: [PageContent] = []
        var cursors: [Cursor] = []
        var scope: CensusScope?

        var extracted: Int { contents.map(\.extracted).reduce(0, +) }
        var censusIDs: [String] { contents.flatMap(\.censusIDs) }
        var watermark: Watermark? { contents.last?.highWater }

        /// A column of all rows of a table.
        func values<Columns: TableColumns>(_ column: Columns) -> [RowValue] {
            contents.flatMap(\.batches).filter { $0.table.name == Columns.table }.flatMap { batch in
                (0..<batch.count).map { batch.value(row: $0, column: column.rawValue) }
            }
        }
        func texts<Columns: TableColumns>(_ column: Columns) -> [String] {
            values(column).map { if case .text(let text) = $0 { text } else { "null" } }
        }
    }

    /// Walks from `cursor`, or from the beginning, to the end; with a new connector for every page when `isRestarted`.
    func harvest(
        _ walk: Walk, from cursor: Cursor? = nil, with connector: GitConnector? = nil, isRestarted: Bool = false
    ) async throws -> Harvest {
        let client = NoClient()
        var connector = connector ?? self.connector()
        var result = Harvest()
        var next: Cursor? = try cursor ?? connector.firstCursor(of: walk)
        while let position = next {
            if isRestarted { connector = self.connector() }
            let page = try await connector.page(at: position, of: walk, through: client)
            result.cursors.append(position)
            result.contents.append(try connector.content(of: page.raw, walk: walk))
            result.scope = page.censusScope
            next = page.next
        }
        return result
    }

    private func remove(_ path: String) {
        guard let names = opendir(path) else { return }
        while let entry = readdir(names) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let child = "\(path)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) { remove(child) } else { unlink(child) }
        }
        closedir(names)
        rmdir(path)
    }
}

/// A client for connectors that send nothing.
struct NoClient: SourceClient {
    struct Clock: TimeSource {
        var now: Instant { Instant(seconds: 1_800_000_000) }
        var elapsed: Duration { .zero }
        func sleep(for duration: Duration) async throws {}
    }

    var time: any TimeSource { Clock() }

    func send(_ request: SourceRequest) async throws -> HTTPResponse {
        throw Failure(.ours, code: "test", "A request was sent.", remedy: "Send none.")
    }
}

/// Text for git's fast-import(1).
enum FastImport {
    /// A chain of commits on `branch`, one minute apart, each changing one file.
    static func chain(
        _ range: ClosedRange<Int>, branch: String = "main", from: String? = nil, start: Int = 1_700_000_000
    ) -> String {
        range.map { number in
            let root = number == range.lowerBound ? from.map { "from \($0)\n" } ?? "" : ""
            return commit("Change \(number)", branch: branch, at: start + number * 60, root + file("f", "\(number)\n"))
        }.joined()
    }

    static func commit(
        _ message: String, branch: String = "main", by author: String = "Ada <ada@example.com>", at time: Int,
        _ rest: String = ""
    ) -> String {
        """
        commit refs/heads/\(branch)
        author \(author) \(time) +0100
        committer Bob <bob@example.com> \(time) +0000
        data \(message.utf8.count)
        \(message)
        \(rest)
        """
    }

    static func file(_ name: String, _ text: String) -> String {
        "M 644 inline \(name)\ndata \(text.utf8.count)\n\(text)\n"
    }
}
