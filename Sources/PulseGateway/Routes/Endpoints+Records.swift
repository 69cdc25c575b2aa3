import PulseAPI
import PulseDomain

extension Endpoints {
    /// Lists that are read in parts, each with one item more than wanted: that tells whether it goes on.
    func records(_ asked: OperationsCall, _ operations: any Operations) async throws -> Reply {
        switch asked {
        case .checkpoints(var filter):
            let limit = Self.oneMore(&filter.limit)
            return .json(
                Self.page(try await operations.checkpoints(filter), limit: limit) {
                    [String($0.savedAt.microseconds), String($0.sequence), $0.partition.key.rawValue]
                })
        case .runs(var filter):
            let limit = Self.oneMore(&filter.limit)
            return .json(Self.page(try await operations.runs(filter), limit: limit) { [String($0.run.id.rawValue)] })
        case .quarantine(var filter):
            let limit = Self.oneMore(&filter.limit)
            return .json(Self.page(try await operations.quarantine(filter), limit: limit) { [String($0.id)] })
        case .tombstones(var filter):
            let limit = Self.oneMore(&filter.limit)
            return .json(Self.page(try await operations.tombstones(filter), limit: limit) { [String($0.id)] })
        case .tombstoneRows(let finding, let after, let limit):
            let rows = try await operations.tombstoneRows(of: finding, after: after, limit: limit + 1)
            return .json(Self.page(rows, limit: limit) { [$0.table.rawValue, $0.id] })
        case .logs(let job, let after, let limit):
            // Without a beginning these are the newest lines: nothing follows.
            let lines = try await operations.logs(job: job, after: after, limit: after == nil ? limit : limit + 1)
            return .json(Self.page(lines, limit: limit) { [String($0.sequence)] })
        case .quarantineEntry(let id): return .json(try await quarantined(id, operations))
        case .rows(let filter): return .json(try await rows(filter, operations))
        default: throw Problem.notFound
        }
    }

    /// Asks for one item more; returns how many are wanted.
    private static func oneMore(_ limit: inout Int) -> Int {
        defer { limit += 1 }
        return limit
    }

    /// A part of a list that was read with one item more than wanted.
    private static func page<Item: WireObject>(
        _ items: [Item], limit: Int, position: (Item) -> [String]
    ) -> ItemPage<Item> {
        guard items.count > limit, let last = items.prefix(limit).last else { return ItemPage(items) }
        return ItemPage(Array(items.prefix(limit)), next: PageCursor(position(last)).text)
    }

    private func quarantined(_ id: Int64, _ operations: any Operations) async throws -> QuarantineEntry {
        // The list is newest first: the first one that is older than the next id.
        let filter = QuarantineFilter(state: nil, before: id == .max ? nil : id + 1, limit: 1)
        guard let entry = try await operations.quarantine(filter).first, entry.id == id else {
            throw Problem.unknown("record", String(id))
        }
        return entry
    }

    private func rows(_ filter: RowFilter, _ operations: any Operations) async throws -> RowPage {
        guard let table = UnifiedSchema.table(filter.table) else { throw Problem.notFound }
        var wider = filter
        let limit = Self.oneMore(&wider.limit)
        let rows = try await operations.rows(wider)
        guard rows.count > limit, let last = rows.prefix(limit).last,
            let id = last.id(in: table)
        else { return RowPage(table: table.name, items: rows, next: nil) }
        return RowPage(
            table: table.name, items: Array(rows.prefix(limit)), next: PageCursor([id.source.rawValue, id.id]).text)
    }
}
