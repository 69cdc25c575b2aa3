import PulseAPI
import PulseDomain

extension Endpoints {
    /// What ``Operations`` answer: a request as the client means it (``OperationsCall``), and its answer.
    func operations(_ call: Call, _ engine: TenantEngine) async throws -> Reply {
        guard Self.isOfMoment(call.route) else { return try await made(call, engine) }
        return try await engine.reads.reply(to: call.target) { try await made(call, engine) }
    }

    /// What was read lately and still holds; `nil` where there is nothing of it.
    func known(_ call: Call) -> Reply? {
        guard Self.isOfMoment(call.route), let tenant = call.identity?.tenant else { return nil }
        return engines[tenant]?.reads.known(call.target)
    }

    /// Whether a route tells what the engine holds in memory, and says by events that it changes.
    private static func isOfMoment(_ route: Route) -> Bool {
        switch route.id {
        case .overview, .engine, .jobs, .job, .quotas, .breakers, .alerts, .throughput, .sources: true
        default: false
        }
    }

    private func made(_ call: Call, _ engine: TenantEngine) async throws -> Reply {
        guard let asked = try OperationsCall(call.route, call.arguments, body: call.body) else {
            throw Problem.notFound
        }
        let operations = engine.operations
        switch asked {
        case .overview: return Self.reply(try await operations.overview())
        case .engine: return .json(try await operations.overview().engine)
        case .job(let job): return .json(try await operations.jobDetail(job))
        case .jobs(let part): return .json(try page(try await operations.overview().jobs, part)).tagged()
        case .quotas(let part): return .json(try page(try await operations.overview().quotas, part)).tagged()
        case .alerts(let part): return .json(try page(try await operations.overview().alerts, part)).tagged()
        case .breakers(let part): return .json(try page(try await operations.overview().breakers, part))
        case .throughput(let part): return .json(try page(try await operations.overview().throughput, part))
        case .sources(let part): return .json(try page(try await operations.sources(), part))
        case .tables(let part): return .json(try page(try await operations.tables(), part))
        case .audit(let part): return .json(try await audit(part, engine))
        case .preview(let command): return .json(try await operations.preview(command))
        case .perform(let command, let reason): return try await perform(command, because: reason, call, engine)
        default: return try await records(asked, operations)
        }
    }

    /// Tagged by everything but its moment, which is new each time.
    private static func reply(_ overview: Overview) -> Reply {
        let bytes = overview.json
        // The moment is the first member, and has no comma.
        let timeless = bytes.firstIndex(of: UInt8(ascii: ",")).map { bytes[$0...] } ?? bytes[...]
        return Reply(status: 200, content: .bytes(bytes, mediaType: "application/json")).tagged(by: timeless)
    }

    private func perform(
        _ command: Command, because reason: String, _ call: Call, _ engine: TenantEngine
    ) async throws -> Reply {
        // It is shown to others, on terminals.
        let isPlain = !reason.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard reason.utf8.count <= 1_000, isPlain else {
            throw Problem.unprocessable("A reason has at most 1,000 bytes, and no control characters.")
        }
        defer { engine.reads.forget() }
        let receipt = try await engine.operations.perform(
            CommandRequest(
                command, by: try call.principal.principal, reason: reason.isEmpty ? "no reason given" : reason,
                correlation: call.origin.correlation))
        let answer = CommandAnswer(receipt, correlation: call.origin.correlation)
        return .json(answer, status: answer.status)
    }

    /// What the engine audited and what the gateway did, newest first.
    private func audit(_ part: ListPart, _ engine: TenantEngine) async throws -> ItemPage<AuditEntry> {
        // Of both only the beginning can be read.
        let limit = try place(part) + part.limit + 1
        let commands = try await engine.operations.audit(limit: limit)
        let own = try await accounts?.store.audits(of: engine.tenant, before: nil, limit: limit) ?? []
        let all = commands + own.map(AuditEntry.init)
        return try page(Array(all.sorted { ($0.at, $0.sequence) > ($1.at, $1.sequence) }.prefix(limit)), part)
    }

    // MARK: Pages

    /// A part of a list that is there as a whole. The cursor is the place in it.
    func page<Item: WireObject>(_ items: [Item], _ part: ListPart) throws(Problem) -> ItemPage<Item> {
        let start = try place(part)
        let kept = items.dropFirst(start).prefix(part.limit)
        let end = start + kept.count
        return ItemPage(Array(kept), next: end < items.count ? PageCursor([String(end)]).text : nil)
    }

    private func place(_ part: ListPart) throws(Problem) -> Int {
        guard let after = part.after else { return 0 }
        // Further in, reading from the beginning each time would cost too much.
        guard let place = Int(after), (0...100_000).contains(place) else { throw Arguments.badCursor }
        return place
    }
}

extension AuditEntry {
    /// Below zero, so that it is never taken for one of the engine's.
    init(_ entry: GatewayAudit) {
        self.init(
            sequence: -entry.sequence, at: entry.at, by: entry.by, action: entry.action, subject: entry.subject,
            reason: "", outcome: "\(entry.outcome) From \(entry.address).", isRefused: entry.isRefused,
            correlation: entry.correlation)
    }
}
