/// What can happen to a run: a command of a principal, or a report of the worker that holds it.
package enum RunEvent: String, Sendable, Hashable, Codable, CaseIterable {
    // Commands.
    case pause, resume, stop, retry
    // Reports.
    /// A worker took the run.
    case claimed
    /// The worker met a wait with a stated end.
    case waits
    /// The wait is over.
    case continues
    /// The worker is between two pages, with a checkpoint committed.
    case reachedBoundary = "reached_boundary"
    /// The pause's stated end has come.
    case pauseEnded = "pause_ended"
    /// Every partition is complete.
    case completed
    /// A failure that waiting cannot mend.
    case failed
    /// The worker's lease ran out or its process ended.
    case lostWorker = "lost_worker"

    /// Whether a principal asked for it.
    package var isCommand: Bool {
        switch self {
        case .pause, .resume, .stop, .retry: true
        case .claimed, .waits, .continues, .reachedBoundary, .pauseEnded, .completed, .failed, .lostWorker: false
        }
    }
}

/// What follows from an event in a state.
package enum RunDecision: Sendable, Hashable {
    /// The run moves to the state.
    case move(RunStateName)
    /// The event changes nothing and is right to occur: a command that is already being carried out, a late report.
    case stay(because: String)
    /// The event is not possible here: why, and what is nearest to what was wanted.
    case refuse(because: String, instead: String)
}

/// The one table that decides every transition of a run (DESIGN §5). No other place changes a run's state.
package enum RunTransition {
    package static func decide(_ state: RunStateName, _ event: RunEvent) -> RunDecision {
        switch event {
        case .pause: pause(state)
        case .resume: resume(state)
        case .stop: stop(state)
        case .retry: retry(state)
        default: report(state, event)
        }
    }

    private static func pause(_ state: RunStateName) -> RunDecision {
        switch state {
        case .queued: .move(.paused)
        case .running, .waiting: .move(.pausing)
        case .pausing: .stay(because: "The run is pausing already and stops at the next page boundary.")
        case .paused: .stay(because: "The run is paused already.")
        case .stopping:
            .refuse(because: "The run is being stopped.", instead: "Wait until it has stopped, then resume it.")
        case .stopped, .failed, .succeeded:
            .refuse(because: "The run is over.", instead: "Hold the job to keep new runs from starting.")
        }
    }

    private static func resume(_ state: RunStateName) -> RunDecision {
        switch state {
        case .paused, .stopped, .failed: .move(.queued)
        case .pausing: .move(.running)
        case .queued, .running: .stay(because: "The run is under way already.")
        case .waiting:
            .refuse(
                because: "The run waits for a stated reason and goes on by itself.",
                instead: "Look at the reason; stop the run if it is not wanted.")
        case .stopping:
            .refuse(because: "The run is being stopped.", instead: "Wait until it has stopped, then resume it.")
        case .succeeded: .refuse(because: "The run has succeeded.", instead: "Start the job again.")
        }
    }

    private static func stop(_ state: RunStateName) -> RunDecision {
        switch state {
        case .queued, .paused: .move(.stopped)
        case .running, .waiting, .pausing: .move(.stopping)
        case .stopping: .stay(because: "The run is stopping already; its worker has yet to acknowledge.")
        case .stopped: .stay(because: "The run is stopped already.")
        case .failed, .succeeded:
            .refuse(because: "The run is over.", instead: "Hold the job to keep new runs from starting.")
        }
    }

    private static func retry(_ state: RunStateName) -> RunDecision {
        switch state {
        case .failed, .stopped: .move(.queued)
        case .queued, .running, .waiting: .stay(because: "The run is under way already.")
        case .pausing, .paused: .refuse(because: "The run is paused, not failed.", instead: "Resume it.")
        case .stopping:
            .refuse(because: "The run is being stopped.", instead: "Wait until it has stopped, then retry it.")
        case .succeeded: .refuse(because: "The run has succeeded.", instead: "Start the job again.")
        }
    }

    private static func report(_ state: RunStateName, _ event: RunEvent) -> RunDecision {
        if state.isFinal { return .stay(because: "The run is over; a late report changes nothing.") }
        switch (event, state) {
        case (.claimed, .queued): return .move(.running)
        case (.waits, .running): return .move(.waiting)
        case (.waits, .waiting), (.waits, .pausing), (.waits, .stopping):
            return .stay(because: "What was commanded comes first.")
        case (.continues, .waiting): return .move(.running)
        case (.continues, .running), (.continues, .pausing), (.continues, .stopping):
            return .stay(because: "The run is not waiting.")
        case (.reachedBoundary, .pausing): return .move(.paused)
        case (.reachedBoundary, .stopping): return .move(.stopped)
        case (.reachedBoundary, .running), (.reachedBoundary, .waiting):
            return .stay(because: "Nothing was commanded; the walk goes on.")
        case (.pauseEnded, .paused): return .move(.queued)
        case (.pauseEnded, .pausing): return .move(.running)
        case (.pauseEnded, _): return .stay(because: "The run is not paused.")
        case (.completed, .running), (.completed, .waiting), (.completed, .pausing), (.completed, .stopping):
            return .move(.succeeded)
        case (.failed, .running), (.failed, .waiting), (.failed, .pausing), (.failed, .queued):
            return .move(.failed)
        case (.failed, .stopping): return .move(.stopped)
        case (.lostWorker, .running), (.lostWorker, .waiting): return .move(.queued)
        case (.lostWorker, .pausing): return .move(.paused)
        case (.lostWorker, .stopping): return .move(.stopped)
        case (.lostWorker, .queued), (.lostWorker, .paused): return .stay(because: "No worker holds the run.")
        default:
            return .refuse(
                because: "The report \(event.rawValue) cannot come from a run that is \(state.rawValue).",
                instead: "This is a mistake of Pulse; please report it.")
        }
    }
}
