import PulseDomain
import Synchronization

/// Several engines on one store, as one: each call goes to one that answers, with a deadline.
///
/// Reads that no engine answered are tried once at another; commands never are, because they may have been taken.
final class EnginePool: Operations {
    struct Member: Sendable {
        /// For errors and health: its address.
        var name: String
        var operations: any Operations
    }

    private let members: [Member]
    private let time: any TimeSource
    private let patience: Duration
    private let states: Mutex<[UpstreamState]>

    /// - Precondition: There is a member.
    init(
        _ members: [Member], time: any TimeSource, patience: Duration = .seconds(15),
        policy: UpstreamState.Policy = UpstreamState.Policy()
    ) {
        precondition(!members.isEmpty, "a pool has engines")
        self.members = members
        self.time = time
        self.patience = patience
        states = Mutex(members.map { _ in UpstreamState(policy) })
    }

    /// Asks every engine whether it answers; for health and to notice that one is back. Never throws.
    func look() async -> [(name: String, problem: String?)] {
        var seen: [(name: String, problem: String?)] = []
        for (place, member) in members.enumerated() {
            do {
                let trouble = try await call(place) { try await $0.overview().engine.trouble }
                seen.append((member.name, trouble))
            } catch {
                seen.append((member.name, (error as? Failure)?.sentence ?? "It does not answer."))
            }
        }
        return seen
    }

    // MARK: Calls

    /// A read: at the least busy engine, and once more at another when that does not answer.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Operations) async throws -> Value
    ) async throws -> Value {
        let first = try choose(but: nil)
        do { return try await call(first, body) } catch let failure as Failure where Self.isSilence(failure) {
            guard let second = try? choose(but: first) else { throw failure }
            return try await call(second, body)
        }
    }

    /// A command: sent once.
    private func command<Value: Sendable>(
        _ body: @escaping @Sendable (any Operations) async throws -> Value
    ) async throws -> Value {
        try await call(choose(but: nil), body)
    }

    private func choose(but other: Int?) throws -> Int {
        let now = time.now
        let place = states.withLock { states in
            states.indices.filter { $0 != other && states[$0].mayBegin(at: now) }
                .min { states[$0].underWay < states[$1].underWay }
        }
        if let place { return place }
        let retryAt = states.withLock { $0.compactMap(\.pausedUntil).min() }
        throw Failure(
            .transient, code: "engine.away", "No engine answers: \(members.map(\.name).joined(separator: ", ")).",
            remedy: "Look whether they run; they are asked again by themselves.", retryAt: retryAt)
    }

    private func call<Value: Sendable>(
        _ place: Int, _ body: @escaping @Sendable (any Operations) async throws -> Value
    ) async throws -> Value {
        let operations = members[place].operations
        states.withLock { $0[place].begin(at: time.now) }
        do {
            let value = try await time.within(patience) { try await body(operations) }
            states.withLock { $0[place].answered() }
            return value
        } catch let failure as Failure where !Self.isSilence(failure) {
            // A refusal is an answer.
            states.withLock { $0[place].answered() }
            throw failure
        } catch is CancellationError {
            states.withLock { $0[place].abandoned() }
            throw CancellationError()
        } catch {
            states.withLock { $0[place].failed(at: time.now) }
            guard error is DeadlinePassed else { throw error }
            throw Failure(
                .transient, code: "engine.silent",
                "The engine at \(members[place].name) did not answer within \(Int(patience.inSeconds)) s.",
                remedy: "Look at its log and load; a command may have been taken all the same.")
        }
    }

    /// Whether nobody answered, other than with a refusal.
    private static func isSilence(_ failure: Failure) -> Bool { failure.kind == .transient }
}

extension EnginePool {
    func overview() async throws -> Overview { try await read { try await $0.overview() } }
    func events() async throws -> AsyncStream<OperationsEvent> { try await read { try await $0.events() } }
    func jobDetail(_ job: JobID) async throws -> JobDetail { try await read { try await $0.jobDetail(job) } }
    func preview(_ command: Command) async throws -> CommandPreview {
        try await read { try await $0.preview(command) }
    }
    func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        try await command { try await $0.perform(request) }
    }
    func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        try await read { try await $0.checkpoints(filter) }
    }
    func runs(_ filter: RunFilter) async throws -> [JobRun] { try await read { try await $0.runs(filter) } }
    func sources() async throws -> [SourceStatus] { try await read { try await $0.sources() } }
    func tables() async throws -> [TableStatus] { try await read { try await $0.tables() } }
    func rows(_ filter: RowFilter) async throws -> [DataRow] { try await read { try await $0.rows(filter) } }
    func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        try await read { try await $0.quarantine(filter) }
    }
    func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        try await read { try await $0.tombstones(filter) }
    }
    func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    { try await read { try await $0.tombstoneRows(of: finding, after: position, limit: limit) } }
    func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        try await read { try await $0.logs(job: job, after: sequence, limit: limit) }
    }
    func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        try await read { try await $0.audit(before: before, limit: limit) }
    }
}
