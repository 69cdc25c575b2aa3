package import PulseDomain
import PulseStore

extension Engine: Operations {
    package func overview() async throws -> Overview {
        let now = time.now
        await lookAtReads()
        var samples = throughput.samples
        // Who only looks has measured nothing: what others told stands for the present then.
        if !isAtWork, samples.isEmpty, !othersAtWork(at: now).isEmpty { samples = [throughputElsewhere(at: now)] }
        return Overview(
            asOf: now, engine: status, jobs: jobStatuses(at: now), quotas: named(limits.quotaStatuses()),
            breakers: limits.breakerStatuses(), alerts: alerts, throughput: samples,
            engines: shownMembers(at: now))
    }

    /// Limits with the sources that are held by them, also where this engine sent nothing yet.
    private func named(_ quotas: [QuotaStatus]) -> [QuotaStatus] {
        quotas.map { quota in
            var quota = quota
            if quota.sources.isEmpty { quota.sources = sources(of: quota.id.identity) }
            return quota
        }
    }

    package func events() -> AsyncStream<OperationsEvent> {
        changed.raise()
        return hub.listen()
    }

    package func jobDetail(_ job: JobID) async throws -> JobDetail {
        try await translated { try await detail(of: job) }
    }

    /// Runs `body`; whatever it throws leaves as a `Failure`, a cancellation as such.
    func translated<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            throw Failure(describing: error)
        }
    }

    private func detail(of job: JobID) async throws -> JobDetail {
        guard let entry = entries[job] else { throw Self.unknown(job) }
        let now = time.now
        let checkpoints = try await store.reader.checkpoints(of: job, partition: nil, limit: 50)
        let runs = try await store.reader.runs(of: job, limit: 10)
        await flushLogs()
        let lines = try await store.reader.logs(job: job, after: nil, limit: 200)
        var partitions = entry.partitions(at: now)
        if partitions.isEmpty { partitions = try await storedPartitions(of: job) }
        let status = entry.status(at: now)
        return JobDetail(
            status: status, partitions: partitions, stages: entry.stages,
            recentRuns: Self.recent(runs, with: status.run), checkpoints: checkpoints, logs: lines)
    }

    /// The present run as this process knows it; a replica may not have heard of it.
    private static func recent(_ runs: [StoredRun], with present: RunStatus?) -> [RunStatus] {
        guard let present else { return runs.map { RunStatus($0) } }
        return [present] + runs.filter { $0.id != present.id }.map { RunStatus($0) }
    }

    /// What the store knows of partitions when no run of this process does.
    private func storedPartitions(of job: JobID) async throws -> [PartitionStatus] {
        let newest = try await store.reader.newestCheckpoints(of: job)
        return try await store.reader.partitions(of: job).map { partition in
            let checkpoint = newest[partition.key]
            return PartitionStatus(
                key: partition.key, title: partition.title,
                state: checkpoint?.isComplete == true ? .complete : .pending, checkpoint: checkpoint)
        }
    }

    static func unknown(_ job: JobID) -> Failure {
        Failure(
            .ours, code: "job.unknown", "There is no job called \(job).", remedy: "`pulse jobs` lists those there are.")
    }

    package func checkpoints(_ filter: CheckpointFilter) async throws -> [Checkpoint] {
        guard entries[filter.job] != nil else { throw Self.unknown(filter.job) }
        return try await translated { try await store.reader.checkpoints(filter) }
    }

    package func quarantine(_ filter: QuarantineFilter) async throws -> [QuarantineEntry] {
        try await translated { try await store.reader.quarantine(filter) }
    }

    package func tombstones(_ filter: TombstoneFilter) async throws -> [TombstoneFinding] {
        try await translated { try await store.reader.tombstones(filter) }
    }

    package func tombstoneRows(of finding: Int64, after position: TombstoneRow.Position?, limit: Int) async throws
        -> [TombstoneRow]
    {
        try await translated { try await store.reader.tombstoneRows(of: finding, after: position, limit: limit) }
    }

    package func logs(job: JobID?, after sequence: Int64?, limit: Int) async throws -> [LogLine] {
        await flushLogs()
        return try await translated {
            // What comes after these lines is told to those who listen.
            if store.sharing != nil, seenLog == nil { try await tellLogs() }
            let lines = try await store.reader.logs(job: job, after: sequence, limit: limit)
            // A replica that is behind would leave a gap before what is told.
            guard status.reads != nil, let seenLog, lines.last.map({ $0.sequence < seenLog }) ?? true else {
                return lines
            }
            return try await store.logs(job: job, after: sequence, limit: limit)
        }
    }

    package func audit(before: Int64?, limit: Int) async throws -> [AuditEntry] {
        try await translated { try await store.reader.audit(before: before, limit: limit) }
    }
}

extension Engine {
    /// Tells listeners what changed, at most ten times a second of the machine's clock; ends when cancelled.
    ///
    /// Runs beside ``run(untilIdle:)``. Without a listener, and without a change, it sleeps.
    package nonisolated func publishChanges() async {
        let clock = SystemClock()
        var sampledAt: Duration = .zero
        while !Task.isCancelled {
            do {
                let isActive = await isAnythingActive
                // While something runs, rates fall and samples are taken also when nothing else happens.
                let limit = isActive ? clock.now + .seconds(1) : nil
                _ = try await clock.sleep(until: limit, unless: changed)
                changed.lower()
                let isSampleDue = clock.elapsed - sampledAt >= .seconds(1)
                if isSampleDue { sampledAt = clock.elapsed }
                await publish(sampling: isSampleDue)
                try await clock.sleep(for: .milliseconds(100))
            } catch {
                return
            }
        }
    }

    /// Whether runs are under way here, or elsewhere while somebody looks.
    private var isAnythingActive: Bool {
        isActive || (hub.hasListeners && othersAtWork(at: time.now).contains { !$0.report.runs.isEmpty })
    }

    var isActive: Bool { entries.contains { $0.worker != nil } }

    /// The jobs that run, in their order.
    var working: [JobID] { entries.ids { $0.worker != nil } }

    private func publish(sampling: Bool) {
        let now = time.now
        var events: [OperationsEvent] = []
        if sampling {
            // What was told last says nothing of the present while the store does not answer.
            for id in Set(working).union(status.absence?.isPresent == true ? [] : heardOf) {
                guard let rate = entries[id]?.ratePerSecond(at: now) else { continue }
                // In two steps: an assignment through `?.` holds the access to `entries` while its value is made.
                let history = (entries[id]?.history ?? []) + [rate]
                entries[id]?.history = Array(history.suffix(60))
            }
            let elsewhere = store.sharing == nil ? nil : throughputElsewhere(at: now)
            if let sample = throughput.sample(at: now, elsewhere: elsewhere) { events.append(.throughput(sample)) }
        }
        guard hub.hasListeners else { return }
        for id in dirtyJobs.union(working) {
            guard let status = entries[id]?.status(at: now), published[id] != status else { continue }
            published[id] = status
            events.append(.job(status))
        }
        dirtyJobs = []
        let changes = limits.takeChanges()
        events += named(changes.quotas).map { .quota($0) }
        events += changes.breakers.map { .breaker($0) }
        if alerts != publishedAlerts {
            publishedAlerts = alerts
            events.append(.alerts(alerts))
        }
        if status != publishedStatus {
            publishedStatus = status
            events.append(.engine(status))
        }
        // Rates change all the time: once a second is enough.
        if sampling || !isActive, let event = membersEvent(at: now) { events.append(event) }
        hub.publish(events)
    }
}
