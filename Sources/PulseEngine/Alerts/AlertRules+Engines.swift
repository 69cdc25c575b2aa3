import PulseDomain

/// What a person should know of the engines that share a store.
extension AlertRules {
    static func silent(
        _ engine: EngineMember, _ input: Input, before: [Alert], at now: Instant
    ) -> Alert? {
        let all = input.engines
        let presence = engine.presence(at: now, input.absence, among: all)
        guard presence.isUnheard else { return nil }
        let id = Alert.silence(of: engine.id)
        let count = engine.holds.count
        if count == 0 {
            let isSeen = before.contains { $0.id == id && $0.acknowledgedBy != nil }
            // A service that was killed is started anew on its machine.
            guard !isSeen, !engine.isReplaced(among: all), now - engine.seenAt < EngineMember.remembrance else {
                return nil
            }
        }
        let runs = count.counted("run")
        let isAnyoneThere = all.contains { $0.presence(at: now, input.absence) == .working }
        let next: String
        if count == 0 {
            next =
                successors(of: engine)
                + "It is told of until an engine starts on its machine or somebody acknowledges it, an hour at most."
        } else if isAnyoneThere {
            next = "Its \(runs) \(count.noun("is", "are")) taken over."
        } else {
            next = "Nobody can take over its \(runs): start an engine."
        }
        let isSettled = presence == .lost
        // Nothing waits for it: that it is gone is worth knowing, and no more.
        let isHarmless = isSettled || count == 0
        return Alert(
            id: id, kind: .engineSilent, severity: isHarmless ? .notice : .warning,
            sentence: "The engine \(engine.id) \(isSettled ? "ended without a word" : "is silent").",
            because: "It was killed, hangs, or does not reach the store; it was last heard of at "
                + "\(engine.seenAt.iso8601ToSecond).",
            next: next, nextAt: isAnyoneThere ? engine.holds.map(\.leaseUntil).max() : nil, since: engine.seenAt)
    }

    /// `Its 2 runs were taken over by a and b. `; empty when it left none.
    private static func successors(of engine: EngineMember) -> String {
        guard !engine.taken.isEmpty else { return "" }
        let count = engine.taken.count
        let names = Set(engine.taken.compactMap(\.by)).sorted()
        let by = names.isEmpty ? "" : " by \(names.joined(separator: " and "))"
        return "Its \(count.counted("run")) \(count.noun("was", "were")) taken over\(by). "
    }

    /// A run that is taken over again has another alert: who has seen the first has not seen the second.
    static func takeOverID(_ job: JobID, _ run: RunID, _ number: Int?) -> String {
        let id = "run_taken_over:\(job):\(run)"
        return number.map { $0 > 1 ? "\(id):\($0)" : id } ?? id
    }

    static func takenOver(_ job: JobStatus, _ takeOver: Input.TakenOver) -> Alert? {
        guard let run = job.run, !run.state.name.isFinal else { return nil }
        let by = takeOver.by.map { " by \($0)" } ?? ""
        return Alert(
            id: takeOverID(job.id, run.id, takeOver.number), kind: .runTakenOver, severity: .warning,
            sentence: "Run \(run.id) of \(job.id) was taken over from \(takeOver.from)\(by).",
            because: "That engine was silent for longer than its lease; what it had not committed is fetched again.",
            next: run.engine.map { "\($0) goes on with it from its checkpoints." }
                ?? "It goes on from its checkpoints as soon as an engine has a place for it.",
            since: takeOver.at, job: job.id, source: job.id.source)
    }

    /// How long it is told of a take-over that nobody has seen.
    private static var takeOverIsTold: Duration { .days(1) }

    /// A take-over whose run is over is told of until somebody has seen it: an engine was lost, and whoever looks after
    /// them has to know.
    static func takenOverBefore(
        _ alert: Alert, _ job: JobStatus?, since later: Input.TakenOver?, at now: Instant
    ) -> Alert? {
        guard now - alert.since < takeOverIsTold else { return nil }
        guard let job, let run = job.run else { return alert }
        let first = takeOverID(job.id, run.id, nil)
        let isAboutRun = alert.id == first || alert.id.hasPrefix("\(first):")
        let isOver = run.state.name.isFinal || !isAboutRun
        let isSuperseded = later.map { takeOverID(job.id, run.id, $0.number) != alert.id } ?? false
        guard isOver || isSuperseded else { return alert }
        var alert = alert
        alert.severity = .notice
        alert.next =
            (isOver ? "The run is over." : "It was taken over again since.")
            + " It is told of until somebody acknowledges it, a day at most."
        alert.nextAt = nil
        return alert
    }
}
