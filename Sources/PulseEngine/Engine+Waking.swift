import PulseDomain
import PulseStore

extension Engine {
    /// When the loop has to look again by itself; `nil`: only when woken.
    func nextWake() -> Instant? {
        // What is due stays due while the store does not take it: it is tried again soon, and not at once.
        if let pause = outage.pause { return time.now + pause }
        var first: Instant?
        let now = time.now
        func add(_ instant: Instant?) { if let instant, first.map({ instant < $0 }) ?? true { first = instant } }
        entries.forEach { entry in
            if entry.hold == nil {
                add(entry.nextRunAt)
                add(entry.nextCensusAt)
                add(entry.retriesAt)
            }
            if case .paused(let pause)? = entry.run?.state, let until = pause.until { add(until) }
            if entry.worker == nil, entry.hold == nil, entry.run?.state.name == .queued {
                add(max(entry.queuedBecause?.until ?? now, now + .seconds(5)))
            }
            if let age = entry.definition.staleAfter, let last = entry.lastSuccessAt, last + age > now {
                add(last + age)
            }
        }
        if isActive { add(now + settings.lease * 0.3) }
        add(alertsDueAt)
        if hasOldRows { add(retentionDueAt) }
        if store.sharing != nil { add(now + Self.followInterval) }
        // Sleep is measured without the wall clock, which schedules follow: a step of it is noticed within a minute.
        if !alerts.isEmpty || first != nil { add(now + .minutes(1)) }
        return first.map { max($0, now + .milliseconds(100)) }
    }

    func beat(at now: Instant) async throws {
        guard isActive else { return }
        if let last = heartbeatAt, now - last < settings.lease * 0.25, now >= last { return }
        try await store.heartbeat(holder: status.holder, at: now, leaseUntil: now + settings.lease)
        heartbeatAt = now
    }
}
