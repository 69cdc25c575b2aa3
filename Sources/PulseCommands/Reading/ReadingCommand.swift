import PulseConsole
package import PulseDomain
import PulseEngine
import PulseStore

/// What a reading command prints: tables for people, JSON for machines.
package struct ReadingCommand: Sendable {
    let context: CommandContext
    let wishes: SettingsWishes
    let isJSON: Bool

    package init(_ context: CommandContext, _ wishes: SettingsWishes, isJSON: Bool) {
        self.context = context
        self.wishes = wishes
        self.isJSON = isJSON
    }

    /// Lends the engine to `body`. Where there is no store to look at, that is thrown when `body` is done.
    ///
    /// - Parameter isOfConfiguration: What is shown is worth something without a store: that there is none is only said.
    func reading<Value>(
        isOfConfiguration: Bool = false, _ body: (EngineAccess) async throws -> Value
    ) async throws -> Value {
        let access = try await EngineFinder(context).access(wishes, isReading: true)
        do {
            let value = try await body(access)
            if let absence = access.absence {
                guard isOfConfiguration else { throw absence }
                for line in absence.text { context.output.note(line) }
            }
            await access.close()
            return value
        } catch {
            await access.close()
            throw error
        }
    }

    /// Prints the JSON or the text.
    func show(_ json: @autoclosure () throws -> String, else text: @autoclosure () -> String) throws {
        try context.output.print(isJSON ? try json() : text())
    }

    /// Says that a list may go on where it ends.
    func noteCut(_ count: Int, at limit: Int) {
        guard count == limit else { return }
        context.output.note("pulse: There may be more; --limit says how many are listed.")
    }

    func renderer(at now: Instant) -> PlainRenderer {
        var renderer = context.output.renderer(at: now)
        renderer.program = wishes.program
        return renderer
    }

    // MARK: The engine

    /// The verdict, alerts, and how many jobs are in which state. `problems` when somebody has to look at something.
    package func status() async throws -> ExitStatus {
        try await reading { access in
            let overview = try await access.operations.overview()
            let renderer = renderer(at: overview.asOf)
            var text = renderer.status(overview, isRunning: access.isRunning)
            if !access.isRunning { text += "\(advice)\n" }
            let problems = renderer.problems(overview, isRunning: access.isRunning)
            try show(
                try JSONText.document(
                    JSONObject(statusOf: overview, problems: problems, isRunning: access.isRunning)), else: text)
            return problems == 0 ? .ok : .problems
        }
    }

    /// How an engine is started on the store that was looked at.
    private var advice: String {
        guard SettingsFinder(context).path(wishes) != nil else {
            return "`pulse run --config FILE`, with its configuration, starts an engine on it."
        }
        return "`\(wishes.program)` or `\(wishes.program) run` starts an engine on it."
    }

    /// What the console's first screen shows.
    package func overview() async throws {
        try await reading(isOfConfiguration: true) { access in
            let overview = try await access.operations.overview()
            let renderer = renderer(at: overview.asOf)
            let problems = renderer.problems(overview, isRunning: access.isRunning)
            try show(
                try JSONText.document(JSONObject(homeOf: overview, problems: problems, isRunning: access.isRunning)),
                else: renderer.home(overview, isRunning: access.isRunning))
        }
    }

    package func jobs() async throws {
        try await reading(isOfConfiguration: true) { access in
            let overview = try await access.operations.overview()
            try show(
                try JSONText.document(overview.jobs.map(JSONObject.init)),
                else: renderer(at: overview.asOf).jobs(overview)
            )
        }
    }

    /// Who works on the store, and on what.
    package func engines() async throws {
        try await reading { access in
            let overview = try await access.operations.overview()
            try show(
                try JSONText.document(
                    overview.engines.map { JSONObject($0, in: overview) }),
                else: renderer(at: overview.asOf).engines(overview))
        }
    }

    package func limits() async throws {
        try await reading(isOfConfiguration: true) { access in
            let overview = try await access.operations.overview()
            try show(
                try JSONText.document(JSONObject(limitsOf: overview)),
                else: renderer(at: overview.asOf).limits(overview))
        }
    }

    /// What is wrong. Ends as ``status()`` does.
    package func alerts() async throws -> ExitStatus {
        try await reading { access in
            let overview = try await access.operations.overview()
            let renderer = renderer(at: overview.asOf)
            try show(
                try JSONText.document(overview.alerts.map(JSONObject.init)),
                else: renderer.alerts(overview, isRunning: access.isRunning))
            let problems = renderer.problems(overview, isRunning: access.isRunning)
            return problems == 0 ? .ok : .problems
        }
    }

    // MARK: One job

    package func runs(of job: String) async throws {
        try await reading { access in
            let (id, overview) = try await known(job, access)
            let detail = try await access.operations.jobDetail(id)
            try show(
                try JSONText.document(detail.recentRuns.map(JSONObject.init)),
                else: renderer(at: overview.asOf).runs(detail.recentRuns))
        }
    }

    package func checkpoints(of job: String, partition: String?, limit: Int) async throws {
        try await reading { access in
            let (id, overview) = try await known(job, access)
            let checkpoints = try await access.operations.checkpoints(
                of: id, partition: partition.map { PartitionKey($0) }, limit: limit)
            try show(
                try JSONText.document(checkpoints.map(JSONObject.init)),
                else: renderer(at: overview.asOf).checkpoints(checkpoints))
            noteCut(checkpoints.count, at: limit)
        }
    }

    func known(_ name: String, _ access: EngineAccess) async throws -> (JobID, Overview) {
        let overview = try await access.operations.overview()
        return (try JobNames.job(name, among: overview.jobs.map(\.id)), overview)
    }

    // MARK: Quarantine, log, audit

    package func quarantine(job: String?, state: QuarantineState?, limit: Int) async throws {
        try await reading { access in
            let overview = try await access.operations.overview()
            let id = try job.map { try JobNames.job($0, among: overview.jobs.map(\.id)) }
            let entries = try await QuarantinePages(operations: access.operations, job: id, state: state).newest(limit)
            try show(
                try JSONText.document(entries.map { JSONObject($0, withPayload: false) }),
                else: renderer(at: overview.asOf).quarantine(entries))
            noteCut(entries.count, at: limit)
        }
    }

    package func quarantined(_ number: Int64) async throws {
        try await reading { access in
            let above = number < .max ? number + 1 : nil
            let entries = try await access.operations.quarantine(QuarantineFilter(state: nil, before: above, limit: 1))
            guard let entry = entries.first, entry.id == number else {
                throw CommandError(
                    .usage, "There is no quarantined record \(number).",
                    remedy: "`pulse quarantine list --all` lists those there are.")
            }
            try show(
                try JSONText.document(JSONObject(entry, withPayload: true)),
                else: QuarantineText.text(of: entry, context.output))
        }
    }

    package func audit(limit: Int) async throws {
        try await reading { access in
            let overview = try await access.operations.overview()
            let entries = try await access.operations.audit(limit: limit)
            // What was done is what is looked for: not cut on a terminal either.
            var whole = renderer(at: overview.asOf)
            whole.width = nil
            let shown = entries.map { entry in
                var entry = entry
                entry.outcome = entry.outcome.replacing(/(T\d\d:\d\d:\d\d)\.\d+Z/) { "\($0.output.1)Z" }
                return entry
            }
            try show(try JSONText.document(entries.map(JSONObject.init)), else: whole.audit(shown))
            noteCut(entries.count, at: limit)
        }
    }

    /// What censuses found gone, newest first.
    package func tombstones(job: String?, limit: Int) async throws {
        try await reading { access in
            let id: JobID? = if let job { try await known(job, access).0 } else { nil }
            let findings = try await access.operations.tombstones(TombstoneFilter(job: id, limit: limit))
            try show(
                try JSONText.document(findings.map(JSONObject.init)),
                else: TombstoneTable.text(findings, context.output))
            noteCut(findings.count, at: limit)
        }
    }

    /// The rows of a finding.
    package func tombstoneRows(of finding: Int64, limit: Int) async throws {
        try await reading { access in
            let rows = try await access.operations.tombstoneRows(of: finding, after: nil, limit: limit)
            guard !rows.isEmpty else {
                throw CommandError(
                    .usage, "There is no finding \(finding), or it was taken back.",
                    remedy: "`pulse tombstones` lists those there are.")
            }
            try show(
                try JSONText.document(rows.map(JSONObject.init)),
                else: TombstoneTable.text(rows, context.output))
            noteCut(rows.count, at: limit)
        }
    }
}
