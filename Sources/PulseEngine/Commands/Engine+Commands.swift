import PulseConnectors
package import PulseDomain
import PulseStore

extension Engine {
    /// Carries a command out or refuses it; audited either way, also when it fails. Throws `Failure`.
    package func perform(_ request: CommandRequest) async throws -> CommandReceipt {
        try await translated {
            let receipt: CommandReceipt
            do {
                receipt = .accepted(try await carryOut(request))
            } catch let refusal as Refusal {
                receipt = .refused(because: refusal.because, instead: refusal.instead)
            } catch let unchanged as Unchanged {
                receipt = .unchanged(unchanged.because)
            } catch {
                let failure = Failure(describing: error)
                await audit(request, .refused(because: failure.sentence, instead: failure.remedy))
                throw failure
            }
            await audit(request, receipt)
            if let job = request.command.job { dirtyJobs.insert(job) }
            wake.raise()
            changed.raise()
            return receipt
        }
    }

    /// What happened is what the caller has to hear: a store that does not take the entry now is given it later.
    private func audit(_ request: CommandRequest, _ receipt: CommandReceipt) async {
        let (outcome, isRefused): (String, Bool) =
            switch receipt {
            case .accepted(let sentence), .unchanged(let sentence): (sentence, false)
            case .refused(let because, let instead): ("\(because) \(instead)", true)
            }
        let entry = AuditEntry(
            at: time.now, by: request.by, action: request.command.name, subject: request.command.subject,
            reason: request.reason, outcome: outcome, isRefused: isRefused, correlation: request.correlation)
        unaudited.append(entry)
        await flushAudit()
        logs.add(
            isRefused ? .warning : .notice, job: request.command.job,
            isRefused ? "A command was refused." : "A command was carried out.",
            [
                .init("command", request.command.name), .init("by", request.by.name),
                .init("reason", request.reason), .init("outcome", outcome),
            ], correlation: request.correlation)
    }

    /// Returns what happens now, as a sentence.
    private func carryOut(_ request: CommandRequest) async throws -> String {
        let (by, reason) = (request.by, request.reason)
        // What another engine did a moment ago counts.
        if store.sharing != nil, let job = request.command.job { try await look(at: job) }
        if let missing = try await missing(for: request.command) {
            throw Refusal(because: missing.because, instead: missing.instead)
        }
        switch request.command {
        case .start(let job, let mode):
            return try await start(job, mode, by: by, reason: reason, correlation: request.correlation)
        case .pause(let job, let until): return try await pause(job, until: until, by: by, reason: reason)
        case .pauseUntilQuotaResets(let job):
            guard let reset = quotaReset(of: job) else {
                throw Refusal(
                    because: "No quota of \(job) has a known reset.", instead: "Pause it until a time instead.")
            }
            return try await pause(job, until: reset, by: by, reason: reason)
        case .resume(let job): return try await resume(job, by: by, reason: reason)
        case .stop(let job): return try await stopRun(job, by: by, reason: reason)
        case .retry(let job):
            try await apply(.retry, to: job, by: by, reason: reason)
            entries[job]?.retriesAt = nil
            entries[job]?.failures = 0
            await identities.forget(job.source)
            return "\(job) goes on from its checkpoints."
        case .rewind(let job, let key, let sequence): return try await rewind(job, key, to: sequence)
        case .skipPartition(let job, let key): return try await skip(job, key, by: by, reason: reason)
        case .hold(let job):
            if let hold = entries[job]?.hold { throw Unchanged(because: "\(job) is held by \(hold.by) already.") }
            let hold = Hold(by: by, reason: reason, since: time.now)
            try await store.setHold(hold, of: job)
            entries[job]?.hold = hold
            return "\(job) is held: no run starts until it is released."
        case .release(let job):
            guard entries[job]?.hold != nil else { throw Unchanged(because: "\(job) is not held.") }
            try await store.setHold(nil, of: job)
            entries[job]?.hold = nil
            return "\(job) is released."
        case .replay(let ids):
            try await demandWaiting(ids)
            return try await replay(ids)
        case .discard(let ids):
            try await demandWaiting(ids)
            let count = try await store.discardQuarantine(ids, at: time.now)
            try await countQuarantine()
            return "\(count) quarantined \(count.noun("record is", "records are")) discarded."
        case .undoTombstones(let finding):
            try await demand(finding, isHeld: false)
            let rows = try await store.undoTombstones(finding, at: time.now)
            return "\(rows.counted("row is", "rows are")) there again."
        case .confirmTombstones(let finding):
            try await demand(finding, isHeld: true)
            let rows = try await store.confirmTombstones(finding, at: time.now)
            heldFindings = try await store.tombstones(TombstoneFilter(state: .held, limit: 1_000))
            return "\(rows.counted("row is", "rows are")) marked as deleted; it can be undone."
        case .retransform(let job): return try await retransform(job)
        case .acknowledge(let alert):
            return try await acknowledge(alert, by: by)
        }
    }

    /// Only this of the alert is changed: which there are is decided by the engine that leads.
    private func acknowledge(_ alert: String, by: Principal) async throws -> String {
        let isStored = try await store.acknowledge(alert: alert, by: by)
        guard isStored || alerts.contains(where: { $0.id == alert }) else {
            throw Refusal(because: "That alert is over.", instead: "Nothing needs to be done.")
        }
        acknowledged[alert] = by
        for index in alerts.indices where alerts[index].id == alert { alerts[index].acknowledgedBy = by }
        for index in savedAlerts.indices where savedAlerts[index].id == alert { savedAlerts[index].acknowledgedBy = by }
        return alerts.first { $0.id == alert }.map { "Acknowledged: \($0.sentence)" } ?? "Acknowledged."
    }

    // MARK: Runs

    private func start(
        _ job: JobID, _ mode: RunMode, by: Principal, reason: String, correlation: CorrelationID
    ) async throws -> String {
        guard let entry = entries[job] else { return "" }
        if let hold = entry.hold {
            throw Refusal(because: "\(job) is \(hold.phrase).", instead: "Release it first.")
        }
        if let run = entry.run, !run.state.name.isFinal {
            throw Refusal(
                because: "\(job) has a run that is \(run.state.name.rawValue).",
                instead: run.state.name == .paused ? "Resume it, or stop it first." : "Wait for it, or stop it first.")
        }
        if case .census = mode, !entry.stream.hasCensus {
            throw Refusal(
                because: "The stream \(entry.stream.id) has no census.",
                instead: "Start a full run to compare everything.")
        }
        if case .range(let from, let to) = mode, from >= to {
            throw Refusal(because: "The range ends before it begins.", instead: "Give a later end.")
        }
        guard try await addRun(job, mode: mode, by: by, reason: reason, correlation: correlation) != nil else {
            throw Refusal(because: "\(job) is being started already.", instead: "Look at it again in a moment.")
        }
        return "\(job) starts (\(mode.name))."
    }

    private func pause(_ job: JobID, until: Instant?, by: Principal, reason: String) async throws -> String {
        if let until, until <= time.now {
            throw Refusal(because: "That time is over.", instead: "Give a later one, or pause without an end.")
        }
        try await apply(.pause, to: job, by: by, reason: reason, until: until)
        entries[job]?.worker?.control.give(.pause)
        let end = until.map { " It resumes by itself at \($0.iso8601ToSecond)." } ?? ""
        return entries[job]?.worker == nil
            ? "\(job) is paused.\(end)" : "\(job) pauses at the next page boundary.\(end)"
    }

    private func resume(_ job: JobID, by: Principal, reason: String) async throws -> String {
        try await apply(.resume, to: job, by: by, reason: reason)
        entries[job]?.retriesAt = nil
        entries[job]?.failures = 0
        if let worker = entries[job]?.worker { worker.control.give(.go) }
        return "\(job) goes on from its checkpoints."
    }

    private func stopRun(_ job: JobID, by: Principal, reason: String) async throws -> String {
        try await apply(.stop, to: job, by: by, reason: reason)
        entries[job]?.retriesAt = nil
        entries[job]?.queued = nil
        entries[job]?.worker?.control.give(.stop)
        return entries[job]?.worker == nil
            ? "\(job) is stopped." : "\(job) is stopping; its worker acknowledges when it has."
    }

    /// Refuses records of which none waits in quarantine.
    private func demandWaiting(_ ids: [Int64]) async throws {
        for id in ids where try await store.quarantineEntry(id)?.state == .waiting { return }
        throw Unchanged(
            because: "\(ids.count == 1 ? "This record is" : "These records are") not in quarantine any more.")
    }

    /// Refuses what a finding of a census cannot have done to it.
    private func demand(_ id: Int64, isHeld: Bool) async throws {
        guard let finding = try await store.tombstone(id) else { throw Unchanged(because: "Finding \(id) is gone.") }
        if finding.undoneAt != nil { throw Unchanged(because: "Finding \(id) was taken back already.") }
        guard finding.isHeld != isHeld else { return }
        if isHeld { throw Unchanged(because: "The rows of finding \(id) are marked as deleted already.") }
        throw Refusal(
            because: "Nothing was marked as deleted by finding \(id) yet.",
            instead: "Leave it as it is, or confirm it to mark the rows.")
    }

    private func quotaReset(of job: JobID) -> Instant? {
        guard let entry = entries[job] else { return nil }
        return limits.quotaStatuses().filter { $0.id.identity == entry.source.identity }
            .compactMap { $0.blockedUntil ?? $0.resetsAt }.filter { $0 > time.now }.min()
    }

    private func rewind(_ job: JobID, _ key: PartitionKey, to sequence: Int64) async throws -> String {
        if let entry = entries[job], entry.worker != nil {
            throw Refusal(because: "\(job) is running.", instead: "Pause or stop it first.")
        }
        let partition = PartitionID(tenant: store.tenant, source: job.source, stream: job.stream, key: key)
        guard let checkpoint = try await store.rewind(partition, toSequence: sequence, at: time.now) else {
            throw Refusal(
                because: "\(partition) has no checkpoint \(sequence).",
                instead: "`pulse checkpoints \(job)` lists those there are.")
        }
        return "\(key) of \(job) stands at checkpoint \(checkpoint.sequence) now, a copy of \(sequence)."
    }

    private func skip(_ job: JobID, _ key: PartitionKey, by: Principal, reason: String) async throws -> String {
        guard try await store.partitions(of: job).contains(where: { $0.key == key }) else {
            throw Refusal(
                because: "\(job) has no partition \(key).", instead: "Its own screen lists those there are.")
        }
        if entries[job]?.worker != nil {
            throw Refusal(because: "\(job) is running.", instead: "Pause it, skip the partition, and resume it.")
        }
        guard entries[job]?.isOpen == true || entries[job]?.run?.state.name == .failed else {
            throw Refusal(because: "\(job) has no run to skip it in.", instead: "Start it first.")
        }
        try await remember(job) { $0.skipped.append(RunMemory.Skipped(key: key, by: by, reason: reason)) }
        entries[job]?.skipped[key] = RunWorker.Skip(by: by, reason: reason)
        return "\(key) is left out of this run of \(job)."
    }
}

extension Command {
    /// What it is done to, for the audit.
    package var subject: String {
        switch self {
        case .rewind(let job, let key, let sequence): "\(job)[\(key)] to \(sequence)"
        case .skipPartition(let job, let key): "\(job)[\(key)]"
        case .replay(let ids), .discard(let ids): "quarantine \(ids.map(String.init).joined(separator: ","))"
        case .undoTombstones(let finding), .confirmTombstones(let finding): "finding \(finding)"
        case .acknowledge(let alert): alert
        default: job?.rawValue ?? ""
        }
    }
}
