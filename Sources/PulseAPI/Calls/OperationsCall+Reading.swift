import PulseDomain

extension OperationsCall {
    /// What a request means, whose address has been checked (``Route/check(_:)``); `nil` for routes that ``Operations`` do
    /// not answer. Throws `Problem` for cursors, filters and bodies that are none.
    package init?(_ route: Route, _ arguments: Arguments, body: [UInt8]) throws(Problem) {
        if route.id.isCommand {
            let (command, reason) = try Self.command(route.id, arguments, body)
            self = arguments.flag("dry_run") ? .preview(command) : .perform(command, reason: reason)
            return
        }
        let limit = arguments.limit
        let job = arguments["job"].map { JobID($0) }
        switch route.id {
        case .overview: self = .overview
        case .engine: self = .engine
        case .job: self = .job(arguments.jobInPath)
        case .jobs: self = .jobs(try arguments.part())
        case .quotas: self = .quotas(try arguments.part())
        case .breakers: self = .breakers(try arguments.part())
        case .alerts: self = .alerts(try arguments.part())
        case .sources: self = .sources(try arguments.part())
        case .throughput: self = .throughput(try arguments.part())
        case .tables: self = .tables(try arguments.part())
        case .checkpoints:
            let before = try arguments.checkpointPosition()
            self = .checkpoints(
                CheckpointFilter(
                    job: arguments.jobInPath, partition: arguments["partition"].map { PartitionKey($0) },
                    before: before, limit: limit))
        case .runs:
            self = .runs(RunFilter(job: job, before: try arguments.numberCursor().map { RunID($0) }, limit: limit))
        case .quarantine:
            let state = arguments["state"] ?? QuarantineState.waiting.rawValue
            self = .quarantine(
                QuarantineFilter(
                    job: job, state: QuarantineState(rawValue: state), before: try arguments.numberCursor(),
                    limit: limit))
        case .quarantineEntry: self = .quarantineEntry(arguments.integer("id") ?? 0)
        case .tombstones:
            self = .tombstones(
                TombstoneFilter(
                    job: job, state: arguments["state"].flatMap { TombstoneState(rawValue: $0) },
                    before: try arguments.numberCursor(), limit: limit))
        case .tombstoneRows:
            let after = try arguments.cursor(2).map { TombstoneRow.Position(table: TableName($0[0]), id: $0[1]) }
            self = .tombstoneRows(arguments.integer("id") ?? 0, after: after, limit: limit)
        case .logs:
            let cursor = try arguments.numberCursor()
            self = .logs(job, after: cursor ?? arguments.integer("after"), limit: limit)
        case .audit: self = .audit(try arguments.part())
        case .rows: self = .rows(try arguments.rowFilter())
        default: return nil
        }
    }

    private static func command(
        _ route: RouteID, _ arguments: Arguments, _ body: [UInt8]
    ) throws(Problem) -> (Command, reason: String) {
        func read<Body: WireObject>(_ type: Body.Type) throws(Problem) -> Body {
            do throws(WireError) {
                // Where everything may be left out, so may the body.
                return try Body(json: body.isEmpty ? Array("{}".utf8) : body, limit: 1 << 20)
            } catch {
                throw .badRequest(error.sentence)
            }
        }
        let job = arguments.jobInPath
        let id = arguments.integer("id") ?? 0
        switch route {
        case .start:
            let body = try read(StartBody.self)
            do throws(WireError) {
                return (.start(job, try RunMode(body.mode ?? .incremental, body.range)), body.reason ?? "")
            } catch {
                throw .unprocessable(error.sentence)
            }
        case .pause:
            let body = try read(PauseBody.self)
            guard body.untilQuotaResets == true else { return (.pause(job, until: body.until), body.reason ?? "") }
            guard body.until == nil else {
                throw .unprocessable("A pause ends at a time or when the quota resets, not both.")
            }
            return (.pauseUntilQuotaResets(job), body.reason ?? "")
        case .rewind:
            let body = try read(RewindBody.self)
            return (.rewind(job, body.partition, toSequence: body.sequence), body.reason ?? "")
        case .skip:
            let body = try read(SkipBody.self)
            return (.skipPartition(job, body.partition), body.reason ?? "")
        case .replay, .discard:
            let body = try read(RecordsBody.self)
            return (route == .replay ? .replay(body.ids) : .discard(body.ids), body.reason ?? "")
        default:
            let reason = try read(ReasonBody.self).reason ?? ""
            return (try simple(route, job, id, alert: arguments["id"] ?? ""), reason)
        }
    }

    private static func simple(
        _ route: RouteID, _ job: JobID, _ id: Int64, alert: String
    ) throws(Problem) -> Command {
        switch route {
        case .resume: .resume(job)
        case .stop: .stop(job)
        case .retry: .retry(job)
        case .hold: .hold(job)
        case .release: .release(job)
        case .retransform: .retransform(job)
        case .undoTombstones: .undoTombstones(id)
        case .confirmTombstones: .confirmTombstones(id)
        case .acknowledge: .acknowledge(alert: alert)
        default: throw .notFound
        }
    }
}

extension Arguments {
    fileprivate var jobInPath: JobID {
        JobID(source: SourceID(self.path["source"] ?? ""), stream: StreamID(self.path["stream"] ?? ""))
    }

    fileprivate func checkpointPosition() throws(Problem) -> CheckpointFilter.Position? {
        guard let words = try cursor(3) else { return nil }
        guard let time = Int64(words[0]), let sequence = Int64(words[1]) else { throw Self.badCursor }
        return CheckpointFilter.Position(
            savedAt: Instant(microseconds: time), sequence: sequence, partition: PartitionKey(words[2]))
    }

    fileprivate func rowFilter() throws(Problem) -> RowFilter {
        let table = TableName(self["table"] ?? "")
        // What is stored as JSON has no values that a query could have.
        let columns = (UnifiedSchema.table(table)?.allColumns ?? Table.provenance).filter { $0.type != .json }
        let own = RouteTable.route(.rows).parameters.map(\.name)
        var conditions: [RowFilter.Condition] = []
        for argument in query where !own.contains(argument.name) {
            guard let column = columns.first(where: { $0.name == argument.name }) else {
                throw .unprocessable("The table \(table) has no such column as the query asks for.")
            }
            guard let value = RowValue(text: argument.value, as: column.type) else {
                throw .unprocessable(
                    "The column \(column.name) cannot hold the value that the query asks for; it is of type "
                        + "\(column.type).")
            }
            conditions.append(RowFilter.Condition(column: column.name, value: value))
        }
        let after = try cursor(2).map { RowID(source: SourceID($0[0]), id: $0[1]) }
        return RowFilter(
            table: table, conditions: conditions, includesDeleted: flag("include_deleted"), after: after, limit: limit)
    }
}
