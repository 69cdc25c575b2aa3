import PulseConnectors
import PulseDomain
import PulseStore

extension Engine {
    /// Applies an event to a job's run by the one table; whether the state changed. Refusals are thrown as `Refusal`.
    @discardableResult
    func apply(
        _ event: RunEvent, to job: JobID, by: Principal = .engine, reason: String = "", until: Instant? = nil,
        wait: Wait? = nil, failure: Failure? = nil, flags: SuccessFlags = []
    ) async throws -> Bool {
        guard let entry = entries[job], let run = entry.run else {
            if event.isCommand {
                throw Refusal(because: "\(job) has never run.", instead: "Start it.")
            }
            return false
        }
        let name: RunStateName
        switch RunTransition.decide(run.state.name, event) {
        case .move(let next): name = next
        case .stay(let because):
            if event.isCommand { throw Unchanged(because: because) }
            return false
        case .refuse(let because, let instead):
            if event.isCommand { throw Refusal(because: because, instead: instead) }
            logs.add(
                .error, job: job, "A report came out of turn.",
                [.init("event", event.rawValue), .init("state", run.state.name.rawValue)])
            return false
        }
        let now = time.now
        let pause = Pause(by: by, reason: reason, since: now, until: until)
        let state: RunState
        switch name {
        case .queued: state = .queued
        case .running: state = .running
        case .waiting:
            guard let wait else { return false }
            state = .waiting(wait)
        case .pausing: state = .pausing(pause)
        case .paused:
            if case .pausing(let known) = run.state { state = .paused(known) } else { state = .paused(pause) }
        case .stopping: state = .stopping(by: by, reason: reason)
        case .stopped:
            if case .stopping(let principal, let why) = run.state {
                state = .stopped(by: principal, reason: why)
            } else {
                state = .stopped(by: by, reason: reason)
            }
        case .failed:
            state = .failed(
                failure ?? Failure(.ours, code: "engine.unknown", "The run failed.", remedy: "See its log."))
        case .succeeded: state = .succeeded(flags)
        }
        guard
            try await store.setState(state, of: run.id, expecting: run.state.name, fence: entry.worker?.fence, at: now)
        else {
            // In two steps: an assignment through `?.` holds the access to `entries` while its value is awaited.
            let stored = try await store.run(run.id)
            entries[job]?.run = stored
            dirtyJobs.insert(job)
            return false
        }
        if let stored = try await store.run(run.id) { entries[job]?.run = stored }
        dirtyJobs.insert(job)
        changed.raise()
        return true
    }

    /// A command that is not possible: why, and what is nearest.
    struct Refusal: Error {
        var because: String
        var instead: String
    }

    /// A command that is true already.
    struct Unchanged: Error { var because: String }

    // MARK: Workers

    /// Runs a worker and reports its end.
    func work(_ start: StartingRun) async {
        let outcome = await start.worker.perform()
        do {
            try await finish(start.job, outcome: outcome)
        } catch {
            status.trouble = Failure(describing: error).sentence
            entries[start.job]?.worker = nil
            logs.add(
                .error, job: start.job, "The end of a run could not be stored.",
                [.init("failure", Failure(describing: error).sentence)])
        }
        wake.raise()
    }

    private func finish(_ job: JobID, outcome: RunWorker.Outcome) async throws {
        guard let entry = entries[job], let worker = entry.worker else { return }
        let now = time.now
        let counts = worker.metrics.snapshot.counts
        switch outcome {
        case .completed(let flags):
            let flags = isSuspicious(entry, counts: counts) ? flags.union(.suspicious) : flags
            try await apply(.completed, to: job, flags: flags)
            entries[job]?.failures = 0
            logs.add(
                flags.contains(.suspicious) ? .warning : .info, job: job,
                flags.contains(.suspicious)
                    ? "A run succeeded with nothing, which is suspicious." : "A run has succeeded.",
                [
                    .init("extracted", "\(counts.extracted)"), .init("inserted", "\(counts.inserted)"),
                    .init("updated", "\(counts.updated)"), .init("quarantined", "\(counts.quarantined)"),
                ], correlation: entry.run?.correlation)
            try await refresh(job)
            try await prune(at: now)
        case .interrupted:
            if try await apply(.reachedBoundary, to: job) == false {
                // The engine itself is ending: the next one takes the run up.
                try await apply(.lostWorker, to: job)
            }
        case .failed(let failure):
            try await fail(job, failure, progress: counts.extracted, at: now)
        case .fenced:
            logs.add(.warning, job: job, "Another worker took the run over.")
            if let run = entry.run {
                let stored = try await store.run(run.id)
                entries[job]?.run = stored
            }
        }
        entries[job]?.lastMetrics = worker.metrics
        entries[job]?.worker = nil
        let quarantined = try await store.quarantineCounts()[job] ?? 0
        entries[job]?.quarantined = quarantined
        heldFindings = try await store.tombstones(limit: 100).filter(\.isHeld)
        dirtyJobs.insert(job)
    }

    private func fail(_ job: JobID, _ failure: Failure, progress: Int, at now: Instant) async throws {
        guard var entry = entries[job] else { return }
        if progress > entry.countsAtFailure { entry.failures = 0 }
        entry.countsAtFailure = progress
        let mendsItself = failure.kind.isRetried || failure.code == "store.full" || failure.code == "store.locked"
        if mendsItself, entry.failures < settings.runRetries.count {
            let pause = settings.runRetries[entry.failures]
            let jitter = random.use { Double.random(in: 0.8...1.2, using: &$0) }
            entry.retriesAt = failure.retryAt.map { max($0, now) } ?? now + pause * jitter
        } else {
            entry.retriesAt = nil
        }
        entry.failures += 1
        let retriesAt = entry.retriesAt
        entries[job]?.failures = entry.failures
        entries[job]?.countsAtFailure = entry.countsAtFailure
        try await apply(.failed, to: job, failure: failure)
        let isFailed = entries[job]?.run?.state.name == .failed
        entries[job]?.retriesAt = isFailed ? retriesAt : nil
        logs.add(
            .error, job: job, "A run has failed.",
            [.init("failure.code", failure.code), .init("failure", failure.sentence), .init("remedy", failure.remedy)],
            correlation: entry.run?.correlation)
    }

    /// Success with nothing loaded where history says otherwise (invariant 8). A walk that sees its newest record again
    /// is never empty once something was loaded.
    private func isSuspicious(_ entry: JobEntry, counts: RecordCounts) -> Bool {
        guard let run = entry.run, counts.extracted == 0, let before = entry.lastSuccessExtracted, before > 0 else {
            return false
        }
        switch run.mode {
        case .full: return true
        case .incremental: return entry.stream.rereadsNewest
        case .range, .census: return false
        }
    }

    private func refresh(_ job: JobID) async throws {
        guard let stored = try await store.jobs().first(where: { $0.definition.id == job }) else { return }
        entries[job]?.lastSuccessAt = stored.lastSuccessAt
        entries[job]?.lastSuccessExtracted = stored.lastSuccessExtracted
    }

    private func prune(at now: Instant) async throws {
        guard settings.keepsRawPages else { return }
        while try await store.pruneRawPages(before: now - settings.rawPageAge, limit: 200) == 200 {}
    }
}
