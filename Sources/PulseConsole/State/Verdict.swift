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
            because = failure.sentence
            return
        default: break
        }
        if let staleness = fleet.staleness {
            problems = 1
            label = Label.error("Stale")
            because = staleness.sentence(times)
            return
        }
        if let trouble = fleet.engine?.trouble {
            problems = 1
            label = Label.error("Engine in trouble")
            because = trouble
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
        problems = unseen.count + silent + untold.count
        if problems > 0 {
            let isCritical = silent > 0 || unseen.contains { $0.severity == .critical }
            let word = Figures.many(problems, "problem")
            label = isCritical ? Label.error(word) : Label.warning(word)
            if let first = missed.first, unseen.allSatisfy({ $0.kind == .engineSilent }), silent == 0 {
                because = EngineRow.silence(of: first, in: fleet, times)
                brief = EngineRow.brief(silenceOf: first, in: fleet, times)
            }
        } else if !seen.isEmpty {
            label = Label("•", "-", Figures.many(seen.count, "known problem"), .warning)
        } else if !isRunning {
            // That nothing is wrong is not all well where nothing happens.
            label = Label("○", ".", "No engine is running", .info)
        } else if fleet.jobs.isEmpty {
            label = Label("○", ".", "Nothing to do yet", .info)
        } else if fleet.tally[.new] == fleet.jobs.count {
            label = Label("○", ".", "Nothing has run yet", .info)
        } else {
            label = Label.ok("All well")
        }
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
