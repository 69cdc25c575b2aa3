import PulseDomain
import Synchronization

/// An engine that answers with samples and remembers what was commanded.
final class StubOperations: Operations {
    let performed = Mutex<[CommandRequest]>([])
    let present: Mutex<Overview>
    /// What commands meet instead of being carried out; `nil`: nothing.
    let refusal = Mutex<Failure?>(nil)
    let log = Mutex<[LogLine]>([])
    /// Happens once, after the log was read.
    let whenLogsWereRead = Mutex<(@Sendable () -> Void)?>(nil)
    private let stream: AsyncStream<OperationsEvent>
    let happen: AsyncStream<OperationsEvent>.Continuation

    static let job: JobID = "jira-main/issues"

    init(tenant: TenantID = "acme", at now: Instant = Instant(seconds: 1_800_000_000)) {
        let definition = JobDefinition(id: Self.job, title: "Issues")
        present = Mutex(
            Overview(
                asOf: now,
                engine: EngineStatus(
                    holder: "here", tenant: tenant, store: "memory", version: "1", startedAt: now),
                jobs: [JobStatus(definition: definition), JobStatus(definition: JobDefinition(id: "b/c", title: "C"))]))
        (stream, happen) = AsyncStream.makeStream()
    }

    func overview() async throws -> Overview { present.withLock { $0 } }
    func events() async throws -> AsyncStream<OperationsEvent> { stream }

    func jobDetail(_ job: JobID) async throws -> JobDetail {
        guard let status = present.withLock({ $0 }).jobs.first(where: { $0.id == job }) else {
            throw Failure(.ours, code: "job.unknown", "There is no job called \(job).", remedy: "Look.")
        }
        return JobDetail(status: status)
    }

    func preview(_ command: Command) async throws -> CommandPreview { CommandPreview(sentence: "It would.") }

    func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        performed.withLock { $0.append(request) }
        if case .hold = request.command { return .unchanged("It is held already.") }
        if case .stop = request.command { return .refused(because: "Nothing runs.", instead: "Start it.") }
        return .accepted("Done.")
    }

    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] { [] }
    func runs(_ filter: RunFilter) async throws -> [JobRun] { [] }
    func sources() async throws -> [SourceStatus] { [] }
    func tables() async throws -> [TableStatus] { [TableStatus(name: "work_items", rows: 3)] }
    func rows(_ filter: RowFilter) async throws -> [DataRow] { [] }

    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        let newest = min(250, (filter.before ?? 251) - 1)
        guard newest > 0 else { return [] }
        return stride(from: newest, through: max(1, newest - Int64(filter.limit) + 1), by: -1).map(Self.entry)
    }

    private static func entry(_ id: Int64) -> QuarantineEntry {
        QuarantineEntry(
            id: id, partition: PartitionID(tenant: "acme", source: "jira-main", stream: "issues", key: "PAY"),
            run: RunID(1), cursor: Cursor(json: "{}"),
            record: RejectedRecord(
                recordID: "\(id)", code: "record.no_title", reason: "It has no title.", payload: []), at: .epoch)
    }

    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] { [] }
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    { [] }
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        let lines = log.withLock { $0 }
        defer {
            whenLogsWereRead.withLock { hook in
                hook?()
                hook = nil
            }
        }
        guard let sequence else { return lines.suffix(limit) }
        return Array(lines.filter { $0.sequence > sequence }.prefix(limit))
    }
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] { [] }
}
