import PulseDomain

extension OperationsCall {
    /// The request that means it.
    package var request: APIRequest {
        switch self {
        case .overview: APIRequest(.overview)
        case .engine: APIRequest(.engine)
        case .jobs(let part): part.request(.jobs)
        case .quotas(let part): part.request(.quotas)
        case .breakers(let part): part.request(.breakers)
        case .alerts(let part): part.request(.alerts)
        case .sources(let part): part.request(.sources)
        case .throughput(let part): part.request(.throughput)
        case .tables(let part): part.request(.tables)
        case .job(let job): APIRequest(.job, Arguments(job))
        case .checkpoints(let filter):
            APIRequest(
                .checkpoints,
                Arguments(
                    filter.job,
                    [
                        ("partition", filter.partition?.rawValue), ("limit", String(filter.limit)),
                        ("cursor", filter.before.map(Self.cursor)),
                    ]))
        case .runs(let filter):
            Self.list(.runs, filter.job, nil, filter.before?.rawValue, filter.limit)
        case .quarantine(let filter):
            Self.list(.quarantine, filter.job, filter.state?.rawValue ?? "all", filter.before, filter.limit)
        case .tombstones(let filter):
            Self.list(.tombstones, filter.job, filter.state?.rawValue ?? "all", filter.before, filter.limit)
        case .quarantineEntry(let id): APIRequest(.quarantineEntry, Arguments(path: ["id": String(id)]))
        case .tombstoneRows(let id, let after, let limit):
            APIRequest(
                .tombstoneRows,
                Arguments(
                    path: ["id": String(id)],
                    [
                        ("limit", String(limit)),
                        ("cursor", after.map { PageCursor([$0.table.rawValue, $0.id]).text }),
                    ]))
        case .logs(let job, let after, let limit):
            APIRequest(
                .logs,
                Arguments([("job", job?.rawValue), ("after", after.map { String($0) }), ("limit", String(limit))]))
        case .audit(let part): part.request(.audit)
        case .rows(let filter): Self.rows(filter)
        case .preview(let command): Self.command(command, reason: "", isDryRun: true)
        case .perform(let command, let reason): Self.command(command, reason: reason, isDryRun: false)
        }
    }

    private static func cursor(_ position: CheckpointFilter.Position) -> String {
        PageCursor([
            String(position.savedAt.microseconds), String(position.sequence), position.partition.rawValue,
        ]).text
    }

    private static func list(
        _ route: RouteID, _ job: JobID?, _ state: String?, _ before: Int64?, _ limit: Int
    ) -> APIRequest {
        let cursor = before.map { PageCursor([String($0)]).text }
        return APIRequest(
            route,
            Arguments([("job", job?.rawValue), ("state", state), ("limit", String(limit)), ("cursor", cursor)]))
    }

    private static func rows(_ filter: RowFilter) -> APIRequest {
        let columns = (UnifiedSchema.table(filter.table)?.columns ?? []) + Table.provenance
        var query: [(String, String?)] = filter.conditions.map { condition in
            let column = columns.first { $0.name == condition.column }
            return (condition.column, condition.value.text(as: column?.type ?? .text))
        }
        query.append(("include_deleted", filter.includesDeleted ? "true" : nil))
        query.append(("limit", String(filter.limit)))
        query.append(("cursor", filter.after.map { PageCursor([$0.source.rawValue, $0.id]).text }))
        return APIRequest(.rows, Arguments(path: ["table": filter.table.rawValue], query))
    }

    private static func command(_ command: Command, reason: String, isDryRun: Bool) -> APIRequest {
        let reason = reason.isEmpty ? nil : reason
        let (route, body) = form(command, reason)
        var arguments = Arguments()
        switch command {
        case .undoTombstones(let id), .confirmTombstones(let id): arguments.path["id"] = String(id)
        case .acknowledge(let alert): arguments.path["id"] = alert
        default: if let job = command.job { arguments = Arguments(job) }
        }
        if isDryRun { arguments.query.append(Arguments.Value("dry_run", "true")) }
        return APIRequest(route, arguments, body: body)
    }

    private static func form(_ command: Command, _ reason: String?) -> (RouteID, [UInt8]) {
        let plain = ReasonBody(reason: reason).json
        return switch command {
        case .start(_, let mode): (.start, StartBody(mode, reason).json)
        case .pause(_, let until): (.pause, PauseBody(until: until, reason: reason).json)
        case .pauseUntilQuotaResets: (.pause, PauseBody(untilQuotaResets: true, reason: reason).json)
        case .resume: (.resume, plain)
        case .stop: (.stop, plain)
        case .retry: (.retry, plain)
        case .rewind(_, let key, let sequence):
            (.rewind, RewindBody(partition: key, sequence: sequence, reason: reason).json)
        case .skipPartition(_, let key): (.skip, SkipBody(partition: key, reason: reason).json)
        case .hold: (.hold, plain)
        case .release: (.release, plain)
        case .replay(let ids): (.replay, RecordsBody(ids: ids, reason: reason).json)
        case .discard(let ids): (.discard, RecordsBody(ids: ids, reason: reason).json)
        case .undoTombstones: (.undoTombstones, plain)
        case .confirmTombstones: (.confirmTombstones, plain)
        case .retransform: (.retransform, plain)
        case .acknowledge: (.acknowledge, plain)
        }
    }
}

extension StartBody {
    fileprivate init(_ mode: RunMode, _ reason: String?) {
        self.init(mode: RunModeName(rawValue: mode.name), reason: reason)
        if case .range(let from, let to) = mode { range = InstantRange(from: from, to: to) }
    }
}

extension ListPart {
    fileprivate func request(_ route: RouteID) -> APIRequest {
        APIRequest(
            route, Arguments([("limit", String(limit)), ("cursor", after.map { PageCursor([$0]).text })]))
    }
}

extension Arguments {
    fileprivate init(_ job: JobID, _ query: [(String, String?)] = []) {
        self.init(path: ["source": job.source.rawValue, "stream": job.stream.rawValue], query)
    }

    fileprivate init(path: [String: String] = [:], _ query: [(String, String?)]) {
        self.init(path: path, query: query.compactMap { name, value in value.map { Value(name, $0) } })
    }
}
