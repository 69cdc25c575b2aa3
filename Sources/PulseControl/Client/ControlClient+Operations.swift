package import PulseDomain

extension ControlClient: Operations {
    package func overview() async throws -> Overview {
        guard case .overview(let value) = try await call(.overview) else { throw Self.wrongAnswer }
        return value
    }

    package func events() async throws -> AsyncStream<OperationsEvent> {
        let number = link.switchboard.makeNumber()
        let buffer = EventBuffer(capacity: limits.keptEvents)
        // Before the call is sent, as events follow its answer at once.
        link.switchboard.listen(number, buffer)
        let listening = Listening(number: number, link: link)
        guard case .listening = try await call(.events, number: number) else { throw Self.wrongAnswer }
        return AsyncStream {
            // The stream keeps what it listens with: the server is told when nobody has the stream any more.
            await listening.next(from: buffer)
        } onCancel: {
            listening.end()
        }
    }

    package func jobDetail(_ job: JobID) async throws -> JobDetail {
        guard case .jobDetail(let value) = try await call(.jobDetail(job)) else { throw Self.wrongAnswer }
        return value
    }

    package func preview(_ command: Command) async throws -> CommandPreview {
        guard case .preview(let value) = try await call(.preview(command)) else { throw Self.wrongAnswer }
        return value
    }

    package func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        guard case .receipt(let value) = try await call(.perform(request)) else { throw Self.wrongAnswer }
        return value
    }

    package func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        guard case .checkpoints(let value) = try await call(.checkpoints(filter)) else { throw Self.wrongAnswer }
        return value
    }

    package func runs(_ filter: RunFilter) async throws -> [JobRun] {
        guard case .runs(let value) = try await call(.runs(filter)) else { throw Self.wrongAnswer }
        return value
    }

    package func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        guard case .quarantine(let value) = try await call(.quarantine(filter)) else { throw Self.wrongAnswer }
        return value.map(\.value)
    }

    package func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        guard case .tombstones(let value) = try await call(.tombstones(filter)) else { throw Self.wrongAnswer }
        return value
    }

    package func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    {
        let request = Request.tombstoneRows(finding, after: position, limit: limit)
        guard case .tombstoneRows(let value) = try await call(request) else { throw Self.wrongAnswer }
        return value
    }

    package func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        guard case .logs(let value) = try await call(.logs(job, after: sequence, limit: limit)) else {
            throw Self.wrongAnswer
        }
        return value
    }

    package func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        guard case .audit(let value) = try await call(.audit(before: before, limit: limit)) else {
            throw Self.wrongAnswer
        }
        return value
    }

    package func sources() async throws -> [SourceStatus] {
        guard case .sources(let value) = try await call(.sources) else { throw Self.wrongAnswer }
        return value
    }

    package func tables() async throws -> [TableStatus] {
        guard case .tables(let value) = try await call(.tables) else { throw Self.wrongAnswer }
        return value
    }

    package func rows(_ filter: RowFilter) async throws -> [DataRow] {
        guard case .rows(let value) = try await call(.rows(filter)) else { throw Self.wrongAnswer }
        return value
    }

    private static var wrongAnswer: Failure {
        ControlError.broken("an answer belongs to another question").failure
    }
}

/// One event stream that somebody has. Tells the server when nobody has it any more.
private final class Listening: Sendable {
    private let number: Int
    private let link: ClientLink

    init(number: Int, link: ClientLink) {
        self.number = number
        self.link = link
    }

    deinit { end() }

    func next(from buffer: EventBuffer) async -> OperationsEvent? { await buffer.next() }

    func end() { if link.switchboard.stopListening(number) { link.cancel(number) } }
}
