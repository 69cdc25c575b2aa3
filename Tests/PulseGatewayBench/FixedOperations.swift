import PulseDomain

/// An engine with thirty jobs at work that never change, so that what is measured is the gateway.
final class FixedOperations: Operations {
    private let present: Overview
    private let stream: AsyncStream<OperationsEvent>
    private let happen: AsyncStream<OperationsEvent>.Continuation

    init() {
        let now = Instant(seconds: 1_800_000_000)
        let jobs = (0..<30).map { number in
            JobStatus(
                definition: JobDefinition(id: JobID("source-\(number)/issues"), title: "Issues of source \(number)"),
                run: RunStatus(
                    id: RunID(Int64(number)), state: .running, mode: .incremental, startedBy: Principal("schedule"),
                    createdAt: now, startedAt: now, stateSince: now,
                    counts: RecordCounts(extracted: 12_345, inserted: 2_345, unchanged: 10_000),
                    progress: Progress(done: 12_345, expected: 20_000, partitionsDone: 3, partitionsTotal: 7),
                    ratePerSecond: 321.5, endsAt: now + .minutes(3), requests: 124, attempts: 1,
                    correlation: "4bf92f3577b34da6a3ce929d0e0e4736"),
                history: (0..<30).map { Double($0 * 10) })
        }
        present = Overview(
            asOf: now,
            engine: EngineStatus(holder: "here", tenant: "acme", store: "memory", version: "1", startedAt: now),
            jobs: jobs,
            throughput: (0..<120).map { ThroughputSample(at: now + .seconds($0), records: 300, requests: 3) })
        (stream, happen) = AsyncStream.makeStream()
    }

    /// An event that bears the moment it was said at.
    func say() {
        happen.yield(
            .log(LogLine(at: present.asOf, level: .info, message: "A line of the log. said=\(nanoseconds());")))
    }

    func overview() async throws -> Overview { present }
    func events() async throws -> AsyncStream<OperationsEvent> { stream }
    func jobDetail(_ job: JobID) async throws -> JobDetail {
        guard let status = present.jobs.first(where: { $0.id == job }) else {
            throw Failure(.ours, code: "job.unknown", "There is no job called \(job).", remedy: "Name another.")
        }
        return JobDetail(status: status)
    }
    func preview(_ command: Command) async throws -> CommandPreview {
        CommandPreview(sentence: "Nothing would happen.")
    }
    func perform(_ request: CommandRequest) async throws -> CommandReceipt { .unchanged("Nothing changes here.") }
    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] { [] }
    func runs(_ filter: RunFilter) async throws -> [JobRun] { [] }
    func sources() async throws -> [SourceStatus] { [] }
    func tables() async throws -> [TableStatus] { [] }
    func rows(_ filter: RowFilter) async throws -> [DataRow] { [] }
    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] { [] }
    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] { [] }
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    { [] }
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] { [] }
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] { [] }
}
