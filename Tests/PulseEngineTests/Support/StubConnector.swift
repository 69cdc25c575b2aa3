import PulseConnectors
import PulseDomain
import PulseHTTP

/// Only says what answers mean; reads no pages.
struct StubConnector: Connector {
    var streams: [StreamDescriptor] { [] }

    private var unused: Failure { Failure(.ours, code: "stub", "The stub reads nothing.", remedy: "") }

    func identify(through client: any SourceClient) async throws -> SourceIdentity { throw unused }
    func partitions(of stream: StreamID, identity: SourceIdentity, through client: any SourceClient) async throws
        -> [PartitionDescriptor]
    { throw unused }
    func firstCursor(of walk: Walk) throws -> Cursor { throw unused }
    func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        throw unused
    }
    func content(of page: RawPage, walk: Walk) throws -> PageContent { throw unused }
    func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] { throw unused }
    func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
        throw unused
    }

    func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        let observation = QuotaObservation(
            bucket: request.bucket, limit: response.headers["limit"].flatMap { Int($0) },
            remaining: response.headers["remaining"].flatMap { Int($0) },
            resetsIn: response.headers["reset"].flatMap { Int($0) }.map { .seconds($0) },
            retryAfter: response.headers["retry-after"].flatMap { Int($0) }.map { .seconds($0) })
        let kind: FailureClass? =
            switch response.status {
            case 200: nil
            case 401: .unauthorised
            case 429: .rateLimited
            case 502: .pageTooHeavy
            case 500...599: .transient
            default: .contractBroken
            }
        let failure = kind.map {
            Failure($0, code: "stub.\(response.status)", "Status \(response.status).", remedy: "")
        }
        return ResponseVerdict(failure: failure, observations: [observation])
    }
}
