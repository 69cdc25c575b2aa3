import PulseConnectors
import PulseDomain
import PulseHTTP

/// Reads a source whose pages a test writes: each lists the ids of some repositories, and is one request.
struct ScriptedConnector: Connector {
    static let stream: StreamID = "books"

    /// The ids on a page of a walk, counted from 0; `nil` behind the last one.
    var page: @Sendable (_ walk: Walk, _ page: Int) -> [String]?
    /// Whether a complete walk has listed everything there is.
    var isCensus = false
    var keys: [PartitionKey] = ["A"]

    var streams: [StreamDescriptor] {
        [
            StreamDescriptor(
                id: Self.stream, title: "Books", tables: [RepositoryColumns.table], hasCensus: true, pageSize: 10,
                rereadsNewest: false)
        ]
    }

    private func request(_ path: String) -> SourceRequest {
        SourceRequest(HTTPRequest(method: .get, url: "http://books/\(path)"), endpoint: "books", bucket: "books")
    }

    func identify(through client: any SourceClient) async throws -> SourceIdentity {
        _ = try await client.send(request("identify"))
        return SourceIdentity(account: "reader", product: "Library")
    }

    func partitions(of stream: StreamID, identity: SourceIdentity, through client: any SourceClient) async throws
        -> [PartitionDescriptor]
    {
        _ = try await client.send(request("list"))
        return keys.map { PartitionDescriptor(key: $0, title: $0.rawValue, reference: $0.rawValue) }
    }

    func firstCursor(of walk: Walk) throws -> Cursor { Cursor(json: "0") }

    func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        let number = Int(cursor.json) ?? 0
        _ = try await client.send(request("\(walk.partition.key)/\(number)"))
        let ids = page(walk, number) ?? []
        let isLast = page(walk, number + 1) == nil
        let scope = CensusScope(table: RepositoryColumns.table)
        return FetchedPage(
            raw: RawPage(
                partition: walk.partition, cursor: cursor, request: "GET /\(number)",
                body: Array(ids.joined(separator: "\n").utf8), fetchedAt: client.time.now,
                correlation: walk.correlation),
            next: isLast ? nil : Cursor(json: "\(number + 1)"), censusScope: isLast && isCensus ? scope : nil,
            partitionScope: isLast ? scope : nil)
    }

    func content(of page: RawPage, walk: Walk) throws -> PageContent {
        let ids = page.body.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        var rows = RowWriter<RepositoryColumns>()
        for (record, id) in ids.enumerated() {
            rows.beginRow(record: record)
            rows.set(.id, id)
            rows.set(.name, "books/\(id)")
        }
        return PageContent(
            extracted: ids.count, batches: [rows.batch], censusIDs: isCensus ? ids : [],
            highWater: Watermark(state: ids.last))
    }

    func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] { [:] }

    func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
        PageContent()
    }

    func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        guard response.status != 200 else { return ResponseVerdict() }
        return ResponseVerdict(
            failure: Failure(.transient, code: "books.closed", "The library is closed.", remedy: "Wait."))
    }
}
