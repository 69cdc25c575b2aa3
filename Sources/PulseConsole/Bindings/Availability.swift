import PulseDomain
import PulseTerminal

/// Whether an action does something now.
enum Availability: Hashable, Sendable {
    case enabled
    /// Why not, and what instead, as sentences.
    case disabled(String)

    var isEnabled: Bool { self == .enabled }
}

extension ConsoleState {
    /// Where keys go now.
    var scope: BindingScope {
        if detail != nil { return .detail }
        switch screen {
        case .jobs: return .home
        case .limits: return .limits
        case .recovery: return .recovery
        case .logs: return .logs
        case .alerts: return .alerts
        case .audit: return .audit
        case .data: return .data
        case .health: return .health
        }
    }

    /// The jobs that a command is about: the marked ones, else the selected one, else the one that is open.
    var targets: [JobID] {
        if let detail { return [detail.job] }
        guard screen == .jobs else { return [] }
        // In the order of the rows, so that a dialog lists them as the screen does.
        if !home.jobs.marked.isEmpty { return fleet.order.filter(home.jobs.marked.contains) }
        return home.jobs.selection.map { [$0] } ?? []
    }

    /// The alert that acknowledging and fixing are about.
    var targetAlert: Alert? {
        let table = screen == .alerts ? alerts : home.alerts
        if screen == .alerts || home.focus == .alerts {
            return fleet.alerts.first { $0.id == table.selection }
        }
        guard detail == nil, screen == .jobs else { return nil }
        let ofJob = home.jobs.selection.flatMap { job in fleet.alerts.first { $0.job == job } }
        return ofJob ?? fleet.alerts.first
    }

    /// Whether an action does something now, and why not.
    func availability(of action: Action) -> Availability {
        if action.isCommand, let obstacle = commandObstacle { return .disabled(obstacle) }
        switch action {
        case .start, .retransform: return targets.isEmpty ? .disabled("No job is selected.") : .enabled
        case .pause: return runAvailability(.pause)
        case .resume: return runAvailability(.resume)
        case .stop: return runAvailability(.stop)
        case .retry: return runAvailability(.retry)
        case .hold: return targets.isEmpty ? .disabled("No job is selected.") : .enabled
        case .rewind:
            guard let detail, detail.pane == .checkpoints, detail.checkpoints.selection != nil else {
                return .disabled("Choose a checkpoint first: Tab to Checkpoints.")
            }
            return .enabled
        case .skip:
            guard let detail, detail.pane == .partitions, detail.partitions.selection != nil else {
                return .disabled("Choose a partition first: Tab to Partitions.")
            }
            return .enabled
        case .acknowledge:
            guard let alert = targetAlert else { return .disabled("There is no alert.") }
            return alert.acknowledgedBy.map { .disabled("\($0) has acknowledged it already.") } ?? .enabled
        case .remedy:
            guard let alert = targetAlert else { return .disabled("There is no alert.") }
            if alert.opensRecovery { return .enabled }
            return alert.remedies.isEmpty ? .disabled("No command mends this one: read why in the alert.") : .enabled
        case .confirmFinding, .undoFinding:
            guard let finding = recovery.finding else {
                return .disabled("Choose a finding first: Tab to Findings.")
            }
            switch finding.state {
            case .held: return .enabled
            case .applied:
                return action == .undoFinding ? .enabled : .disabled("Its rows are marked as deleted already.")
            case .undone: return .disabled("It was taken back, or a later census outdated it.")
            }
        case .replay, .discard:
            guard recovery.pane == .quarantine else {
                return .disabled("Choose a record first: Tab to Quarantine.")
            }
            return recovery.table.selection == nil ? .disabled("No record is selected.") : .enabled
        case .open:
            if let detail, detail.pane != .log { return .disabled("Enter opens lines of the log: Tab to Log.") }
            let isAnything =
                reading != nil
                || detail == nil
                    && (screen == .jobs && !fleet.order.isEmpty || targetAlert != nil
                        || screen == .health && health.selection != nil
                        || screen == .data && data.open == nil && data.table.selection != nil)
            return isAnything ? .enabled : .disabled("There is nothing to open.")
        case .mark, .markAll:
            let isAnything = screen == .recovery ? !recovery.ids.isEmpty : !fleet.order.isEmpty
            return isAnything ? .enabled : .disabled("There is nothing to mark.")
        case .deleted, .filter:
            return screen == .data && data.open == nil ? .disabled("Open a table first: Enter.") : .enabled
        case .copy: return copyText == nil ? .disabled("There is nothing to copy.") : .enabled
        case .message: return lastSaid == nil ? .disabled("Nothing was said yet.") : .enabled
        case .reconnect: return reconnecting
        case .theme: return options.themes.count > 1 ? .enabled : .disabled("There is one theme only.")
        default: return .enabled
        }
    }

    /// Whether the connection can be tried now. A try is given two seconds before another takes its place.
    private var reconnecting: Availability {
        guard case .lost(_, _, let retryAt, _) = connection else {
            return .disabled("The connection is not lost: there is nothing to try.")
        }
        let isTrying = retryAt <= elapsed && elapsed - retryAt < .seconds(2)
        return isTrying ? .disabled("The connection is being tried at this moment.") : .enabled
    }

    /// Whether the table of transitions lets the event happen to at least one of the targets.
    private func runAvailability(_ event: RunEvent) -> Availability {
        var reason = "No job is selected."
        for target in targets {
            guard let run = fleet.jobs[target]?.run ?? detail?.data?.status.run else {
                reason = "\(target) has never run. Start it."
                continue
            }
            switch RunTransition.decide(run.state.name, event) {
            case .move: return .enabled
            case .stay(let because): reason = because
            case .refuse(let because, let instead): reason = "\(because) \(instead)"
            }
        }
        return .disabled(reason)
    }
}

extension Alert {
    /// Whether its remedy is to look at the records it tells of.
    var opensRecovery: Bool { kind == .quarantineGrowing && job != nil }
    /// What `f` does; `nil` when nothing does.
    var remedyPhrase: String? {
        opensRecovery
            ? "open its records in Recovery, to replay them"
            : remedies.isEmpty ? nil : remedies.map(\.phrase).joined(separator: ", or ")
    }
}
