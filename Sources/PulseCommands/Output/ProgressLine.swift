import PulseDomain
import PulseEngine
import PulseTerminal

/// How far the jobs are, on standard error: one line that changes on a terminal, one for each job that ends elsewhere.
struct ProgressLine: Sendable {
    private let output: Output
    private let changes: Bool

    init(_ output: Output) {
        self.output = output
        changes = output.showsProgress
    }

    /// Tells it while `body` waits for the engine's end, and leaves no trace on a terminal.
    func told<Outcome: Sendable>(of engine: Engine, while body: () async -> Outcome) async -> Outcome {
        let progress = Task { await follow(engine) }
        let outcome = await body()
        progress.cancel()
        let told = await progress.value
        // The last ones may have ended faster than their events came.
        if !changes, let jobs = try? await engine.overview().jobs {
            for job in jobs where job.run?.state.name.isFinal == true && !told.contains(job.id) { tellEnd(of: job) }
        }
        return outcome
    }

    /// Until cancelled. Returns the jobs whose ends were told.
    private func follow(_ engine: Engine) async -> Set<JobID> {
        let events = await engine.events()
        var jobs: [JobID: JobStatus] = [:]
        var told: Set<JobID> = []
        guard let overview = try? await engine.overview() else { return told }
        for job in overview.jobs { jobs[job.id] = job }
        draw(Array(jobs.values))
        for await event in events {
            guard case .job(let job) = event else { continue }
            let before = jobs.updateValue(job, forKey: job.id)
            if changes {
                draw(Array(jobs.values))
            } else if let state = job.run?.state.name, state.isFinal, before?.run?.state.name != state {
                tellEnd(of: job)
                told.insert(job.id)
            }
        }
        // Carriage return and erasing to the end of the line (ECMA-48 EL).
        if changes { output.noteRaw("\r\u{1B}[K") }
        return told
    }

    private func tellEnd(of job: JobStatus) {
        guard let run = job.run else { return }
        let records = run.counts.extracted
        output.note(
            "\(job.id): \(run.state.name.rawValue), \(Figures.count(records)) \(records == 1 ? "record" : "records")")
    }

    private func draw(_ jobs: [JobStatus]) {
        guard changes else { return }
        output.noteRaw("\r" + Self.line(jobs, glyphs: output.glyphs, width: output.progressWidth - 1) + "\u{1B}[K")
    }

    /// `share`: 0 to 1.
    static func bar(_ share: Double, glyphs: GlyphMode) -> String {
        let cells = 24
        let full = min(cells, max(0, Int((share * Double(cells)).rounded(.down))))
        let (filled, empty) = glyphs == .unicode ? ("━", "─") : ("#", "-")
        return String(repeating: filled, count: full) + String(repeating: empty, count: cells - full)
    }

    /// A bar over all jobs, and what is being loaded.
    static func line(_ jobs: [JobStatus], glyphs: GlyphMode, width: Int) -> String {
        let shares = jobs.map { job -> Double in
            guard let run = job.run else { return 0 }
            return run.state.name.isFinal ? 1 : run.progress.share ?? 0
        }
        let share = shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count)
        let bar = bar(share, glyphs: glyphs)
        let records = jobs.reduce(0) { $0 + ($1.run?.counts.extracted ?? 0) }
        let rate = jobs.reduce(0) { $0 + ($1.run?.ratePerSecond ?? 0) }
        let running = jobs.filter { $0.run?.state.name == .running }.map(\.id.stream.rawValue).sorted()
        var text = "\(bar) \(Int(share * 100))%  \(Figures.count(records)) records"
        if rate >= 1 { text += ", \(Figures.count(Int(rate))) a second" }
        if !running.isEmpty { text += "  \(running.joined(separator: ", "))" }
        return TerminalText.truncate(text, to: max(20, width))
    }
}
