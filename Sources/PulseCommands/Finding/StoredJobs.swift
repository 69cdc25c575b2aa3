import PulseAssembly
import PulseConfiguration
import PulseConnectors
import PulseControl
import PulseDomain
import PulseEngine
import PulseHTTP
import PulseStore

extension EngineFinder {
    /// An engine on what the store itself knows of its jobs, to be looked at: no configuration says more.
    func openStored(_ claim: StoreClaim, tenant: TenantID?) async throws -> OpenedEngine {
        let tenant = try Self.chosen(tenant, among: try await claim.tenants(including: tenant), claim.store)
        let store = try await claim.open(tenant, onlyLooks: true)
        do {
            try await claim.checkIsWhole(tenant, store)
            var settings = EngineSettings()
            settings.onlyLooks = true
            let since = try await claim.engineSince(tenant)
            let definitions = try await store.jobs().map(\.definition)
            let credentials = Set(try await store.quotas().map(\.id.identity))
            let engine = try Engine(
                store: store, sources: StoredSource.sources(of: definitions, credentials: credentials),
                definitions: definitions, time: time,
                settings: settings,
                status: EngineStatus(
                    holder: since == nil ? Self.nobody : Self.others, tenant: tenant, store: store.location,
                    version: PulseVersion.current, startedAt: since ?? time.now))
            try await engine.open()
            return OpenedEngine(
                embedded: EmbeddedEngine(engine: engine, store: store, sources: []), holder: claim.holder,
                engineSince: since, isRead: true)
        } catch {
            await store.close()
            throw error
        }
    }

    /// The tenant that was asked for, or the only one there is.
    static func chosen(_ wanted: TenantID?, among tenants: [TenantID], _ store: StoreReference) throws -> TenantID {
        let path = store.location
        let names = tenants.map(\.rawValue).joined(separator: ", ")
        if let wanted {
            if tenants.contains(wanted) { return wanted }
            throw CommandError(
                .usage, "\(path) holds nothing of a tenant \(wanted).",
                remedy: store.isShared
                    ? "--tenant says whose data is meant; `pulse store status` tells which tenants there are."
                    : tenants.isEmpty ? "Nothing was ever loaded into it." : "It holds data of \(names).")
        }
        switch tenants.count {
        case 1: return tenants[0]
        case 0 where store.isShared:
            throw CommandError(
                .usage, "\(path) is shared, and nothing says whose data is meant.",
                remedy: "Say it with --tenant NAME, or name the configuration with --config FILE.")
        case 0:
            throw CommandError(
                .usage, "\(path) holds no jobs yet, and no configuration was found that says which there are to be.",
                remedy: "Name it with --config FILE.")
        default:
            throw CommandError(
                .usage, "\(path) holds data of several tenants: \(names).", remedy: "Say which with --tenant NAME.")
        }
    }
}

/// A source of which only the store knows. Nothing can be asked of it.
private struct StoredSource: Connector {
    let streams: [StreamDescriptor]

    /// A source for each that has jobs, and one for each credential whose limits are known: which source has it nothing
    /// tells.
    static func sources(of definitions: [JobDefinition], credentials: Set<String>) -> [EngineSource] {
        let named = Dictionary(grouping: definitions, by: \.id.source).map { name, jobs in
            source(name, streams: jobs.map { StreamDescriptor(id: $0.id.stream, title: $0.title, tables: []) })
        }
        let known = Set(named.map(\.id.rawValue))
        return named + credentials.subtracting(known).map { source(SourceID($0), streams: []) }
    }

    private static func source(_ name: SourceID, streams: [StreamDescriptor]) -> EngineSource {
        EngineSource(
            id: name, kind: .git, connector: StoredSource(streams: streams), transport: NoTransport(),
            authorize: { _ in throw unknown }, identity: name.rawValue,
            policy: .usual(for: .git, reserve: .share(0)))
    }

    private static let unknown = Failure(
        .ours, code: "source.not_configured", "No configuration says how this source is reached.",
        remedy: "Name it with --config FILE.")

    func identify(through client: any SourceClient) async throws -> SourceIdentity { throw Self.unknown }
    func partitions(
        of stream: StreamID, identity: SourceIdentity, through client: any SourceClient
    ) async throws -> [PartitionDescriptor] { throw Self.unknown }
    func firstCursor(of walk: Walk) throws -> Cursor { throw Self.unknown }
    func page(at cursor: Cursor, of walk: Walk, through client: any SourceClient) async throws -> FetchedPage {
        throw Self.unknown
    }
    func content(of page: RawPage, walk: Walk) throws -> PageContent { throw Self.unknown }
    func payloads(of records: Set<Int32>, in page: RawPage, walk: Walk) throws -> [Int32: [UInt8]] {
        throw Self.unknown
    }
    func content(ofRejected record: RejectedRecord, at cursor: Cursor, walk: Walk) throws -> PageContent {
        throw Self.unknown
    }
    func verdict(on response: HTTPResponse, to request: SourceRequest) -> ResponseVerdict {
        ResponseVerdict(failure: Self.unknown)
    }
}
