/// An engine that works, or worked lately, on a store: who it is, whether it lives, and what it said last.
package struct EngineMember: Sendable, Hashable, Codable, Identifiable {
    /// What runs name as their holder: `build-7, process 4711`.
    package var id: String
    package var host: String
    package var pid: Int
    package var version: String
    package var startedAt: Instant
    /// When it was heard of last.
    package var seenAt: Instant
    /// When it said that it ends; `nil` while it works, and of one that fell silent.
    package var endedAt: Instant?
    /// What it said last.
    package var report: EngineReport
    /// The runs that it holds, as the store knows it: those of a silent engine too.
    package var holds: [HeldRun]

    package init(
        id: String, host: String, pid: Int, version: String, startedAt: Instant, seenAt: Instant,
        endedAt: Instant? = nil, report: EngineReport = EngineReport(), holds: [HeldRun] = []
    ) {
        self.id = id
        self.host = host
        self.pid = pid
        self.version = version
        self.startedAt = startedAt
        self.seenAt = seenAt
        self.endedAt = endedAt
        self.report = report
        self.holds = holds
    }

    /// How often an engine says that it lives.
    package static let interval: Duration = .seconds(5)
    /// Of whom nothing was heard for so long, that one is dead, hangs, or does not reach the store.
    package static let patience: Duration = .seconds(15)

    package enum Presence: String, Sendable, Hashable, Codable, CaseIterable {
        case working
        /// Not heard of for longer than ``EngineMember/patience``, and it did not say that it ends.
        case silent
        case ended
    }

    /// Whether it lives. Time in which the store did not answer says nothing about it.
    package func presence(at now: Instant, _ absence: StoreAbsence? = nil) -> Presence {
        if endedAt != nil { return .ended }
        let silence = absence?.silence(after: seenAt, at: now) ?? now - seenAt
        return silence > Self.patience ? .silent : .working
    }
}

/// A run with the end of its lease.
package struct HeldRun: Sendable, Hashable, Codable {
    package var job: JobID
    package var run: RunID
    /// When another engine may take it over.
    package var leaseUntil: Instant

    package init(job: JobID, run: RunID, leaseUntil: Instant) {
        self.job = job
        self.run = run
        self.leaseUntil = leaseUntil
    }
}

/// What an engine tells the others, a few times a minute.
package struct EngineReport: Sendable, Hashable, Codable {
    /// The runs that it works on.
    package var runs: [RunReport]
    // What it did a second since the report before.
    package var recordsPerSecond: Double
    package var requestsPerSecond: Double
    package var bytesPerSecond: Double
    /// What keeps it from working, as a sentence; `nil` when nothing does.
    package var trouble: String?

    package init(
        runs: [RunReport] = [], recordsPerSecond: Double = 0, requestsPerSecond: Double = 0,
        bytesPerSecond: Double = 0, trouble: String? = nil
    ) {
        self.runs = runs
        self.recordsPerSecond = recordsPerSecond
        self.requestsPerSecond = requestsPerSecond
        self.bytesPerSecond = bytesPerSecond
        self.trouble = trouble
    }
}

/// How a run goes, as the engine that works on it told.
package struct RunReport: Sendable, Hashable, Codable {
    package var job: JobID
    package var run: RunID
    package var ratePerSecond: Double
    package var progress: Progress
    /// When it will be done; `nil` when that cannot be told.
    package var endsAt: Instant?
    package var stages: [StageStatus]
    /// Records that the run had extracted then; `nil` from an older Pulse.
    package var extracted: Int?

    package init(
        job: JobID, run: RunID, ratePerSecond: Double, progress: Progress, endsAt: Instant? = nil,
        stages: [StageStatus] = [], extracted: Int? = nil
    ) {
        self.job = job
        self.run = run
        self.ratePerSecond = ratePerSecond
        self.progress = progress
        self.endsAt = endsAt
        self.stages = stages
        self.extracted = extracted
    }
}

/// Engines on one store, with the runs that they hold.
package enum EngineMembers {
    /// Silent ones whose runs wait to be taken over come first, then those that work, by name. Those that are no more
    /// come last, the newest first: silent ones that hold nothing, then those that said that they end.
    package static func ordered(
        _ members: [EngineMember], at now: Instant, _ absence: StoreAbsence? = nil
    ) -> [EngineMember] {
        func key(_ member: EngineMember) -> (Int, Int64, String) {
            switch member.presence(at: now, absence) {
            case .silent where !member.holds.isEmpty: (0, 0, member.id)
            case .working: (1, 0, member.id)
            case .silent: (2, -member.seenAt.microseconds, member.id)
            case .ended: (3, -(member.endedAt ?? member.seenAt).microseconds, member.id)
            }
        }
        return members.map { (key($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
