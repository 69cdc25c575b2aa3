import PulseConnectors
import PulseDomain
import PulseStore

extension StoredRun {
    /// As the store makes it with ``Store/setState(_:of:expecting:fence:at:)``.
    fileprivate func moved(to state: RunState, at now: Instant) -> StoredRun {
        var run = self
        (run.state, run.stateSince) = (state, now)
        run.endedAt = state.name.isFinal ? now : nil
        if state.name == .running { run.startedAt = startedAt ?? now }
        if !state.name.isHeld { (run.holder, run.leaseUntil) = (nil, nil) }
        return run
    }

    /// As whoever works next makes it of one that a dead process left.
    func withoutWorker(at now: Instant) -> StoredRun {
        guard case .move(let name) = RunTransition.decide(state.name, .lostWorker) else { return self }
        switch (name, state) {
        case (.paused, .pausing(let pause)): return moved(to: .paused(pause), at: now)
        case (.stopped, .stopping(let principal, let reason)):
            return moved(to: .stopped(by: principal, reason: reason), at: now)
        default: return moved(to: .queued, at: now)
        }
    }
}

extension Engine {
    /// Applies an event to a job's run by the one table; whether the state changed. Refusals are thrown as `Refusal`.
    @discardableResult
    func apply(
        _ event: RunEvent, to job: JobID, by: Principal = .engine, reason: String = "", until: Instant? = nil,
        wait: Wait? = nil, failure: Failure? = nil, flags: SuccessFlags = [], attempt: Int = 1
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
        let isMoved = try await store.setState(
            state, of: run.id, expecting: run.state.name, fence: entry.worker?.fence, at: now)
        storeAnswers(askedAt: now)
        guard isMoved else {
            // In two steps: an assignment through `?.` holds the access to `entries` while its value is awaited.
            let stored = try await store.run(run.id)
            if entries[job]?.run?.id == run.id { entries[job]?.run = stored }
            dirtyJobs.insert(job)
            // The run moved on meanwhile: what the event means is decided by where it is now.
            guard let stored, stored.state.name != run.state.name || event.isCommand else { return false }
            guard attempt < 4 else {
                if event.isCommand {
                    throw Refusal(because: "\(job) changed at the same moment.", instead: "Try again.")
                }
                return false
            }
            return try await apply(
                event, to: job, by: by, reason: reason, until: until, wait: wait, failure: failure, flags: flags,
                attempt: attempt + 1)
        }
        // The store has changed it, whatever becomes of reading it again. Another event may have come meanwhile.
        if entries[job]?.run == run { entries[job]?.run = run.moved(to: state, at: now) }
        let returned = reach.returned
        do {
            let stored = try await store.run(run.id)
            // Another run may have been added meanwhile.
            if let stored, entries[job]?.run?.id == run.id { entries[job]?.run = stored }
        } catch {
            isInTrouble(error, before: returned)
        }
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

    /// Runs a worker and reports its end. While the store refuses the report it is tried again: the run would be nobody's
    /// else. An engine that ends leaves it to the next one.
    func work(_ start: StartingRun) async {
        let outcome = await start.worker.perform()
        while true {
            let returned = reach.returned
            do {
                try await keepSpending(of: start)
                try await finish(start.job, outcome: outcome)
                break
            } catch {
                isInTrouble(error, before: returned)
                outage.unstoredEnds.insert(start.job)
                wake.raise()
                var isGivenUp = isStopping || Task.isCancelled
                if case StoreError.closed = error { isGivenUp = true }
                if isGivenUp {
                    leave(start.job, because: error)
                    break
                }
                // A task that was cancelled is seen by the next turn.
                _ = try? await time.sleep(for: .seconds(5), unless: stopping, returned)
            }
        }
        outage.unstoredEnds.remove(start.job)
        // Before the worker goes: who waits for this job looks at what its success left.
        unseenEnds.insert(start.job)
        let returned = reach.returned
        do {
            try await lookAfter(start.job)
        } catch {
            isInTrouble(error, before: returned)
        }
        entries[start.job]?.lastMetrics = start.worker.metrics
        entries[start.job]?.worker = nil
        wake.raise()
    }

    /// Stores what the last commits did not take along.
    private func keepSpending(of start: StartingRun) async throws {
        let ledger = start.worker.ledger
        let entries = ledger.take()
        do {
            try await store.addSpending(entries, of: start.worker.run.id, at: time.now)
        } catch {
            ledger.giveBack(entries)
            throw error
        }
    }

    private func finish(_ job: JobID, outcome: RunWorker.Outcome) async throws {
        guard let entry = entries[job], let worker = entry.worker else { return }
        let counts = worker.metrics.snapshot.counts
        switch try await isTakenOver(entry.run, from: worker) ? .fenced : outcome {
        case .completed(let flags, let suspicious):
            let flags = isSuspicious(entry, counts: counts) ? flags.union(.suspicious) : flags
            try await apply(.completed, to: job, flags: flags)
            entries[job]?.failures = 0
            entries[job]?.suspicious = suspicious
            var facts: [LogLine.Fact] = [
                .init("extracted", "\(counts.extracted)"), .init("inserted", "\(counts.inserted)"),
                .init("updated", "\(counts.updated)"),
                // What an incremental run reads again of what it knows (its overlap) is among them.
                .init("unchanged", "\(counts.unchanged)"), .init("quarantined", "\(counts.quarantined)"),
            ]
            if !suspicious.isEmpty {
                facts.append(.init("suspicious", suspicious.map(\.rawValue).joined(separator: " ")))
            }
            logs.add(
                flags.contains(.suspicious) ? .warning : .info, job: job,
                flags.contains(.suspicious)
                    ? "A run succeeded with too little to be believed." : "A run has succeeded.", facts,
                correlation: entry.run?.correlation)
        case .interrupted:
            // Nobody told the run to end: the engine itself does.
            let isHandedOver = isStopping && entry.run.map { [.running, .waiting].contains($0.state.name) } ?? false
            try await remember(job) { [holder = status.holder] in $0.handedOverBy = isHandedOver ? holder : nil }
            if try await apply(.reachedBoundary, to: job) == false {
                // Also where it was resumed at once: it is taken up again.
                let isLeft = try await apply(.lostWorker, to: job)
                if isLeft, isHandedOver {
                    logs.add(
                        .info, job: job, "A run is handed over: its engine ends.", [.init("by", status.holder)],
                        correlation: entry.run?.correlation)
                }
            }
        case .failed(let failure):
            try await fail(job, failure, progress: counts.extracted, at: time.now)
        case .fenced:
            var stored: StoredRun?
            if let run = entry.run {
                stored = try await store.run(run.id)
                entries[job]?.run = stored
            }
            logs.add(
                .warning, job: job, "Another engine took the run over.",
                stored?.holder.map { [.init("by", $0)] } ?? [], correlation: entry.run?.correlation)
        }
    }

    /// Whether another engine has the run by now: it alone has a say about it.
    private func isTakenOver(_ run: StoredRun?, from worker: JobEntry.ActiveWorker) async throws -> Bool {
        guard store.sharing != nil, let run, let stored = try await store.run(run.id) else { return false }
        return stored.fence != worker.fence.number
    }

    /// Reads anew what the end of a run changed beside it.
    func lookAfter(_ job: JobID) async throws {
        try await refresh(job)
        // Who waits for this job looks at its last success; the rest is for screens and for order.
        unseenEnds.remove(job)
        let quarantined = try await store.quarantineCounts()[job] ?? 0
        entries[job]?.quarantined = quarantined
        heldFindings = try await store.tombstones(TombstoneFilter(state: .held, limit: 1_000))
        dirtyJobs.insert(job)
        tellLeftOut(job)
    }

    private func fail(_ job: JobID, _ failure: Failure, progress: Int, at now: Instant) async throws {
        guard let entry = entries[job] else { return }
        let failures = progress > entry.countsAtFailure ? 0 : entry.failures
        let retriesAt = nextRetry(after: failure, failures: failures, from: now)
        // Before the run is over: what is promised then has to outlive this process.
        try await remember(job) { memory in
            memory.failures = failures + 1
            memory.countsAtFailure = progress
            memory.retriesAt = retriesAt
        }
        try await apply(.failed, to: job, failure: failure)
        entries[job]?.failures = failures + 1
        entries[job]?.countsAtFailure = progress
        let isFailed = entries[job]?.run?.state.name == .failed
        entries[job]?.retriesAt = isFailed ? retriesAt : nil
        logs.add(
            .error, job: job, "A run has failed.",
            [.init("failure.code", failure.code), .init("failure", failure.sentence), .init("remedy", failure.remedy)],
            correlation: entry.run?.correlation)
    }

    /// Success with nothing loaded where history says otherwise (invariant 8). A walk that sees its newest record again
    /// is never empty once something was loaded, unless that record was moved or deleted. Partitions are judged by
    /// themselves; this is about the run as a whole, also when no partition is listed any more.
    private func isSuspicious(_ entry: JobEntry, counts: RecordCounts) -> Bool {
        guard let run = entry.run, counts.extracted == 0, let before = entry.lastSuccessExtracted, before > 0 else {
            return false
        }
        switch run.mode {
        case .full: return true
        case .incremental: return entry.stream.rereadsNewest && entry.worker?.metrics.snapshot.isProvenQuiet != true
        case .range, .census: return false
        }
    }

    private func refresh(_ job: JobID) async throws {
        guard let stored = try await store.job(job) else { return }
        entries[job]?.lastSuccessAt = stored.lastSuccessAt
        entries[job]?.lastSuccessExtracted = stored.lastSuccessExtracted
    }
}
