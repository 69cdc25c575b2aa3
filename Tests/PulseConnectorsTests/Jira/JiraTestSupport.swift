import Foundation
import PulseDomain
import PulseHTTP
import Synchronization
import Testing

@testable import PulseConnectors

/// A source that answers by a script, and says what it was asked. Failing answers become failures, as in the engine.
final class ScriptedClient: SourceClient {
    struct StillClock: TimeSource {
        var now: Instant { Instant(seconds: 1_772_000_000) }
        var elapsed: Duration { .zero }
        func sleep(for duration: Duration) async throws {}
    }

    let connector: JiraConnector
    private let answer: @Sendable (SourceRequest, Int) -> HTTPResponse
    private let asked = Mutex<[SourceRequest]>([])

    init(_ connector: JiraConnector, answer: @escaping @Sendable (SourceRequest, Int) -> HTTPResponse) {
        self.connector = connector
        self.answer = answer
    }

    /// Answers one request after another; more are answered with status 599.
    convenience init(_ connector: JiraConnector, bodies: [String]) {
        self.init(connector) { _, number in
            number < bodies.count ? .json(bodies[number]) : .json("{}", status: 599)
        }
    }

    var time: any TimeSource { StillClock() }
    var requests: [SourceRequest] { asked.withLock { $0 } }

    func send(_ request: SourceRequest) async throws -> HTTPResponse {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        let dialect = request.http.url.contains("/rest/api/2/") ? JiraContract.dataCenter : .cloud
        #expect(dialect.violations(of: request) == [], "\(request.http.url)")
        let response = answer(request, number)
        if let failure = connector.verdict(on: response, to: request).failure { throw failure }
        return response
    }
}

extension HTTPResponse {
    static func json(_ body: String, status: Int = 200, headers: [(String, String)] = []) -> HTTPResponse {
        var fields = HTTPHeaders()
        fields.set("Content-Type", "application/json;charset=UTF-8")
        for (name, value) in headers { fields.set(name, value) }
        return HTTPResponse(
            status: status, headers: fields, body: Array(body.utf8), url: "https://example.atlassian.net/")
    }
}

extension SourceRequest {
    /// The body as text, or the decoded query.
    var said: String {
        if let body = http.body { return String(decoding: body, as: UTF8.self) }
        return http.url.removingPercentEncoding ?? http.url
    }
}

/// Things that tests of Jira begin with.
enum JiraSample {
    static func connector(user: String? = "me@example.com", projects: [String] = []) throws -> JiraConnector {
        try JiraConnector(
            SourceConfiguration(
                name: "tracker", kind: .jira, url: "https://example.atlassian.net/", user: user, projects: projects))
    }

    static let details: String = {
        var details = JiraDetails()
        details.sprintFields = [10_020, 10_004]
        details.estimateFields = [10_016, 10_002]
        details.epicFields = [10_006]
        details.boards = ["84": "Payments board"]
        return details.json
    }()

    static func walk(
        _ stream: StreamID = "issues", _ dialect: JiraDialect = .cloud, key: String = "PAY", mode: RunMode = .full,
        watermark: Instant? = nil, pageSize: Int = 100
    ) -> Walk {
        let whole = stream != "issues" && stream != "versions"
        let partition = PartitionDescriptor(
            key: PartitionKey(whole ? "*" : key), title: key, reference: whole ? "" : "10000")
        return Walk(
            partition: PartitionID(tenant: "acme", source: "tracker", stream: stream, key: partition.key),
            descriptor: partition, mode: mode,
            identity: SourceIdentity(
                account: "Mia", product: "Jira", dialect: dialect.rawValue, details: details),
            watermark: watermark.map { Watermark(changedAt: $0) }, pageSize: pageSize,
            startedAt: Instant(seconds: 1_772_000_000), correlation: "c0ffee")
    }

    static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func page(_ body: [UInt8], at cursor: Cursor, of walk: Walk) -> RawPage {
        RawPage(
            partition: walk.partition, cursor: cursor, request: "GET /", body: body, fetchedAt: walk.startedAt,
            correlation: walk.correlation)
    }

    /// Walks to the end and says how. Stops with a failure after `limit` pages: no walk may go on for ever.
    static func walkThrough(
        _ client: ScriptedClient, _ walk: Walk, from start: Cursor? = nil, limit: Int = 200
    ) async throws -> (pages: [FetchedPage], contents: [PageContent]) {
        var cursor: Cursor? = try start ?? client.connector.firstCursor(of: walk)
        var pages: [FetchedPage] = []
        var contents: [PageContent] = []
        while let current = cursor {
            guard pages.count < limit else {
                throw Failure(.ours, code: "test.endless", "The walk does not end.", remedy: "")
            }
            let page = try await client.connector.page(at: current, of: walk, through: client)
            pages.append(page)
            contents.append(try client.connector.content(of: page.raw, walk: walk))
            cursor = page.next
        }
        return (pages, contents)
    }
}

extension PageContent {
    /// The rows of a table, one a line, columns that are null left out.
    func rows(_ table: TableName) -> [String] {
        batches.filter { $0.table.name == table }.flatMap { batch in
            (0..<batch.count).map { row in
                batch.table.columns.indices.compactMap { column in
                    let name = batch.table.columns[column].name
                    switch batch.value(row: row, column: column) {
                    case .null: return nil
                    case .integer(let number) where batch.table.columns[column].type == .instant:
                        return "\(name)=\(Instant(microseconds: number))"
                    case .integer(let number): return "\(name)=\(number)"
                    case .real(let number): return "\(name)=\(number)"
                    case .text(let text): return "\(name)=\(text)"
                    }
                }.joined(separator: " | ")
            }
        }
    }

    func ids(_ table: TableName) -> [String] {
        batches.filter { $0.table.name == table }.flatMap { batch in
            (0..<batch.count).map { row in
                if case .text(let text) = batch.value(row: row, column: 0) { text } else { "-" }
            }
        }
    }

    /// Every extracted record has rows, was rejected or was filtered: what the store's balance counts.
    var isBalanced: Bool {
        let withRows = Set(batches.flatMap { $0.records.filter { $0 >= 0 } })
        return extracted == withRows.count + rejected.count + filtered
    }
}
