import PulseDomain

/// What a person should know of the engines that share a store.
extension AlertRules {
    static func silent(
        _ engine: EngineMember, _ input: Input, before: [Alert], at now: Instant
    ) -> Alert? {
        let all = input.engines
        let presence = engine.presence(at: now, input.absence, among: all)
        // What became of its runs is told by itself.
        guard presence.isUnheard, !engine.holds.isEmpty || engine.taken.isEmpty else { return nil }
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
            next = "It is told of until an engine starts on its machine or somebody acknowledges it, an hour at most."
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

    /// What one engine left is one matter. One that falls silent again makes another: who has seen the first has not seen
    /// the second.
    static func takeOverID(_ takeOver: TakeOver) -> String {
        "run_taken_over:\(takeOver.from):\((takeOver.lastHeardAt ?? takeOver.at).iso8601ToSecond)"
    }

    /// What became of the runs that engines left which fell silent.
    static func takenOver(_ input: Input, before: [Alert], at now: Instant) -> [Alert] {
        let left = input.jobs.compactMap { job in input.takenOver[job.id].map { (job: job, takeOver: $0) } }
        let seen = Set(before.filter { $0.acknowledgedBy != nil }.map(\.id))
        return Dictionary(grouping: left) { takeOverID($0.takeOver) }.compactMap { id, left in
            guard let first = left.map(\.takeOver).min(by: { $0.at < $1.at }) else { return nil }
            let going = left.map(\.job).filter { $0.run?.state.name.isFinal == false }
            guard !going.isEmpty || !seen.contains(id) && now - first.at < takeOverIsTold else { return nil }
            let only = left.count == 1 ? left.first?.job.id : nil
            let heard = first.lastHeardAt.map { "; it was last heard of at \($0.iso8601ToSecond)" } ?? ""
            return Alert(
                id: id, kind: .runTakenOver, severity: .notice,
                sentence: "The engine \(first.from) fell silent; its runs were taken over.",
                because:
                    "It was killed, hung, or did not reach the store\(heard). What it had not committed is fetched "
                    + "again.",
                next: going.isEmpty ? takeOversAreOver : whereabouts(of: going), since: first.at, job: only,
                source: only?.source)
        }
    }

    /// `b goes on with jira/issues and 2 more, c with jira/sprints; git/tags waits for an engine.`
    private static func whereabouts(of jobs: [JobStatus]) -> String {
        let byEngine = Dictionary(grouping: jobs) { $0.run?.engine ?? "" }
        func names(_ jobs: [JobStatus]) -> String {
            let ids = jobs.map(\.id.description).sorted()
            return ids.count <= 2 ? ids.joined(separator: " and ") : "\(ids[0]) and \(ids.count - 1) more"
        }
        var verb = "goes on "
        var clauses: [String] = []
        let going = byEngine.filter { !$0.key.isEmpty }.sorted { $0.key < $1.key }.map { engine, jobs in
            defer { verb = "" }
            return "\(engine) \(verb)with \(names(jobs))"
        }
        if !going.isEmpty { clauses.append(going.joined(separator: ", ")) }
        if let waiting = byEngine[""] {
            clauses.append("\(names(waiting)) \(waiting.count.noun("waits", "wait")) for an engine with a place for it")
        }
        return clauses.joined(separator: "; ") + "."
    }

    private static let takeOversAreOver =
        "Nothing waits for it any more. It is told of until somebody acknowledges it, a day at most."

    /// How long it is told of a take-over that nobody has seen.
    private static var takeOverIsTold: Duration { .days(1) }

    /// A take-over is told of until somebody has seen it, also when other runs of its jobs have begun: an engine was lost,
    /// and whoever looks after them has to know.
    static func takenOverBefore(_ alert: Alert, at now: Instant) -> Alert? {
        guard now - alert.since < takeOverIsTold else { return nil }
        var alert = alert
        (alert.severity, alert.next, alert.nextAt) = (.notice, takeOversAreOver, nil)
        return alert
    }
}
