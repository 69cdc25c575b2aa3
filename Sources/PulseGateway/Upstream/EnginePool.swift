import PulseDomain
import Synchronization

/// Several engines on one store, as one: each call goes to one that answers, with a deadline.
///
/// Reads that no engine answered are tried once at another; commands only when they surely were not sent, because they
/// may have been taken.
final class EnginePool: Operations {
    struct Member: Sendable {
        /// For errors and health: its address.
        var name: String
        var operations: any Operations
        /// Asks the least that can be asked; what keeps the engine from working, as a sentence. Throws `Failure`.
        var probe: @Sendable () async throws -> String?

        init(
            name: String, operations: any Operations, probe: (@Sendable () async throws -> String?)? = nil
        ) {
            self.name = name
            self.operations = operations
            self.probe = probe ?? { try await operations.overview().engine.trouble }
        }
    }

    /// How a member stood when it was last looked at.
    struct Standing: Sendable, Hashable {
        var name: String
        var answers: Bool
        /// What is wrong; `nil`: nothing.
        var problem: String?
        /// Requests under way.
        var underWay: Int
    }

    /// How often every engine is looked at, and how long one may take to answer that.
    private static let lookInterval = Duration.seconds(5)
    private static let lookPatience = Duration.seconds(3)

    private let members: [Member]
    private let time: any TimeSource
    private let deadlines: Deadlines
    private let patience: Duration
    private let states: Mutex<[UpstreamState]>
    /// What the last look found; `nil` before the first.
    private let looks: Mutex<[Look]?>
    private let onChange: @Sendable (Change) -> Void

    private struct Look {
        var answers: Bool
        var problem: String?
        var remedy = ""
        /// Of the problem: its sentence may tell of times, and change while nothing else does.
        var code: String?
    }

    /// A member stands otherwise than when it was looked at before.
    struct Change: Sendable, Hashable {
        var name: String
        /// What is wrong now, with its code and what to do; `nil`: nothing any more.
        var problem: String?
        var code: String?
        var remedy: String
        /// Whether this is the first look at all: then only problems are told.
        var isFirst: Bool
    }

    /// - Precondition: There is a member.
    init(
        _ members: [Member], time: any TimeSource, patience: Duration = .seconds(15),
        policy: UpstreamState.Policy = UpstreamState.Policy(),
        onChange: @escaping @Sendable (Change) -> Void = { _ in }
    ) {
        self.onChange = onChange
        precondition(!members.isEmpty, "a pool has engines")
        self.members = members
        self.time = time
        deadlines = Deadlines(time: time)
        self.patience = patience
        states = Mutex(members.map { _ in UpstreamState(policy) })
        looks = Mutex(nil)
    }

    // MARK: Health

    /// Looks at every engine now and then until the task is cancelled, so that one that is back, or gone, is noticed
    /// before somebody's request does.
    func watch() async {
        repeat { await look() } while (try? await time.sleep(for: Self.lookInterval)) != nil
    }

    /// Asks every engine, side by side, whether it answers. Never throws.
    func look() async {
        let found = await withTaskGroup(of: (Int, Look).self) { group in
            for place in members.indices { group.addTask { (place, await self.look(at: place)) } }
            var found = members.map { _ in Look(answers: false) }
            for await (place, look) in group { found[place] = look }
            return found
        }
        guard !Task.isCancelled else { return }
        let before = looks.withLock { looks in
            defer { looks = found }
            return looks
        }
        for (place, look) in found.enumerated() where look.code != before?[place].code {
            onChange(
                Change(
                    name: members[place].name, problem: look.problem, code: look.code, remedy: look.remedy,
                    isFirst: before == nil))
        }
    }

    private func look(at place: Int) async -> Look {
        let probe = members[place].probe
        do {
            let trouble = try await call(place, within: Self.lookPatience) { try await probe() }
            return Look(answers: true, problem: trouble, code: trouble.map { _ in "engine.trouble" })
        } catch {
            let failure = error as? Failure
            return Look(
                answers: failure.map { !$0.isSilence } ?? false, problem: failure?.sentence ?? "It is gone.",
                remedy: failure?.remedy ?? "", code: failure?.code ?? "engine.gone")
        }
    }

    /// How every engine stood when it was last looked at; looks when that never happened.
    func standings() async -> [Standing] {
        if looks.withLock({ $0 == nil }) { await look() }
        let looks = looks.withLock { $0 } ?? []
        let states = states.withLock { $0 }
        return zip(members, zip(looks, states)).map { member, known in
            Standing(
                name: member.name, answers: known.0.answers, problem: known.0.problem, underWay: known.1.underWay)
        }
    }

    // MARK: Calls

    /// A read: at the least busy engine, and once more at another when that does not answer.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Operations) async throws -> Value
    ) async throws -> Value {
        try await call(orElsewhereAfter: \.isSilence, body)
    }

    /// A command: sent once.
    private func command<Value: Sendable>(
        _ body: @escaping @Sendable (any Operations) async throws -> Value
    ) async throws -> Value {
        try await call(orElsewhereAfter: \.surelyWasNotSent, body)
    }

    private func call<Value: Sendable>(
        orElsewhereAfter mayRepeat: (Failure) -> Bool,
        _ body: @escaping @Sendable (any Operations) async throws -> Value
    ) async throws -> Value {
        let first = try choose(but: nil)
        let operations = members[first].operations
        do { return try await call(first, within: patience) { try await body(operations) } } catch let failure
            as Failure
            where mayRepeat(failure)
        {
            guard let second = try? choose(but: first) else { throw failure }
            let operations = members[second].operations
            return try await call(second, within: patience) { try await body(operations) }
        }
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
        _ place: Int, within patience: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        states.withLock { $0[place].begin(at: time.now) }
        do {
            let value = try await deadlines.within(patience) { try await body() }
            states.withLock { $0[place].answered() }
            return value
        } catch is CancellationError {
            states.withLock { $0[place].abandoned() }
            throw CancellationError()
        } catch {
            let told = tell(error, of: place, patience)
            // A refusal is an answer.
            let isAnswer = (told as? Failure).map { !$0.isSilence } ?? false
            states.withLock { isAnswer ? $0[place].answered() : $0[place].failed(at: time.now) }
            throw told
        }
    }

    private func sentence(of error: any Error) -> String { (error as? Failure)?.sentence ?? "" }

    /// The error as whoever asked the gateway is to know it.
    private func tell(_ error: any Error, of place: Int, _ patience: Duration) -> any Error {
        let name = members[place].name
        switch (error, (error as? Failure)?.code) {
        case (is DeadlinePassed, _):
            return Failure(
                .transient, code: "engine.silent",
                "The engine at \(name) did not answer within \(Int(patience.inSeconds)) s.",
                remedy: "Look at its log and load; a command may have been taken all the same.")
        // About the gateway's key, and not about whoever asks the gateway.
        case (_, "unauthenticated"):
            return Failure(
                .transient, code: "engine.refuses", "The engine at \(name) refuses the gateway's internal key.",
                remedy: "Give both the same file's content with --internal-key.")
        case (_, "tenant.unserved"):
            return Failure(
                .transient, code: "engine.refuses",
                "The engine at \(name) works for another tenant than the gateway was told. \(sentence(of: error))",
                remedy: "Name its tenant: --engine TENANT=\(name).")
        default: return error
        }
    }
}

extension Failure {
    /// Whether nobody answered for the engine: no connection, no answer in time, one that is none of Pulse's, or of a
    /// server that ends or is full. What an engine says of its store or of a request is an answer.
    var isSilence: Bool {
        code.hasPrefix("http.") || code.hasPrefix("api.status_")
            || ["engine.silent", "engine.refuses", "answer_timeout", "overloaded", "ending"].contains(code)
    }

    /// Whether the engine cannot have begun with it.
    var surelyWasNotSent: Bool {
        [
            "http.cannot_resolve_host", "http.cannot_connect", "http.tls_failure", "http.proxy_failure",
            "http.unsupported_url", "engine.refuses", "overloaded",
        ].contains(code)
    }
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
