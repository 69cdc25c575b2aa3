import PulseConsole
import PulseDomain
import PulseEngine

extension ReadingCommand {
    /// The newest lines; with `follows`, what comes after them until the engine ends or the reader goes away.
    package func logs(job: String?, count: Int, follows: Bool) async throws {
        try await reading { access in
            let overview = try await access.operations.overview()
            let id = try job.map { try JobNames.job($0, among: overview.jobs.map(\.id)) }
            // Listening begins before reading, so that no line falls between.
            let events = follows && access.isRunning && !access.isShared ? try await access.operations.events() : nil
            let lines = try await access.operations.logs(job: id, after: nil, limit: count)
            try print(lines)
            guard follows else { return }
            if access.isShared {
                return try await context.output.whileRead {
                    try await poll(after: lines.last?.sequence, of: id, access)
                }
            }
            guard let events else {
                context.output.note("pulse: No engine runs, so nothing follows. `pulse run` starts one.")
                return
            }
            try await context.output.whileRead {
                try await follow(events, after: lines.last?.sequence ?? 0, of: id, access)
            }
        }
    }

    private func print(_ lines: [LogLine]) throws {
        let text =
            isJSON ? try lines.map { try JSONText.line(JSONObject($0)) }.joined() : renderer(at: .epoch).logs(lines)
        if !text.isEmpty { try context.output.print(text) }
    }

    private func follow(
        _ events: AsyncStream<OperationsEvent>, after sequence: Int64, of job: JobID?, _ access: EngineAccess
    ) async throws {
        var last = sequence
        for await event in events {
            switch event {
            case .log(let line) where line.sequence > last && (job == nil || line.job == job):
                last = line.sequence
                try print([line])
            case .gap:
                let missed = try await access.operations.logs(job: job, after: last, limit: 10_000)
                last = missed.last?.sequence ?? last
                try print(missed)
            default: break
            }
        }
        try tellEnd()
    }

    /// How often a shared store is looked at.
    private static let interval = Duration.seconds(2)

    /// Engines of other processes tell nothing: what they wrote is read.
    private func poll(after sequence: Int64?, of job: JobID?, _ access: EngineAccess) async throws {
        var last = sequence ?? 0
        repeat {
            try await SystemClock().sleep(for: Self.interval)
            let lines = try await access.operations.logs(job: job, after: last, limit: 10_000)
            last = lines.last?.sequence ?? last
            try print(lines)
        } while try await isRunning()
        try tellEnd()
    }

    private func isRunning() async throws -> Bool {
        let access = try await EngineFinder(context).access(wishes, isReading: true)
        await access.close()
        return access.isRunning
    }

    /// As ``watchJobs()`` on a shared store: it is opened anew for every look.
    private func watchShared() async throws {
        let redraws = context.output.isTerminal && !isJSON
        try await context.output.whileRead {
            var shown = ""
            var isRunning = true
            while isRunning {
                try await reading { access in
                    isRunning = access.isRunning
                    try await show(access, &shown, redraws: redraws)
                }
                if isRunning { try await SystemClock().sleep(for: Self.interval) }
            }
            try tellEnd()
        }
    }

    /// Events end with the engine, or because this command is given up.
    private func tellEnd() throws {
        try Task.checkCancellation()
        context.output.note("pulse: The engine has ended.")
    }

    /// The table of jobs, again whenever it changes, at most once a second.
    package func watchJobs() async throws {
        try await reading { access in
            guard access.isRunning else {
                throw CommandError(
                    .failed, "No engine runs, so there is nothing to watch.", remedy: "`pulse run` starts one.")
            }
            if access.isShared { return try await watchShared() }
            let events = try await access.operations.events()
            let redraws = context.output.isTerminal && !isJSON
            try await context.output.whileRead {
                var shown = ""
                var drawnAt: ContinuousClock.Instant?
                try await show(access, &shown, redraws: redraws)
                for await _ in events {
                    let now = ContinuousClock.now
                    if let drawnAt, now - drawnAt < .seconds(1) { continue }
                    drawnAt = now
                    try await show(access, &shown, redraws: redraws)
                }
                try tellEnd()
            }
        }
    }

    private func show(_ access: EngineAccess, _ shown: inout String, redraws: Bool) async throws {
        let overview = try await access.operations.overview()
        if isJSON {
            try context.output.print(try JSONText.line(JSONObject(jobsOf: overview)))
            return
        }
        let table = renderer(at: overview.asOf).jobs(overview)
        guard table != shown else { return }
        shown = table
        // Home, the table, and nothing below it (ECMA-48 CUP and ED).
        try context.output.print(
            redraws ? "\u{1B}[H\u{1B}[2J\(table)" : "\(overview.asOf.iso8601)\n\(table)\n")
    }
}

extension JSONObject {
    /// A line of `pulse jobs --watch --json`.
    init(jobsOf overview: Overview) {
        self = [
            "as_of": overview.asOf.iso8601,
            "jobs": overview.jobs.map(JSONObject.init),
        ]
    }
}
