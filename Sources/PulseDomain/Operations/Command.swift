/// What a principal can ask of the engine.
package enum Command: Sendable, Hashable, Codable {
    case start(JobID, RunMode)
    /// `until`: resumes by itself then; `nil`: on command.
    case pause(JobID, until: Instant?)
    /// Pauses until the job's tightest quota resets.
    case pauseUntilQuotaResets(JobID)
    case resume(JobID)
    case stop(JobID)
    case retry(JobID)
    /// Makes the given checkpoint the newest of its partition again.
    case rewind(JobID, PartitionKey, toSequence: Int64)
    case skipPartition(JobID, PartitionKey)
    case hold(JobID)
    case release(JobID)
    /// Transforms quarantined records again and loads those that pass. Ids as in `QuarantineEntry`.
    case replay([Int64])
    /// Marks quarantined records as not wanted.
    case discard([Int64])
    /// Takes a census' tombstones back.
    case undoTombstones(Int64)
    /// Sets the tombstones that a census held back because too much seemed gone.
    case confirmTombstones(Int64)
    /// Transforms the kept raw pages of a job again, without the network.
    case retransform(JobID)
    case acknowledge(alert: String)

    /// `start`, `pause` and so on: for audit, help and previews.
    package var name: String {
        switch self {
        case .start: "start"
        case .pause, .pauseUntilQuotaResets: "pause"
        case .resume: "resume"
        case .stop: "stop"
        case .retry: "retry"
        case .rewind: "rewind"
        case .skipPartition: "skip"
        case .hold: "hold"
        case .release: "release"
        case .replay: "replay"
        case .discard: "discard"
        case .undoTombstones: "undo"
        case .confirmTombstones: "confirm"
        case .retransform: "retransform"
        case .acknowledge: "acknowledge"
        }
    }

    /// The job that it is about; `nil` for quarantine, tombstones and alerts.
    package var job: JobID? {
        switch self {
        case .start(let job, _), .pause(let job, _), .pauseUntilQuotaResets(let job), .resume(let job), .stop(let job),
            .retry(let job), .rewind(let job, _, _), .skipPartition(let job, _), .hold(let job), .release(let job),
            .retransform(let job):
            job
        case .replay, .discard, .undoTombstones, .confirmTombstones, .acknowledge: nil
        }
    }
}

/// A command with who asks and why.
package struct CommandRequest: Sendable, Hashable, Codable {
    package var command: Command
    package var by: Principal
    /// Why, in the principal's words; may be empty for harmless commands.
    package var reason: String
    package var correlation: CorrelationID

    package init(_ command: Command, by: Principal, reason: String, correlation: CorrelationID) {
        self.command = command
        self.by = by
        self.reason = reason
        self.correlation = correlation
    }
}

/// What a command would do, told before it is given.
package struct CommandPreview: Sendable, Hashable, Codable {
    /// What will happen, as a sentence.
    package var sentence: String
    /// What it undoes or loses, as sentences; empty when nothing.
    package var consequences: [String]
    /// Records that will be read again or anew; `nil` when that cannot be told.
    package var records: Int?
    package var requests: Int?
    /// Quota points; `nil` when that cannot be told.
    package var points: Int?
    /// Time that it takes at the rate seen lately; `nil` when that cannot be told.
    package var duration: Duration?
    /// Why it would be refused, and what is possible instead; `nil` when it would be accepted.
    package var refusal: Refusal?
    package var danger: Danger

    package struct Refusal: Sendable, Hashable, Codable {
        package var because: String
        package var instead: String
        package init(because: String, instead: String) {
            self.because = because
            self.instead = instead
        }
    }

    /// How much asking a command deserves.
    package enum Danger: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing is lost; asked for a reason only.
        case harmless
        /// Work is interrupted or repeated; Cancel is the default.
        case disruptive
        /// Data or positions are given up; the subject's name has to be typed.
        case destructive
    }

    package init(
        sentence: String, consequences: [String] = [], records: Int? = nil, requests: Int? = nil, points: Int? = nil,
        duration: Duration? = nil, refusal: Refusal? = nil, danger: Danger = .harmless
    ) {
        self.sentence = sentence
        self.consequences = consequences
        self.records = records
        self.requests = requests
        self.points = points
        self.duration = duration
        self.refusal = refusal
        self.danger = danger
    }

    /// Of replaying so many quarantined records.
    package static func replay(of count: Int) -> CommandPreview {
        CommandPreview(
            sentence: "\(count.counted("quarantined record is", "quarantined records are")) transformed again; "
                + "what passes is loaded.",
            records: count, requests: 0)
    }
}

/// What became of a command.
package enum CommandReceipt: Sendable, Hashable, Codable {
    /// Taken; what happens now, as a sentence.
    case accepted(String)
    /// True already; nothing changed, and why.
    case unchanged(String)
    case refused(because: String, instead: String)
}
