import PulseDomain
import PulseStore

// Engines on one store know of each other: each tells a few times a minute that it lives and how its runs go.

/// What the engine that works on a run told of it.
struct ToldRun: Sendable, Hashable {
    var report: RunReport
    var at: Instant
}

/// What was seen of the engine that holds a run.
struct HolderSeen: Sendable, Hashable {
    var leaseUntil: Instant
    /// After when it is silent, if it is not heard of before; `nil` while the store could not tell.
    var silentAfter: Instant?

    func isSilent(at now: Instant) -> Bool { silentAfter.map { now > $0 } ?? false }
}

/// That a run was taken from an engine that fell silent.
struct TakeOver: Codable, Sendable, Hashable {
    /// The engine that held it.
    var from: String
    /// The engine that went on with it first; `nil` while none has.
    var by: String?
    /// When it was taken from the one that was silent.
    var at: Instant
    /// When the one that was silent was last heard of; `nil` where that is not known.
    var lastHeardAt: Instant?
    /// Somebody has seen it, and the run went on.
    var isSettled = false
}

extension Engine {
    /// This engine as others see it.
    private func own(at now: Instant, endedAt: Instant? = nil) -> EngineMember {
        var member = EngineMember(
            id: status.holder, host: status.host, pid: status.pid, version: status.version,
            startedAt: status.startedAt, seenAt: now, endedAt: endedAt)
        member.report = EngineReport(
            runs: working.compactMap { id in
                guard let entry = entries[id], let run = entry.status(at: now).run else { return nil }
                return RunReport(
                    job: id, run: run.id, ratePerSecond: run.ratePerSecond ?? 0, progress: run.progress,
                    endsAt: run.endsAt, stages: entry.stages, extracted: run.counts.extracted)
            }, trouble: status.trouble, sources: toldSources)
        return member
    }

    /// Tells that this engine lives, and what it does; nothing while it only looks at the store.
    func tellOthers(at now: Instant) async throws {
        guard isAtWork else { return }
        let since = toldAt.map { now - $0 }
        // Alone it is known by the lock of its store; what is kept then is for later.
        let interval = store.sharing == nil ? .minutes(1) : EngineMember.interval
        // That it has trouble no more, or has it now, is news.
        let isNews = toldTrouble != status.trouble
        if !isNews, let since, since >= .zero, since < interval { return }
        guard since == nil || store.sharing != nil || isActive else { return }
        var member = own(at: now)
        let totals = throughput.totals
        if let since, since > .zero {
            let seconds = since.inSeconds
            member.report.recordsPerSecond = Double(totals.records - toldTotals.records) / seconds
            member.report.requestsPerSecond = Double(totals.requests - toldTotals.requests) / seconds
            member.report.bytesPerSecond = Double(totals.bytes - toldTotals.bytes) / seconds
        }
        try await store.saveEngine(member, at: now)
        (toldAt, toldTotals, toldTrouble) = (now, totals, status.trouble)
        replaceOwn(with: member)
    }

    /// Tells that this engine ends.
    func tellEnd() async {
        guard isAtWork else { return }
        isAtWork = false
        let now = time.now
        let member = own(at: now, endedAt: now)
        let returned = reach.returned
        do {
            try await store.saveEngine(member, at: now)
            replaceOwn(with: member)
        } catch {
            isInTrouble(error, before: returned)
        }
    }

    private func replaceOwn(with member: EngineMember) {
        var member = member
        member.holds = members.first { $0.id == member.id }?.holds ?? []
        members.removeAll { $0.id == member.id }
        members.append(member)
        changed.raise()
    }

    /// Looks at who else works on the store, and how the runs go that others work on.
    func lookAtOthers(at now: Instant) async throws {
        if let last = othersLookedAt, now >= last, now - last < Self.followInterval { return }
        var found = try await store.engines(at: now)
        othersLookedAt = now
        if store.sharing == nil {
            // One at a time: whoever did not say that it ends was killed.
            for index in found.indices where found[index].id != status.holder && found[index].endedAt == nil {
                found[index].endedAt = found[index].seenAt
            }
        }
        members = found
        var told: [JobID: ToldRun] = [:]
        var holders: [JobID: HolderSeen] = [:]
        for member in found where member.id != status.holder {
            let silence = outage.absence?.silence(after: member.seenAt, at: now) ?? now - member.seenAt
            let silentAfter = member.endedAt ?? now + EngineMember.patience - silence
            for run in member.holds {
                holders[run.job] = HolderSeen(leaseUntil: run.leaseUntil, silentAfter: silentAfter)
                // What a silent one told last is still the best that is known.
                guard let report = member.report.runs.first(where: { $0.run == run.run }) else { continue }
                told[run.job] = ToldRun(report: report, at: member.seenAt)
            }
        }
        for id in Set(holders.keys).union(heardOf) {
            guard let entry = entries[id], entry.told != told[id] || entry.holder != holders[id] else { continue }
            entries[id]?.told = told[id]
            entries[id]?.holder = holders[id]
            dirtyJobs.insert(id)
        }
        heardOf = Set(holders.keys)
        changed.raise()
    }

    /// Logs who fell silent and who is heard of again; one engine does it for all.
    func noteSilence(at now: Instant) {
        let others = members.filter { $0.id != status.holder }
        let silent = Set(others.filter { $0.presence(at: now, outage.absence).isUnheard }.map(\.id))
        guard leads(at: now), store.sharing != nil else {
            // Told by whoever leads, which may be this engine next.
            silentMembers.formIntersection(silent)
            tellsSilence = false
            return
        }
        // What the one before told is an alert.
        let told = tellsSilence ? [] : Set(alerts.map(\.id))
        defer { (silentMembers, tellsSilence) = (silent, true) }
        for member in others where silent.contains(member.id) && !silentMembers.contains(member.id) {
            if told.contains(Alert.silence(of: member.id)) { continue }
            // Whoever leads anew finds old ones too.
            guard now - member.seenAt < settings.lease * 2 else { continue }
            logs.add(
                .warning, engine: member.id, "The engine has fallen silent.",
                [
                    .init("engine", member.id), .init("last_heard", member.seenAt.iso8601ToSecond),
                    .init("runs", "\(member.holds.count)"), .init("noticed_by", status.holder),
                ])
        }
        for id in silentMembers.subtracting(silent).sorted()
        where others.contains(where: { $0.id == id && $0.presence(at: now, outage.absence) == .working }) {
            logs.add(
                .notice, engine: id, "The engine is heard of again.",
                [.init("engine", id), .init("noticed_by", status.holder)])
        }
    }

    /// The engines as they are shown: the one that answers is there, and does what it does now.
    func shownMembers(at now: Instant) -> [EngineMember] {
        var shown = members
        if isAtWork {
            var member = own(at: now)
            let lately = throughput.here(at: now)
            member.report.recordsPerSecond = lately.records
            member.report.requestsPerSecond = lately.requests
            member.report.bytesPerSecond = lately.bytes
            member.holds = working.compactMap { id in
                entries[id]?.run.map {
                    HeldRun(job: id, run: $0.id, leaseUntil: $0.leaseUntil ?? now + settings.lease)
                }
            }
            shown.removeAll { $0.id == member.id }
            shown.append(member)
        }
        return EngineMembers.ordered(shown, at: now, outage.absence)
    }

    /// An event where anything of the engines has changed but the time.
    func membersEvent(at now: Instant) -> OperationsEvent? {
        let shown = shownMembers(at: now)
        var timeless = shown
        for index in timeless.indices where timeless[index].id == status.holder { timeless[index].seenAt = .epoch }
        guard timeless != publishedMembers else { return nil }
        publishedMembers = timeless
        return .engines(shown)
    }

    /// Other engines that live.
    func othersAtWork(at now: Instant) -> [EngineMember] {
        members.filter { $0.id != status.holder && $0.presence(at: now, outage.absence) == .working }
    }

    /// What other engines did a second lately, in sum.
    func throughputElsewhere(at now: Instant) -> ThroughputSample {
        // What they told last is nothing of the present while the store does not answer.
        let reports = status.absence?.isPresent == true ? [] : othersAtWork(at: now).map(\.report)
        return ThroughputSample(
            at: now, records: Int(reports.reduce(0) { $0 + $1.recordsPerSecond }.rounded()),
            requests: Int(reports.reduce(0) { $0 + $1.requestsPerSecond }.rounded()),
            bytes: Int(reports.reduce(0) { $0 + $1.bytesPerSecond }.rounded()))
    }

    /// The jobs as they are shown. A queued run that no engine can take says so.
    func jobStatuses(at now: Instant) -> [JobStatus] {
        let isAnyAtWork = isAtWork || !othersAtWork(at: now).isEmpty
        return entries.map { entry in
            var job = entry.status(at: now)
            guard !isAnyAtWork, let run = job.run, run.state.name == .queued else { return job }
            switch run.queuedBecause?.reason {
            case nil, .capacity:
                job.run?.queuedBecause = Wait(
                    reason: .engine, since: run.createdAt, until: now, because: "No engine works on the store.")
            default: break
            }
            return job
        }
    }

    /// A take-over that somebody has seen, and after which the run went on or ended, is over.
    func settleTakeOvers() async throws {
        let settled = entries.ids { entry in
            guard let takeOver = entry.takeOver, !takeOver.isSettled, let run = entry.run else { return false }
            return run.state.name != .queued && acknowledged[AlertRules.takeOverID(takeOver)] != nil
        }
        for id in settled {
            entries[id]?.takeOver?.isSettled = true
            try await remember(id)
        }
    }
}
