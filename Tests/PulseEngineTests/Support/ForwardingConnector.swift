import PulseConnectors
import PulseDomain
import PulseHTTP

/// A connector that does what another does, but for what it does otherwise.
protocol ForwardingConnector: Connector {
    var base: any Connector { get }
}

extension ForwardingConnector {
    var streams: [StreamDescriptor] { base.streams }

    func identify(through client: any SourceClient) async throws -> SourceIdentity {
        try await base.identify(through: client)
    }

    func partitions(of stream: StreamID, identity: SourceIdentity, through client: any SourceClient) async throws
        -> [PartitionDescriptor]
    {
        try await base.partitions(of: stream, identity: identity, through: client)
    }

    func firstCursor(of walk: Walk) throws -> Cursor { try base.firstCursor(of: walk) }

    func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        try await base.page(at: cursor, of: walk, through: client)
    }

    func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        base.verdict(on: response, to: request)
    }

    func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] {
        try base.payloads(of: records, in: page, walk: walk)
    }
}
