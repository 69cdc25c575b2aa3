package import PulseDomain

/// What a store does, whichever database it is. One conformance suite holds every implementation to it.
///
/// All of it belongs to one tenant, given when the store is opened; nothing of another tenant can be read or written.
/// Every call throws ``StoreError``. A cancelled call has either happened whole or not at all.
package protocol Store: Sendable {
    /// For people, without passwords: `sqlite:/home/ada/.local/share/pulse/pulse.db`.
    var location: String { get }
    var tenant: TenantID { get }
    /// What engines of several processes need to share the store; `nil` for a store that one process has for itself.
    var sharing: (any StoreSharing)? { get }

    // MARK: Definitions

    /// Makes the stored jobs those given. Jobs that are gone keep their runs and rows, and are no longer listed. Without
    /// `isWhole` there are others beside them, which stay as they are.
    func saveJobs(_ jobs: [JobDefinition], isWhole: Bool) async throws
    func jobs() async throws -> [StoredJob]
    /// One of ``jobs()``; `nil` when it is not listed.
    func job(_ id: JobID) async throws -> StoredJob?
    /// Holds a job (or releases it with `nil`).
    func setHold(_ hold: Hold?, of job: JobID) async throws
    /// Adds partitions that are new and renews titles and references of known ones. None is removed.
    func savePartitions(_ partitions: [StoredPartition], of job: JobID) async throws
    func partitions(of job: JobID) async throws -> [StoredPartition]

    // MARK: Runs

    /// Adds a queued run. The id is the store's.
    func addRun(_ run: NewRun) async throws -> StoredRun
    /// Adds a queued run unless the job has an open one, or one of the same mode that was added at `due` or later: of
    /// engines that find the same job due at the same time one adds a run. `nil` when there is such a run.
    func addOnlyRun(_ run: NewRun, due: Instant?) async throws -> StoredRun?
    func run(_ id: RunID) async throws -> StoredRun?
    /// Newest first.
    func runs(_ filter: RunFilter) async throws -> [StoredRun]
    /// The newest run of every job that has one, of the mode if one is given, by job.
    func newestRuns(mode: RunMode?) async throws -> [JobID: StoredRun]
    /// Runs that are not final, oldest first.
    func openRuns() async throws -> [StoredRun]
    /// Takes a queued run: gives it the next fence and `holder` a lease until `leaseUntil`. `nil` when another was
    /// quicker (its lease still runs at `now`) or the run is not queued. The run stays queued: its holder moves it to
    /// `running` with ``setState(_:of:expecting:fence:at:)``.
    func claim(_ run: RunID, holder: String, at now: Instant, leaseUntil: Instant) async throws -> Fence?
    /// Prolongs leases of runs that `holder` holds.
    func heartbeat(holder: String, at now: Instant, leaseUntil: Instant) async throws
    /// Notes that an engine is there and what it tells; those that were heard of a day ago for the last time are
    /// forgotten.
    func saveEngine(_ engine: EngineMember, at now: Instant) async throws
    /// Notes that a run was taken from an engine that fell silent, or who goes on with it. Forgotten when the engine is
    /// heard of again, or is itself.
    func noteTaken(_ run: TakenRun, from engine: String) async throws
    /// Engines that were heard of within the last day, by name. `now` is the caller's time, which they are told by.
    func engines(at now: Instant) async throws -> [EngineMember]
    /// Changes a run from `expected` to `state`; `false`, and nothing changed, when it is in another state or `fence`
    /// is given and stale. A final state stamps the end (leaving it takes the stamp away); entering `running` stamps the
    /// start once. States in which no worker holds the run (queued, paused, final) end the lease. Success of an
    /// incremental or full run that is not suspicious becomes the job's last success.
    func setState(
        _ state: RunState, of run: RunID, expecting expected: RunStateName, fence: Fence?, at now: Instant
    ) async throws -> Bool

    // MARK: Checkpoints

    /// The newest checkpoint of a partition.
    func checkpoint(of partition: PartitionID) async throws -> Checkpoint?
    /// The newest checkpoint of a partition, once every commit of `run` that is under way is over: after a commit whose
    /// answer was lost it tells what became of it.
    func settledCheckpoint(of partition: PartitionID, run: RunID) async throws -> Checkpoint?
    /// The newest checkpoint of every partition of a job, by key.
    func newestCheckpoints(of job: JobID) async throws -> [PartitionKey: Checkpoint]
    /// Newest first.
    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint]
    /// Adds a copy of an older checkpoint as the newest one; `nil` when there is no such sequence. The copy goes on with
    /// the walk of its original only while that is the partition's present one: of others the listed ids are gone.
    func rewind(_ partition: PartitionID, toSequence: Int64, at now: Instant) async throws -> Checkpoint?

    // MARK: The transaction (invariants 1 to 5)

    /// Merges a batch: rows, former versions, raw pages, quarantine, ledger, derived links, checkpoint and the run's
    /// counts, together or not at all. Throws ``StoreError/fenced`` when `fence` is not the run's newest, and
    /// ``StoreError/superseded`` when the batch does not follow the partition's newest checkpoint.
    ///
    /// A row is written only when it differs. An older version (by the table's version column) never replaces a newer
    /// one. A row that was tombstoned and is there again is revived. Ids that a census lists belong to the checkpoint's
    /// walk; a census that holds back next to everything makes the checkpoint suspicious.
    func commit(_ batch: Batch, fence: Fence) async throws -> CommitResult

    /// Adds to ledger and run what was spent beside any batch: by questions before the first page, by requests after the
    /// last commit. True whoever holds the run by now, so no fence is asked for.
    func addSpending(_ entries: [LedgerEntry], of run: RunID, at now: Instant) async throws

    // MARK: Quarantine, raw pages, tombstones

    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry]
    func quarantineEntry(_ id: Int64) async throws -> QuarantineEntry?
    /// Entries that wait, by job.
    func quarantineCounts() async throws -> [JobID: Int]
    func discardQuarantine(_ ids: [Int64], at now: Instant) async throws -> Int
    /// Loads what a replay made of an entry, in one transaction with the entry's new state. When `content` rejects the
    /// record again, the entry stays with the new reason.
    func commitReplay(of id: Int64, content: PageContent, run: RunID, at now: Instant) async throws -> RecordCounts
    /// Kept raw pages of a job after the page `after`, in the order in which they were committed.
    func rawPages(of job: JobID, after: Int64, limit: Int) async throws -> [StoredPage]
    /// Merges what a new transformation made of a kept page.
    func commitRetransform(of page: StoredPage, content: PageContent, run: RunID, at now: Instant) async throws
        -> RecordCounts
    /// Deletes rows of a table that are older than `instant`, about `limit` at most; how many it were. What goes with a
    /// whole partition (``renewPartitions(_:at:)``) is left.
    func prune(_ table: RetainedTable, before instant: Instant, limit: Int) async throws -> Int
    /// Deletes checkpoints that are older than `instant`, but the newest of each partition; alerts that were over before
    /// it; records that came to quarantine before it and were replayed since; and runs that ended before it, changed
    /// nothing and are named by nothing else that is kept, but the newest of each job and mode. About `limit` at most; how
    /// many it were.
    func pruneHistory(before instant: Instant, limit: Int) async throws -> Int
    /// Notes how long the tenant keeps what grows for ever, makes room for what comes, and drops at once what no tenant
    /// keeps any longer. The names of what was dropped. What others are at is left for the next time; nobody waits for it
    /// longer than a moment.
    func renewPartitions(_ retention: Retention, at now: Instant) async throws -> [String]
    /// What censuses found gone, newest first.
    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding]
    func tombstone(_ finding: Int64) async throws -> TombstoneFinding?
    /// The rows that a finding marked, or, while it is held, those that confirming it would mark (without what they
    /// own). Ordered by position; none when it was taken back.
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    /// Takes a finding back: its rows are there again. How many rows it were.
    func undoTombstones(_ finding: Int64, at now: Instant) async throws -> Int
    /// Carries a held finding out. How many rows it were.
    func confirmTombstones(_ finding: Int64, at now: Instant) async throws -> Int

    // MARK: Limits

    func saveQuotas(_ quotas: [StoredQuota]) async throws
    func quotas() async throws -> [StoredQuota]
    func saveBreakers(_ breakers: [BreakerStatus]) async throws
    func breakers() async throws -> [BreakerStatus]

    // MARK: What happened

    /// Adds lines and gives them sequences; keeps at most `keeping` of them.
    func appendLogs(_ lines: [LogLine], keeping: Int) async throws -> [LogLine]
    /// After `sequence`, or the newest when `nil`; oldest first.
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine]
    func appendAudit(_ entry: AuditEntry) async throws -> AuditEntry
    /// Newest first.
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry]
    /// Makes the present alerts those given; those that vanish are kept as history with their end. Who has seen one is
    /// not forgotten by giving it without. What receivers are to be told of it is queued with that, once each.
    func saveAlerts(_ alerts: [Alert], telling: AlertTelling, at now: Instant) async throws
    func alerts() async throws -> [Alert]
    /// Messages to a receiver that are due, the oldest first; of those about one alert only the first. They are the
    /// caller's for as long as `lease`; after that they are due again.
    func claimDeliveries(to receiver: String, at now: Instant, lease: Duration, limit: Int) async throws -> [Delivery]
    /// Ends a try of a message. One that somebody else has tried since stays as it is, unless this one arrived.
    func endDelivery(_ delivery: Delivery, _ end: DeliveryEnd, at now: Instant) async throws
    /// A receiver takes messages again: those that failed are due at `due` at the latest. Not to be asked for while a
    /// message to it is under way.
    func hastenDeliveries(to receiver: String, due: Instant, at now: Instant) async throws
    /// When the next message to a receiver is due; `nil` when none waits.
    func nextDelivery(to receiver: String, at now: Instant) async throws -> Instant?
    /// How telling a receiver goes.
    func receiverStatus(of name: String, way: String, at now: Instant) async throws -> ReceiverStatus
    /// Notes who has seen a present alert, and leaves everything else as it is; whether there is that alert.
    func acknowledge(alert id: String, by: Principal) async throws -> Bool

    /// A small text kept under a name: what an engine learned about a source, when a schedule was looked at last.
    func note(_ name: String) async throws -> String?
    func setNote(_ name: String, to text: String?) async throws

    // MARK: Data

    /// Rows of a unified table that are there (not tombstoned).
    func rowCount(of table: TableName) async throws -> Int
    /// Rows that are there of one source and scope.
    func rowCount(in scope: CensusScope, of source: SourceID) async throws -> Int
    /// Rows of a unified table by id, for the data browser and for tests: values of `table.columns` and then of
    /// `Table.provenance`, ordered by source and id. Conditions are about columns that hold no JSON.
    func rows(_ filter: RowFilter) async throws -> [[RowValue]]
    /// Former versions of a row as JSON objects, newest first.
    func versions(of table: TableName, row: RowID) async throws -> [RowVersion]

    /// The same for what is only looked at and may be a little old: a replica, where there is one. What is decided by is
    /// never read there.
    var reader: any Store { get }
    /// Where ``reader`` reads; `nil` when there is no replica.
    func readsStatus() async -> ReadsStatus?

    /// Checks the database as far as can be done at once; sentences of what is wrong, empty when nothing.
    func check() async throws -> [String]
    /// Ends every use. Calls afterwards throw.
    func close() async
    /// As ``close()``, but calls that wait for a server throw, too. What they asked for may have happened.
    func abandon() async
}

extension Store {
    /// Where no server is asked, calls end by themselves.
    package func abandon() async { await close() }

    package var reader: any Store { self }
    package func readsStatus() async -> ReadsStatus? { nil }

    /// A database of one process needs no partitions.
    package func renewPartitions(_ retention: Retention, at now: Instant) async throws -> [String] { [] }

    package func saveAlerts(_ alerts: [Alert], at now: Instant) async throws {
        try await saveAlerts(alerts, telling: .nobody, at: now)
    }

    package func saveJobs(_ jobs: [JobDefinition]) async throws { try await saveJobs(jobs, isWhole: true) }

    package func runs(of job: JobID?, limit: Int) async throws -> [StoredRun] {
        try await runs(RunFilter(job: job, limit: limit))
    }

    package func checkpoints(of job: JobID, partition: PartitionKey?, limit: Int) async throws -> [Checkpoint] {
        try await checkpoints(CheckpointFilter(job: job, partition: partition, limit: limit))
    }

    package func audit(limit: Int) async throws -> [AuditEntry] { try await audit(before: nil, limit: limit) }

    package func rows(
        of table: TableName, includingDeleted: Bool, after id: RowID?, limit: Int
    ) async throws -> [[RowValue]] {
        try await rows(RowFilter(table: table, includesDeleted: includingDeleted, after: id, limit: limit))
    }
}
