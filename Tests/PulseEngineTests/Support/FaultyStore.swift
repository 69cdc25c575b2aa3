import PulseDomain
import PulseStore
import Synchronization
import Testing

/// A store that fails when it is told to: at a certain call, or while it lasts.
final class FaultyStore: Store {
    enum Fault: Sendable, CaseIterable, CustomTestStringConvertible {
        case full, inputOutput, locked, damaged, refused

        var error: StoreError {
            switch self {
            case .full: .full(location: "sqlite:/data/pulse.db")
            case .inputOutput: .unreachable(location: "sqlite:/data/pulse.db", detail: "disk I/O error")
            case .locked: .locked(location: "sqlite:/data/pulse.db", holder: "process 4711")
            case .damaged: .damaged(location: "sqlite:/data/pulse.db", detail: "database disk image is malformed")
            case .refused: .database(code: "1", message: "cannot commit")
            }
        }

        var testDescription: String { error.code }
    }

    private struct State {
        var calls = 0
        var failures = 0
        /// Decides, from the number of the call (from 1), whether it fails.
        var fails: @Sendable (Int) -> StoreError? = { _ in nil }
        /// A call that fails is carried out all the same: its answer was lost.
        var happensAllTheSame = false
    }

    private let base: any Store
    private let state = Mutex(State())

    init(_ base: any Store) { self.base = base }

    /// Calls until now, and how many of them failed.
    var calls: Int { state.withLock { $0.calls } }
    var failures: Int { state.withLock { $0.failures } }

    /// From now on `fails` decides, counting calls from 1 again.
    func plan(answersAreLost: Bool = false, _ fails: @escaping @Sendable (Int) -> StoreError?) {
        state.withLock { $0 = State(fails: fails, happensAllTheSame: answersAreLost) }
    }

    func mend() { state.withLock { $0.fails = { _ in nil } } }

    var location: String { base.location }
    var tenant: TenantID { base.tenant }
    var sharing: (any StoreSharing)? { base.sharing }

    private func through<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let (error, happens) = state.withLock { state in
            state.calls += 1
            let error = state.fails(state.calls)
            if error != nil { state.failures += 1 }
            return (error, state.happensAllTheSame)
        }
        guard let error else { return try await body() }
        if happens { _ = try await body() }
        throw error
    }

    func close() async { await base.close() }

    func saveJobs(_ jobs: [JobDefinition], isWhole: Bool) async throws {
        try await through { try await base.saveJobs(jobs, isWhole: isWhole) }
    }

    func jobs() async throws -> [StoredJob] {
        try await through { try await base.jobs() }
    }

    func job(_ id: JobID) async throws -> StoredJob? {
        try await through { try await base.job(id) }
    }

    func setHold(_ hold: Hold?, of job: JobID) async throws {
        try await through { try await base.setHold(hold, of: job) }
    }

    func savePartitions(_ partitions: [StoredPartition], of job: JobID) async throws {
        try await through { try await base.savePartitions(partitions, of: job) }
    }

    func partitions(of job: JobID) async throws -> [StoredPartition] {
        try await through { try await base.partitions(of: job) }
    }

    func addRun(_ run: NewRun) async throws -> StoredRun {
        try await through { try await base.addRun(run) }
    }

    func addOnlyRun(_ run: NewRun, due: Instant?) async throws -> StoredRun? {
        try await through { try await base.addOnlyRun(run, due: due) }
    }

    func run(_ id: RunID) async throws -> StoredRun? {
        try await through { try await base.run(id) }
    }

    func runs(_ filter: RunFilter) async throws -> [StoredRun] {
        try await through { try await base.runs(filter) }
    }

    func newestRuns(mode: RunMode?) async throws -> [JobID: StoredRun] {
        try await through { try await base.newestRuns(mode: mode) }
    }

    func openRuns() async throws -> [StoredRun] {
        try await through { try await base.openRuns() }
    }

    func claim(_ run: RunID, holder: String, at now: Instant, leaseUntil: Instant) async throws -> Fence? {
        try await through { try await base.claim(run, holder: holder, at: now, leaseUntil: leaseUntil) }
    }

    func saveEngine(_ engine: EngineMember, at now: Instant) async throws {
        try await through { try await base.saveEngine(engine, at: now) }
    }

    func noteTaken(_ run: TakenRun, from engine: String) async throws {
        try await through { try await base.noteTaken(run, from: engine) }
    }

    func engines(at now: Instant) async throws -> [EngineMember] {
        try await through { try await base.engines(at: now) }
    }

    func heartbeat(holder: String, at now: Instant, leaseUntil: Instant) async throws {
        try await through { try await base.heartbeat(holder: holder, at: now, leaseUntil: leaseUntil) }
    }

    func setState(_ state: RunState, of run: RunID, expecting expected: RunStateName, fence: Fence?, at now: Instant)
        async throws -> Bool
    {
        try await through { try await base.setState(state, of: run, expecting: expected, fence: fence, at: now) }
    }

    func checkpoint(of partition: PartitionID) async throws -> Checkpoint? {
        try await through { try await base.checkpoint(of: partition) }
    }

    func settledCheckpoint(of partition: PartitionID, run: RunID) async throws -> Checkpoint? {
        try await through { try await base.settledCheckpoint(of: partition, run: run) }
    }

    func newestCheckpoints(of job: JobID) async throws -> [PartitionKey: Checkpoint] {
        try await through { try await base.newestCheckpoints(of: job) }
    }

    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        try await through { try await base.checkpoints(filter) }
    }

    func rewind(_ partition: PartitionID, toSequence: Int64, at now: Instant) async throws -> Checkpoint? {
        try await through { try await base.rewind(partition, toSequence: toSequence, at: now) }
    }

    func commit(_ batch: Batch, fence: Fence) async throws -> CommitResult {
        try await through { try await base.commit(batch, fence: fence) }
    }

    func addSpending(_ entries: [LedgerEntry], of run: RunID, at now: Instant) async throws {
        try await through { try await base.addSpending(entries, of: run, at: now) }
    }

    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        try await through { try await base.quarantine(filter) }
    }

    func quarantineEntry(_ id: Int64) async throws -> QuarantineEntry? {
        try await through { try await base.quarantineEntry(id) }
    }

    func quarantineCounts() async throws -> [JobID: Int] {
        try await through { try await base.quarantineCounts() }
    }

    func discardQuarantine(_ ids: [Int64], at now: Instant) async throws -> Int {
        try await through { try await base.discardQuarantine(ids, at: now) }
    }

    func commitReplay(of id: Int64, content: PageContent, run: RunID, at now: Instant) async throws -> RecordCounts {
        try await through { try await base.commitReplay(of: id, content: content, run: run, at: now) }
    }

    func rawPages(of job: JobID, after: Int64, limit: Int) async throws -> [StoredPage] {
        try await through { try await base.rawPages(of: job, after: after, limit: limit) }
    }

    func commitRetransform(of page: StoredPage, content: PageContent, run: RunID, at now: Instant) async throws
        -> RecordCounts
    {
        try await through { try await base.commitRetransform(of: page, content: content, run: run, at: now) }
    }

    func prune(_ table: RetainedTable, before instant: Instant, limit: Int) async throws -> Int {
        try await through { try await base.prune(table, before: instant, limit: limit) }
    }

    func pruneHistory(before instant: Instant, limit: Int) async throws -> Int {
        try await through { try await base.pruneHistory(before: instant, limit: limit) }
    }

    func renewPartitions(_ retention: Retention, at now: Instant) async throws -> [String] {
        try await through { try await base.renewPartitions(retention, at: now) }
    }

    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        try await through { try await base.tombstones(filter) }
    }

    func tombstone(_ finding: Int64) async throws -> TombstoneFinding? {
        try await through { try await base.tombstone(finding) }
    }

    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    {
        try await through { try await base.tombstoneRows(of: finding, after: position, limit: limit) }
    }

    func undoTombstones(_ finding: Int64, at now: Instant) async throws -> Int {
        try await through { try await base.undoTombstones(finding, at: now) }
    }

    func confirmTombstones(_ finding: Int64, at now: Instant) async throws -> Int {
        try await through { try await base.confirmTombstones(finding, at: now) }
    }

    func saveQuotas(_ quotas: [StoredQuota]) async throws {
        try await through { try await base.saveQuotas(quotas) }
    }

    func quotas() async throws -> [StoredQuota] {
        try await through { try await base.quotas() }
    }

    func saveBreakers(_ breakers: [BreakerStatus]) async throws {
        try await through { try await base.saveBreakers(breakers) }
    }

    func breakers() async throws -> [BreakerStatus] {
        try await through { try await base.breakers() }
    }

    func appendLogs(_ lines: [LogLine], keeping: Int) async throws -> [LogLine] {
        try await through { try await base.appendLogs(lines, keeping: keeping) }
    }

    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        try await through { try await base.logs(job: job, after: sequence, limit: limit) }
    }

    func appendAudit(_ entry: AuditEntry) async throws -> AuditEntry {
        try await through { try await base.appendAudit(entry) }
    }

    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        try await through { try await base.audit(before: before, limit: limit) }
    }

    func saveAlerts(_ alerts: [Alert], telling: AlertTelling, at now: Instant) async throws {
        try await through { try await base.saveAlerts(alerts, telling: telling, at: now) }
    }
    func claimDeliveries(
        to receiver: String, at now: Instant, lease: Duration, limit: Int
    ) async throws -> [Delivery] {
        try await through { try await base.claimDeliveries(to: receiver, at: now, lease: lease, limit: limit) }
    }
    func hastenDeliveries(to receiver: String, due: Instant, at now: Instant) async throws {
        try await through { try await base.hastenDeliveries(to: receiver, due: due, at: now) }
    }

    func endDelivery(_ delivery: Delivery, _ end: DeliveryEnd, at now: Instant) async throws {
        try await through { try await base.endDelivery(delivery, end, at: now) }
    }
    func nextDelivery(to receiver: String, at now: Instant) async throws -> Instant? {
        try await through { try await base.nextDelivery(to: receiver, at: now) }
    }
    func receiverStatus(of name: String, way: String, at now: Instant) async throws -> ReceiverStatus {
        try await through { try await base.receiverStatus(of: name, way: way, at: now) }
    }

    func alerts() async throws -> [Alert] {
        try await through { try await base.alerts() }
    }

    func acknowledge(alert id: String, by: Principal) async throws -> Bool {
        try await through { try await base.acknowledge(alert: id, by: by) }
    }

    func note(_ name: String) async throws -> String? {
        try await through { try await base.note(name) }
    }

    func setNote(_ name: String, to text: String?) async throws {
        try await through { try await base.setNote(name, to: text) }
    }

    func rowCount(of table: TableName) async throws -> Int {
        try await through { try await base.rowCount(of: table) }
    }

    func rowCount(in scope: CensusScope, of source: SourceID) async throws -> Int {
        try await through { try await base.rowCount(in: scope, of: source) }
    }

    func rows(_ filter: RowFilter) async throws -> [[RowValue]] {
        try await through { try await base.rows(filter) }
    }

    func versions(of table: TableName, row: RowID) async throws -> [RowVersion] {
        try await through { try await base.versions(of: table, row: row) }
    }

    func check() async throws -> [String] {
        try await through { try await base.check() }
    }
}
