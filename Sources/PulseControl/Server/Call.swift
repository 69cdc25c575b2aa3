import PulseDomain

/// A call of a client that is under way.
struct Call: Sendable {
    let number: Int
    let client: ConnectionID
    let request: Request
    /// Raised when nobody waits any more.
    let stop: StopSignal
    /// What a person is told of errors that are no `Failure`; `nil` for those it does not know.
    let translating: @Sendable (any Error) -> Failure?

    /// Asks `operations` and sends what comes of it: one answer or failure, and for ``Request/events`` the events.
    ///
    /// A command is carried to its end also when its client is gone: it was given, and its audit says what came of it.
    func carryOut(on operations: any Operations, through loop: SocketLoop) async {
        guard !request.isCommand else { return await answer(operations, loop) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await answer(operations, loop) }
            group.addTask { await stop.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    private func answer(_ operations: any Operations, _ loop: SocketLoop) async {
        do {
            if request == .events {
                let events = try await operations.events()
                loop.post(.send(client, Coding.frame(.answer(id: number, .listening)), settles: true))
                await forward(events, loop)
            } else {
                let answer = try await ask(operations)
                loop.post(.send(client, Coding.frame(.answer(id: number, answer)), settles: true))
            }
        } catch {
            loop.post(.send(client, Coding.frame(.failed(id: number, failure(error))), settles: true))
        }
    }

    private func forward(_ events: AsyncStream<OperationsEvent>, _ loop: SocketLoop) async {
        let gap = Coding.frame(.event(id: number, .gap))
        for await event in events {
            let frame = Coding.frame(.event(id: number, event))
            loop.post(.event(client, frame, stream: number, gap: gap))
        }
        loop.post(.endStream(client, Coding.frame(.ended(id: number)), stream: number))
    }

    private func ask(_ operations: any Operations) async throws -> Answer {
        switch request {
        case .overview: .overview(try await operations.overview())
        case .events: .listening
        case .jobDetail(let job): .jobDetail(try await operations.jobDetail(job))
        case .preview(let command): .preview(try await operations.preview(command))
        case .perform(let request): .receipt(try await operations.perform(request))
        case .checkpoints(let filter): .checkpoints(try await operations.checkpoints(filter))
        case .runs(let filter): .runs(try await operations.runs(filter))
        case .quarantine(let filter): .quarantine(try await operations.quarantine(filter).map(QuarantineOnWire.init))
        case .tombstones(let filter): .tombstones(try await operations.tombstones(filter))
        case .tombstoneRows(let finding, let position, let limit):
            .tombstoneRows(try await operations.tombstoneRows(of: finding, after: position, limit: limit))
        case .logs(let job, let sequence, let limit):
            .logs(try await operations.logs(job: job, after: sequence, limit: limit))
        case .audit(let before, let limit): .audit(try await operations.audit(before: before, limit: limit))
        case .sources: .sources(try await operations.sources())
        case .tables: .tables(try await operations.tables())
        case .rows(let filter): .rows(try await operations.rows(filter))
        }
    }

    private func failure(_ error: any Error) -> Failure {
        switch error {
        case let failure as Failure: failure
        // Those who gave up do not read this; who reads it is cut off because the server ends.
        case is CancellationError where Task.isCancelled: ControlError.holderEnded.failure
        case is CancellationError: ControlError.cancelled.failure
        default:
            translating(error)
                ?? ControlError.unexpected(String(describing: type(of: error))).failure
        }
    }
}
