import PulseDomain
import PulseTerminal

extension Severity {
    var label: Label {
        switch self {
        case .critical: Label.error("critical")
        case .warning: Label.warning("warning")
        case .notice: Label.info("notice")
        }
    }
}

extension LogLevel {
    var label: Label {
        switch self {
        case .debug: Label("·", ".", "debug", .muted)
        case .info: Label("·", " ", "info", .muted)
        case .notice: Label("•", "*", "notice", .info)
        case .warning: Label.warning("warning")
        case .error: Label.error("error")
        }
    }
}

extension BreakerPosition {
    var label: Label {
        switch self {
        case .closed: Label("●", "+", "closed", .ok)
        case .open: Label.error("open")
        case .halfOpen: Label("◐", "~", "probing", .warning)
        }
    }
}

extension TombstoneState {
    var label: Label {
        switch self {
        case .held: Label.warning("held")
        case .applied: Label.ok("marked")
        case .undone: Label.muted("undone")
        }
    }
}

extension WaitReason {
    /// What is waited for, in a few words.
    var phrase: String {
        switch self {
        case .quota(let quota): "quota \(quota.bucket)"
        // That requests are spread over the window is told with the cause.
        case .pacing(let quota): "quota \(quota.bucket)"
        case .breaker(let endpoint): "breaker \(endpoint)"
        case .backoff(let attempt): "try \(attempt)"
        case .store: "the store is tried again"
        case .dependency(let job): "after \(job)"
        case .capacity: "a free slot"
        case .engine: "an engine: none runs"
        }
    }
}

extension WaitReason {
    /// The same as what somebody waits for: `the quota graphql`.
    var subject: String {
        switch self {
        case .quota(let quota), .pacing(let quota): "the quota \(quota.bucket)"
        case .breaker(let endpoint): "the breaker of \(endpoint)"
        case .backoff(let attempt): "try \(attempt)"
        case .store: "the store"
        case .dependency(let job): job.rawValue
        case .capacity: "a free slot"
        case .engine: "an engine"
        }
    }
}

extension RunMode {
    /// What is loaded, in a few words.
    func phrase(_ times: TimeTexts) -> String {
        switch self {
        case .incremental: "new changes"
        case .full: "everything"
        case .range(let from, let to): "\(times.clock(from)) to \(times.clock(to))"
        case .census: "census"
        }
    }
}

extension Command {
    /// What it does, as an imperative: `retry jira/issues`.
    var phrase: String {
        switch self {
        case .start(let job, .incremental): "start \(job)"
        case .start(let job, .full): "load everything of \(job)"
        case .start(let job, .range): "load a range of \(job)"
        case .start(let job, .census): "look for deletions of \(job)"
        case .pause(let job, _): "pause \(job)"
        case .pauseUntilQuotaResets(let job): "pause \(job) until the quota resets"
        case .resume(let job): "resume \(job)"
        case .stop(let job): "stop \(job)"
        case .retry(let job): "retry \(job)"
        case .rewind(let job, let key, let sequence): "rewind \(job) \(key) to checkpoint \(sequence)"
        case .skipPartition(let job, let key): "skip \(key) of \(job)"
        case .hold(let job): "hold \(job)"
        case .release(let job): "release \(job)"
        case .replay(let ids): "replay \(Figures.many(ids.count, "record"))"
        case .discard(let ids): "discard \(Figures.many(ids.count, "record"))"
        case .undoTombstones(let id): "undo tombstones \(id)"
        case .confirmTombstones(let id): "confirm tombstones \(id)"
        case .retransform(let job): "transform \(job) again"
        case .acknowledge: "acknowledge"
        }
    }
}
