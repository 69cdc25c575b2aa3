package import PulseDomain

/// One transaction, or one snapshot, of an SQL database.
///
/// Statements are written once for all databases, in the SQL that they share: places are `?`, counted from 1, or `?2`;
/// a comparison that takes null for a value is `IS NOT DISTINCT FROM`; a place that may be null and is asked for it says its
/// type (`CAST(?2 AS TEXT) IS NULL`).
package protocol SQLSession {
    /// Runs a statement that is kept prepared; how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: SQLArguments) throws -> Int
    /// The rows that a statement returns; it is kept prepared.
    func rows(_ sql: String, _ arguments: SQLArguments) throws -> [SQLRow]

    /// The first of `count` numbers of what is called `name` that nothing else of the tenant got or will get.
    func nextNumber(_ name: NumberName, of tenant: TenantID, count: Int) throws -> Int64

    /// The newest fence of a run, which nobody raises before this transaction has ended; `nil` without such a run.
    func heldFence(of run: RunID, _ tenant: TenantID) throws -> Int64?
    /// Waits for transactions that hold the run's fence; until this one has ended nobody else holds it. To be called
    /// before it is raised.
    func awaitCommits(of run: RunID, _ tenant: TenantID) throws

    // MARK: Sharing, for databases of several processes

    /// Lets nobody else do what asks for the same until this transaction has ended.
    func takeTurns(at name: String, of tenant: TenantID) throws
    /// What has to be added to `now` to tell it on the clock that all processes go by.
    func clockShift(_ now: Instant) throws -> Duration
    /// Said behind a selection of rows to be changed: takes them, and leaves out what another process has taken.
    var skipLocked: String { get }
    /// The type of a column that holds an instant.
    var instantType: String { get }
    /// Numbers a change of a job's runs or hold, and tells the other processes. The last thing that a transaction does.
    func noteChange(of job: JobID, _ tenant: TenantID) throws

    // MARK: In bulk, as each database does it fastest

    /// Merges pages with what is kept of them: rows, rejected records, raw pages.
    func load(_ pages: [LoadedPage], _ keeping: PageKeeping, _ context: MergeContext) throws -> LoadOutcome
    /// Merges what was made of a page that is kept, or of a quarantined record.
    func merge(_ content: PageContent, page: Int64?, _ context: MergeContext) throws -> RecordCounts
    /// Renews the links that tell one of these keys.
    func resolveLinks(to keys: Set<String>, of tenant: TenantID) throws
    /// Notes what a census listed; ids that are noted already are left.
    func addCensus(_ ids: [String], of partition: PartitionID, walk: Int64) throws
}

/// What is numbered.
package enum NumberName: String, Sendable {
    case run, walk, log, audit, quarantine, tombstone, change
    case rawPage = "raw_page"
}

/// What of a batch's pages is kept beside the rows.
package struct PageKeeping {
    /// `nil` when raw pages are not kept.
    var compressor: PageCompressor?
}

/// What loading pages did.
package struct LoadOutcome {
    var counts: RecordCounts
    /// What of it was spent on links.
    var indexing: Duration
}

extension SQLSession {
    @discardableResult
    func run(_ sql: String) throws -> Int { try run(sql, []) }

    func row(_ sql: String, _ arguments: SQLArguments) throws -> SQLRow? { try rows(sql, arguments).first }

    /// The first column of the first row; `nil` without a row, and where it is null.
    func value<Value: SQLReadable>(_ sql: String, _ arguments: SQLArguments) throws -> Value? {
        guard let row = try row(sql, arguments), let value = row.values.first, value != .null else { return nil }
        guard let read = Value(value) else { throw StoredValueError(description: "a value of \(Value.self)") }
        return read
    }

    func nextNumber(_ name: NumberName, of tenant: TenantID) throws -> Int64 {
        try nextNumber(name, of: tenant, count: 1)
    }
}
