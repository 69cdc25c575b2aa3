import PulseConnectors
package import PulseDomain
package import PulseStore

/// Schedules, claims, runs, recovers and tells. The embedded implementation of ``Operations``.
///
/// One task owns the loop (``run(untilIdle:)``); workers are its children. The actor's state is what a kill may lose:
/// everything that is needed to go on is in the store.
package actor Engine {
    let store: any Store
    let time: any TimeSource
    let settings: EngineSettings
    let limits: Limits
    let hub = EventHub()
    let logs: LogBuffer
    let throughput = ThroughputMeter()
    let identities: IdentityCache
    let random: SharedRandom
    let afterCommit: @Sendable () -> Void
    /// Who is told of alerts; `nil`: nobody.
    let notifier: Notifier?
    /// Raised when the loop has something to look at.
    nonisolated let wake = Signal()
    /// Raised when something that screens show has changed.
    nonisolated let changed = Signal()
    /// By the names of receivers: raised when a message may be due.
    nonisolated let receiverWakes: [String: Signal]
    /// Raised when another process may have changed something in the store.
    nonisolated let noticed = Signal()
    /// Raised when the engine was told to end.
    package nonisolated let stopping = Signal()
    /// Raised when records went to quarantine.
    nonisolated let quarantineChanged = Signal()
    /// Raised when the engine has ended.
    nonisolated let ended = Signal()
    private let sourcesByID: [SourceID: EngineSource]
    /// As other engines compare it with theirs.
    let toldSources: [ConfiguredSource]?
    var entries = JobTable()
    var alerts: [Alert] = []
    var heldFindings: [TombstoneFinding] = []
    var status: EngineStatus
    var published: [JobID: JobStatus] = [:]
    var dirtyJobs: Set<JobID> = []
    var publishedAlerts: [Alert] = []
    var publishedStatus: EngineStatus?
    var savedKnowledge: [QuotaID: QuotaState.StoredKnowledge] = [:]
    var heartbeatAt: Instant?
    var limitsSavedAt: Instant?
    var alertsLookedAt: Instant?
    /// When alerts that were not looked at are to be.
    var alertsDueAt: Instant?
    /// When old rows are looked for again; `nil` at first.
    var retentionDueAt: Instant?
    /// Whether there are more of them than were deleted at once.
    var hasOldRows = false
    var acknowledged: [String: Principal] = [:]
    /// Messages about alerts, by the names of their receivers.
    var receiverWatches: [String: ReceiverWatch] = [:]
    var savedBreakers: [BreakerStatus] = []
    var isStopping = false
    /// Runs whose ends the store did not take while this engine ended.
    package internal(set) var leftRuns: [LeftRun] = []
    /// Whether it runs, or was only opened to be asked.
    var isAtWork = false
    // Who works on the store, itself included; when that was looked at, and what was told of itself and when.
    var members: [EngineMember] = []
    var publishedMembers: [EngineMember] = []
    var othersLookedAt: Instant?
    var toldAt: Instant?
    var toldTotals = ThroughputMeter.Totals()
    var toldTrouble: String?
    /// Other engines that were silent when they were looked at last.
    var silentMembers: Set<String> = []
    /// Whether it was this engine that told of them.
    var tellsSilence = false
    /// Jobs of which another engine told something, or fell silent over.
    var heardOf: Set<JobID> = []
    // What was seen of other engines on the same store, and when it was looked at.
    var followedAt: Instant?
    var seenChange: Int64 = 0
    var seenLog: Int64?
    var ledAt: Instant?
    var leadsUntil: Instant?
    /// Engines that were silent when it was asked last who leads.
    var silentWhenLed: Set<String> = []
    /// Jobs whose last run ended while the store did not tell what it left.
    var unseenEnds: Set<JobID> = []
    /// The alerts as the store has them.
    var savedAlerts: [Alert] = []
    var quarantineCountedAt: Instant?
    /// What the store did not take into the audit yet.
    var unaudited: [AuditEntry] = []
    /// What is known of a store that does not do what it is asked.
    var outage = StoreOutage()
    /// The same for those who wait for it.
    let reach = StoreReach()

    /// Jobs are those of the connectors' streams, in their order; `definitions` says when each runs.
    ///
    /// - Parameter afterCommit: called by a walk after each of its commits, which waits for it.
    package init(
        store: any Store, sources: [EngineSource], definitions: [JobDefinition], time: any TimeSource,
        settings: EngineSettings, status: EngineStatus, notifier: Notifier? = nil,
        afterCommit: @escaping @Sendable () -> Void = {}
    ) throws(CronExpression.ParseError) {
        self.afterCommit = afterCommit
        self.store = store
        self.time = time
        self.settings = settings
        self.status = status
        self.notifier = notifier
        receiverWakes = Dictionary(
            (notifier?.receivers ?? []).map { ($0.name, Signal()) }, uniquingKeysWith: { first, _ in first })
        sourcesByID = Dictionary(uniqueKeysWithValues: sources.map { ($0.id, $0) })
        toldSources = settings.knowsAllJobs ? EngineReport.sources(sources, definitions) : nil
        limits = Limits(
            time: time, breakerPolicy: settings.breaker,
            sharing: store.sharing.map { Limits.Sharing(store: $0, name: status.holder, lease: settings.lease) })
        logs = LogBuffer(time: time)
        identities = IdentityCache(store: store, time: time)
        random = SharedRandom(seed: settings.seed)
        for definition in definitions {
            guard let source = sourcesByID[definition.id.source],
                let stream = source.connector.streams.first(where: { $0.id == definition.id.stream })
            else { preconditionFailure("a job without its stream: \(definition.id)") }
            let schedule = try definition.schedule.map(Schedule.init)
            let census = try definition.census.map(Schedule.init)
            let follows = settings.followsSchedules
            entries.append(
                JobEntry(
                    definition: definition, source: source, stream: stream, schedule: follows ? schedule : nil,
                    census: follows ? census : nil))
        }
    }

    // MARK: Life

    /// Reads what the store knows: runs that a dead process left are taken up again. What is only looked at is shown as if
    /// they were.
    package func open() async throws {
        if !settings.onlyLooks {
            try await store.saveJobs(entries.map(\.definition), isWhole: settings.knowsAllJobs)
        }
        for job in try await store.jobs() {
            entries[job.definition.id]?.hold = job.hold
            entries[job.definition.id]?.lastSuccessAt = job.lastSuccessAt
            entries[job.definition.id]?.lastSuccessExtracted = job.lastSuccessExtracted
        }
        for (id, run) in try await store.newestRuns(mode: nil) {
            entries[id]?.run = run
            if case .succeeded(let flags) = run.state, flags.contains(.suspicious) {
                let newest = try await store.newestCheckpoints(of: id)
                let suspicious = newest.filter { $0.value.run == run.id && $0.value.isSuspicious }.keys.sorted()
                entries[id]?.suspicious = suspicious
            }
        }
        for (id, run) in try await store.newestRuns(mode: .census) { entries[id]?.lastCensusAt = run.createdAt }
        for run in try await store.openRuns() {
            guard entries[run.job] != nil else { continue }
            entries[run.job]?.run = run
            // Where engines share the store, a run is somebody's until its lease is over.
            guard store.sharing == nil else { continue }
            guard !settings.onlyLooks else {
                entries[run.job]?.run = run.withoutWorker(at: time.now)
                continue
            }
            _ = try await apply(.lostWorker, to: run.job)
            if run.state.name == .queued, run.holder != nil {
                // Claimed by a process that ended before it began: its lease must not be waited for.
                _ = try await store.setState(.queued, of: run.id, expecting: .queued, fence: nil, at: time.now)
            }
        }
        // Nothing is promised about a run that succeeded.
        for id in entries.ids(where: { $0.run != nil && $0.run?.state.name != .succeeded }) { try await recall(id) }
        try await restoreLimits()
        for (job, count) in try await store.quarantineCounts() {
            entries[job]?.quarantined = count
            entries[job]?.quarantinedBefore = count
        }
        heldFindings = try await store.tombstones(TombstoneFilter(state: .held, limit: 1_000))
        savedAlerts = try await store.alerts()
        alerts = savedAlerts
        for alert in alerts { acknowledged[alert.id] = alert.acknowledgedBy }
        try await lookAtReceivers()
        try await lookAtOthers(at: time.now)
        scheduleAll()
    }

    var configuredSources: [EngineSource] { sourcesByID.values.sorted { $0.id < $1.id } }

    /// The configured sources that are asked as an identity, by name.
    func sources(of identity: String) -> [SourceID] {
        configuredSources.filter { $0.identity == identity }.map(\.id)
    }

    var identitiesOfSources: Set<String> { Set(sourcesByID.values.map(\.identity)) }

    /// Takes up what is known of quotas and breakers.
    private func restoreLimits() async throws {
        guard store.sharing == nil else { return try await limits.lookAtShared(identitiesOfSources) }
        for quota in try await store.quotas() {
            guard let source = sourcesByID.values.first(where: { $0.identity == quota.id.identity }) else { continue }
            limits.restore(
                quota.id, policy: source.policy,
                knowledge: QuotaState.StoredKnowledge(
                    limit: quota.limit, remaining: quota.remaining, resetsAt: quota.resetsAt, window: quota.window,
                    blockedUntil: quota.blockedUntil))
        }
        for breaker in try await store.breakers() {
            guard let source = sourcesByID[breaker.source] else { continue }
            limits.restore(breaker, of: source.identity)
        }
    }

    /// Works until cancelled, or until nothing is left to do. Workers end at their next page boundary then, and what
    /// they fetched is committed. A store in trouble is tried again; only one that was closed ends the work with a
    /// `Failure`.
    package func run(untilIdle: Bool = false) async throws {
        if !isStopping, !isAtWork {
            isAtWork = true
            logs.add(.info, "The engine has started.", [.init("store", store.location)])
        }
        try await withThrowingDiscardingTaskGroup { group in
            defer {
                ended.raise()
                wakeDeliveries()
            }
            group.addTask { await self.hearNotices() }
            group.addTask { await self.deliverAlerts() }
            while !Task.isCancelled && !isStopping {
                wake.lower()
                let (starting, end) = await tick()
                for start in starting { group.addTask { await self.work(start) } }
                if let end {
                    interruptAll(.stop)
                    throw end
                }
                if untilIdle && isIdle { break }
                do {
                    _ = try await time.sleep(until: nextWake(), unless: wake)
                } catch is CancellationError {
                    break
                }
            }
            interruptAll(.pause)
        }
        await shutDown()
    }

    /// Makes ``run(untilIdle:)`` return soon: running work ends at its next page boundary.
    package func stop() {
        isStopping = true
        stopping.raise()
        wakeDeliveries()
        wake.raise()
    }

    private func shutDown() async {
        await flushAudit()
        if isAtWork { logs.add(.info, "The engine has stopped.") }
        await flushLogs()
        await saveLimits(force: true)
        await giveUpLead()
        await tellEnd()
        hub.close()
    }

    /// Nothing runs, nothing that is queued can start, and nothing will be taken up again by itself soon.
    package var isIdle: Bool {
        let now = time.now
        guard unseenEnds.isEmpty, !hasDeliveriesDue(at: now) else { return false }
        return entries.allSatisfy { entry in
            guard entry.worker == nil else { return false }
            if entry.hold == nil {
                guard entry.retriesAt == nil else { return false }
                // Still due: the store did not take the run yet.
                if let due = entry.nextRunAt, due <= now { return false }
            }
            guard let run = entry.run else { return true }
            if case .paused(let pause) = run.state { return pause.until == nil }
            return run.state.name.isFinal || (run.state.name == .queued && isBlocked(entry.id))
        }
    }

    /// Whether a queued run can only start after somebody did something: its job is held, or a job that it needs has
    /// never succeeded and does not go on by itself.
    private func isBlocked(_ job: JobID) -> Bool {
        guard let entry = entries[job] else { return true }
        if entry.hold != nil { return true }
        return entry.definition.dependencies.contains { dependency in
            guard let other = entries[dependency], other.lastSuccessAt == nil, other.worker == nil else { return false }
            guard other.retriesAt == nil, other.nextRunAt == nil else { return other.hold != nil }
            switch other.run?.state {
            case nil, .stopped, .failed, .succeeded: return true
            case .paused(let pause): return pause.until == nil
            case .queued: return isBlocked(dependency)
            case .running, .waiting, .pausing, .stopping: return false
            }
        }
    }

    func interruptAll(_ order: RunControl.Order) {
        entries.forEach { $0.worker?.control.give(order) }
    }
}
