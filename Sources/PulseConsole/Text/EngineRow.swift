import PulseDomain
import PulseTerminal

/// An engine as texts that the screen and the plain twin share.
struct EngineRow {
    var label: Label
    var name: String
    /// How many runs it holds.
    var runs: String
    /// Records a second; empty where they are not known.
    var rate: String
    var requests: String
    /// How long it works already, or worked.
    var up: String
    /// How long ago it was heard of.
    var heard: String
    var version: String
    /// What it does, or what is wrong with it.
    var story: String

    init(_ engine: EngineMember, in fleet: Fleet, _ times: TimeTexts) {
        let presence = fleet.presence(of: engine, at: times.now)
        // Whoever worked when the store answered last: nobody knows of now.
        let isUnknown =
            presence == .working
            && fleet.staleness.map { $0.cause == .link || engine.id != fleet.engine?.holder } ?? false
        name = engine.id
        version = engine.version
        runs = engine.holds.isEmpty ? "" : Figures.count(engine.holds.count)
        let isWorking = presence == .working && !isUnknown
        rate = isWorking ? Figures.compact(engine.report.recordsPerSecond) : ""
        requests = isWorking ? Figures.compact(engine.report.requestsPerSecond) : ""
        heard = isUnknown ? "" : Self.heard(engine, presence, fleet, times)
        let worked = (engine.endedAt ?? (isWorking ? times.now : engine.seenAt)) - engine.startedAt
        // Of one that told only once nobody knows it.
        up = worked >= .seconds(1) ? TimeTexts.duration(.seconds(Int(worked.inSeconds))) : "—"
        switch presence {
        case .working where isUnknown:
            label = Label("?", "?", "unknown", .muted)
            story = "last heard of at \(times.clockWithSeconds(engine.seenAt))"
        case .working:
            label = engine.report.trouble == nil ? Label("●", "*", "works", .ok) : Label.warning("trouble")
            let jobs = engine.holds.map(\.job.rawValue).joined(separator: ", ")
            story = engine.report.trouble ?? (jobs.isEmpty ? "has nothing to do" : jobs)
        case .silent:
            label = Label.error("silent")
            // Its runs are counted beside: what matters is when.
            story = Self.fate(of: engine, in: fleet, times) ?? "holds no run"
            // Its seconds count.
            times.note(after: 1)
        case .lost:
            label = Label("○", ".", "lost", .muted)
            story = Self.end(of: engine, times)
        case .ended:
            label = Label("○", ".", "ended", .muted)
            story = engine.endedAt.map { "ended \(times.ago($0))" } ?? ""
        }
    }

    private static func heard(
        _ engine: EngineMember, _ presence: EngineMember.Presence, _ fleet: Fleet, _ times: TimeTexts
    ) -> String {
        switch presence {
        case .working where engine.id == fleet.engine?.holder: "this one"
        case .silent: TimeTexts.duration(times.now - engine.seenAt)
        case .working, .lost, .ended: times.age(since: engine.seenAt)
        }
    }

    /// What became of an engine that is missed no more: `without a word at 14:31:42; 2 runs went to build-8 12`.
    private static func end(of engine: EngineMember, _ times: TimeTexts) -> String {
        let moment = "without a word \(moment(engine.seenAt, times))"
        guard !engine.taken.isEmpty else { return moment }
        return "\(moment); \(Figures.many(engine.taken.count, "run")) went to \(successors(of: engine))"
    }

    /// `build-7 4711 ended without a word at 14:31:42; its 2 runs were taken over by build-8 12.`
    static func history(of engine: EngineMember, _ times: TimeTexts) -> String {
        let text = "\(engine.id) ended without a word \(moment(engine.seenAt, times))"
        let count = engine.taken.count
        guard count > 0 else { return "\(text); it held no run." }
        return "\(text); its \(Figures.many(count, "run")) \(count == 1 ? "was" : "were") taken over by "
            + "\(successors(of: engine))."
    }

    /// `at 14:31:42`, or with the day where it is another one.
    private static func moment(_ instant: Instant, _ times: TimeTexts) -> String {
        let clock = times.clock(instant)
        return clock.count == 5 ? "at \(times.clockWithSeconds(instant))" : "on \(clock)"
    }

    private static func successors(of engine: EngineMember) -> String {
        let names = Set(engine.taken.compactMap(\.by)).sorted()
        return names.isEmpty ? "whoever has room" : names.joined(separator: " and ")
    }

    /// `build-7 4711 has not been heard of for 23s; its 2 runs will be taken over at 21:04:10.`
    static func silence(of engine: EngineMember, in fleet: Fleet, _ times: TimeTexts) -> String {
        times.note(after: 1)
        // Whole seconds: fractions say nothing about a silence.
        let length = TimeTexts.duration(.seconds(Int(max(1, (times.now - engine.seenAt).inSeconds))))
        // The time at the end matters more than the whole of a long name.
        let name = TerminalText.truncate(engine.id, to: 28, .middle)
        let text = "\(name) has not been heard of for \(length)"
        return consequence(of: engine, in: fleet, times).map { "\(text); \($0)." } ?? text + "."
    }

    /// `build-7 4711 silent 23s; 2 runs taken over at 21:04:10`, in 64 columns at most.
    static func brief(silenceOf engine: EngineMember, in fleet: Fleet, _ times: TimeTexts) -> String {
        let length = TimeTexts.duration(.seconds(Int(max(1, (times.now - engine.seenAt).inSeconds))))
        let fate = fate(of: engine, in: fleet, times).map { fate in
            fate.hasPrefix("taken") ? "; \(Figures.many(engine.holds.count, "run")) \(fate)" : "; \(fate)"
        }
        let rest = " silent \(length)\(fate ?? "")"
        let room = max(10, 64 - TerminalText.width(rest))
        return TerminalText.truncate(engine.id, to: room, .middle) + rest
    }

    /// What becomes of its runs, as short as can be: `taken over at 21:04:10`; `nil` when it holds none.
    private static func fate(of engine: EngineMember, in fleet: Fleet, _ times: TimeTexts) -> String? {
        guard let end = engine.holds.map(\.leaseUntil).max() else { return nil }
        guard fleet.engines.contains(where: { fleet.presence(of: $0, at: times.now) == .working }) else {
            return "no engine to take over"
        }
        if fleet.staleness != nil { return "held runs" }
        return end > times.now ? "taken over at \(times.clockWithSeconds(end))" : "being taken over"
    }

    /// What becomes of the runs that a silent engine holds; `nil` when it holds none.
    private static func consequence(of engine: EngineMember, in fleet: Fleet, _ times: TimeTexts) -> String? {
        let count = engine.holds.count
        guard let end = engine.holds.map(\.leaseUntil).max() else { return nil }
        let runs = Figures.many(count, "run")
        guard fleet.engines.contains(where: { fleet.presence(of: $0, at: times.now) == .working }) else {
            return "no engine is there to take over its \(runs)"
        }
        return end > times.now
            ? "its \(runs) will be taken over at \(times.clockWithSeconds(end))"
            : "its \(runs) \(count == 1 ? "is" : "are") being taken over"
    }
}
