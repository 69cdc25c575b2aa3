import PulseDomain
import PulseTerminal

/// A job's run in a few lines: what it does and why, how far it is, and what became of its records.
enum RunSummary {
    static func lines(_ status: JobStatus, _ pen: Pen, width: Int) -> [StyledText] {
        let row = pen.row(status)
        let label = row.label
        let state = StyledText(label.plain(pen.glyphs), Style(label.role).bold)
        // The reason of a failure gets lines of its own.
        let story = row.condition == .failed ? row.when : row.whole
        var lines = [pen.line([state, story.isEmpty ? nil : StyledText(story, Style(.text))])]
        guard let run = status.run else {
            return lines + [.muted("It has never run.")] + schedule(status, pen, isShort: width < 100)
        }
        if let reason = reason(run) { lines += wrapped(reason, width: width, role: label.role) }
        if row.share != nil || !row.read.isEmpty {
            let barWidth = max(8, min(40, width < 100 ? width / 6 : width / 3))
            lines.append(
                (row.share.map { pen.bar($0, width: barWidth, role: label.role) + " " } ?? .nothing)
                    + pen.line([
                        row.share.map { StyledText(Figures.percent($0), Style(.title)) },
                        StyledText("\(row.records) records\(row.share == nil ? " read" : "")"), earlier(run),
                        run.progress.partitionsTotal > 1
                            ? .muted("\(run.progress.partitionsDone) of \(run.progress.partitionsTotal) partitions")
                            : nil,
                        row.rate.isEmpty
                            ? nil
                            : run.ratePerSecond.flatMap {
                                $0 > 0 ? StyledText(Figures.rate($0), Style(.running)) : nil
                            },
                        told(run, pen),
                    ]))
        }
        lines.append(balance(run.counts, pen, width: width))
        lines.append(
            pen.line([
                .muted("run \(run.id)"), .muted(run.mode.phrase(pen.times)), .muted("by \(run.startedBy)"),
                .muted(times(run, pen)), .muted("\(Figures.count(run.requests)) requests"),
                run.attempts > 1 ? StyledText("attempt \(run.attempts)", Style(.warning)) : nil,
            ]))
        let engine = run.engine.map { [self.engine($0, run, pen)] } ?? []
        let schedule = schedule(status, pen, isShort: width < 100)
        // Where not all have room, who works on it matters less, unless it is missed.
        return lines + (run.takenOverAt == nil ? schedule + engine : engine + schedule)
    }

    /// What of the records is not this run's: a walk that an earlier run began goes on where that left it.
    private static func earlier(_ run: RunStatus) -> StyledText? {
        let others = run.progress.done - run.counts.extracted
        guard others > 0 else { return nil }
        return .muted("\(Figures.count(others)) of them by an earlier run")
    }

    /// When another engine told it, where that is longer ago than engines are silent by themselves.
    private static func told(_ run: RunStatus, _ pen: Pen) -> StyledText? {
        guard let toldAt = run.toldAt else { return nil }
        let age = pen.times.ago(toldAt)
        return age == "just now" ? nil : .muted("as of \(age)")
    }

    /// Who works on it.
    private static func engine(_ engine: String, _ run: RunStatus, _ pen: Pen) -> StyledText {
        let name = engine
        guard run.takenOverAt == nil else {
            return StyledText("\(Label.error(name).plain(pen.glyphs)) works on it and is silent", Style(.error))
        }
        return pen.line([.muted("\(name) works on it"), run.isElsewhere ? .muted("another engine") : nil])
    }

    /// What became of the records, as a sum that a person can check.
    static func balance(_ counts: RecordCounts, _ pen: Pen, width: Int = .max) -> StyledText {
        let isShort = width < 100
        var text =
            StyledText(Figures.count(counts.extracted), Style(.title)) + .muted(isShort ? " = " : " extracted = ")
        let parts: [(Int, String, ColorRole)] = [
            (counts.inserted, isShort ? "new" : "inserted", .ok),
            (counts.updated, isShort ? "changed" : "updated", .info),
            (counts.unchanged, isShort ? "same" : "unchanged", .muted),
            (counts.quarantined, isShort ? "quar." : "quarantined", .warning),
            (counts.filtered, "filtered", .muted),
        ]
        // Where there is little room, what is nothing is left out of the sum.
        let shown = parts.filter { !isShort || $0.0 > 0 || counts.extracted == 0 && $0.1 == "new" }
        for (index, (number, word, role)) in shown.enumerated() {
            if index > 0 { text = text + .muted(" + ") }
            text = text + StyledText(Figures.count(number), Style(number > 0 ? role : .muted)) + .muted(" " + word)
        }
        if counts.tombstoned > 0 { text = text + pen.dot + .muted("\(Figures.count(counts.tombstoned)) found gone") }
        let verdict =
            counts.isBalanced
            ? Label.ok("balanced") : Label.error("does not balance")
        return text + "  " + verdict.text(pen.glyphs)
    }

    private static func times(_ run: RunStatus, _ pen: Pen) -> String {
        guard let start = run.startedAt else { return "queued \(pen.times.ago(run.createdAt))" }
        if let end = run.endedAt {
            return "took \(TimeTexts.duration(end - start)), ended \(pen.times.ago(end))"
        }
        return "begun \(pen.times.ago(start))"
    }

    private static func reason(_ run: RunStatus) -> String? {
        switch run.state {
        case .waiting(let wait): wait.because
        case .queued: run.queuedBecause?.because
        case .failed(let failure): "\(failure.sentence) \(failure.remedy)"
        default: nil
        }
    }

    private static func schedule(_ status: JobStatus, _ pen: Pen, isShort: Bool) -> [StyledText] {
        var facts: [StyledText?] = []
        // What somebody has to know comes first, because the end may be cut off.
        if status.quarantined > 0 {
            facts.append(StyledText("\(Figures.count(status.quarantined)) in quarantine", Style(.warning)))
        }
        if let hold = status.hold {
            facts.append(StyledText("held by \(hold.by) \(pen.times.ago(hold.since))", Style(.paused)))
        }
        if let schedule = status.definition.schedule {
            facts.append(.muted("scheduled \(schedule.cron) \(schedule.timeZone)"))
        } else {
            facts.append(.muted("no schedule; runs on command"))
        }
        if let next = status.nextRunAt {
            let text = pen.times.until(next)
            // Of a run that is under way nobody asks when the next one is due, but not when that is no end of a wait.
            let isUnderWay = JobCondition(status).isUnderWay
            facts.append(.muted(text == "now" ? "next run is due" : isUnderWay ? "due \(text)" : "next \(text)"))
        }
        let success = isShort ? "last ok" : "last success"
        let last = status.lastSuccessAt.map { "\(success) \(pen.times.ago($0))" } ?? "never succeeded"
        facts.append(.muted(last))
        return [pen.line(facts)]
    }

    private static func wrapped(_ text: String, width: Int, role: ColorRole) -> [StyledText] {
        TerminalText.wrap(text, to: max(10, width)).prefix(3).map { StyledText($0, Style(role)) }
    }
}
