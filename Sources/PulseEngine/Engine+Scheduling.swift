import PulseDomain
import PulseStore

extension Engine {
    /// Sets the next times of all jobs from their last runs: what was missed runs once, or is left out.
    func scheduleAll() {
        for job in entries.ids {
            guard var entry = entries[job] else { continue }
            if let schedule = entry.schedule {
                entry.nextRunAt = firstTime(
                    schedule, policy: entry.definition.schedule?.missed ?? .once, last: entry.run?.createdAt)
            } else if entry.run == nil {
                entry.nextRunAt = time.now
            }
            if let census = entry.census {
                // There is nothing to compare before the first load.
                entry.nextCensusAt =
                    entry.lastCensusAt == nil
                    ? census.next(after: time.now)
                    : firstTime(census, policy: entry.definition.census?.missed ?? .once, last: entry.lastCensusAt)
            }
            entries[job] = entry
        }
    }

    private func firstTime(_ schedule: Schedule, policy: MissedRunPolicy, last: Instant?) -> Instant? {
        let now = time.now
        // A job that never ran is due at once: nobody configures one to look at an empty table.
        guard let last else { return now }
        let next = schedule.next(after: last)
        if let next, next <= now, policy == .skip { return schedule.next(after: now) }
        return next.map { max($0, now) }
    }

    /// Looks at everything once: what is due, what ends, what may start. Returns the runs whose workers are to begin,
    /// and the failure that ends the engine when the store was closed.
    func tick() async -> (starting: [StartingRun], end: Failure?) {
        let now = time.now
        var starting: [StartingRun] = []
        outage.beginTurn()
        outage.forgetAbsence(at: now)
        if outage.absence == nil, status.absence != nil { status.absence = nil }
        followStoreWaits()
        let returned = reach.returned
        do {
            try await askAgain()
            try await tellOthers(at: now)
            for job in unseenEnds { try await lookAfter(job) }
            try await follow(at: now)
            try await followQuarantine(at: now)
            try await takeUpOrphans()
            try await endPauses(at: now)
            try await followWaits()
            try await retryFailed(at: now)
            try await enqueueDue(at: now)
            try await beat(at: now)
            try await claimQueued(into: &starting, at: now)
            try await settleTakeOvers()
        } catch StoreError.closed {
            return (starting, Failure(describing: StoreError.closed))
        } catch {
            isInTrouble(error, before: returned)
        }
        if outage.isAway {
            // Nothing else is asked of it before it answers; what is to be kept waits.
            tellTrouble(at: now)
        } else {
            await flushAudit()
            await saveLimits(force: false)
            await lookForAlerts(at: now)
            await lookAfterStore(at: now)
            await flushLogs()
            await endTrouble(at: now)
        }
        changed.raise()
        return (starting, nil)
    }

    /// A run that is ours and has no worker: the store failed between its claim and its beginning.
    private func takeUpOrphans() async throws {
        let holder = status.holder
        let orphans = entries.ids {
            $0.worker == nil && $0.run?.holder == holder && $0.run?.state.name.isHeld == true
        }
        for id in orphans {
            guard let run = entries[id]?.run else { continue }
            if try await apply(.lostWorker, to: id) {
                logs.add(.warning, job: id, "A run without a worker is taken up again.", correlation: run.correlation)
            }
        }
    }

    private func endPauses(at now: Instant) async throws {
        let ended = entries.ids {
            guard case .paused(let pause)? = $0.run?.state, let until = pause.until else { return false }
            return until <= now
        }
        for id in ended { _ = try await apply(.pauseEnded, to: id) }
    }

    /// Workers note their waits; the run's state follows when all of its partitions wait, or one goes on.
    private func followWaits() async throws {
        // Each is looked at afresh: a command may have come while the one before was stored.
        for id in working {
            guard let worker = entries[id]?.worker, let run = entries[id]?.run, worker.metrics.storeWait == nil else {
                continue
            }
            let wait = worker.metrics.commonWait
            switch (run.state, wait) {
            case (.waiting(let old), .some(let wait)) where old.reason == .store:
                // The store knows nothing of that wait.
                entries[id]?.run?.state = .running
                _ = try await apply(.waits, to: id, wait: wait)
            case (.running, .some(let wait)): _ = try await apply(.waits, to: id, wait: wait)
            case (.waiting(let old), .some(let wait)) where old != wait:
                entries[id]?.run?.state = .waiting(wait)
                dirtyJobs.insert(id)
            case (.waiting, nil): _ = try await apply(.continues, to: id)
            default: break
            }
        }
    }

    private func retryFailed(at now: Instant) async throws {
        for id in entries.ids(where: { $0.hold == nil && $0.retriesAt.map { $0 <= now } == true }) {
            let isTakenUp: Bool
            do {
                isTakenUp = try await apply(.retry, to: id)
            } catch is Unchanged {
                // Another engine took it up, or somebody did.
                isTakenUp = false
            } catch is Refusal {
                isTakenUp = false
            }
            entries[id]?.retriesAt = nil
            if isTakenUp {
                logs.add(.notice, job: id, "A failed run is taken up again from its checkpoints.")
            }
        }
    }

    /// A time that is due is passed only when its run is stored.
    private func enqueueDue(at now: Instant) async throws {
        let due = entries.ids {
            $0.nextRunAt.map { $0 <= now } == true || $0.nextCensusAt.map { $0 <= now } == true || $0.queued != nil
        }
        for entry in due.compactMap({ entries[$0] }) {
            if let due = entry.nextRunAt, due <= now {
                try await enqueue(entry.id, mode: .incremental, due: due)
                entries[entry.id]?.nextRunAt = entry.schedule?.next(after: now)
            }
            if let due = entry.nextCensusAt, due <= now {
                if entry.lastSuccessAt != nil {
                    try await enqueue(entry.id, mode: .census, due: due)
                }
                entries[entry.id]?.nextCensusAt = entry.census?.next(after: now)
            }
            if let queued = entry.queued, entries[entry.id]?.isOpen == false, entry.retriesAt == nil {
                let isThere = try await enqueue(entry.id, mode: queued.mode, due: queued.due)
                if isThere { entries[entry.id]?.queued = nil }
            }
        }
    }

    /// Adds a run unless the job is held or one is under way; then the overlap policy decides. Whether there is a run now
    /// that was added at `due` or later.
    @discardableResult
    private func enqueue(_ job: JobID, mode: RunMode, due: Instant) async throws -> Bool {
        guard let entry = entries[job], entry.hold == nil else { return false }
        if entry.isOpen || entry.retriesAt != nil {
            let isQueued = entry.definition.schedule?.overlap == .queue || mode == .census
            if isQueued {
                entries[job]?.queued = JobEntry.Queued(mode: mode, due: due)
                // One waits, however often it becomes due.
                if entry.queued == nil { logs.add(.info, job: job, "A due run waits for the one under way.") }
            } else {
                leaveOut(job)
            }
            return false
        }
        guard !entry.isAdding else { return false }
        // Alone, a clock that was set back makes nothing be left out.
        let since = store.sharing == nil ? nil : due
        _ = try await addRun(
            job, mode: mode, by: .schedule, reason: "", correlation: newCorrelation(), due: since)
        return true
    }

    /// The first is told at once, the others together when the run under way has ended.
    private func leaveOut(_ job: JobID) {
        if let before = entries[job]?.leftOut {
            entries[job]?.leftOut?.count = before.count + 1
        } else {
            entries[job]?.leftOut = JobEntry.LeftOut(count: 1, since: time.now)
            logs.add(.info, job: job, "A due run is left out: one is under way.")
        }
    }

    func tellLeftOut(_ job: JobID) {
        guard let leftOut = entries[job]?.leftOut, entries[job]?.isOpen == false, entries[job]?.retriesAt == nil else {
            return
        }
        entries[job]?.leftOut = nil
        guard leftOut.count > 1 else { return }
        logs.add(
            .info, job: job, "Due runs were left out while one was under way.",
            [.init("runs", "\(leftOut.count)"), .init("since", leftOut.since.iso8601)])
    }

    /// `nil` when there is one already: one that is open, or one that another engine added at `due` or later.
    func addRun(
        _ job: JobID, mode: RunMode, by: Principal, reason: String, correlation: CorrelationID, due: Instant? = nil
    ) async throws -> StoredRun? {
        guard let entry = entries[job], !entry.isAdding else { return nil }
        entries[job]?.isAdding = true
        defer { entries[job]?.isAdding = false }
        tellLeftOut(job)
        let new = NewRun(
            job: job, mode: mode, by: by, reason: reason, priority: entry.definition.priority, createdAt: time.now,
            correlation: correlation)
        guard let run = try await add(new, due: due) else {
            try await look(at: job)
            return nil
        }
        entries[job]?.run = run
        entries[job]?.retriesAt = nil
        entries[job]?.failures = 0
        entries[job]?.lastMetrics = nil
        entries[job]?.earlierStages = []
        entries[job]?.skipped = [:]
        entries[job]?.suspicious = []
        entries[job]?.takeOver = nil
        entries[job]?.handedOverBy = nil
        dirtyJobs.insert(job)
        wake.raise()
        return run
    }

    /// A run whose addition failed may be in the store all the same (the answer was lost): a second one would leave it
    /// open for ever.
    private func add(_ run: NewRun, due: Instant?) async throws -> StoredRun? {
        if let added = try await addedAlready(run.job) { return added }
        do {
            return try await store.addOnlyRun(run, due: due)
        } catch {
            entries[run.job]?.unsureRun = run.correlation
            throw error
        }
    }

    private func addedAlready(_ job: JobID) async throws -> StoredRun? {
        guard let correlation = entries[job]?.unsureRun else { return nil }
        let newest = try await store.runs(of: job, limit: 1).first
        entries[job]?.unsureRun = nil
        return newest?.correlation == correlation && newest?.state == .queued ? newest : nil
    }

    func newCorrelation() -> CorrelationID { random.use { CorrelationID(using: &$0) } }
}
