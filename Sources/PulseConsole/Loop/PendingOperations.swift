package import PulseDomain
import Synchronization

/// An engine that is still being opened: whatever is asked of it waits until it is there.
///
/// With it a console is on the screen before the store is open.
package final class PendingOperations: Operations {
    private struct Contents {
        var operations: (any Operations)?
        var waiting: [Int: CheckedContinuation<any Operations, any Error>] = [:]
        var next = 0
    }

    private let contents = Mutex(Contents())

    package init() {}

    /// The engine is there: everything that waits goes to it, and all that follows.
    package func become(_ operations: any Operations) {
        let waiting = contents.withLock { contents in
            defer { contents.waiting = [:] }
            contents.operations = operations
            return contents.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: operations) }
    }

    /// The engine once it is there. Throws `CancellationError` when the caller no longer waits.
    private func opened() async throws -> any Operations {
        let number = contents.withLock { contents in
            defer { contents.next += 1 }
            return contents.next
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Cancelled before it waits: the handler has run already and found nothing to end.
                let answer: Result<any Operations, any Error>? = contents.withLock { contents in
                    if let operations = contents.operations { return .success(operations) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    contents.waiting[number] = continuation
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            contents.withLock { $0.waiting.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    package func overview() async throws -> Overview { try await opened().overview() }

    package func events() async throws -> AsyncStream<OperationsEvent> { try await opened().events() }

    package func jobDetail(_ job: JobID) async throws -> JobDetail { try await opened().jobDetail(job) }

    package func preview(_ command: Command) async throws -> CommandPreview { try await opened().preview(command) }

    package func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        try await opened().perform(request)
    }

    package func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        try await opened().checkpoints(filter)
    }

    package func runs(_ filter: RunFilter) async throws -> [JobRun] { try await opened().runs(filter) }

    package func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        try await opened().quarantine(filter)
    }

    package func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        try await opened().tombstones(filter)
    }

    package func tombstoneRows(
        of finding: Int64, after position: TombstoneRow.Position?, limit: Int
    ) async throws -> [TombstoneRow] {
        try await opened().tombstoneRows(of: finding, after: position, limit: limit)
    }

    package func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        try await opened().logs(job: job, after: sequence, limit: limit)
    }

    package func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        try await opened().audit(before: before, limit: limit)
    }

    package func sources() async throws -> [SourceStatus] { try await opened().sources() }

    package func tables() async throws -> [TableStatus] { try await opened().tables() }

    package func rows(_ filter: RowFilter) async throws -> [DataRow] { try await opened().rows(filter) }
}
