import PulseAPI
import PulseDomain

extension OperationsCall {
    /// Asks `operations` and makes the answer of it; failures become problems.
    ///
    /// Throws `CancellationError` when the caller's task was cancelled. A command that was handed over is carried out
    /// or not, as ``Operations/perform(_:)`` has it.
    func answer(
        on operations: any Operations, by principal: Principal, correlation: CorrelationID
    ) async throws -> APIAnswer {
        do {
            return try await asked(operations, principal, correlation)
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch let failure as Failure {
            return APIAnswer(Problem(failure, correlation: correlation))
        } catch var problem as Problem {
            problem.correlation = correlation
            return APIAnswer(problem)
        } catch {
            return APIAnswer(
                Problem(
                    500, code: "internal", "The request failed for a reason that has no name: \(type(of: error)).",
                    remedy: "Look into the log for the correlation id, and report it.", correlation: correlation))
        }
    }

    private func asked(
        _ operations: any Operations, _ principal: Principal, _ correlation: CorrelationID
    ) async throws -> APIAnswer {
        switch self {
        case .overview: return APIAnswer(200, try await operations.overview())
        case .engine: return APIAnswer(200, try await operations.overview().engine)
        case .job(let job): return APIAnswer(200, try await operations.jobDetail(job))
        case .jobs(let part): return page(try await operations.overview().jobs, part) { $0.id.rawValue }
        case .quotas(let part):
            return page(try await operations.overview().quotas, part) { [$0.id.identity, $0.id.bucket].description }
        case .breakers(let part):
            return page(try await operations.overview().breakers, part) {
                [$0.source.rawValue, $0.endpoint.rawValue].description
            }
        case .alerts(let part): return page(try await operations.overview().alerts, part) { $0.id }
        case .throughput(let part):
            return page(try await operations.overview().throughput, part) { String($0.at.microseconds) }
        case .sources(let part): return page(try await operations.sources(), part) { $0.id.rawValue }
        case .audit(let part):
            return page(try await operations.audit(limit: 100_000), part) { String($0.sequence) }
        case .tables(let part): return page(try await operations.tables(), part) { $0.name.rawValue }
        case .preview(let command): return APIAnswer(200, try await operations.preview(command))
        case .perform(let command, let reason):
            let receipt = try await operations.perform(
                CommandRequest(command, by: principal, reason: reason, correlation: correlation))
            let answer = CommandAnswer(receipt, correlation: correlation)
            return APIAnswer(answer.status, answer)
        default: return try await listed(operations)
        }
    }

    private func listed(_ operations: any Operations) async throws -> APIAnswer {
        switch self {
        case .checkpoints(var filter):
            filter.limit += 1
            return page(try await operations.checkpoints(filter), filter.limit) {
                [String($0.savedAt.microseconds), String($0.sequence), $0.partition.key.rawValue]
            }
        case .runs(var filter):
            filter.limit += 1
            return page(try await operations.runs(filter), filter.limit) { [String($0.run.id.rawValue)] }
        case .quarantine(var filter):
            filter.limit += 1
            return page(try await operations.quarantine(filter), filter.limit) { [String($0.id)] }
        case .quarantineEntry(let id):
            let before = id == .max ? nil : id + 1
            let found = try await operations.quarantine(QuarantineFilter(state: nil, before: before, limit: 1))
            guard let entry = found.first, entry.id == id else {
                throw Problem.unknown("quarantined record", String(id))
            }
            return APIAnswer(200, entry)
        case .tombstones(var filter):
            filter.limit += 1
            return page(try await operations.tombstones(filter), filter.limit) { [String($0.id)] }
        case .tombstoneRows(let id, let after, let limit):
            return page(try await operations.tombstoneRows(of: id, after: after, limit: limit + 1), limit + 1) {
                [$0.table.rawValue, $0.id]
            }
        case .logs(let job, let after, let limit):
            let lines = try await operations.logs(job: job, after: after, limit: after == nil ? limit : limit + 1)
            // Without a beginning these are the newest lines: nothing follows.
            return page(lines, limit + 1) { [String($0.sequence)] }
        case .rows(var filter):
            filter.limit += 1
            var rows = try await operations.rows(filter)
            var next: String?
            if rows.count == filter.limit {
                rows.removeLast()
                next = rows.last?.key(in: filter.table).map { PageCursor([$0.source.rawValue, $0.id]).text }
            }
            return APIAnswer(200, RowPage(table: filter.table, items: rows, next: next))
        default: preconditionFailure("answered elsewhere")
        }
    }

    /// A part of a list that was asked for with one item more than wanted, to see whether it goes on.
    private func page<Item: WireObject>(_ items: [Item], _ asked: Int, _ words: (Item) -> [String]) -> APIAnswer {
        guard items.count == asked else { return APIAnswer(200, ItemPage(items)) }
        let kept = Array(items.dropLast())
        return APIAnswer(200, ItemPage(kept, next: kept.last.map { PageCursor(words($0)).text }))
    }

    /// A part of a list that is here as a whole. When the item that it should go on behind is gone, it begins again.
    private func page<Item: WireObject>(_ items: [Item], _ part: ListPart, _ key: (Item) -> String) -> APIAnswer {
        var rest = items[...]
        if let after = part.after, let place = items.firstIndex(where: { key($0) == after }) {
            rest = items[(place + 1)...]
        }
        let kept = Array(rest.prefix(part.limit))
        let next = kept.count < rest.count ? kept.last.map { PageCursor([key($0)]).text } : nil
        return APIAnswer(200, ItemPage(kept, next: next))
    }
}

extension DataRow {
    /// Source and id, by their columns; `nil` for a row that is none of this table.
    func key(in table: TableName) -> RowID? {
        guard let columns = UnifiedSchema.table(table)?.columns,
            let place = Table.provenance.firstIndex(where: { $0.name == "source" }),
            columns.count + place < values.count,
            case .text(let id) = values[0], case .text(let source) = values[columns.count + place]
        else { return nil }
        return RowID(source: SourceID(source), id: id)
    }
}
