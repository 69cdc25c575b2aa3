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
    /// Whether it does not answer at all: whatever it does next shows that this is over. Of other troubles, such as a full
    /// disk, one statement that works shows nothing.
    private(set) var isAway = false
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
    mutating func meet(at now: Instant, isAway: Bool, backoff: Backoff, random: SharedRandom) -> Bool {
        self.isAway = self.isAway || isAway
        if !isMetInTurn {
            isMetInTurn = true
            turns += 1
            pause = random.use { [turns] in backoff.wait(beforeRetry: turns, using: &$0) }
        }
        guard since == nil else { return false }
        since = now
        return true
    }

    /// Whether there is one, and nothing says that it goes on.
    var mayBeOver: Bool { since != nil && !isAway && !isMetInTurn && unstoredEnds.isEmpty }

    mutating func end(at now: Instant) {
        (since, pause, turns, endedAt, isAway) = (nil, nil, 0, now, false)
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
    private static let outageBackoff = Backoff(base: .seconds(2), longest: .seconds(5))

    private static let unreachable = StoreError.unreachable(location: "", detail: "").code

    /// Notes what keeps the store from working; it is tried again soon. Told once, at its beginning.
    ///
    /// - Parameter returned: ``StoreReach/returned`` as it was before the store was asked. Whoever asked before the store
    ///   came back may have met the outage that is over: it says nothing of the store as it is.
    func isInTrouble(_ error: any Error, before returned: Signal) {
        guard !(error is CancellationError) else { return }
        let failure = Failure(describing: error)
        let isAway = failure.code == Self.unreachable
        if isAway, returned.isRaised { return wake.raise() }
        status.trouble = failure.description
        let now = time.now
        let isFirst = outage.meet(at: now, isAway: isAway, backoff: Self.outageBackoff, random: random)
        if isAway { reach.leave() }
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
            // It answered since: the wait is as good as over.
            if let endedAt = outage.endedAt, waiting.triedAt <= endedAt { continue }
            isInTrouble(waiting.failure, before: reach.returned)
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

    /// Asks a store that did not answer again, for what matters most: that this engine's runs stay its own.
    func askAgain() async throws {
        guard outage.isAway else { return }
        let askedAt = time.now
        do {
            try await store.heartbeat(holder: status.holder, at: askedAt, leaseUntil: askedAt + settings.lease)
        } catch {
            // It answered somebody else meanwhile.
            guard outage.isAway else { return }
            throw error
        }
        heartbeatAt = askedAt
        storeAnswers(askedAt: askedAt)
    }

    /// A store that did not answer has done something: the outage is over for everybody here, and is told as such before
    /// anything that follows from it. What was asked before the outage was met may have been done before it began: its
    /// late answer says nothing.
    func storeAnswers(askedAt: Instant) {
        guard outage.isAway, let since = outage.since, askedAt >= since else { return }
        let now = time.now
        let line = Self.line(since, now)
        logs.add(line.level, line.message, line.facts)
        end(at: now)
    }

    /// Tells that trouble of another kind is over, when nothing says that it goes on: that the store takes the line about
    /// it is the proof.
    func endTrouble(at now: Instant) async {
        guard outage.mayBeOver, let since = outage.since else { return }
        var line = Self.line(since, now)
        if isAtWork { line.engine = status.holder }
        let stored: [LogLine]
        let returned = reach.returned
        do {
            stored = try await store.appendLogs([line], keeping: settings.logLines)
        } catch {
            return isInTrouble(error, before: returned)
        }
        logs.tell(line)
        end(at: now)
        await tell(stored)
        await lookForAlerts(at: now)
    }

    private static func line(_ since: Instant, _ now: Instant) -> LogLine {
        let lasted = max(0, Int((now - since).inSeconds.rounded()))
        return LogLine(
            at: now, level: .notice, message: "The store works again.",
            facts: [.init("trouble.since", since.iso8601), .init("trouble.seconds", "\(lasted)")])
    }

    private func end(at now: Instant) {
        outage.end(at: now)
        (status.trouble, status.absence) = (nil, outage.absence)
        alerts.removeAll { $0.kind == .storeTrouble }
        // Who leads, and which alerts there are, may be others by now.
        ledAt = nil
        storeWorksAgain()
        for id in working { entries[id]?.worker?.metrics.forgetStoreWaits() }
        reach.comeBack()
        wakeDeliveries()
        changed.raise()
        wake.raise()
    }
}
