package import PulseDomain

/// An engine behind a gateway, as if it were here.
///
/// Commands are given by whom the token names: ``CommandRequest/by`` is the gateway's to decide.
package struct RemoteOperations: Operations {
    package let client: APIClient

    package init(_ client: APIClient) { self.client = client }

    package func overview() async throws -> Overview { try await client.ask(OperationsCall.overview.request) }

    /// What an engine says of itself: the least that can be asked of it.
    package func engine() async throws -> EngineStatus { try await client.ask(OperationsCall.engine.request) }

    package func jobDetail(_ job: JobID) async throws -> JobDetail {
        try await client.ask(OperationsCall.job(job).request)
    }

    package func preview(_ command: Command) async throws -> CommandPreview {
        let outcome: CommandOutcome = try await client.ask(OperationsCall.preview(command).request)
        guard case .preview(let preview) = outcome else {
            throw Failure(
                .contractBroken, code: "api.no_preview",
                "\(client.base) answered a preview with a command's outcome.",
                remedy: "Look at the job and the audit: the command may have been carried out.")
        }
        return preview
    }

    package func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        let call = OperationsCall.perform(request.command, reason: request.reason)
        let answer: CommandAnswer = try await client.ask(call.request, correlation: request.correlation)
        return answer.receipt
    }

    package func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        try await list(.checkpoints(filter), filter.limit)
    }

    package func runs(_ filter: RunFilter) async throws -> [JobRun] { try await list(.runs(filter), filter.limit) }

    package func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        try await list(.quarantine(filter), filter.limit)
    }

    package func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        try await list(.tombstones(filter), filter.limit)
    }

    package func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    { try await list(.tombstoneRows(finding, after: position, limit: limit), limit) }

    package func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        try await list(.logs(job, after: sequence, limit: limit), limit)
    }

    package func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        guard let before else { return try await list(.audit(ListPart()), limit) }
        // What the gateway did stands among what the engine did, by time and not by number: a place is found by reading
        // up to it.
        var entries: [AuditEntry] = []
        var isPast = false
        var request = OperationsCall.audit(ListPart(limit: 1_000)).request
        while entries.count < limit {
            let part: ItemPage<AuditEntry> = try await client.ask(request)
            for entry in part.items {
                if isPast { entries.append(entry) }
                if entry.sequence == before { isPast = true }
            }
            guard let next = part.next, !part.items.isEmpty else { break }
            request.arguments.set("cursor", next)
        }
        return Array(entries.prefix(limit))
    }

    package func sources() async throws -> [SourceStatus] { try await list(.sources(ListPart(limit: 1_000)), .max) }

    package func tables() async throws -> [TableStatus] { try await list(.tables(ListPart(limit: 1_000)), .max) }

    package func rows(_ filter: RowFilter) async throws -> [DataRow] {
        try await parts(.rows(filter), filter.limit) { request in
            let page: RowPage = try await client.ask(request)
            return (page.items, page.next)
        }
    }

    package func events() async throws -> AsyncStream<OperationsEvent> {
        let reader = RemoteEvents(client)
        try await reader.open()
        return AsyncStream { await reader.next() }
    }

    private func list<Item: WireObject>(_ call: OperationsCall, _ limit: Int) async throws -> [Item] {
        try await parts(call, limit) { request in
            let page: ItemPage<Item> = try await client.ask(request)
            return (page.items, page.next)
        }
    }

    /// A list in as many requests as it takes: the server gives at most 1,000 items in one.
    private func parts<Item>(
        _ call: OperationsCall, _ limit: Int, _ ask: (APIRequest) async throws -> (items: [Item], next: String?)
    ) async throws -> [Item] {
        var items: [Item] = []
        var request = call.request
        while items.count < limit {
            request.arguments.set("limit", String(min(1_000, limit - items.count)))
            let part = try await ask(request)
            items += part.items
            guard let next = part.next, !part.items.isEmpty else { break }
            request.arguments.set("cursor", next)
        }
        return items
    }
}

extension Arguments {
    fileprivate mutating func set(_ name: String, _ value: String) {
        query.removeAll { $0.name == name }
        query.append(Value(name, value))
    }
}
