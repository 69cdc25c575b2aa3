import PulseAPI
import PulseDomain

extension Endpoints {
    func read(_ call: Call, _ engine: TenantEngine) async throws -> Reply {
        let operations = engine.operations
        switch call.route.id {
        case .overview: return try await engine.overviews.reply()
        case .engine: return .json(try await operations.overview().engine)
        case .jobs: return .json(try page(try await operations.overview().jobs, call)).tagged()
        case .quotas: return .json(try page(try await operations.overview().quotas, call)).tagged()
        case .breakers: return .json(try page(try await operations.overview().breakers, call))
        case .alerts: return .json(try page(try await operations.overview().alerts, call)).tagged()
        case .throughput: return .json(try page(try await operations.overview().throughput, call))
        case .sources: return .json(try page(try await operations.sources(), call))
        case .job: return .json(try await operations.jobDetail(call.job))
        case .checkpoints:
            let partition = call.values["partition"].map { PartitionKey($0) }
            return .json(
                try await deepPage(call) { limit in
                    try await operations.checkpoints(of: call.job, partition: partition, limit: limit)
                })
        case .runs:
            let before = try call.cursor(1).map { words throws(Problem) in RunID(try Self.integer(words[0])) }
            let filter = RunFilter(
                job: call.values["job"].map { JobID($0) }, before: before, limit: call.limit + 1)
            return .json(
                Self.page(try await operations.runs(filter), limit: call.limit) { [String($0.run.id.rawValue)] })
        default: throw Problem.notFound
        }
    }

    // MARK: Pages

    /// A part of a list that is there as a whole. The cursor is the place in it.
    func page<Item: WireObject>(_ items: [Item], _ call: Call) throws(Problem) -> ItemPage<Item> {
        let start = try place(call)
        let part = items.dropFirst(start).prefix(call.limit)
        let end = start + part.count
        return ItemPage(Array(part), next: end < items.count ? PageCursor([String(end)]).text : nil)
    }

    /// As ``page(_:_:)`` for a list of which only the beginning can be read.
    func deepPage<Item: WireObject>(
        _ call: Call, _ read: (_ limit: Int) async throws -> [Item]
    ) async throws -> ItemPage<Item> {
        try page(try await read(place(call) + call.limit + 1), call)
    }

    private func place(_ call: Call) throws(Problem) -> Int {
        guard let words = try call.cursor(1) else { return 0 }
        let place = try Self.integer(words[0])
        // Further in, reading from the beginning each time would cost too much.
        guard (0...100_000).contains(place) else { throw .badCursor }
        return Int(place)
    }

    /// A part of a list that was read with one item more than wanted.
    static func page<Item: WireObject>(
        _ items: [Item], limit: Int, position: (Item) -> [String]
    ) -> ItemPage<Item> {
        guard items.count > limit, let last = items.prefix(limit).last else { return ItemPage(items) }
        return ItemPage(Array(items.prefix(limit)), next: PageCursor(position(last)).text)
    }

    static func integer(_ word: String) throws(Problem) -> Int64 {
        guard let integer = Int64(word) else { throw .badCursor }
        return integer
    }
}
