import PulseAPI
import PulseDomain

extension Endpoints {
    func records(_ call: Call, _ engine: TenantEngine) async throws -> Reply {
        let operations = engine.operations
        let job = call.values["job"].map { JobID($0) }
        switch call.route.id {
        case .quarantine:
            let state = call.values["state"] ?? QuarantineState.waiting.rawValue
            let filter = QuarantineFilter(
                job: job, state: QuarantineState(rawValue: state), before: try before(call), limit: call.limit + 1)
            return .json(
                Self.page(try await operations.quarantine(filter), limit: call.limit) { [String($0.id)] })
        case .quarantineEntry: return .json(try await quarantined(call, operations))
        case .tombstones:
            let filter = TombstoneFilter(
                job: job, state: call.values["state"].flatMap { TombstoneState(rawValue: $0) },
                before: try before(call), limit: call.limit + 1)
            return .json(
                Self.page(try await operations.tombstones(filter), limit: call.limit) { [String($0.id)] })
        case .tombstoneRows:
            let after = try call.cursor(2).map { TombstoneRow.Position(table: TableName($0[0]), id: $0[1]) }
            let rows = try await operations.tombstoneRows(
                of: call.integer("id") ?? 0, after: after, limit: call.limit + 1)
            return .json(Self.page(rows, limit: call.limit) { [$0.table.rawValue, $0.id] })
        case .logs: return .json(try await logs(call, operations, job: job))
        case .audit: return .json(try await audit(call, engine))
        case .tables: return .json(try page(try await operations.tables(), call))
        case .rows: return .json(try await rows(call, operations))
        default: throw Problem.notFound
        }
    }

    private func before(_ call: Call) throws(Problem) -> Int64? {
        try call.cursor(1).map { words throws(Problem) in try Self.integer(words[0]) }
    }

    private func quarantined(_ call: Call, _ operations: any Operations) async throws -> QuarantineEntry {
        let id = call.integer("id") ?? 0
        // The list is newest first: the first one that is older than the next id.
        let before = id == .max ? nil : id + 1
        let filter = QuarantineFilter(state: nil, before: before, limit: 1)
        guard let entry = try await operations.quarantine(filter).first, entry.id == id else {
            throw Problem.unknown("record", String(id))
        }
        return entry
    }

    private func logs(_ call: Call, _ operations: any Operations, job: JobID?) async throws -> ItemPage<LogLine> {
        let after: Int64? =
            if let words = try call.cursor(1) { try Self.integer(words[0]) } else { call.integer("after") }
        guard let after else { return ItemPage(try await operations.logs(job: job, after: nil, limit: call.limit)) }
        let lines = try await operations.logs(job: job, after: after, limit: call.limit + 1)
        return Self.page(lines, limit: call.limit) { [String($0.sequence)] }
    }

    /// What the engine audited and what the gateway did, newest first.
    private func audit(_ call: Call, _ engine: TenantEngine) async throws -> ItemPage<AuditEntry> {
        let (store, tenant) = (accounts?.store, engine.tenant)
        return try await deepPage(call) { limit in
            let commands = try await engine.operations.audit(limit: limit)
            let own = try await store?.audits(of: tenant, before: nil, limit: limit) ?? []
            let all = commands + own.map(AuditEntry.init)
            return Array(all.sorted { ($0.at, $0.sequence) > ($1.at, $1.sequence) }.prefix(limit))
        }
    }

    private func rows(_ call: Call, _ operations: any Operations) async throws -> RowPage {
        let name = TableName(call.path("table"))
        guard let table = UnifiedSchema.table(name) else { throw Problem.notFound }
        let columns = table.columns + Table.provenance
        var conditions: [RowFilter.Condition] = []
        for (column, text) in call.conditions {
            guard let known = columns.first(where: { $0.name == column }) else {
                throw Problem.unprocessable("The table \(name) has no such column as the query asks for.")
            }
            guard let value = RowValue(query: text, as: known.type) else {
                throw Problem.unprocessable("The column \(column) cannot hold the value that the query asks for.")
            }
            conditions.append(RowFilter.Condition(column: column, value: value))
        }
        let after = try call.cursor(2).map { RowID(source: SourceID($0[0]), id: $0[1]) }
        let filter = RowFilter(
            table: name, conditions: conditions, includesDeleted: call.values["include_deleted"] == "true",
            after: after, limit: call.limit + 1)
        let rows = try await operations.rows(filter)
        guard rows.count > call.limit, let last = rows.prefix(call.limit).last,
            let id = Self.id(of: last, columns: columns)
        else { return RowPage(table: name, items: rows, next: nil) }
        return RowPage(
            table: name, items: Array(rows.prefix(call.limit)),
            next: PageCursor([id.source.rawValue, id.id]).text)
    }

    private static func id(of row: DataRow, columns: [Column]) -> RowID? {
        func text(_ name: String) -> String? {
            guard let place = columns.firstIndex(where: { $0.name == name }), row.values.indices.contains(place),
                case .text(let text) = row.values[place]
            else { return nil }
            return text
        }
        guard let source = text("source"), let id = text("id") else { return nil }
        return RowID(source: SourceID(source), id: id)
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
