/// Why a run waits. Each has a stated end.
package enum WaitReason: Hashable, Sendable, Codable {
    /// The quota's budget is spent, or the provider asked to wait.
    case quota(QuotaID)
    /// The quota lasts until its reset because requests are spread over its window; this one goes in a moment.
    case pacing(QuotaID)
    /// A breaker is open.
    case breaker(EndpointID)
    /// A failed request is tried again; `attempt` is the number of the try that follows.
    case backoff(attempt: Int)
    /// The store does not answer.
    case store
    /// Another job has to succeed first.
    case dependency(JobID)
    /// The engine runs as many runs as it may.
    case capacity
    /// No engine works on the store.
    case engine
}

/// A wait as it is shown: why, until when, and what happened.
package struct Wait: Hashable, Sendable, Codable {
    package var reason: WaitReason
    package var since: Instant
    /// When it ends or is looked at again.
    package var until: Instant
    /// The cause as a sentence.
    package var because: String

    package init(reason: WaitReason, since: Instant, until: Instant, because: String) {
        self.reason = reason
        self.since = since
        self.until = until
        self.because = because
    }
}

/// Who paused a run, why, and until when.
package struct Pause: Hashable, Sendable, Codable {
    package var by: Principal
    package var reason: String
    package var since: Instant
    /// When it resumes by itself; `nil` when only a command resumes it.
    package var until: Instant?

    package init(by: Principal, reason: String, since: Instant, until: Instant? = nil) {
        self.by = by
        self.reason = reason
        self.since = since
        self.until = until
    }
}

/// What else is true of a run that succeeded.
package struct SuccessFlags: OptionSet, Hashable, Sendable, Codable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Records are in quarantine.
    package static let withQuarantine = SuccessFlags(rawValue: 1)
    /// Nothing was loaded where history says otherwise; the watermark stayed (invariant 8).
    package static let suspicious = SuccessFlags(rawValue: 2)
    /// Partitions were skipped by command or failed and were left for later.
    package static let withSkippedPartitions = SuccessFlags(rawValue: 4)
}

/// The state of a run, with what belongs to it.
package enum RunState: Hashable, Sendable, Codable {
    case queued
    case running
    case waiting(Wait)
    case pausing(Pause)
    case paused(Pause)
    case stopping(by: Principal, reason: String)
    case stopped(by: Principal, reason: String)
    case failed(Failure)
    case succeeded(SuccessFlags)

    /// The state without what belongs to it: what the transition table is about.
    package var name: RunStateName {
        switch self {
        case .queued: .queued
        case .running: .running
        case .waiting: .waiting
        case .pausing: .pausing
        case .paused: .paused
        case .stopping: .stopping
        case .stopped: .stopped
        case .failed: .failed
        case .succeeded: .succeeded
        }
    }
}

/// The names of the states, as they are stored and shown.
package enum RunStateName: String, Sendable, Hashable, Codable, CaseIterable {
    case queued, running, waiting, pausing, paused, stopping, stopped, failed, succeeded

    /// A final state is never left; a retry or resume of a final run makes a new attempt of it (see `RunTransition`).
    package var isFinal: Bool { self == .stopped || self == .failed || self == .succeeded }

    /// Whether a worker holds a run in this state.
    package var isHeld: Bool {
        switch self {
        case .running, .waiting, .pausing, .stopping: true
        case .queued, .paused, .stopped, .failed, .succeeded: false
        }
    }
}
