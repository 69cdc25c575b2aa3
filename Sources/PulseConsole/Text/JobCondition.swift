import PulseDomain
import PulseTerminal

/// What a person has to know about a job first. Ordered by how much attention it asks for.
enum JobCondition: Int, CaseIterable, Sendable, Hashable {
    case failed, suspicious, silent, stopped, stopping, pausing, paused, waiting, running, queued, held, incomplete,
        quarantined
    case succeeded, new

    init(_ status: JobStatus) {
        // Whatever it was doing: the engine that holds it says nothing any more.
        if status.run?.takenOverAt != nil, status.run?.state.name.isHeld == true {
            self = .silent
            return
        }
        switch status.run?.state {
        case .failed: self = .failed
        case .stopping: self = .stopping
        case .pausing: self = .pausing
        case .paused: self = .paused
        case .waiting: self = .waiting
        case .running: self = .running
        case .queued: self = status.hold == nil ? .queued : .held
        case .stopped: self = status.hold == nil ? .stopped : .held
        case .succeeded(let flags):
            self =
                status.hold != nil
                ? .held
                : flags.contains(.suspicious)
                    ? .suspicious
                    : flags.contains(.withSkippedPartitions)
                        ? .incomplete : flags.contains(.withQuarantine) ? .quarantined : .succeeded
        case nil: self = status.hold == nil ? .new : .held
        }
    }

    /// Conditions that come and go by themselves share a rank, so that rows do not jump about while a job works.
    var rank: Int {
        switch self {
        case .failed: 0
        case .suspicious, .silent: 1
        case .stopped, .stopping, .pausing, .paused: 2
        case .waiting, .running, .queued: 3
        case .held: 4
        case .incomplete, .quarantined: 5
        case .succeeded, .new: 6
        }
    }

    var isUnderWay: Bool {
        switch self {
        case .running, .waiting, .queued, .pausing, .stopping, .silent: true
        default: false
        }
    }

    /// Of a run that may be further by now, that it was so: ``label`` of others.
    var formerLabel: Label {
        isUnderWay && self != .silent ? Label("?", "?", "was \(label.word)", .muted) : label
    }

    var label: Label {
        switch self {
        case .failed: Label.error("failed")
        case .suspicious: Label.warning("suspicious")
        case .silent: Label.error("silent")
        case .stopped: Label("■", "#", "stopped", .paused)
        case .stopping: Label("□", "#", "stopping", .paused)
        case .pausing: Label("◇", "=", "pausing", .paused)
        case .paused: Label("◆", "=", "paused", .paused)
        case .waiting: Label("◐", "~", "waiting", .waiting)
        case .running: Label("●", ">", "running", .running)
        case .queued: Label("○", ".", "queued", .info)
        case .held: Label("◈", "%", "held", .paused)
        case .incomplete: Label("◑", "!", "incomplete", .warning)
        case .quarantined: Label.warning("quarantine")
        case .succeeded: Label.ok("done")
        case .new: Label.muted("never ran")
        }
    }
}
