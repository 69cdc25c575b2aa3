import PulseDomain
import PulseTerminal

/// How everything stands, in a word or two: what the eye meets first.
struct Verdict: Hashable, Sendable {
    var label: Label
    /// What to know besides, as a sentence; `nil` when the words say it all.
    var because: String?
    /// The same in fewer and fewer words, for where there is no room for all.
    private(set) var shorter: [String] = []
    /// How many things somebody has to look at: what nobody has acknowledged, and what no alert speaks of.
    private(set) var problems = 0
    /// How many of them are others than the one that is told.
    private(set) var others = 0
    /// The most pressing of several, as a sentence; `nil` where ``because`` tells it, or there is none.
    private(set) var worst: String?
    /// Whether it is about the jobs, rather than that nothing is known of them, or nothing can be done.
    private(set) var isOfJobs = false
    /// The words in little room; `nil` where there are no fewer.
    private(set) var briefLabel: Label?
    /// Whether it says how many jobs wait.
    private(set) var tellsWaits = false
    /// Whether it says how many records are in quarantine.
    private(set) var tellsQuarantine = false

    /// The fewest words for ``because``; `nil` where there are no fewer.
    var brief: String? { shorter.last }

    /// The words, with how many other problems there are.
    var headline: Label {
        guard others > 0 else { return label }
        return Label(label.unicode, label.ascii, "\(label.word) +\(Figures.count(others)) more", label.role)
    }

    /// - Parameter isRunning: whether the engine that was asked is at work, or was only opened to be asked.
    init(_ fleet: Fleet, _ connection: Connection, _ times: TimeTexts, isRunning: Bool = true) {
        because = nil
        switch connection {
        case .connecting where fleet.engine == nil:
            label = Label("○", ".", "Connecting", .info)
            return
        case .lost(let failure, _, _, _) where failure.kind == .unauthorised:
            label = Label.error(failure.code == "login.none" ? "Not logged in" : "Login needed")
            // What to do comes first: what has no room is left out sentence by sentence.
            because = "\(failure.remedy) This console goes on then. \(failure.sentence)"
            shorter = ["\(failure.remedy) This console goes on then.", failure.remedy]
            if let command = failure.remedy.firstMatch(of: /`[^`]+`/) { shorter.append(String(command.output)) }
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
        let found = Problems(fleet, times, isRunning: isRunning)
        if let trouble = fleet.engine?.trouble {
            // The alert about the store tells the same.
            others = found.count - found.unseen.count { $0.kind == .storeTrouble }
            problems = 1 + others
            label = Label.error("Engine in trouble")
            because = CauseText(trouble).whole
            return
        }
        isOfJobs = true
        problems = found.count
        guard problems > 0 else {
            label = Label.ok("All well")
            beCalm(fleet, times, isRunning: isRunning)
            return
        }
        let word = Figures.many(problems, "problem")
        // Nothing goes on, or mends itself, before there is an engine.
        label =
            !isRunning || fleet.isDeserted(at: times.now)
            ? .error("No engine is running, \(word)") : found.isCritical ? .error(word) : .warning(word)
        if found.deserted > 0, problems == 1 {
            because = "\(Figures.many(found.deserted, "run")) \(found.deserted.noun("waits", "wait")) for an engine."
        } else if let first = found.untoldTo.first, problems == found.untoldTo.count {
            tell(of: first)
        } else if let first = found.missed.first, found.unseen.allSatisfy({ $0.kind == .engineSilent }),
            found.failed.isEmpty
        {
            because = EngineRow.silence(of: first, in: fleet, times)
            shorter = [EngineRow.brief(silenceOf: first, in: fleet, times)]
        } else {
            worst = found.worst(times)
        }
    }

    /// Nobody has to look at anything, or somebody has already. That nothing is wrong is not all well where nothing
    /// happens, or where something is missing.
    private mutating func beCalm(_ fleet: Fleet, _ times: TimeTexts, isRunning: Bool) {
        let known = fleet.alerts.count { $0.acknowledgedBy != nil && $0.severity != .notice }
        let resting = [JobCondition.paused, .held, .stopped].reduce(0) { $0 + fleet.tally[$1, default: 0] }
        let incomplete = fleet.tally[.incomplete, default: 0]
        if known > 0 {
            label = Label("•", "-", Figures.many(known, "known problem"), .warning)
        } else if !isRunning {
            label = Label("○", ".", "No engine is running", .info)
        } else if fleet.jobs.isEmpty {
            label = Label("○", ".", "Nothing to do yet", .info)
        } else if fleet.tally[.new] == fleet.jobs.count {
            label = Label("○", ".", "Nothing has run yet", .info)
        } else if let standstill = Standstill(fleet) {
            label = standstill.label
            tellsWaits = !standstill.isPartial
            (because, shorter) = (standstill.sentence(times), [standstill.brief(times)])
        } else if resting == fleet.jobs.count {
            label = Label("◆", "=", "Nothing runs: all jobs are paused, held or stopped", .paused)
        } else if fleet.quarantined > 0 {
            label = .warning("\(Figures.many(fleet.quarantined, "record")) in quarantine")
            briefLabel = .warning("\(Figures.count(fleet.quarantined)) in quarantine")
            tellsQuarantine = true
        } else if incomplete > 0 {
            label = Label("◑", "!", "\(Figures.many(incomplete, "job")) incomplete", .warning)
        }
    }

    /// Nothing else is wrong, and nobody would hear of it if something were.
    private mutating func tell(of receiver: ReceiverStatus) {
        let name = TerminalText.truncate(receiver.name, to: 24, .middle)
        because = "Alerts do not reach \(name): \(receiver.failure ?? "") It is tried again by itself."
        shorter = ["Alerts do not reach \(name): 5 says why; it is tried again by itself."]
    }
}
