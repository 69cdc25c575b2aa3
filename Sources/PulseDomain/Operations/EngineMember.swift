/// An engine that works, or worked lately, on a store: who it is, whether it lives, and what it said last.
package struct EngineMember: Sendable, Hashable, Codable, Identifiable {
    /// What runs name as their holder: machine and process, `build-7 4711`.
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
    /// The runs that were taken from it since it was heard of last.
    package var taken: [TakenRun]

    package init(
        id: String, host: String, pid: Int, version: String, startedAt: Instant, seenAt: Instant,
        endedAt: Instant? = nil, report: EngineReport = EngineReport(), holds: [HeldRun] = [],
        taken: [TakenRun] = []
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
        self.taken = taken
    }

    /// How often an engine says that it lives.
    package static let interval: Duration = .seconds(5)
    /// Of whom nothing was heard for so long, that one is dead, hangs, or does not reach the store.
    package static let patience: Duration = .seconds(15)
    /// For how long somebody is missed who left nothing to be taken over.
    package static let remembrance: Duration = .hours(1)

    package enum Presence: String, Sendable, Hashable, Codable, CaseIterable {
        case working
        /// Not heard of for longer than ``EngineMember/patience``, and it did not say that it ends.
        case silent
        /// It fell silent, and nothing waits for it any more: its runs were taken over, an engine was started on its
        /// machine since, or it held none and that is longer ago than ``EngineMember/remembrance``.
        case lost
        case ended

        /// Whether it is not heard of, and did not say so before.
        package var isUnheard: Bool { self == .silent || self == .lost }
    }

    /// Whether it lives. Time in which the store did not answer says nothing about it. `members` are all engines that
    /// are known of the store.
    package func presence(
        at now: Instant, _ absence: StoreAbsence? = nil, among members: [EngineMember] = []
    ) -> Presence {
        if endedAt != nil { return .ended }
        let silence = absence?.silence(after: seenAt, at: now) ?? now - seenAt
        guard silence > Self.patience else { return .working }
        guard holds.isEmpty else { return .silent }
        let isSettled = !taken.isEmpty || silence > Self.remembrance || isReplaced(among: members)
        return isSettled ? .lost : .silent
    }

    /// Whether an engine was started on its machine after it was heard of last: a service that was killed comes back.
    package func isReplaced(among members: [EngineMember]) -> Bool {
        !host.isEmpty && members.contains { $0.host == host && $0.startedAt > seenAt }
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

/// A run that was taken from an engine which had fallen silent.
package struct TakenRun: Sendable, Hashable, Codable {
    package var job: JobID
    package var run: RunID
    package var at: Instant
    /// The engine that goes on with it; `nil` while none does.
    package var by: String?

    package init(job: JobID, run: RunID, at: Instant, by: String? = nil) {
        self.job = job
        self.run = run
        self.at = at
        self.by = by
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
    /// The sources that it is configured for, in the order of their names; `nil` of one that was told to work for some of
    /// them only.
    package var sources: [ConfiguredSource]?

    package init(
        runs: [RunReport] = [], recordsPerSecond: Double = 0, requestsPerSecond: Double = 0,
        bytesPerSecond: Double = 0, trouble: String? = nil, sources: [ConfiguredSource]? = nil
    ) {
        self.runs = runs
        self.recordsPerSecond = recordsPerSecond
        self.requestsPerSecond = requestsPerSecond
        self.bytesPerSecond = bytesPerSecond
        self.trouble = trouble
        self.sources = sources
    }
}

/// What an engine is configured to do for a source, as far as others can compare it.
package struct ConfiguredSource: Sendable, Hashable, Codable {
    package var source: SourceID
    /// Short; the same for the same jobs, schedules and account.
    package var digest: String

    package init(source: SourceID, digest: String) {
        self.source = source
        self.digest = digest
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
    /// come last: who is missed, then those that nobody waits for, the newest first.
    package static func ordered(
        _ members: [EngineMember], at now: Instant, _ absence: StoreAbsence? = nil
    ) -> [EngineMember] {
        func key(_ member: EngineMember) -> (Int, Int64, String) {
            switch member.presence(at: now, absence, among: members) {
            case .silent where !member.holds.isEmpty: (0, 0, member.id)
            case .working: (1, 0, member.id)
            case .silent: (2, -member.seenAt.microseconds, member.id)
            case .lost, .ended: (3, -(member.endedAt ?? member.seenAt).microseconds, member.id)
            }
        }
        return members.map { (key($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
