import PulseDomain
import PulseHTTP
import PulseJSON
import Synchronization

@testable import PulseConnectors

/// Answers requests in the order that a test wrote them down, and applies the connector's verdict as the engine does:
/// whatever is not good is thrown.
final class ScriptedGitHub: SourceClient {
    /// What the server does with one request.
    struct Reply: Sendable {
        var operation: String
        var response: HTTPResponse
    }

    /// A request as the server saw it.
    struct Seen: Sendable {
        var operation: String
        var variables: [String: String]
        var headers: HTTPHeaders
    }

    private struct State {
        var replies: [Reply]
        var seen: [Seen] = []
    }

    private let state: Mutex<State>
    private let connector: GitHubConnector
    let time: any TimeSource = FixedTime()

    init(_ connector: GitHubConnector, _ replies: [Reply]) {
        self.connector = connector
        state = Mutex(State(replies: replies))
    }

    var seen: [Seen] { state.withLock { $0.seen } }
    var remaining: Int { state.withLock { $0.replies.count } }

    func send(_ request: SourceRequest) async throws -> HTTPResponse {
        var reader = JSONReader()
        let seen = try reader.read(request.http.body ?? []) { root in
            var variables: [String: String] = [:]
            root["variables"].forEachMember { name, value in
                variables[name.string ?? ""] = value.text ?? value.bool.map { "\($0)" } ?? "null"
            }
            return Seen(
                operation: root["operationName"].string ?? "", variables: variables, headers: request.http.headers)
        }
        let reply: Reply = try state.withLock { state in
            state.seen.append(seen)
            guard !state.replies.isEmpty else { throw Unexpected(operation: seen.operation, wanted: nil) }
            let reply = state.replies.removeFirst()
            guard reply.operation == seen.operation else {
                throw Unexpected(operation: seen.operation, wanted: reply.operation)
            }
            return reply
        }
        if let failure = connector.verdict(on: reply.response, to: request).failure { throw failure }
        return reply.response
    }

    struct Unexpected: Error {
        var operation: String
        var wanted: String?
    }
}

/// A clock that stands still.
struct FixedTime: TimeSource {
    let now = Instant(seconds: 1_790_000_000)
    let elapsed = Duration.zero
    func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
}

extension ScriptedGitHub.Reply {
    /// A good answer with this `data`.
    static func data(_ operation: String, _ data: String, errors: String? = nil) -> Self {
        let tail = errors.map { ",\"errors\":\($0)" } ?? ""
        return .init(operation: operation, response: .gitHub("{\"data\":\(data)\(tail)}"))
    }

    /// An answer with status 200 that holds only errors.
    static func errors(_ operation: String, _ errors: String) -> Self {
        .init(operation: operation, response: .gitHub("{\"data\":null,\"errors\":\(errors)}"))
    }

    static func status(_ operation: String, _ status: Int) -> Self {
        .init(operation: operation, response: .gitHub("{\"message\":\"no\"}", status: status))
    }
}

extension HTTPResponse {
    static func gitHub(_ body: String, status: Int = 200, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var all: HTTPHeaders = ["Content-Type": "application/json; charset=utf-8"]
        for field in headers { all.set(field.name, field.value) }
        return HTTPResponse(status: status, headers: all, body: Array(body.utf8), url: "https://api.github.com/graphql")
    }
}

/// A connector, its walks and the pages of one test.
struct GitHubFixture {
    let connector: GitHubConnector

    init(organizations: [String] = [], repositories: [String] = ["octo/app"]) throws {
        connector = try GitHubConnector(
            SourceConfiguration(
                name: "hub", kind: .github, organizations: organizations, repositories: repositories))
    }

    func walk(
        _ stream: GitHubStream, _ mode: RunMode = .full, watermark: Watermark? = nil, pageSize: Int = 25
    ) -> Walk {
        let key: PartitionKey = stream == .repositories ? .whole : "octo/app"
        return Walk(
            partition: PartitionID(tenant: "t", source: "hub", stream: stream.id, key: key),
            descriptor: stream == .repositories
                ? .whole : PartitionDescriptor(key: key, title: "octo/app", reference: "octo/app"),
            mode: mode, identity: SourceIdentity(account: "ada", product: "github.com"), watermark: watermark,
            pageSize: pageSize, startedAt: Instant(seconds: 1_790_000_000), correlation: "c")
    }

    /// Walks to the end, as the engine does, and returns all pages with what they hold.
    func run(_ walk: Walk, _ replies: [ScriptedGitHub.Reply], from cursor: Cursor? = nil) async throws -> Run {
        let client = ScriptedGitHub(connector, replies)
        var run = Run()
        var next: Cursor? = try cursor ?? connector.firstCursor(of: walk)
        while let cursor = next {
            let page = try await connector.page(at: cursor, of: walk, through: client)
            run.contents.append(try connector.content(of: page.raw, walk: walk))
            run.pages.append(page)
            next = page.next
        }
        run.requests = client.seen
        run.unused = client.remaining
        return run
    }

    struct Run {
        var pages: [FetchedPage] = []
        var contents: [PageContent] = []
        var requests: [ScriptedGitHub.Seen] = []
        var unused = 0

        var operations: [String] { requests.map(\.operation) }
        /// What the engine makes the watermark when the walk is complete.
        var watermark: Watermark? { contents.last { $0.highWater != nil }?.highWater }
        var rejected: [RejectedRecord] { contents.flatMap(\.rejected) }
        var childSets: [ChildSet] { contents.flatMap(\.childSets) }

        /// The rows of a table, each as a dictionary of what is not null.
        func rows(_ table: TableName) -> [[String: RowValue]] { contents.flatMap { $0.tableRows(table) } }
        func ids(_ table: TableName) -> [String] { rows(table).map { $0.text("id") ?? "" } }
        var isBalanced: Bool { contents.allSatisfy(\.isAccountedFor) }
    }
}

extension PageContent {
    func tableRows(_ table: TableName) -> [[String: RowValue]] {
        batches.filter { $0.table.name == table }.flatMap { batch in
            (0..<batch.count).map { row in
                var values: [String: RowValue] = [:]
                for (position, column) in batch.table.columns.enumerated() {
                    let value = batch.value(row: row, column: position)
                    if value != .null { values[column.name] = value }
                }
                return values
            }
        }
    }

    /// Records that some row came from, by position.
    private var loaded: Set<Int32> { Set(batches.flatMap(\.records).filter { $0 >= 0 }) }
    /// Whether each extracted record was loaded, rejected or filtered (invariant 2).
    var isAccountedFor: Bool { extracted == loaded.count + rejected.count + filtered }
}

extension [String: RowValue] {
    func text(_ column: String) -> String? {
        if case .text(let text) = self[column] { return text }
        return nil
    }
    func integer(_ column: String) -> Int64? {
        if case .integer(let integer) = self[column] { return integer }
        return nil
    }
    func instant(_ column: String) -> String? { integer(column).map { Instant(microseconds: $0).iso8601 } }
}
