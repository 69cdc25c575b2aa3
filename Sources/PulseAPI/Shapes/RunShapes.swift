package import PulseDomain

extension Wait: WireObject {
    package static let about = "Why something waits, and until when."
    package static let example = Wait(
        reason: .quota(.example), since: Example.instant, until: Example.minutes(5),
        because: "The quota burst of jira.example.com is spent until 09:35.")

    package static func map(_ f: inout Fields<Wait>) throws(WireError) -> Wait {
        Wait(
            reason: try f("reason", { $0.reason }), since: try f("since", { $0.since }),
            until: try f("until", { $0.until }, "When it ends or is looked at again."),
            because: try f("because", { $0.because }, "The cause as a sentence."))
    }
}

extension WaitReason: WireUnion {
    package static let about = "What is waited for."
    package static let discriminator = "kind"
    package static let variants: [Variant<WaitReason>] = [
        Variant(
            "quota", "The budget is spent, or the provider asked to wait.", example: .example,
            content: { if case .quota(let id) = $0 { id } else { nil } }, make: { .quota($0) }, map: QuotaID.map),
        Variant(
            "pacing", "Requests are spread over the quota's window.", example: .example,
            content: { if case .pacing(let id) = $0 { id } else { nil } }, make: { .pacing($0) }, map: QuotaID.map),
        Variant(
            "breaker", "A breaker is open.", example: "graphql",
            content: { reason -> EndpointID? in if case .breaker(let endpoint) = reason { endpoint } else { nil } },
            make: { .breaker($0) }, map: { f throws(WireError) in try f("endpoint", { $0 }) }),
        Variant(
            "backoff", "A failed request is tried again.", example: 2,
            content: { reason -> Int? in if case .backoff(let attempt) = reason { attempt } else { nil } },
            make: { .backoff(attempt: $0) },
            map: { f throws(WireError) in try f("attempt", { $0 }, "The number of the try that follows.") }),
        Variant("store", "The store does not answer.", .store),
        Variant(
            "dependency", "Another job has to succeed first.", example: Example.job,
            content: { if case .dependency(let job) = $0 { job } else { nil } }, make: { .dependency($0) },
            map: { f throws(WireError) in try f("job", { $0 }) }),
        Variant("capacity", "The engine runs as many runs as it may.", .capacity),
        Variant("engine", "No engine works on the store.", .engine),
    ]
}

extension Pause: WireObject {
    package static let about = "Who paused a run, why, and until when."
    package static let example = Pause(
        by: Example.ada, reason: "Jira is being upgraded.", since: Example.instant, until: Example.minutes(60))

    package static func map(_ f: inout Fields<Pause>) throws(WireError) -> Pause {
        Pause(
            by: try f("by", { $0.by }), reason: try f("reason", { $0.reason }), since: try f("since", { $0.since }),
            until: try f("until", { $0.until }, "When it resumes by itself; null when only a command resumes it."))
    }
}

/// Who ended a run, and why.
struct Ending: Sendable {
    var by: Principal
    var reason: String

    static let example = Ending(by: Example.ada, reason: "Wrong project.")

    static func map(_ f: inout Fields<Ending>) throws(WireError) -> Ending {
        Ending(by: try f("by", { $0.by }), reason: try f("reason", { $0.reason }))
    }
}

/// What else is true of a success, as words.
private enum SuccessWord: String, WireWord {
    case withQuarantine = "with_quarantine"
    case suspicious
    case withSkippedPartitions = "with_skipped_partitions"

    var flag: SuccessFlags {
        switch self {
        case .withQuarantine: .withQuarantine
        case .suspicious: .suspicious
        case .withSkippedPartitions: .withSkippedPartitions
        }
    }
}

extension RunState: WireUnion {
    package static let about = "The state of a run, with what belongs to it."
    package static let discriminator = "state"
    package static let variants: [Variant<RunState>] = [
        Variant("queued", "", .queued),
        Variant("running", "", .running),
        Variant(
            "waiting", "", example: .example, content: { if case .waiting(let wait) = $0 { wait } else { nil } },
            make: { .waiting($0) }, map: Wait.map),
        Variant(
            "pausing", "Pauses at the next page boundary.", example: .example,
            content: { if case .pausing(let pause) = $0 { pause } else { nil } }, make: { .pausing($0) },
            map: Pause.map),
        Variant(
            "paused", "", example: .example, content: { if case .paused(let pause) = $0 { pause } else { nil } },
            make: { .paused($0) }, map: Pause.map),
        Variant(
            "stopping", "Stops now: the request under way is given up.", example: .example,
            content: { state -> Ending? in
                if case .stopping(let by, let reason) = state { Ending(by: by, reason: reason) } else { nil }
            }, make: { .stopping(by: $0.by, reason: $0.reason) }, map: Ending.map),
        Variant(
            "stopped", "", example: .example,
            content: { state -> Ending? in
                if case .stopped(let by, let reason) = state { Ending(by: by, reason: reason) } else { nil }
            }, make: { .stopped(by: $0.by, reason: $0.reason) }, map: Ending.map),
        Variant(
            "failed", "", example: .example,
            content: { state -> Failure? in if case .failed(let failure) = state { failure } else { nil } },
            make: { .failed($0) }, map: { f throws(WireError) in try f("failure", { $0 }) }),
        Variant(
            "succeeded", "", example: SuccessFlags.withQuarantine,
            content: { state -> SuccessFlags? in if case .succeeded(let flags) = state { flags } else { nil } },
            make: { .succeeded($0) },
            map: { f throws(WireError) in
                let words = try f("flags", { flags in SuccessWord.allCases.filter { flags.contains($0.flag) } })
                return words.reduce(into: SuccessFlags()) { $0.insert($1.flag) }
            }),
    ]
}

extension Progress: WireObject {
    package static let about = "How far a walk has come."
    package static let example = Progress(done: 1_200, expected: 2_400, partitionsDone: 3, partitionsTotal: 8)

    package static func map(_ f: inout Fields<Progress>) throws(WireError) -> Progress {
        Progress(
            done: try f("done", { $0.done }, "Records so far."),
            expected: try f("expected", { $0.expected }, "Records in all, where it can be told."),
            partitionsDone: try f("partitions_done", { $0.partitionsDone }),
            partitionsTotal: try f("partitions_total", { $0.partitionsTotal }))
    }
}

extension RunStatus: WireObject {
    package static let about = "A run as it is shown."
    package static let example = RunStatus(
        id: RunID(1_204), state: .waiting(.example), mode: .incremental, startedBy: .schedule,
        createdAt: Example.instant, startedAt: Example.instant, stateSince: Example.minutes(3), counts: .example,
        progress: .example, ratePerSecond: 41.5, endsAt: Example.minutes(12), requests: 88, attempts: 1,
        correlation: Example.correlation)

    package static func map(_ f: inout Fields<RunStatus>) throws(WireError) -> RunStatus {
        f.derived("state", { $0.state.name })
        f.derived(
            "because", { $0.because }, "Why it waits, who paused it, how it failed; null where nothing is to say.")
        f.derived("until", { $0.until }, "When the wait or the pause ends by itself.")
        f.derived("progress", { $0.progress.share }, "0 to 1; null when it cannot be told.")
        var run = RunStatus(
            id: try f("id", { $0.id }),
            state: try f("condition", { $0.state }, "The state with all that belongs to it."),
            mode: try RunMode.map(&f) { $0.mode }, startedBy: try f("started_by", { $0.startedBy }),
            createdAt: try f("created_at", { $0.createdAt }), startedAt: try f("started_at", { $0.startedAt }),
            endedAt: try f("ended_at", { $0.endedAt }), stateSince: try f("state_since", { $0.stateSince }),
            counts: try f("counts", { $0.counts }), progress: try f("progress_counts", { $0.progress }),
            ratePerSecond: try f(
                "records_per_second", { $0.ratePerSecond },
                "Lately; null while another engine works on it and has not told."),
            endsAt: try f("ends_at", { $0.endsAt }, "When it will be done at this rate and with the known waits."),
            requests: try f("requests", { $0.requests }),
            attempts: try f("attempts", { $0.attempts }, "How often it was taken up."),
            correlation: try f("correlation", { $0.correlation }),
            queuedBecause: try f("queued_because", { $0.queuedBecause }, "Why a queued run has not begun."))
        run.isElsewhere = try f("is_elsewhere", { $0.isElsewhere }, "An engine of another process works on it.")
        run.reason = try f("reason", { $0.reason }, "Why it was started; empty when nobody said.")
        run.engine = try f("engine", { $0.engine }, "The engine that holds it.")
        run.toldAt = try f("told_at", { $0.toldAt }, "When another engine told rate and progress.")
        run.takenOverAt = try f(
            "taken_over_at", { $0.takenOverAt }, "When another engine takes it over from one that fell silent.")
        return run
    }

    private var because: String? {
        switch state {
        case .queued: queuedBecause?.because
        case .waiting(let wait): wait.because
        case .pausing(let pause), .paused(let pause): pause.reason
        case .stopping(_, let reason), .stopped(_, let reason): reason
        case .failed(let failure): "\(failure.sentence) \(failure.remedy)"
        case .running, .succeeded: nil
        }
    }

    private var until: Instant? {
        switch state {
        case .queued: queuedBecause?.until
        case .waiting(let wait): wait.until
        case .pausing(let pause), .paused(let pause): pause.until
        case .failed(let failure): failure.retryAt
        case .stopping, .stopped, .running, .succeeded: nil
        }
    }
}

extension JobRun: WireObject {
    package static let about = "A run and its job."
    package static let example = JobRun(job: Example.job, run: .example)

    package static func map(_ f: inout Fields<JobRun>) throws(WireError) -> JobRun {
        JobRun(job: try f("job", { $0.job }), run: try f("run", { $0.run }))
    }
}
