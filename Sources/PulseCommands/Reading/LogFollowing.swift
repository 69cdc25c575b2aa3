import PulseAPI
import PulseConsole
import PulseDomain
import PulseEngine

extension ReadingCommand {
    /// The newest lines; with `follows`, what comes after them until the engine ends or the reader goes away.
    package func logs(job: String?, engine: String? = nil, count: Int, follows: Bool) async throws {
        try await reading { access in
            let overview = try await access.operations.overview()
            let id = try job.map { try JobNames.job($0, among: overview.jobs.map(\.id)) }
            let log = LogPrinting(engine: engine, namesEngines: overview.engines.count > 1)
            // Listening begins before reading, so that no line falls between.
            let events = follows && access.isRunning && !access.isShared ? try await access.operations.events() : nil
            let lines = try await newest(count, of: id, log, access)
            if let engine, lines.isEmpty, !overview.engines.contains(where: { log.names($0.id) }) {
                let known = overview.engines.map(\.id).joined(separator: ", ")
                throw CommandError(
                    .usage, "There is no engine called \(engine), and no line of the log is of one.",
                    remedy: known.isEmpty ? "No engine has told of itself." : "Known are: \(known).")
            }
            try print(lines, log)
            guard follows else { return }
            if access.isShared {
                return try await context.output.whileRead {
                    try await poll(after: lines.map(\.sequence).max(), of: id, log)
                }
            }
            guard let events else {
                context.output.note("pulse: No engine runs, so nothing follows. `pulse run` starts one.")
                return
            }
            try await context.output.whileRead {
                try await withLink(access) {
                    try await follow(events, after: lines.map(\.sequence).max() ?? 0, of: id, log, access)
                }
            }
        }
    }

    /// How log lines are printed.
    private struct LogPrinting {
        /// What the engine's name has to contain; `nil`: anything.
        var engine: String?
        /// Whether more than one is known.
        var namesEngines: Bool

        func shows(_ line: LogLine) -> Bool { engine == nil || line.engine.map(names) ?? false }

        /// Whether the engine of that name is meant.
        func names(_ name: String) -> Bool {
            guard let engine = engine?.lowercased() else { return true }
            return name.lowercased().contains(engine)
        }
    }

    /// So many of the newest lines that are to be shown. Of one engine they may lie far back among those of others.
    private func newest(
        _ count: Int, of job: JobID?, _ log: LogPrinting, _ access: EngineAccess
    ) async throws -> [LogLine] {
        let lines = try await access.operations.logs(
            job: job, after: nil, limit: log.engine == nil ? count : max(count, 20_000))
        return Array(lines.filter(log.shows).suffix(count))
    }

    /// In the order of their times: several engines write.
    private func print(_ lines: [LogLine], _ log: LogPrinting) throws {
        let lines = lines.filter(log.shows).sorted { ($0.at, $0.sequence) < ($1.at, $1.sequence) }
        var renderer = renderer(at: .epoch)
        renderer.showsEngines = log.namesEngines
        let text = isJSON ? try lines.map { try JSONText.line(JSONObject($0)) }.joined() : renderer.logs(lines)
        if !text.isEmpty { try context.output.print(text) }
    }

    private func follow(
        _ events: AsyncStream<OperationsEvent>, after sequence: Int64, of job: JobID?, _ log: LogPrinting,
        _ access: EngineAccess
    ) async throws {
        var log = log
        var told = ToldLines(after: sequence)
        for await event in events {
            switch event {
            case .engines(let engines): log.namesEngines = engines.count > 1
            case .gap: try await printMissed(&told, of: job, log, access)
            case .log(let line):
                let isNew = told.isNew(line.sequence)
                if isNew, job == nil || line.job == job { try print([line], log) }
            default: break
            }
        }
        try tellEnd(access)
    }

    /// Lines that were written while nothing was heard. A gateway that does not answer is asked again until it does: nothing
    /// else would tell of them.
    private func printMissed(
        _ told: inout ToldLines, of job: JobID?, _ log: LogPrinting, _ access: EngineAccess
    ) async throws {
        var last = told.floor
        while true {
            let lines = try await answer(of: access) {
                try await access.operations.logs(job: job, after: last, limit: Self.linesAtOnce)
            }
            guard let lines else {
                try await SystemClock().sleep(for: StoreWatch.interval)
                continue
            }
            last = lines.last?.sequence ?? last
            try print(lines.filter { told.isNew($0.sequence) }, log)
            if lines.count < Self.linesAtOnce { return }
        }
    }

    private static let linesAtOnce = 10_000

    /// Engines of other processes tell nothing: what they wrote is read.
    private func poll(after sequence: Int64?, of job: JobID?, _ log: LogPrinting) async throws {
        var last = sequence ?? 0
        var watch = StoreWatch(SystemClock().now)
        try await watchStore(&watch) { access in
            let lines = try await access.operations.logs(job: job, after: last, limit: 10_000)
            last = lines.last?.sequence ?? last
            try print(lines, log)
        }
    }

    /// As ``watch(_:)`` on a shared store.
    private func watchShared(_ what: Watched) async throws {
        let redraws = context.output.isTerminal && !isJSON
        try await context.output.whileRead {
            var shown = ""
            var watch = StoreWatch(SystemClock().now)
            try await watchStore(&watch) { try await show(what, $0, &shown, redraws: redraws) }
        }
    }

    /// Looks at a shared store, which is opened anew each time, until no engine runs on it. A store that does not answer
    /// is told once, and looked at again.
    private func watchStore(
        _ watch: inout StoreWatch, _ look: (EngineAccess) async throws -> Void
    ) async throws {
        let clock = SystemClock()
        while true {
            do {
                var isRunning = false
                try await reading { access in
                    isRunning = access.isRunning
                    try await look(access)
                }
                if let note = watch.answered(at: clock.now) { context.output.note(note) }
                guard watch.goesOn(isRunning: isRunning, at: clock.now) else { return try tellEnd() }
            } catch let error where StoreWatch.isOutage(error) {
                if let note = watch.failed(because: error) { context.output.note(note) }
            }
            try await clock.sleep(for: StoreWatch.interval)
        }
    }

    /// Events end with the engine, or because this command is given up, or because a gateway refuses for good.
    private func tellEnd(_ access: EngineAccess? = nil) throws {
        try Task.checkCancellation()
        if case .ended(let failure)? = access?.link?.status.state { throw failure }
        context.output.note("pulse: The engine has ended.")
    }

    /// A table that is printed again.
    private enum Watched { case jobs, engines }

    /// The table of jobs, again whenever it changes, at most once a second.
    package func watchJobs() async throws { try await watch(.jobs) }

    /// The table of engines, again whenever it changes, at most once a second.
    package func watchEngines() async throws { try await watch(.engines) }

    private func watch(_ what: Watched) async throws {
        try await reading { access in
            guard access.isRunning else {
                throw CommandError(
                    .failed, "No engine runs, so there is nothing to watch.", remedy: "`pulse run` starts one.")
            }
            if access.isShared { return try await watchShared(what) }
            let events = try await access.operations.events()
            let redraws = context.output.isTerminal && !isJSON
            try await context.output.whileRead {
                try await withLink(access) {
                    var shown = ""
                    try await show(what, access, &shown, redraws: redraws)
                    for await _ in Self.changes(events) {
                        do {
                            // Nothing else would tell of it again: a gateway that does not answer is asked until it does.
                            while try await answer(
                                of: access, { try await show(what, access, &shown, redraws: redraws) }) == nil
                            {
                                try await SystemClock().sleep(for: StoreWatch.interval)
                            }
                            try await SystemClock().sleep(for: .seconds(1))
                        } catch let failure as Failure where failure.code == "control.ended" {
                            // It ended between its last event and this question.
                            break
                        }
                    }
                    try tellEnd(access)
                }
            }
        }
    }

    /// That something happened, however often since it was looked at last: of changes that come together the last one
    /// counts. Ends with the events.
    private static func changes(_ events: AsyncStream<OperationsEvent>) -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let listening = Task {
                for await _ in events { continuation.yield() }
                continuation.finish()
            }
            continuation.onTermination = { _ in listening.cancel() }
        }
    }

    private func show(
        _ what: Watched, _ access: EngineAccess, _ shown: inout String, redraws: Bool
    ) async throws {
        let overview = try await access.operations.overview()
        if isJSON {
            let line = what == .jobs ? JSONObject(jobsOf: overview) : JSONObject(enginesOf: overview)
            try context.output.print(try JSONText.line(line))
            return
        }
        let renderer = renderer(at: overview.asOf)
        let table = what == .jobs ? renderer.jobs(overview) : renderer.engines(overview)
        guard table != shown else { return }
        shown = table
        // Home, the table, and nothing below it (ECMA-48 CUP and ED).
        try context.output.print(
            redraws ? "\u{1B}[H\u{1B}[2J\(table)" : "\(overview.asOf.iso8601)\n\(table)\n")
    }
}

extension JSONObject {
    /// A line of `pulse engines --watch --json`.
    init(enginesOf overview: Overview) {
        self = [
            "as_of": overview.asOf.iso8601,
            "engines": overview.engines.map { JSONObject($0, in: overview) },
        ]
    }

    /// A line of `pulse jobs --watch --json`.
    init(jobsOf overview: Overview) {
        self = [
            "as_of": overview.asOf.iso8601,
            "jobs": overview.jobs.map(JSONObject.init),
        ]
    }
}
