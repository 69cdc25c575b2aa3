import PulseDomain

/// What a person should know of the engines that share a store.
extension AlertRules {
    /// How long it is told of a silent engine that holds nothing any more and that nobody has seen to.
    private static var silenceIsTold: Duration { .hours(1) }

    static func silent(
        _ engine: EngineMember, among all: [EngineMember], before: [Alert], at now: Instant
    ) -> Alert? {
        guard engine.presence(at: now) == .silent else { return nil }
        let id = Alert.silence(of: engine.id)
        let count = engine.holds.count
        if count == 0 {
            let isSeen = before.contains { $0.id == id && $0.acknowledgedBy != nil }
            // A service that was killed is started anew on its machine.
            let isReplaced =
                !engine.host.isEmpty && all.contains { $0.host == engine.host && $0.startedAt > engine.seenAt }
            guard !isSeen, !isReplaced, now - engine.seenAt < silenceIsTold else { return nil }
        }
        let runs = count.counted("run")
        let isAnyoneThere = all.contains { $0.presence(at: now) == .working }
        let next: String
        if count == 0 {
            next = "It is told of until an engine starts on its machine or somebody acknowledges it, an hour at most."
        } else if isAnyoneThere {
            next = "Its \(runs) \(count.noun("is", "are")) taken over."
        } else {
            next = "Nobody can take over its \(runs): start an engine."
        }
        return Alert(
            id: id, kind: .engineSilent, severity: .warning, sentence: "The engine \(engine.id) is silent.",
            because: "It was killed, hangs, or does not reach the store; it was last heard of at "
                + "\(engine.seenAt.iso8601ToSecond).",
            next: next, nextAt: isAnyoneThere ? engine.holds.map(\.leaseUntil).max() : nil, since: engine.seenAt)
    }

    static func takeOverID(_ job: JobID, _ run: RunID) -> String { "run_taken_over:\(job):\(run)" }

    static func takenOver(_ job: JobStatus, from engine: String) -> Alert? {
        guard let run = job.run, !run.state.name.isFinal else { return nil }
        return Alert(
            id: takeOverID(job.id, run.id), kind: .runTakenOver, severity: .warning,
            sentence: "Run \(run.id) of \(job.id) was taken over from \(engine).",
            because: "That engine was silent for longer than its lease; what it had not committed is fetched again.",
            next: run.engine.map { "\($0) goes on with it from its checkpoints." }
                ?? "It goes on from its checkpoints as soon as an engine has a place for it.",
            since: run.stateSince, job: job.id, source: job.id.source)
    }
}
