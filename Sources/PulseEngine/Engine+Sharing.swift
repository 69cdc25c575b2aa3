import Foundation
import PulseDomain
import PulseStore

// Several engines on one store: each follows what the others do, takes over what a dead one left, and one of them leads.

extension Engine {
    /// How often the store is looked at when no notice came: one that was missed is made up for then.
    static let followInterval: Duration = .seconds(2)

    /// Raises ``noticed`` whenever another process may have changed something, until ``ended`` is raised.
    nonisolated func hearNotices() async {
        guard let sharing = store.sharing else { return }
        let (noticed, wake, ended) = (noticed, wake, ended)
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in sharing.notices() {
                    noticed.raise()
                    wake.raise()
                }
            }
            try? await ended.wait()
            group.cancelAll()
        }
    }

    /// Looks at what other engines did since the last look.
    func follow(at now: Instant) async throws {
        guard let sharing = store.sharing else { return }
        if !noticed.isRaised, let last = followedAt, now - last < Self.followInterval, now >= last { return }
        noticed.lower()
        followedAt = now
        try await lookAtOthers(at: now)
        let changes = try await sharing.changes(after: seenChange)
        // A server that failed over may have lost changes: numbers begin again.
        for job in changes.last < seenChange ? entries.ids : changes.jobs { try await look(at: job) }
        seenChange = changes.last
        // After an outage everybody gets the time to say that it is still there.
        if !outage.isRecent(at: now, within: settings.lease * 0.25) {
            for run in try await sharing.expiredRuns(at: now) { try await takeOver(run) }
        }
        try await lead(sharing, at: now)
        noteSilence(at: now)
        try await followAlerts(at: now)
        if hub.hasListeners {
            try await lookAtRunsElsewhere()
            try await limits.lookAtShared(identitiesOfSources)
            try await tellLogs()
        }
    }

    /// Reads anew what of a job another engine may have changed.
    func look(at job: JobID) async throws {
        guard let before = entries[job] else { return }
        let newest = try await store.runs(of: job, limit: 1).first
        let stored = try await store.job(job)
        // What this engine did meanwhile is a later change, and looked at with it.
        guard let entry = entries[job], entry.run == before.run, let stored else { return }
        entries[job]?.hold = stored.hold
        entries[job]?.lastSuccessAt = stored.lastSuccessAt
        entries[job]?.lastSuccessExtracted = stored.lastSuccessExtracted
        dirtyJobs.insert(job)
        guard let newest, newest != before.run else { return }
        entries[job]?.run = newest
        wake.raise()
        if let worker = entry.worker {
            obey(newest, worker)
            return
        }
        entries[job]?.retriesAt = nil
        if newest.id != entry.run?.id {
            entries[job]?.lastMetrics = nil
            entries[job]?.earlierStages = []
            entries[job]?.skipped = [:]
            entries[job]?.suspicious = []
            entries[job]?.takeOver = nil
            entries[job]?.handedOverBy = nil
            passDue(job, by: newest)
        }
        if newest.holder != nil, newest.holder != status.holder { entries[job]?.lastMetrics = nil }
        try await recall(job)
        if newest.state.name.isFinal { unseenEnds.insert(job) }
    }

    /// What others made of a run that a worker of this engine holds.
    private func obey(_ run: StoredRun, _ worker: JobEntry.ActiveWorker) {
        guard run.id == worker.fence.run, run.fence == worker.fence.number, run.state.name.isHeld else {
            // Taken over, or ended: whatever it still commits is refused.
            worker.control.give(.stop)
            return
        }
        switch run.state.name {
        case .pausing: worker.control.give(.pause)
        case .stopping: worker.control.give(.stop)
        default: worker.control.give(.go)
        }
    }

    /// A time that is due is passed when any engine added its run.
    private func passDue(_ job: JobID, by run: StoredRun) {
        guard let entry = entries[job] else { return }
        switch run.mode {
        case .census:
            entries[job]?.lastCensusAt = run.createdAt
            if let due = entry.nextCensusAt, due <= run.createdAt {
                entries[job]?.nextCensusAt = entry.census?.next(after: run.createdAt)
            }
        case .incremental, .full, .range:
            if let due = entry.nextRunAt, due <= run.createdAt {
                entries[job]?.nextRunAt = entry.schedule?.next(after: run.createdAt)
            }
        }
    }

    /// Takes up a run whose worker was silent for longer than its lease. The worker may live: its fence is old by then.
    private func takeOver(_ run: StoredRun) async throws {
        guard let entry = entries[run.job], entry.worker == nil else { return }
        entries[run.job]?.run = run
        guard run.state.name.isHeld else { return wake.raise() }
        let former = run.holder ?? ""
        // Another engine may have had it since it was looked at, or take it over now: what is known of that is in the store.
        try await recall(run.job)
        var takeOver = TakeOver(
            from: former, at: time.now, lastHeardAt: members.first { $0.id == former }?.seenAt)
        if let known = entries[run.job]?.takeOver, known.from == former, known.by == nil { takeOver = known }
        // Before it is anybody's: whoever goes on with it tells from whom.
        try await remember(run.job) { [takeOver] in $0.takeOver = takeOver }
        // Where another engine was first, what it noted counts.
        guard try await apply(.lostWorker, to: run.job) else { return try await recall(run.job) }
        entries[run.job]?.takeOver = takeOver
        try await store.noteTaken(TakenRun(job: run.job, run: run.id, at: takeOver.at), from: former)
        // It holds the run no longer, which is known before it is looked at again.
        for index in members.indices where members[index].id == former {
            members[index].holds.removeAll { $0.run == run.id }
            members[index].taken.append(TakenRun(job: run.job, run: run.id, at: takeOver.at))
        }
        logs.add(
            .warning, job: run.job, "A silent engine left a run: its lease is over.",
            [.init("from", former)], correlation: run.correlation)
    }

    // MARK: Leading

    /// Who looks for alerts: what needs one view of everything is done by one engine.
    private struct Leader: Codable {
        var holder: String
        var until: Instant
    }

    /// Whether this engine decides for all.
    func leads(at now: Instant) -> Bool {
        guard store.sharing != nil else { return true }
        return leadsUntil.map { now < $0 } ?? false
    }

    private func lead(_ sharing: any StoreSharing, at now: Instant) async throws {
        let (holder, lease) = (status.holder, settings.lease)
        let silent = Set(members.filter { $0.presence(at: now, outage.absence).isUnheard }.map(\.id))
        // A leader that fell silent is followed at once: somebody has to tell of it.
        if let ledAt, now >= ledAt, now - ledAt < lease * 0.25, silent.isSubset(of: silentWhenLed) { return }
        silentWhenLed = silent
        let hasLed = leads(at: now)
        let isLeader = try await sharing.change("leader", at: now) { text, now in
            // What cannot be read was written by another Pulse; whoever comes first leads.
            let present = text.flatMap { try? JSONDecoder().decode(Leader.self, from: Data($0.utf8)) }
            // Its successor looks for alerts only, so that two for a moment do no harm.
            if let present, present.holder != holder, present.until > now, !silent.contains(present.holder) {
                return false
            }
            let leader = Leader(holder: holder, until: now + lease)
            text = String(decoding: try JSONEncoder().encode(leader), as: UTF8.self)
            return true
        }
        ledAt = now
        // Shorter than what the others see, who may take over when it is over.
        leadsUntil = isLeader ? now + lease * 0.75 : nil
        try await takeUpAlerts(replacing: !(isLeader && hasLed))
    }

    /// Who does not lead sees what the leader decided, while somebody looks.
    private func followAlerts(at now: Instant) async throws {
        guard hub.hasListeners, !leads(at: now) else { return }
        try await takeUpAlerts(replacing: true)
    }

    /// Reads who has seen which alert. Who leads from now on goes on with the alerts of whoever led before.
    private func takeUpAlerts(replacing: Bool) async throws {
        let known = try await store.alerts()
        for alert in known where alert.acknowledgedBy != nil { acknowledged[alert.id] = alert.acknowledgedBy }
        guard replacing, known != alerts || known != savedAlerts else { return }
        (alerts, savedAlerts) = (known, known)
        changed.raise()
    }

    /// Lets another engine lead at once.
    func giveUpLead() async {
        guard let sharing = store.sharing, leadsUntil != nil else { return }
        let holder = status.holder
        leadsUntil = nil
        let returned = reach.returned
        do {
            try await sharing.change("leader", at: time.now) { text, _ in
                let present = text.flatMap { try? JSONDecoder().decode(Leader.self, from: Data($0.utf8)) }
                if present?.holder == holder { text = nil }
            }
        } catch {
            isInTrouble(error, before: returned)
        }
    }

    // MARK: For screens

    /// Counts of runs that other engines work on.
    private func lookAtRunsElsewhere() async throws {
        guard !entries.ids(where: { $0.worker == nil && $0.run?.state.name.isHeld == true }).isEmpty else { return }
        for run in try await store.openRuns() {
            guard let entry = entries[run.job], entry.worker == nil, entry.run?.id == run.id,
                entry.run?.state == run.state, let before = entry.run?.counts, before != run.counts
            else { continue }
            entries[run.job]?.run = run
            if before.quarantined != run.counts.quarantined { quarantineChanged.raise() }
            dirtyJobs.insert(run.job)
        }
    }

    /// How often what is in quarantine is counted where other engines, or commands of other processes, change it.
    private static let quarantineInterval: Duration = .seconds(10)

    /// Counts what is in quarantine after it changed; where others change it also now and then.
    func followQuarantine(at now: Instant) async throws {
        let isShared = store.sharing != nil && (hub.hasListeners || leads(at: now))
        let isDue = quarantineCountedAt.map { now < $0 || now - $0 >= Self.quarantineInterval } ?? true
        guard quarantineChanged.isRaised || isShared && isDue else { return }
        quarantineChanged.lower()
        quarantineCountedAt = now
        try await countQuarantine()
    }

    /// Tells listeners the lines that this engine and others wrote, in the order of their times.
    func tellLogs() async throws {
        guard hub.hasListeners else {
            seenLog = nil
            return
        }
        guard let seen = seenLog else {
            seenLog = try await store.logs(job: nil, after: nil, limit: 1).last?.sequence ?? 0
            return
        }
        let lines = try await store.logs(job: nil, after: seen, limit: 1_000)
        guard let last = lines.last?.sequence else { return }
        seenLog = last
        hub.publish(lines.sorted { ($0.at, $0.sequence) < ($1.at, $1.sequence) }.map { .log($0) })
    }
}
