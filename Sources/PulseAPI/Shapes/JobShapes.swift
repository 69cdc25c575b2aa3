package import PulseDomain

extension ScheduleDefinition: WireObject {
    package static let about = "When a job runs by itself."
    package static let example = ScheduleDefinition(cron: "*/15 * * * *", timeZone: "Europe/Berlin")

    package static func map(_ f: inout Fields<ScheduleDefinition>) throws(WireError) -> ScheduleDefinition {
        ScheduleDefinition(
            cron: try f("cron", { $0.cron }, "Five cron fields, or @hourly, @daily, @weekly, @monthly."),
            timeZone: try f("time_zone", { $0.timeZone }, "An IANA name."),
            overlap: try f("overlap", { $0.overlap }, "What happens when a run is due while one is under way."),
            missed: try f("missed", { $0.missed }, "What happens to runs that were due while no engine ran."))
    }
}

extension Hold: WireObject {
    package static let about = "A job that is kept from starting: by whom and why."
    package static let example = Hold(by: Example.ada, reason: "Migration.", since: Example.instant)

    package static func map(_ f: inout Fields<Hold>) throws(WireError) -> Hold {
        Hold(by: try f("by", { $0.by }), reason: try f("reason", { $0.reason }), since: try f("since", { $0.since }))
    }
}

extension JobDefinition {
    static let example = JobDefinition(
        id: Example.job, title: "Issues with changelogs, comments and worklogs", schedule: .example,
        census: ScheduleDefinition(cron: "@weekly"), dependencies: ["jira-main/projects"], staleAfter: .hours(2))

    /// As members of the job that has it.
    fileprivate static func map(_ f: inout Fields<JobStatus>) throws(WireError) -> JobDefinition {
        JobDefinition(
            id: try f("id", { $0.definition.id }, "Source and stream, divided by a slash."),
            title: try f("title", { $0.definition.title }),
            priority: try f("priority", { $0.definition.priority }, "Of runs due together the higher starts first."),
            schedule: try f("schedule", { $0.definition.schedule }, "Null: only on command."),
            census: try f("census", { $0.definition.census }, "When ids are compared with the source."),
            dependencies: try f("dependencies", { $0.definition.dependencies }, "Jobs that must have succeeded."),
            staleAfter: try f(
                "stale_after_seconds", { $0.definition.staleAfter }, "Without a success its data is stale then."),
            concurrency: try f("concurrency", { $0.definition.concurrency }, "Partitions side by side."))
    }
}

/// The states of a job's run, and the job that has none.
private enum JobStateWord: String, WireWord {
    case neverRun = "never_run"
    case queued, running, waiting, pausing, paused, stopping, stopped, failed, succeeded
}

extension JobStatus: WireObject {
    package static let about = "A job as it is shown."
    package static let example = JobStatus(
        definition: .example, hold: .example, run: .example, nextRunAt: Example.minutes(15),
        lastSuccessAt: Example.instant, quarantined: 2, history: [0, 38.5, 41.5])

    package static func map(_ f: inout Fields<JobStatus>) throws(WireError) -> JobStatus {
        f.derived("source", { $0.id.source })
        f.derived("stream", { $0.id.stream })
        f.derived(
            "state", { $0.run.flatMap { JobStateWord(rawValue: $0.state.name.rawValue) } ?? .neverRun },
            "Of the present or last run.")
        return JobStatus(
            definition: try JobDefinition.map(&f), hold: try f("hold", { $0.hold }),
            run: try f("run", { $0.run }, "The present run, or the last one."),
            nextRunAt: try f("next_run_at", { $0.nextRunAt }, "When the schedule starts it next."),
            lastSuccessAt: try f("last_success_at", { $0.lastSuccessAt }),
            retriesAt: try f("retries_at", { $0.retriesAt }, "When a failed run is taken up again by itself."),
            quarantined: try f("quarantined", { $0.quarantined }, "Records quarantined and not yet decided on."),
            history: try f("history", { $0.history }, "Records per second of the last minutes, oldest first."))
    }
}

extension StageStatus: WireObject {
    package static let about = "A stage's share in a run."
    package static let example = StageStatus(stage: .extract, pages: 12, records: 1_200, busy: .milliseconds(8_125))

    package static func map(_ f: inout Fields<StageStatus>) throws(WireError) -> StageStatus {
        StageStatus(
            stage: try f("stage", { $0.stage }), pages: try f("pages", { $0.pages }),
            records: try f("records", { $0.records }),
            busy: try f("busy_seconds", { $0.busy }, "Time spent in it, by all partitions together."))
    }
}

extension PartitionStatus.State: WireUnion {
    package static let shapeName = "PartitionState"
    package static let about = "What a partition is doing."
    package static let discriminator = "state"
    package static let variants: [Variant<PartitionStatus.State>] = [
        Variant("pending", "", .pending),
        Variant("running", "", .running),
        Variant(
            "waiting", "", example: .example, content: { if case .waiting(let wait) = $0 { wait } else { nil } },
            make: { .waiting($0) }, map: Wait.map),
        Variant("complete", "", .complete),
        Variant(
            "failed", "", example: .example,
            content: { state -> Failure? in if case .failed(let failure) = state { failure } else { nil } },
            make: { .failed($0) }, map: { f throws(WireError) in try f("failure", { $0 }) }),
        Variant(
            "skipped", "", example: .example,
            content: { state -> Ending? in
                if case .skipped(let by, let reason) = state { Ending(by: by, reason: reason) } else { nil }
            }, make: { .skipped(by: $0.by, reason: $0.reason) }, map: Ending.map),
    ]
}

extension PartitionStatus: WireObject {
    package static let about = "Where a partition of the present or last run stands."
    package static let example = PartitionStatus(
        key: "PAY", title: "Payments", state: .running, checkpoint: .example, ratePerSecond: 12.5)

    package static func map(_ f: inout Fields<PartitionStatus>) throws(WireError) -> PartitionStatus {
        PartitionStatus(
            key: try f("key", { $0.key }), title: try f("title", { $0.title }),
            state: try f("condition", { $0.state }), checkpoint: try f("checkpoint", { $0.checkpoint }),
            ratePerSecond: try f("records_per_second", { $0.ratePerSecond }))
    }
}

extension JobDetail: WireObject {
    package static let about = "Everything that a job's own screen shows."
    package static let example = JobDetail(
        status: .example, partitions: [.example], stages: [.example], recentRuns: [.example], checkpoints: [.example],
        logs: [.example])

    package static func map(_ f: inout Fields<JobDetail>) throws(WireError) -> JobDetail {
        JobDetail(
            status: try f("job", { $0.status }), partitions: try f("partitions", { $0.partitions }),
            stages: try f("stages", { $0.stages }),
            recentRuns: try f("recent_runs", { $0.recentRuns }, "Newest first."),
            checkpoints: try f("checkpoints", { $0.checkpoints }, "Newest first."),
            logs: try f("logs", { $0.logs }, "Oldest first."))
    }
}
