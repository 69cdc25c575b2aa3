import PulseDomain
import PulseStore

/// A claimed run on its way to its worker.
struct StartingRun: Sendable {
    var job: JobID
    var worker: RunWorker
}

extension Engine {
    /// Sets the next times of all jobs from their last runs: what was missed runs once, or is left out.
    func scheduleAll() {
        for job in entries.keys {
            guard var entry = entries[job] else { continue }
            if let schedule = entry.schedule {
                entry.nextRunAt = firstTime(
                    schedule, policy: entry.definition.schedule?.missed ?? .once, last: entry.run?.createdAt)
            } else if entry.run == nil, entry.definition.schedule == nil, entry.definition.startsUnasked {
                entry.nextRunAt = time.now
            }
            if let census = entry.census { entry.nextCensusAt = census.next(after: time.now) }
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

    /// Looks at everything once: what is due, what ends, what may start. Returns the runs whose workers are to begin.
    func tick() async throws -> [StartingRun] {
        let now = time.now
        try await endPauses(at: now)
        try await followWaits()
        try await retryFailed(at: now)
        try await enqueueDue(at: now)
        let starting = try await claimQueued(at: now)
        try await beat(at: now)
        await saveLimits(force: false)
        try await lookForAlerts(at: now)
        await flushLogs()
        changed.raise()
        return starting
    }

    private func endPauses(at now: Instant) async throws {
        for entry in jobs {
            guard case .paused(let pause)? = entry.run?.state, let until = pause.until, until <= now else { continue }
            _ = try await apply(.pauseEnded, to: entry.id)
        }
    }

    /// Workers note their waits; the run's state follows when all of its partitions wait, or one goes on.
    private func followWaits() async throws {
        for entry in jobs {
            guard let worker = entry.worker, let run = entry.run else { continue }
            let wait = worker.metrics.commonWait
            switch (run.state, wait) {
            case (.running, .some(let wait)): _ = try await apply(.waits, to: entry.id, wait: wait)
            case (.waiting(let old), .some(let wait)) where old != wait:
                entries[entry.id]?.run?.state = .waiting(wait)
                dirtyJobs.insert(entry.id)
            case (.waiting, nil): _ = try await apply(.continues, to: entry.id)
            default: break
            }
        }
    }

    private func retryFailed(at now: Instant) async throws {
        for entry in jobs {
            guard let retriesAt = entry.retriesAt, retriesAt <= now, entry.hold == nil else { continue }
            entries[entry.id]?.retriesAt = nil
            if try await apply(.retry, to: entry.id) {
                logs.add(.notice, job: entry.id, "A failed run is taken up again from its checkpoints.")
            }
        }
    }

    private func enqueueDue(at now: Instant) async throws {
        for entry in jobs {
            if let due = entry.nextRunAt, due <= now {
                entries[entry.id]?.nextRunAt = entry.schedule?.next(after: now)
                try await enqueue(entry.id, mode: .incremental, by: .schedule, reason: "")
            }
            if let due = entry.nextCensusAt, due <= now {
                entries[entry.id]?.nextCensusAt = entry.census?.next(after: now)
                if entry.lastSuccessAt != nil {
                    try await enqueue(entry.id, mode: .census, by: .schedule, reason: "")
                }
            }
            if let mode = entry.queuedMode, !entry.isOpen {
                entries[entry.id]?.queuedMode = nil
                try await enqueue(entry.id, mode: mode, by: .schedule, reason: "")
            }
        }
    }

    /// Adds a run unless the job is held or one is under way; then the overlap policy decides.
    private func enqueue(_ job: JobID, mode: RunMode, by: Principal, reason: String) async throws {
        guard let entry = entries[job], entry.hold == nil else { return }
        if entry.isOpen || entry.retriesAt != nil {
            let isQueued = entry.definition.schedule?.overlap == .queue || mode == .census
            if isQueued { entries[job]?.queuedMode = mode }
            logs.add(
                .info, job: job,
                isQueued ? "A due run waits for the one under way." : "A due run is left out: one is under way.")
            return
        }
        _ = try await addRun(job, mode: mode, by: by, reason: reason, correlation: newCorrelation())
    }

    func addRun(_ job: JobID, mode: RunMode, by: Principal, reason: String, correlation: CorrelationID) async throws
        -> StoredRun?
    {
        guard let entry = entries[job] else { return nil }
        let run = try await store.addRun(
            NewRun(
                job: job, mode: mode, by: by, reason: reason, priority: entry.definition.priority,
                createdAt: time.now, correlation: correlation))
        entries[job]?.run = run
        entries[job]?.retriesAt = nil
        entries[job]?.failures = 0
        entries[job]?.lastMetrics = nil
        entries[job]?.skipped = [:]
        dirtyJobs.insert(job)
        wake.raise()
        return run
    }

    func newCorrelation() -> CorrelationID { random.use { CorrelationID(using: &$0) } }

    // MARK: Claiming

    private func claimQueued(at now: Instant) async throws -> [StartingRun] {
        var starting: [StartingRun] = []
        var free = settings.concurrentRuns - entries.values.filter { $0.worker != nil }.count
        let queued = jobs.filter { $0.run?.state.name == .queued && $0.worker == nil && $0.hold == nil }
            .sorted { left, right in
                (-left.definition.priority, left.run?.createdAt ?? now) < (
                    -right.definition.priority, right.run?.createdAt ?? now
                )
            }
        for entry in queued {
            if let wait = obstacle(to: entry, free: free, at: now) {
                if entry.queuedBecause?.reason != wait.reason {
                    entries[entry.id]?.queuedBecause = wait
                    dirtyJobs.insert(entry.id)
                } else {
                    entries[entry.id]?.queuedBecause?.until = wait.until
                }
                continue
            }
            guard let start = try await claim(entry, at: now) else { continue }
            free -= 1
            starting.append(start)
        }
        return starting
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
        guard
            let fence = try await store.claim(
                queued.id, holder: status.holder, at: now, leaseUntil: now + settings.lease),
            let run = try await store.run(queued.id)
        else {
            // In two steps: an assignment through `?.` holds the access to `entries` while its value is awaited.
            let stored = try await store.run(queued.id)
            entries[entry.id]?.run = stored
            return nil
        }
        let control = RunControl()
        let metrics = RunMetrics(counts: run.counts, requests: run.requests)
        entries[entry.id]?.run = run
        entries[entry.id]?.queuedBecause = nil
        entries[entry.id]?.worker = JobEntry.ActiveWorker(control: control, metrics: metrics, fence: fence)
        let job = entry.id
        guard try await apply(.claimed, to: job) else {
            entries[job]?.worker = nil
            return nil
        }
        let (wake, changed, logs, throughput, correlation) = (
            self.wake, self.changed, self.logs, self.throughput, run.correlation
        )
        logs.add(
            .info, job: job, run.attempts > 1 ? "A run goes on from its checkpoints." : "A run has started.",
            [.init("mode", run.mode.name), .init("by", run.by.name)], correlation: correlation)
        return StartingRun(
            job: job,
            worker: RunWorker(
                run: entries[job]?.run ?? run, job: entry.definition, source: entry.source, stream: entry.stream,
                store: store, time: time,
                limits: limits, control: control, metrics: metrics, fence: fence, identities: identities,
                settings: settings, random: random, skipped: entry.skipped,
                hooks: RunWorker.Hooks(
                    changed: { changed.raise() },
                    waits: {
                        wake.raise()
                        changed.raise()
                    },
                    logs: { level, partition, message, facts in
                        logs.add(
                            level, job: job, partition: partition, message, facts, correlation: correlation)
                        wake.raise()
                    },
                    answered: { throughput.answered(bytes: $0) },
                    loaded: { result in
                        throughput.loaded(result.counts.loaded)
                        if result.finding != nil || result.counts.quarantined > 0 { wake.raise() }
                    })))
    }

    // MARK: Waking

    /// When the loop has to look again by itself; `nil`: only when woken.
    func nextWake() -> Instant? {
        var times: [Instant] = []
        for entry in entries.values {
            if entry.hold == nil {
                times += [entry.nextRunAt, entry.nextCensusAt, entry.retriesAt].compactMap { $0 }
            }
            if case .paused(let pause)? = entry.run?.state, let until = pause.until { times.append(until) }
            if entry.worker == nil, entry.run?.state.name == .queued, let until = entry.queuedBecause?.until {
                times.append(max(until, time.now + .seconds(5)))
            }
            if let age = entry.definition.staleAfter, let last = entry.lastSuccessAt, last + age > time.now {
                times.append(last + age)
            }
        }
        if entries.values.contains(where: { $0.worker != nil }) { times.append(time.now + settings.lease * 0.3) }
        if !alerts.isEmpty { times.append(time.now + .minutes(1)) }
        return times.min()
    }

    private func beat(at now: Instant) async throws {
        guard entries.values.contains(where: { $0.worker != nil }) else { return }
        if let last = heartbeatAt, now - last < settings.lease * 0.25, now >= last { return }
        heartbeatAt = now
        try await store.heartbeat(holder: status.holder, leaseUntil: now + settings.lease)
    }
}

extension JobDefinition {
    /// Whether a job without a schedule runs once by itself when it never ran.
    var startsUnasked: Bool { true }
}
