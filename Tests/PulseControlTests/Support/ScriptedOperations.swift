import PulseDomain

/// Operations whose every answer a test writes.
struct ScriptedOperations: Operations {
    var onOverview: @Sendable () async throws -> Overview = { Samples.overview }
    var onEvents: @Sendable () async throws -> AsyncStream<OperationsEvent> = { AsyncStream { $0.finish() } }
    var onJobDetail: @Sendable (JobID) async throws -> JobDetail = { _ in Samples.detail }
    var onPreview: @Sendable (Command) async throws -> CommandPreview = { _ in Samples.preview }
    var onPerform: @Sendable (CommandRequest) async throws -> CommandReceipt = { _ in .accepted("Done.") }
    var onCheckpoints: @Sendable (JobID, PartitionKey?, Int) async throws -> [Checkpoint] = { _, _, _ in
        [Samples.checkpoint]
    }
    var onQuarantine: @Sendable (QuarantineFilter) async throws -> [QuarantineEntry] = { _ in [Samples.quarantined] }
    var onTombstones: @Sendable (TombstoneFilter) async throws -> [TombstoneFinding] = { _ in [Samples.finding] }
    var onTombstoneRows: @Sendable (Int64, TombstoneRow.Position?, Int) async throws -> [TombstoneRow] = { _, _, _ in
        [Samples.goneRow]
    }
    var onLogs: @Sendable (JobID?, Int64?, Int) async throws -> [LogLine] = { _, _, _ in [Samples.line] }
    var onAudit: @Sendable (Int64?, Int) async throws -> [AuditEntry] = { _, _ in [Samples.audited] }
    var onRuns: @Sendable (RunFilter) async throws -> [JobRun] = { _ in [Samples.jobRun] }
    var onRows: @Sendable (RowFilter) async throws -> [DataRow] = { _ in [Samples.row] }

    func overview() async throws -> Overview { try await onOverview() }
    func events() async throws -> AsyncStream<OperationsEvent> { try await onEvents() }
    func jobDetail(_ job: JobID) async throws -> JobDetail { try await onJobDetail(job) }
    func preview(_ command: Command) async throws -> CommandPreview { try await onPreview(command) }
    func perform(_ request: CommandRequest) async throws -> CommandReceipt { try await onPerform(request) }
    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        try await onCheckpoints(filter.job, filter.partition, filter.limit)
    }
    func runs(_ filter: RunFilter) async throws -> [JobRun] { try await onRuns(filter) }
    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] { try await onQuarantine(filter) }
    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] { try await onTombstones(filter) }
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    { try await onTombstoneRows(finding, position, limit) }
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        try await onLogs(job, sequence, limit)
    }
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] { try await onAudit(before, limit) }
    func sources() async throws -> [SourceStatus] { [Samples.source] }
    func tables() async throws -> [TableStatus] { [Samples.table] }
    func rows(_ filter: RowFilter) async throws -> [DataRow] { try await onRows(filter) }
}
