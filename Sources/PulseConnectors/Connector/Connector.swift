package import PulseDomain
package import PulseHTTP

/// Reads one kind of source: asks for pages, says what an answer means, turns pages into rows.
///
/// A connector holds its configuration and nothing that changes. It never retries, waits, limits or stores: the engine
/// does, for every connector alike, behind ``SourceClient``.
package protocol Connector: Sendable {
    /// What can be loaded, parents before what depends on them.
    var streams: [StreamDescriptor] { get }

    /// Who we are at the source and what it is: asked before a run, because anonymous access can look like empty data
    /// (FACTS §2.20).
    func identify(through client: any SourceClient) async throws -> SourceIdentity

    /// The parts of a stream that have cursors of their own. One ``PartitionKey/whole`` where it is not divided.
    func partitions(of stream: StreamID, identity: SourceIdentity, through client: any SourceClient) async throws
        -> [PartitionDescriptor]

    /// Where a walk begins. Sends nothing.
    func firstCursor(of walk: Walk) throws -> Cursor

    /// Asks for the page at `cursor`, with exactly one request where the source allows, and tells where the next one
    /// begins. Throws `Failure`; `FailureClass.pageTooHeavy` makes the engine ask again with half of `walk.pageSize`.
    func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage

    /// Turns a page into rows. Pure: the same page gives the same content, also years later without the network.
    /// A record that cannot be read is rejected by itself; throws `Failure` (`contractBroken`) when the page as a whole
    /// is not what the contract says.
    func content(of page: RawPage, walk: Walk) throws -> PageContent

    /// The payloads of some records of a page that `content(of:walk:)` took, by their positions in `RowBatch.records`:
    /// what it would have kept of them, had it rejected them. For what is found wrong with their rows later. Pure.
    func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]]

    /// Turns one quarantined record into rows again.
    func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent

    /// What the answer says about limits and failure, decided from status, headers and body. Pure.
    func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict
}

/// One kind of record of a source.
package struct StreamDescriptor: Sendable, Hashable {
    package var id: StreamID
    /// For people: `Issues with changelogs, comments and worklogs`.
    package var title: String
    /// The tables that it fills, the one of its records first.
    package var tables: [TableName]
    /// Streams of the same source that must have been loaded once before.
    package var dependencies: [StreamID]
    /// Whether deletions can be found by comparing ids.
    package var hasCensus: Bool
    /// The page size to begin with.
    package var pageSize: Int
    /// Whether an incremental walk sees the newest known record again: then an empty one is suspicious (invariant 8).
    package var rereadsNewest: Bool

    package init(
        id: StreamID, title: String, tables: [TableName], dependencies: [StreamID] = [], hasCensus: Bool = false,
        pageSize: Int = 100, rereadsNewest: Bool = true
    ) {
        self.id = id
        self.title = title
        self.tables = tables
        self.dependencies = dependencies
        self.hasCensus = hasCensus
        self.pageSize = pageSize
        self.rereadsNewest = rereadsNewest
    }
}

/// A part of a stream that has a cursor of its own.
package struct PartitionDescriptor: Sendable, Hashable {
    package var key: PartitionKey
    /// For people: the project's or repository's name.
    package var title: String
    /// What requests need beside the key: the provider's id of the project or repository.
    package var reference: String

    package init(key: PartitionKey, title: String, reference: String) {
        self.key = key
        self.title = title
        self.reference = reference
    }

    package static let whole = PartitionDescriptor(key: .whole, title: "everything", reference: "")
}

/// Who we are at a source, and what it is.
package struct SourceIdentity: Sendable, Hashable, Codable {
    /// The account, for people.
    package var account: String
    /// `Jira Cloud`, `Jira Data Center 10.3.1`, `github.com`, `GitHub Enterprise Server 3.15`.
    package var product: String
    /// Which dialect the connector speaks with it; belongs to the connector.
    package var dialect: String
    /// IANA name of the account's time zone, where the source has one.
    package var timeZone: String?
    /// What the credential may do, as the provider names it.
    package var scopes: [String]
    /// What a person should know: missing scopes, an anonymous session. Sentences.
    package var warnings: [String]
    /// What the connector learned and needs for its walks (custom field ids and the like), as JSON.
    package var details: String?

    package init(
        account: String, product: String, dialect: String = "", timeZone: String? = nil, scopes: [String] = [],
        warnings: [String] = [], details: String? = nil
    ) {
        self.account = account
        self.product = product
        self.dialect = dialect
        self.timeZone = timeZone
        self.scopes = scopes
        self.warnings = warnings
        self.details = details
    }
}

/// One walk over one partition: what every step of it may know.
package struct Walk: Sendable {
    package var partition: PartitionID
    package var descriptor: PartitionDescriptor
    package var mode: RunMode
    package var identity: SourceIdentity
    /// Up to where everything is loaded; `nil` before the first complete walk.
    package var watermark: Watermark?
    /// Records to ask for on a page, 1 or more. The engine halves and grows it.
    package var pageSize: Int
    /// When the walk began.
    package var startedAt: Instant
    package var correlation: CorrelationID

    package init(
        partition: PartitionID, descriptor: PartitionDescriptor, mode: RunMode, identity: SourceIdentity,
        watermark: Watermark?, pageSize: Int, startedAt: Instant, correlation: CorrelationID
    ) {
        self.partition = partition
        self.descriptor = descriptor
        self.mode = mode
        self.identity = identity
        self.watermark = watermark
        self.pageSize = pageSize
        self.startedAt = startedAt
        self.correlation = correlation
    }
}

/// A page and where the next one begins.
package struct FetchedPage: Sendable {
    package var raw: RawPage
    /// `nil`: the walk is complete.
    package var next: Cursor?
    /// For a walk that is complete with this page and is a census: what was counted.
    package var censusScope: CensusScope?
    /// For a walk that is complete with this page, census or not: which rows of its own table belong to its partition,
    /// so that what it saw can be held against what is known. `nil` where that cannot be told.
    package var partitionScope: CensusScope?

    package init(
        raw: RawPage, next: Cursor?, censusScope: CensusScope? = nil, partitionScope: CensusScope? = nil
    ) {
        self.raw = raw
        self.next = next
        self.censusScope = censusScope
        self.partitionScope = partitionScope
    }
}
