import PulseDomain
import PulseStore

/// A claimed run on its way to its worker.
struct StartingRun: Sendable {
    var job: JobID
    var worker: RunWorker
}

extension Engine {
    /// Adds to `starting` as it goes: runs that were claimed before the store failed have to begin.
    func claimQueued(into starting: inout [StartingRun], at now: Instant) async throws {
        var free = settings.concurrentRuns - working.count
        let queued = entries.compactMap { entry -> (order: (Int, Instant), id: JobID, isTold: Bool)? in
            guard entry.run?.state.name == .queued, entry.worker == nil, entry.hold == nil else { return nil }
            // When all places are taken, what was told about a job stays true until its time is over.
            let isTold = entry.queuedBecause.map { $0.until > now } ?? false
            if free <= 0, isTold { return nil }
            return ((-entry.definition.priority, entry.run?.createdAt ?? now), entry.id, isTold)
        }
        for (_, id, isTold) in queued.sorted(by: { $0.order < $1.order }) where free > 0 || !isTold {
            guard let entry = entries[id] else { continue }
            if let wait = obstacle(to: entry, free: free, at: now) {
                if entry.queuedBecause?.reason != wait.reason {
                    entries[id]?.queuedBecause = wait
                    dirtyJobs.insert(id)
                } else {
                    entries[id]?.queuedBecause?.until = wait.until
                }
                continue
            }
            guard let start = try await claim(entry, at: now) else { continue }
            free -= 1
            starting.append(start)
        }
    }

    private func obstacle(to entry: JobEntry, free: Int, at now: Instant) -> Wait? {
        for dependency in entry.definition.dependencies {
            guard let other = entries[dependency] else { continue }
            if other.worker != nil || (other.isOpen && other.run?.state.name != .paused) {
                let until = other.status(at: now).run?.endsAt ?? now + .minutes(1)
                return Wait(
                    reason: .dependency(dependency), since: now, until: until,
                    because: "\(dependency) is under way and has to be loaded first.")
            }
            if other.lastSuccessAt == nil {
                return Wait(
                    reason: .dependency(dependency), since: now,
                    until: other.retriesAt ?? other.nextRunAt ?? now + .minutes(5),
                    because: "\(dependency) has to succeed once before.")
            }
        }
        guard free > 0 else {
            return Wait(
                reason: .capacity, since: now, until: now + .minutes(1),
                because: "\(settings.concurrentRuns) runs are under way, as many as may be.")
        }
        return nil
    }

    private func claim(_ entry: JobEntry, at now: Instant) async throws -> StartingRun? {
        guard let queued = entry.run else { return nil }
        guard let fence = try await fence(of: entry, at: now), let run = try await store.run(queued.id) else {
            // In two steps: an assignment through `?.` holds the access to `entries` while its value is awaited.
            let stored = try await store.run(queued.id)
            entries[entry.id]?.run = stored
            return nil
        }
        let control = RunControl()
        let metrics = RunMetrics(counts: run.counts, requests: run.requests, stages: entry.stages)
        let ledger = LedgerCounter()
        entries[entry.id]?.run = run
        entries[entry.id]?.queuedBecause = nil
        entries[entry.id]?.worker = JobEntry.ActiveWorker(control: control, metrics: metrics, fence: fence)
        let job = entry.id
        let open = entry.takeOver.flatMap { $0.by == nil ? $0.from : nil }
        let handedOverBy = entry.handedOverBy
        // Whoever was silent may be back before another engine has a place for its run.
        let takenFrom = open == status.holder ? nil : open
        do {
            if open != nil || handedOverBy != nil {
                // Before the run goes on: all that is told of the take-over names the same two.
                if open != nil { entries[job]?.takeOver?.by = status.holder }
                entries[job]?.handedOverBy = nil
                if open == status.holder { entries[job]?.takeOver = nil }
                try await remember(job)
                if let takenFrom {
                    let taken = TakenRun(job: job, run: run.id, at: entry.takeOver?.at ?? now, by: status.holder)
                    try await store.noteTaken(taken, from: takenFrom)
                }
            }
            let isTaken = try await apply(.claimed, to: job)
            entries[job]?.claim = nil
            guard isTaken else {
                entries[job]?.worker = nil
                return nil
            }
        } catch {
            entries[job]?.worker = nil
            throw error
        }
        let (wake, changed, logs, throughput, correlation, quarantineChanged) = (
            self.wake, self.changed, self.logs, self.throughput, run.correlation, self.quarantineChanged
        )
        let afterCommit = afterCommit
        // Told once: later it is handed over by engines that end as they should.
        if let takenFrom {
            logs.add(
                .warning, job: job, "A run is taken over from a silent engine.",
                [.init("from", takenFrom), .init("by", status.holder)], correlation: correlation)
        } else if let handedOverBy {
            logs.add(
                .info, job: job, "A run that was handed over goes on from its checkpoints.",
                [.init("from", handedOverBy), .init("by", status.holder)], correlation: correlation)
        } else {
            logs.add(
                .info, job: job, run.attempts > 1 ? "A run goes on from its checkpoints." : "A run has started.",
                [.init("mode", run.mode.name), .init("by", run.by.name)], correlation: correlation)
        }
        return StartingRun(
            job: job,
            worker: RunWorker(
                run: entries[job]?.run ?? run, job: entry.definition, source: entry.source, stream: entry.stream,
                store: store, time: time,
                limits: limits, control: control, metrics: metrics, fence: fence, ledger: ledger,
                identities: identities,
                settings: settings, random: random, reach: reach, skipped: entry.skipped,
                hooks: RunWorker.Hooks(
                    changed: { changed.raise() },
                    waits: {
                        wake.raise()
                        changed.raise()
                    },
                    storeAnswered: { await self.storeAnswers(askedAt: $0) },
                    logs: { level, partition, message, facts in
                        logs.add(
                            level, job: job, partition: partition, message, facts, correlation: correlation)
                        wake.raise()
                    },
                    answered: { throughput.answered(bytes: $0) },
                    loaded: { result in
                        throughput.loaded(result.counts.loaded)
                        afterCommit()
                        if result.counts.quarantined > 0 { quarantineChanged.raise() }
                        if result.finding != nil || result.counts.quarantined > 0 { wake.raise() }
                    })))
    }

    /// The right to write for a queued run, also when it was given before and the store failed then.
    private func fence(of entry: JobEntry, at now: Instant) async throws -> Fence? {
        guard let run = entry.run else { return nil }
        if let claim = entry.claim, claim.run == run.id { return claim }
        var claim = try await store.claim(
            run.id, holder: status.holder, at: now, leaseUntil: now + settings.lease)
        if claim == nil, let stored = try await store.run(run.id), stored.state == .queued,
            stored.holder == status.holder
        {
            // It was given to this engine, and the answer was lost.
            claim = Fence(run: run.id, number: stored.fence)
        }
        entries[entry.id]?.claim = claim
        return claim
    }
}
