import PulseDomain
import PulseTerminal

/// How everything stands, in a word or two: what the eye meets first.
struct Verdict: Hashable, Sendable {
    var label: Label
    /// What to know besides, as a sentence; `nil` when the words say it all.
    var because: String?
    /// How many things somebody has to look at: what nobody has acknowledged, and what no alert speaks of.
    private(set) var problems = 0
    /// The same in fewer words, for where there is no room for all; `nil` where there are no fewer.
    var brief: String?

    /// - Parameter isRunning: whether the engine that was asked is at work, or was only opened to be asked.
    init(_ fleet: Fleet, _ connection: Connection, _ times: TimeTexts, isRunning: Bool = true) {
        because = nil
        switch connection {
        case .connecting where fleet.engine == nil:
            label = Label("○", ".", "Connecting", .info)
            return
        case .lost(let failure, _, _, _) where failure.kind == .unauthorised:
            label = Label.error(failure.code == "login.none" ? "Not logged in" : "Login needed")
            // What to do comes first: lines are cut at their end.
            because = "\(failure.remedy) This console goes on then. \(failure.sentence)"
            return
        case .lost(let failure, _, _, _):
            label = Label.error(fleet.engine == nil ? "No engine" : "Disconnected")
            because = CauseText(failure.sentence).whole
            return
        default: break
        }
        if let staleness = fleet.staleness {
            problems = 1
            let next = staleness.nextTryAt.map { ", try \(times.until($0))" } ?? ""
            label = Label.error("Stale\(next)")
            because = staleness.sentence(times)
            return
        }
        if let trouble = fleet.engine?.trouble {
            problems = 1
            label = Label.error("Engine in trouble")
            because = CauseText(trouble).whole
            return
        }
        let unseen = fleet.alerts.filter { $0.acknowledgedBy == nil && $0.severity != .notice }
        let seen = fleet.alerts.filter { $0.acknowledgedBy != nil && $0.severity != .notice }
        let alerted = Set(fleet.alerts.compactMap(\.job))
        // A failure that no alert speaks of is still a problem.
        let silent = fleet.failed.subtracting(alerted).count
        let missed = fleet.missed(at: times.now)
        Self.noteSilence(fleet, times)
        // What the engines' own alert does not say yet.
        let untold = missed.filter { member in !fleet.alerts.contains { $0.id == Alert.silence(of: member.id) } }
        let untoldTo = (fleet.engine?.receivers ?? []).filter { $0.failure != nil }
        // With an engine they would go on, or wait for something that passes.
        let deserted =
            isRunning
            ? 0 : fleet.jobs.values.count { $0.run.map { $0.state.name == .queued || $0.state.name.isHeld } ?? false }
        problems = unseen.count + silent + untold.count + untoldTo.count + (deserted > 0 ? 1 : 0)
        guard problems > 0 else {
            label = Self.calm(fleet, known: seen.count, isRunning: isRunning)
            return
        }
        let word = Figures.many(problems, "problem")
        let isCritical = silent > 0 || unseen.contains { $0.severity == .critical }
        // Nothing goes on, or mends itself, before there is an engine.
        label =
            !isRunning || fleet.isDeserted(at: times.now)
            ? .error("No engine is running, \(word)") : isCritical ? .error(word) : .warning(word)
        if deserted > 0, problems == 1 {
            because = "\(Figures.many(deserted, "run")) \(deserted.noun("waits", "wait")) for an engine."
        } else if let first = untoldTo.first, problems == untoldTo.count {
            tell(of: first)
        } else if let first = missed.first, unseen.allSatisfy({ $0.kind == .engineSilent }), silent == 0 {
            because = EngineRow.silence(of: first, in: fleet, times)
            brief = EngineRow.brief(silenceOf: first, in: fleet, times)
        }
    }

    /// Nobody has to look at anything, or somebody has already.
    private static func calm(_ fleet: Fleet, known: Int, isRunning: Bool) -> Label {
        if known > 0 { return Label("•", "-", Figures.many(known, "known problem"), .warning) }
        // That nothing is wrong is not all well where nothing happens.
        if !isRunning { return Label("○", ".", "No engine is running", .info) }
        if fleet.jobs.isEmpty { return Label("○", ".", "Nothing to do yet", .info) }
        let isNew = fleet.tally[.new] == fleet.jobs.count
        return isNew ? Label("○", ".", "Nothing has run yet", .info) : .ok("All well")
    }

    /// Nothing else is wrong, and nobody would hear of it if something were.
    private mutating func tell(of receiver: ReceiverStatus) {
        let name = TerminalText.truncate(receiver.name, to: 24, .middle)
        because = "Alerts do not reach \(name): \(receiver.failure ?? "") It is tried again by itself."
        brief = "Alerts do not reach \(name): 5 says why; it is tried again by itself."
    }

    /// Draws again when the next engine has been silent for too long, though nothing is heard.
    private static func noteSilence(_ fleet: Fleet, _ times: TimeTexts) {
        for member in fleet.engines
        where fleet.engines.count > 1 && fleet.presence(of: member, at: times.now) == .working {
            guard member.id != fleet.engine?.holder else { continue }
            times.note(after: (member.seenAt + EngineMember.patience - times.now).inSeconds + 0.01)
        }
    }
}
