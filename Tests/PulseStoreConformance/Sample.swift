import PulseConnectors
import PulseDomain
import PulseStore

/// Values that behaviours are told with.
enum Sample {
    static let tenant: TenantID = "acme"
    static let start = Instant(seconds: 1_750_000_000)

    static func partition(
        _ key: PartitionKey = "PAY", source: SourceID = "jira", stream: StreamID = "issues", tenant: TenantID = tenant
    ) -> PartitionID {
        PartitionID(tenant: tenant, source: source, stream: stream, key: key)
    }

    static func newRun(of job: JobID = "jira/issues", mode: RunMode = .full) -> NewRun {
        NewRun(
            job: job, mode: mode, by: Principal("ada"), reason: "because", priority: 3, createdAt: start,
            correlation: "0123456789abcdef0123456789abcdef")
    }

    static func page(
        _ content: PageContent, in partition: PartitionID = partition(), cursor: String = #"{"page":1}"#,
        body: String = #"{"issues":[]}"#
    ) -> LoadedPage {
        LoadedPage(
            raw: RawPage(
                partition: partition, cursor: Cursor(json: cursor), request: "GET /search", body: Array(body.utf8),
                fetchedAt: start, correlation: "0123456789abcdef0123456789abcdef"),
            content: content)
    }

    /// Items that are records of a page, in order.
    static func items(_ items: [Item], extracted: Int? = nil) -> PageContent {
        var rows = RowWriter<WorkItemColumns>()
        for (record, item) in items.enumerated() { item.write(to: &rows, record: record) }
        return PageContent(extracted: extracted ?? items.count, batches: [rows.batch])
    }
}

/// A work item.
struct Item {
    var id: String
    var key: String
    var title = "Title"
    var updatedAt: Instant? = Sample.start
    var body: String?
    var storyPoints: Double?
    var project = "10"

    func write(to rows: inout RowWriter<WorkItemColumns>, record: Int) {
        rows.beginRow(record: record)
        rows.set(.id, id)
        rows.set(.key, key)
        rows.set(.projectID, project)
        rows.set(.title, title)
        rows.set(.updatedAt, updatedAt)
        rows.set(.body, body)
        rows.set(.storyPoints, storyPoints)
        rows.set(.labels, #"["a","b"]"#)
    }
}

/// A comment on a work item.
struct Comment {
    var id: String
    var item: String
    var body = "Text"

    func write(to rows: inout RowWriter<WorkItemCommentColumns>, record: Int) {
        rows.beginRow(record: record)
        rows.set(.id, id)
        rows.set(.workItemID, item)
        rows.set(.body, body)
        rows.set(.updatedAt, Sample.start)
    }
}

/// A store with a run whose worker commits pages.
struct Worker {
    let store: any Store
    private(set) var partition: PartitionID
    let fence: Fence
    let mode: RunMode
    /// The walk that its commits belong to.
    var walk: WalkOrigin?

    /// Opens a store, and adds and claims a run.
    init(
        _ fixture: any StoreFixture, partition: PartitionID = Sample.partition(), mode: RunMode = .full
    ) async throws {
        try await self.init(fixture.open(partition.tenant), partition: partition, mode: mode)
    }

    init(_ store: any Store, partition: PartitionID = Sample.partition(), mode: RunMode = .full) async throws {
        self.store = store
        self.partition = partition
        self.mode = mode
        let run = try await store.addRun(Sample.newRun(of: partition.job, mode: mode))
        fence = try await store.claimed(run.id)
        walk = WalkOrigin(number: run.id.rawValue, startedAt: Sample.start)
    }

    /// Commits one page after the newest checkpoint.
    @discardableResult
    func commit(
        _ content: PageContent, at now: Instant = Sample.start, keepsRawPages: Bool = true, body: String = "{}",
        census: CensusEnd? = nil, ledger: [LedgerEntry] = [], fence: Fence? = nil
    ) async throws -> CommitResult {
        try await commit(
            [Sample.page(content, in: partition, body: body)], at: now, keepsRawPages: keepsRawPages, census: census,
            ledger: ledger, fence: fence)
    }

    @discardableResult
    func commit(
        _ pages: [LoadedPage], at now: Instant = Sample.start, keepsRawPages: Bool = true, census: CensusEnd? = nil,
        ledger: [LedgerEntry] = [], fence: Fence? = nil, previous: Int64? = nil
    ) async throws -> CommitResult {
        let before = try await store.checkpoint(of: partition)
        let checkpoint = Checkpoint(
            partition: partition, run: self.fence.run, mode: mode, cursor: Cursor(json: #"{"page":2}"#),
            counts: before?.counts ?? RecordCounts(), pages: (before?.pages ?? 0) + pages.count, walk: walk,
            savedAt: now)
        return try await store.commit(
            Batch(
                pages: pages, checkpoint: checkpoint, previous: previous, ledger: ledger, keepsRawPages: keepsRawPages,
                census: census),
            fence: fence ?? self.fence)
    }

    /// The same run on another partition of its job.
    func on(_ partition: PartitionID) -> Worker {
        var worker = self
        worker.partition = partition
        return worker
    }

    /// Another run of the same job.
    func next(_ mode: RunMode? = nil) async throws -> Worker {
        try await Worker(store, partition: partition, mode: mode ?? self.mode)
    }
}

extension Store {
    func claimed(_ run: RunID, by holder: String = "worker", at now: Instant = Sample.start) async throws -> Fence {
        guard let fence = try await claim(run, holder: holder, at: now, leaseUntil: now + .minutes(1)) else {
            throw StoreError.inconsistent("run \(run) could not be claimed")
        }
        return fence
    }

    /// Rows by id as dictionaries.
    func dictionary(
        of name: TableName, includingDeleted: Bool = false
    ) async throws -> [String: [String: RowValue]] {
        guard let table = UnifiedSchema.table(name) else { throw StoreError.inconsistent("no table \(name)") }
        let columns = (table.columns + Table.provenance).map(\.name)
        var found: [String: [String: RowValue]] = [:]
        for row in try await rows(of: name, includingDeleted: includingDeleted, after: nil, limit: 10_000) {
            guard case .text(let id) = row[0] else { continue }
            found[id] = Dictionary(uniqueKeysWithValues: zip(columns, row))
        }
        return found
    }

    /// Ids of rows that are there, sorted.
    func ids(of name: TableName) async throws -> [String] {
        try await dictionary(of: name).keys.sorted()
    }
}
