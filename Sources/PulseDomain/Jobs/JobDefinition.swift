/// What happens when a run is due while the one before it is still under way.
package enum OverlapPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// The due run is left out; the next one loads what it would have loaded.
    case skip
    /// One run is queued behind the present one.
    case queue
}

/// What happens to runs that were due while no engine ran.
package enum MissedRunPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// One run at once, however many were missed.
    case once
    /// None: the schedule goes on at its next time.
    case skip
}

/// When a job runs by itself.
package struct ScheduleDefinition: Hashable, Sendable, Codable {
    /// Five cron fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`.
    package var cron: String
    /// An IANA name, such as `Europe/Berlin`.
    package var timeZone: String
    package var overlap: OverlapPolicy
    package var missed: MissedRunPolicy

    package init(
        cron: String, timeZone: String = "UTC", overlap: OverlapPolicy = .skip, missed: MissedRunPolicy = .once
    ) {
        self.cron = cron
        self.timeZone = timeZone
        self.overlap = overlap
        self.missed = missed
    }
}

/// What is to be synchronised and when.
package struct JobDefinition: Hashable, Sendable, Codable {
    package var id: JobID
    /// What it does, for people: `Issues with changelogs, comments and worklogs`.
    package var title: String
    /// Of runs that are due together, the one with the higher number starts first. -100 to 100, 0 by default.
    package var priority: Int
    /// `nil`: only on command.
    package var schedule: ScheduleDefinition?
    /// When ids are compared with the source to find deletions; `nil`: only on command.
    package var census: ScheduleDefinition?
    /// Jobs that must have succeeded once, and must not be under way, before this one starts.
    package var dependencies: [JobID]
    /// After how long without a success its data is called stale; `nil`: never.
    package var staleAfter: Duration?
    /// Partitions side by side, 1 or more.
    package var concurrency: Int

    package init(
        id: JobID, title: String, priority: Int = 0, schedule: ScheduleDefinition? = nil,
        census: ScheduleDefinition? = nil, dependencies: [JobID] = [], staleAfter: Duration? = nil,
        concurrency: Int = 2
    ) {
        self.id = id
        self.title = title
        self.priority = priority
        self.schedule = schedule
        self.census = census
        self.dependencies = dependencies
        self.staleAfter = staleAfter
        self.concurrency = concurrency
    }
}

/// A job that is kept from starting.
package struct Hold: Hashable, Sendable, Codable {
    package var by: Principal
    package var reason: String
    package var since: Instant

    package init(by: Principal, reason: String, since: Instant) {
        self.by = by
        self.reason = reason
        self.since = since
    }

    /// `held by ada: migration`, or `held by ada` without a reason: a part of a sentence, without its full stop.
    package var phrase: String {
        let reason = String(reason.reversed().drop { $0 == "." || $0 == " " }.reversed())
        return reason.isEmpty ? "held by \(by)" : "held by \(by): \(reason)"
    }
}
