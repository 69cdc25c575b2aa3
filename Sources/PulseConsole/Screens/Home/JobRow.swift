import PulseDomain
import PulseTerminal

/// A job as a row: texts that the screen and the plain twin share.
struct JobRow {
    var condition: JobCondition
    /// The condition as it is shown: of what nobody knows any more, what it was.
    var label: Label
    var id: String
    /// 0 to 1; `nil` where no walk is under way or nobody knows.
    var share: Double?
    /// How much was read already where nobody knows of how much: `12,480 read`; empty otherwise.
    var read: String
    /// `12.4k/20k`, `12.4k`, or nothing.
    var records: String
    /// Records a second; empty when nothing moves.
    var rate: String
    /// What it waits for and until when, when it ends, what went wrong, or when it runs next.
    var outlook: String
    /// The part of the outlook that counts down or says a time.
    var when: String
    /// The same for a table that is headed by what it is about, without the time of day.
    var brief: String
    /// The engine that the run is taken over from then; `nil` where it is not.
    var takenFrom: String?
    var lastSuccess: String
    /// Whether the last success is too long ago.
    var isOverdue: Bool
    var quarantined: String
    var history: [Double]

    /// As of a moment that is gone by, rates and what follows of them are not known.
    ///
    /// - Parameter isKnown: Whether it is known how the run stands now; `nil`: unless the times are of a moment gone by.
    init(_ status: JobStatus, _ times: TimeTexts, isKnown: Bool? = nil) {
        let condition = JobCondition(status)
        let run = status.run
        self.condition = condition
        label = isKnown ?? !times.isPast ? condition.label : condition.formerLabel
        id = status.id.rawValue
        let isWalking = condition.isUnderWay || condition == .paused || condition == .failed || condition == .stopped
        share = isWalking ? run.flatMap { Self.share(of: $0.progress) } : nil
        let isBegun = run.map { $0.state.name.isHeld || $0.progress.done > 0 } ?? false
        read = isWalking && isBegun && share == nil ? "\(Figures.count(run?.progress.done ?? 0)) read" : ""
        records = Self.records(run, isWalking: isWalking)
        rate = condition == .running && !times.isPast ? run?.ratePerSecond.map(Figures.compact) ?? "" : ""
        (outlook, when) = Self.outlook(status, condition, times)
        brief = Self.brief(when)
        if condition == .silent, let end = run?.takenOverAt, !times.isPast {
            (brief, takenFrom) = (times.until(end), run?.engine ?? "its engine")
        }
        lastSuccess = status.lastSuccessAt.map { times.age(since: $0) } ?? "never"
        let age = status.lastSuccessAt.map { times.now - $0 }
        isOverdue = status.definition.staleAfter.map { limit in age.map { $0 > limit } ?? false } ?? false
        quarantined = status.quarantined == 0 ? "" : Figures.count(status.quarantined)
        history = status.history
    }

    /// When it happens and what, in one text.
    var whole: String {
        outlook.isEmpty ? when : when.isEmpty ? outlook : "\(when): \(outlook)"
    }

    /// `next in 4m, at 14:36` is `in 4m, 14:36` under the heading NEXT; ends keep only how long it takes.
    private static func brief(_ when: String) -> String {
        if when.hasPrefix("next in ") { return String(when.dropFirst(5)).replacing(", at ", with: ", ") }
        if when.hasPrefix("next at ") { return String(when.dropFirst(5)) }
        if when.hasPrefix("done in "), let comma = when.firstIndex(of: ",") { return String(when[..<comma]) }
        return when == "next run is due" ? "due now" : when
    }

    /// While the first partition of several runs and nobody knows how much there is, no share is an honest one.
    private static func share(of progress: Progress) -> Double? {
        progress.expected == nil && progress.partitionsDone == 0 ? nil : progress.share
    }

    private static func records(_ run: RunStatus?, isWalking: Bool) -> String {
        guard let run else { return "" }
        guard isWalking else { return run.counts.extracted == 0 ? "0" : Figures.count(run.counts.extracted) }
        guard let expected = run.progress.expected else { return Figures.count(run.progress.done) }
        return "\(Figures.compact(Double(run.progress.done)))/\(Figures.compact(Double(expected)))"
    }

    private static func outlook(
        _ status: JobStatus, _ condition: JobCondition, _ times: TimeTexts
    ) -> (String, String) {
        if condition == .held, let hold = status.hold {
            return (hold.reason, "held by \(hold.by)")
        }
        guard let run = status.run else { return next(status, times) }
        if let end = run.takenOverAt, run.state.name.isHeld {
            let name = run.engine ?? "its engine"
            if times.isPast { return ("\(name) was silent", "") }
            return ("\(name) is silent", end > times.now ? "taken over \(times.until(end))" : "to be taken over")
        }
        switch run.state {
        case .queued:
            return queued(status.id, run.queuedBecause, times)
        case .running:
            if let end = run.endsAt, end > times.now, !times.isPast {
                return ("", "done \(times.untilAndAt(end))")
            }
            let progress = run.progress
            guard progress.partitionsTotal > 1 else { return (run.mode.phrase(times), "") }
            let present = min(progress.partitionsDone + 1, progress.partitionsTotal)
            return ("partition \(present) of \(progress.partitionsTotal)", "")
        case .waiting(let wait): return (wait.reason.phrase, waited(wait, times))
        case .pausing: return ("after the present page", "")
        case .paused(let pause):
            let until = pause.until.map { "resumes \(times.until($0))" } ?? "until resumed"
            return ("\(pause.by): \(pause.reason)", until)
        case .stopping(let by, _): return ("\(by); after the present page", "")
        case .stopped(let by, let reason): return ("\(by): \(reason)", times.ago(run.endedAt ?? run.stateSince))
        case .failed(let failure): return (failure.sentence, times.ago(run.endedAt ?? run.stateSince))
        case .succeeded(let flags):
            if flags.contains(.suspicious) { return ("nothing came, though history says otherwise", "") }
            return next(status, times)
        }
    }

    /// Until when a place or another job is waited for nobody knows: the engine looks again every now and then.
    private static func queued(_ job: JobID, _ wait: Wait?, _ times: TimeTexts) -> (String, String) {
        switch wait?.reason {
        case .capacity, nil: ("waits for a free slot", "")
        case .engine: ("waits: no engine runs", "")
        case .dependency(let other):
            ("after \(other.source == job.source ? other.stream.rawValue : other.rawValue)", "")
        case .quota?, .pacing?, .breaker?, .backoff?, .store?:
            wait.map { ($0.reason.phrase, waited($0, times)) } ?? ("", "")
        }
    }

    private static func waited(_ wait: Wait, _ times: TimeTexts) -> String {
        let text = times.until(wait.until)
        return text == "now" ? "due" : text
    }

    private static func next(_ status: JobStatus, _ times: TimeTexts) -> (String, String) {
        guard let next = status.nextRunAt else {
            guard let schedule = status.definition.schedule else { return ("no schedule; runs on command", "") }
            return ("scheduled \(schedule.cron) \(schedule.timeZone)", "")
        }
        let text = times.untilAndAt(next)
        return ("", text == "now" ? "next run is due" : "next \(text)")
    }
}
