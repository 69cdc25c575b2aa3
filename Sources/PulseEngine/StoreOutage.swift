import PulseDomain
import PulseStore

/// What an engine knows of a store that does not do what it is asked: since when, and whether it does again.
struct StoreOutage: Sendable {
    /// `nil` while the store works.
    private(set) var since: Instant?
    /// When the last one ended.
    private(set) var endedAt: Instant?
    /// How long to wait before the store is looked at again; `nil` while it works.
    private(set) var pause: Duration?
    /// Jobs whose runs have ended without the store having taken it yet.
    var unstoredEnds: Set<JobID> = []
    /// Whether anything failed in the present turn of the loop.
    private var isMetInTurn = false
    private var turns = 0

    mutating func beginTurn() { isMetInTurn = false }

    /// What is shown of an outage: since when nothing is heard of the store, or until when nothing was.
    private(set) var absence: StoreAbsence?

    /// The store does not answer at all, and answered last at `asOf`.
    mutating func beAway(because sentence: String, asOf: Instant, at now: Instant) {
        let nextTryAt = now + (pause ?? .zero)
        if absence?.isPresent == true {
            absence?.nextTryAt = nextTryAt
        } else {
            absence = StoreAbsence(
                asOf: min(asOf, now), since: now, nextTryAt: nextTryAt, because: sentence)
        }
    }

    /// Forgets an absence that excuses nobody any longer.
    mutating func forgetAbsence(at now: Instant) {
        if let endedAt = absence?.endedAt, now < endedAt || now - endedAt > EngineMember.patience { absence = nil }
    }

    /// Something failed; whether it is the first of an outage.
    mutating func meet(at now: Instant, backoff: Backoff, random: SharedRandom) -> Bool {
        if !isMetInTurn {
            isMetInTurn = true
            turns += 1
            pause = random.use { [turns] in backoff.wait(beforeRetry: turns, using: &$0) }
        }
        guard since == nil else { return false }
        since = now
        return true
    }

    /// When it began, if nothing says that it goes on.
    var mayBeOver: Instant? { isMetInTurn || !unstoredEnds.isEmpty ? nil : since }

    mutating func end(at now: Instant) {
        (since, pause, turns, endedAt) = (nil, nil, 0, now)
        if absence?.isPresent == true { absence?.endedAt = now }
    }

    /// Whether one goes on, or ended not longer ago than that.
    func isRecent(at now: Instant, within duration: Duration) -> Bool {
        if since != nil { return true }
        return endedAt.map { now >= $0 && now - $0 < duration } ?? false
    }
}

extension Engine {
    /// Between looks at a store that does not work: runs that it holds back are to be renewed soon after its return.
    private static let outageBackoff = Backoff(base: .seconds(2), longest: .seconds(10))

    private static let unreachable = StoreError.unreachable(location: "", detail: "").code

    /// Notes what keeps the store from working; it is tried again soon. Told once, at its beginning.
    func isInTrouble(_ error: any Error) {
        guard !(error is CancellationError) else { return }
        let failure = Failure(describing: error)
        status.trouble = failure.description
        let now = time.now
        let isFirst = outage.meet(at: now, backoff: Self.outageBackoff, random: random)
        noteAbsence(failure, at: now)
        guard isFirst else { return }
        wakeDeliveries()
        logs.add(
            .error, "The store has trouble; what needs it waits, and is tried again.",
            [
                .init("failure.code", failure.code), .init("failure", failure.sentence),
                .init("remedy", failure.remedy),
            ])
    }

    /// An engine alone knows everything itself; of what others do it only knows by the store.
    private func noteAbsence(_ failure: Failure, at now: Instant) {
        guard store.sharing != nil, failure.code == Self.unreachable else { return }
        outage.beAway(because: failure.sentence, asOf: othersLookedAt ?? status.startedAt, at: now)
        status.absence = outage.absence
        // Who was not silent by then is not for what the store cannot tell.
        for id in entries.ids(where: { $0.holder?.isSilent(at: now) == false && $0.holder?.silentAfter != nil }) {
            entries[id]?.holder?.silentAfter = nil
            dirtyJobs.insert(id)
        }
        changed.raise()
    }

    /// Workers note that they wait for the store. Their runs' states follow in memory: the store cannot be told.
    func followStoreWaits() {
        for id in working {
            guard let waiting = entries[id]?.worker?.metrics.storeWait, let run = entries[id]?.run else { continue }
            isInTrouble(waiting.failure)
            switch run.state {
            case .running, .waiting:
                guard run.state != .waiting(waiting.wait) else { continue }
                entries[id]?.run?.state = .waiting(waiting.wait)
                entries[id]?.run?.stateSince = waiting.wait.since
                dirtyJobs.insert(id)
            case .queued, .pausing, .paused, .stopping, .stopped, .failed, .succeeded: continue
            }
        }
    }

    /// Tells that the store works again, when it does: that it takes the line about it is the proof.
    func endOutage(at now: Instant) async {
        guard let since = outage.mayBeOver else { return }
        let lasted = max(0, Int((now - since).inSeconds.rounded()))
        var line = LogLine(
            at: now, level: .notice, message: "The store works again.",
            facts: [.init("trouble.since", since.iso8601), .init("trouble.seconds", "\(lasted)")])
        if isAtWork { line.engine = status.holder }
        let stored: [LogLine]
        do {
            stored = try await store.appendLogs([line], keeping: settings.logLines)
        } catch {
            return isInTrouble(error)
        }
        logs.tell(line)
        outage.end(at: now)
        (status.trouble, status.absence) = (nil, outage.absence)
        // Who leads, and which alerts there are, may be others by now.
        ledAt = nil
        storeWorksAgain()
        wakeDeliveries()
        await tell(stored)
        await lookForAlerts(at: now)
    }
}
