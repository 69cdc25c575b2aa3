import PulseDomain
import Synchronization

/// An engine whose every answer is a sample, and that remembers what it was asked.
final class ScriptedOperations: Operations {
    private let commands = Mutex<[CommandRequest]>([])
    let onPerform: @Sendable (CommandRequest) async throws -> CommandReceipt
    /// So many log lines, quarantined records and so on there are.
    let total: Int

    init(
        total: Int = 5,
        onPerform: @escaping @Sendable (CommandRequest) async throws -> CommandReceipt = { _ in Samples.receipts[0] }
    ) {
        self.total = total
        self.onPerform = onPerform
    }

    var performed: [CommandRequest] { commands.withLock { $0 } }

    func overview() async throws -> Overview { Samples.overviews[0] }
    func events() async throws -> AsyncStream<OperationsEvent> { AsyncStream { $0.finish() } }
    func jobDetail(_ job: JobID) async throws -> JobDetail {
        guard job == Samples.job else {
            throw Failure(.ours, code: "job.unknown", "There is no job called \(job).", remedy: "Look.")
        }
        return Samples.details[0]
    }
    func preview(_ command: Command) async throws -> CommandPreview { Samples.previews[1] }
    func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        commands.withLock { $0.append(request) }
        return try await onPerform(request)
    }
    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        newestFirst(before: filter.before?.sequence, filter.limit) { sequence in
            var checkpoint = Samples.checkpoints[0]
            checkpoint.sequence = sequence
            return checkpoint
        }
    }
    func runs(_ filter: RunFilter) async throws -> [JobRun] {
        newestFirst(before: filter.before?.rawValue, filter.limit) { id in
            var run = Samples.runs[0]
            run.id = RunID(id)
            return JobRun(job: Samples.job, run: run)
        }
    }
    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        newestFirst(before: filter.before, filter.limit) { id in
            var entry = Samples.quarantine[0]
            entry.id = id
            return entry
        }
    }
    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        newestFirst(before: filter.before, filter.limit) { id in
            var finding = Samples.findings[0]
            finding.id = id
            return finding
        }
    }
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    {
        let first = position.flatMap { Int($0.id) } ?? 0
        return (first..<total).prefix(limit).map {
            TombstoneRow(finding: finding, table: "work_items", id: String($0 + 1), label: Samples.text)
        }
    }
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        let first = sequence ?? Int64(max(0, total - limit))
        return (first..<max(first, Int64(total))).prefix(limit).map {
            var line = Samples.lines[0]
            line.sequence = $0 + 1
            return line
        }
    }
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        newestFirst(before: before, limit) { sequence in
            var entry = Samples.audits[0]
            entry.sequence = sequence
            return entry
        }
    }
    func sources() async throws -> [SourceStatus] { Samples.sources }
    func tables() async throws -> [TableStatus] {
        UnifiedSchema.tables.map { TableStatus(name: $0.name, rows: total) }
    }
    func rows(_ filter: RowFilter) async throws -> [DataRow] {
        guard let table = UnifiedSchema.table(filter.table) else { return [] }
        let first = filter.after.flatMap { Int($0.id) } ?? 0
        return (first..<total).prefix(filter.limit).map { number in
            var row = Samples.row(of: table, isEmpty: false)
            row.values[0] = .text(String(number + 1))
            return row
        }
    }

    private func newestFirst<Item>(before: Int64?, _ limit: Int, _ make: (Int64) -> Item) -> [Item] {
        let newest = min(Int64(total), before.map { $0 - 1 } ?? .max)
        return stride(from: newest, to: 0, by: -1).prefix(limit).map(make)
    }
}
