import PulseDomain
import PulseStore

extension Engine {
    /// Stores waiting log lines and tells them. A store in trouble keeps them waiting.
    func flushLogs() async {
        var lines = logs.take()
        guard !lines.isEmpty else { return }
        if isAtWork {
            for index in lines.indices where lines[index].engine == nil { lines[index].engine = status.holder }
        }
        let stored: [LogLine]
        let returned = reach.returned
        do {
            stored = try await store.appendLogs(lines, keeping: settings.logLines)
        } catch {
            logs.giveBack(lines)
            return isInTrouble(error, before: returned)
        }
        await tell(stored)
    }

    /// Tells lines that the store has taken; on a shared store with those of others, in one order.
    func tell(_ stored: [LogLine]) async {
        guard store.sharing != nil else { return hub.publish(stored.map { .log($0) }) }
        let returned = reach.returned
        do { try await tellLogs() } catch { isInTrouble(error, before: returned) }
    }

    /// Adds to the audit what the store did not take when it happened.
    func flushAudit() async {
        // Several may be at it: each takes what it stores.
        while !unaudited.isEmpty {
            let entry = unaudited.removeFirst()
            let (askedAt, returned) = (time.now, reach.returned)
            do {
                _ = try await store.appendAudit(entry)
                storeAnswers(askedAt: askedAt)
            } catch {
                unaudited.insert(entry, at: 0)
                isInTrouble(error, before: returned)
                return
            }
        }
    }

    /// Keeps what is known of quotas and breakers, at most every few seconds: another process goes on with it.
    func saveLimits(force: Bool) async {
        let returned = reach.returned
        // Engines that share a store know the limits only there.
        guard store.sharing == nil else {
            do { try await limits.tellPutOff(force: force) } catch { isInTrouble(error, before: returned) }
            return
        }
        let now = time.now
        if !force, let last = limitsSavedAt, now - last < .seconds(5), now >= last { return }
        limitsSavedAt = now
        do {
            let changes = limits.knowledge().filter { savedKnowledge[$0.0] != $0.1 }
            if !changes.isEmpty {
                try await store.saveQuotas(
                    changes.map { id, known in
                        StoredQuota(
                            id: id, limit: known.limit, remaining: known.remaining, resetsAt: known.resetsAt,
                            window: known.window, blockedUntil: known.blockedUntil, updatedAt: now)
                    })
                for (id, known) in changes { savedKnowledge[id] = known }
            }
            let breakers = limits.breakerStatuses()
            if breakers != savedBreakers {
                try await store.saveBreakers(breakers)
                savedBreakers = breakers
            }
        } catch {
            limitsSavedAt = nil
            isInTrouble(error, before: returned)
        }
    }

    /// Sees where reads go, while somebody looks.
    func lookAtReads() async {
        guard let reads = await store.readsStatus(), reads != status.reads else { return }
        if reads.detour != status.reads?.detour {
            if let detour = reads.detour {
                logs.add(.warning, "What is looked at is read from the store itself.", [.init("because", detour)])
            } else {
                logs.add(.info, "What is looked at is read from a replica.", [.init("replica", reads.location)])
            }
        }
        status.reads = reads
    }

    /// Rows of a table that are deleted at once: others that write wait for as long as that takes.
    private static let deletedAtOnce = 500

    /// Keeps it small, and sees where it is read while somebody looks.
    func lookAfterStore(at now: Instant) async {
        await keepWithinRetention(at: now)
        if hub.hasListeners { await lookAtReads() }
    }

    /// Lets go what is older than it is to be kept, a bit at a time; looks for it once an hour. One engine does it for all.
    private func keepWithinRetention(at now: Instant) async {
        // A clock that was set back does not put it off.
        if let due = retentionDueAt, due > now, due <= now + .hours(1) { return }
        guard leads(at: now) else { return }
        let returned = reach.returned
        do {
            if !hasOldRows {
                for name in try await store.renewPartitions(settings.retention, at: now) {
                    logs.add(.info, "A partition that nobody keeps any longer was dropped.", [.init("partition", name)])
                }
            }
            hasOldRows = false
            for table in RetainedTable.allCases {
                guard let age = settings.retention[table] else { continue }
                let deleted = try await store.prune(table, before: now - age, limit: Self.deletedAtOnce)
                if deleted >= Self.deletedAtOnce { hasOldRows = true }
            }
            if let age = settings.retention.history {
                let deleted = try await store.pruneHistory(before: now - age, limit: Self.deletedAtOnce)
                if deleted >= Self.deletedAtOnce { hasOldRows = true }
            }
            retentionDueAt = now + (hasOldRows ? .milliseconds(200) : .hours(1))
        } catch {
            retentionDueAt = now + .minutes(1)
            isInTrouble(error, before: returned)
        }
    }

    /// More than this many jobs are not looked at for alerts more often than once a second.
    private static let manyJobs = 200

    /// Who does not lead shows what the leader found. While the store does not answer nobody leads, and everybody tells it.
    func tellTrouble(at now: Instant) {
        var shown = savedAlerts.filter { $0.kind != .storeTrouble }
        if let trouble = status.trouble {
            shown = AlertRules.ordered(shown + [AlertRules.trouble(trouble, since: outage.since ?? now)])
        } else if alerts.allSatisfy({ $0.kind != .storeTrouble }) {
            return
        }
        alerts = shown
    }

    /// Decides anew what a person should know, and keeps it.
    func lookForAlerts(at now: Instant) async {
        guard leads(at: now) else { return tellTrouble(at: now) }
        // All of them are looked at: with thousands of jobs not on every turn.
        if entries.count > Self.manyJobs, let looked = alertsLookedAt, now >= looked, now - looked < .seconds(1) {
            alertsDueAt = looked + .seconds(1)
            return
        }
        (alertsLookedAt, alertsDueAt) = (now, nil)
        for id in entries.ids(where: { $0.quarantineLookedAt.map { now - $0 > .hours(1) } ?? true }) {
            guard var entry = entries[id] else { continue }
            if entry.quarantineLookedAt != nil { entry.quarantinedBefore = entry.quarantined }
            entry.quarantineLookedAt = now
            entries[id] = entry
        }
        let takeOvers = entries.compactMapValues { entry in entry.takeOver.flatMap { $0.isSettled ? nil : $0 } }
        let input = AlertRules.Input(
            jobs: entries.map { $0.status(at: now) }, quotas: limits.quotaStatuses(),
            breakers: limits.breakerStatuses(),
            heldTombstones: heldFindings.map {
                AlertRules.Input.HeldTombstones(
                    id: $0.id, job: $0.partition.job, records: $0.records, known: $0.known, at: $0.at, place: $0.place)
            },
            suspicious: entries.compactMapValues { $0.suspicious.isEmpty ? nil : $0.suspicious },
            quarantinedBefore: entries.compactMapValues { $0.quarantinedBefore == 0 ? nil : $0.quarantinedBefore },
            storeTrouble: status.trouble, engines: store.sharing == nil ? [] : members,
            absence: outage.absence, takenOver: takeOvers)
        var present = AlertRules.evaluate(input, before: alerts, at: now)
        for index in present.indices { present[index].acknowledgedBy = acknowledged[present[index].id] }
        let ids = Set(present.map(\.id))
        acknowledged = acknowledged.filter { ids.contains($0.key) }
        alerts = present
        // That the store does not answer is nothing to read in the store, by somebody whom it answers.
        let kept = present.filter { $0.kind != .storeTrouble }
        guard kept != savedAlerts else { return }
        let returned = reach.returned
        do {
            try await store.saveAlerts(kept, telling: notifier?.telling ?? .nobody, at: now)
            savedAlerts = kept
            wakeDeliveries()
        } catch {
            isInTrouble(error, before: returned)
        }
    }
}
