package import PulseDomain
import Synchronization

/// What a run does right now: read by screens, written by its walks. Nothing in it is needed to go on after a kill.
package final class RunMetrics: Sendable {
    package struct Snapshot: Sendable {
        package var partitions: [PartitionKey: PartitionStatus] = [:]
        package var order: [PartitionKey] = []
        /// In their order, with what passed them in earlier attempts of the run.
        package var stages: [StageStatus] = []
        /// What the run waits for before its partitions are known.
        package var preparation: Wait?
        /// Calls of the store that wait for it, by number.
        package var storeWaits: [Int: StoreWait] = [:]
        /// A walk that saw nothing was found to have nothing new, in a partition that answers.
        package var isProvenQuiet = false
        package var counts = RecordCounts()
        package var requests = 0
        package var points = 0
        package var bytes = 0
        package var rate = RateMeter()
        package var rates: [PartitionKey: RateMeter] = [:]
    }

    /// A call of the store that waits for the store to answer.
    package struct StoreWait: Sendable {
        /// `nil`: for the run as a whole.
        package var partition: PartitionKey?
        package var failure: Failure
        /// When it was tried last.
        package var triedAt: Instant
        package var wait: Wait
    }

    /// Something that was asked for and is not answered yet.
    package struct Asked: Sendable {
        package enum Whom: Sendable, Hashable {
            case source(EndpointID)
            case store
        }

        package var whom: Whom
        /// `nil`: for the run as a whole.
        package var partition: PartitionKey?
        package var since: Instant
    }

    private let state: Mutex<Snapshot>
    /// By the number of the call.
    private let asked = Mutex<[Int: Asked]>([:])
    private let calls = Atomic(0)

    /// Begins with what the run did in its attempts before this one; `stages` as far as they are known.
    package init(counts: RecordCounts, requests: Int, stages: [StageStatus] = []) {
        var snapshot = Snapshot()
        snapshot.counts = counts
        snapshot.stages = StageStatus.all(of: counts, earlier: stages)
        snapshot.requests = requests
        state = Mutex(snapshot)
    }

    package var snapshot: Snapshot { state.withLock { $0 } }

    func setPartitions(_ partitions: [PartitionStatus]) {
        state.withLock { state in
            state.order = partitions.map(\.key)
            state.partitions = Dictionary(uniqueKeysWithValues: partitions.map { ($0.key, $0) })
        }
    }

    func setPreparation(_ wait: Wait?) { state.withLock { $0.preparation = wait } }

    /// A call begins: its number.
    func ask(_ whom: Asked.Whom, for partition: PartitionKey?, at now: Instant) -> Int {
        let number = calls.add(1, ordering: .relaxed).newValue
        asked.withLock { $0[number] = Asked(whom: whom, partition: partition, since: now) }
        return number
    }

    /// It was answered, or given up.
    func answered(_ call: Int) { asked.withLock { _ = $0.removeValue(forKey: call) } }

    /// What is not answered yet, the oldest first.
    package var unanswered: [Asked] { asked.withLock { $0.sorted { $0.key < $1.key }.map(\.value) } }

    func waitForStore(_ call: Int, _ wait: StoreWait) { state.withLock { $0.storeWaits[call] = wait } }

    func endStoreWait(_ call: Int) { state.withLock { _ = $0.storeWaits.removeValue(forKey: call) } }

    /// The store answers again: whoever waited asks now, and waits for other things if for anything.
    func forgetStoreWaits() { state.withLock { $0.storeWaits = [:] } }

    /// What the run waits for the store with: the call that is tried again first. `nil` while the store answers.
    package var storeWait: StoreWait? {
        state.withLock { $0.storeWaits.values.min { ($0.wait.until, $0.wait.since) < ($1.wait.until, $1.wait.since) } }
    }

    func proveQuiet() { state.withLock { $0.isProvenQuiet = true } }

    func set(_ partition: PartitionKey, _ status: PartitionStatus.State) {
        state.withLock { $0.partitions[partition]?.state = status }
    }

    func committed(_ partition: PartitionKey, checkpoint: Checkpoint, counts: RecordCounts, at now: Instant) {
        state.withLock { state in
            state.partitions[partition]?.checkpoint = checkpoint
            state.counts += counts
            state.rate.add(counts.extracted, at: now)
            state.rates[partition, default: RateMeter()].add(counts.extracted, at: now)
        }
    }

    /// The partition goes on from `checkpoint`: what was committed after it is gone.
    func fellBack(_ partition: PartitionKey, to checkpoint: Checkpoint?) {
        state.withLock { state in
            if let known = state.partitions[partition]?.checkpoint {
                state.counts -= known.counts
                // Counts are those of a walk.
                if let checkpoint, checkpoint.walk == known.walk { state.counts += checkpoint.counts }
            }
            state.partitions[partition]?.checkpoint = checkpoint
        }
    }

    func passed(_ stage: Stage, pages: Int, records: Int, busy: Duration) {
        state.withLock { state in
            guard let index = state.stages.firstIndex(where: { $0.stage == stage }) else { return }
            state.stages[index].pages += pages
            state.stages[index].records += records
            state.stages[index].busy += busy
        }
    }

    func answered(points: Int, bytes: Int) {
        state.withLock { state in
            state.requests += 1
            state.points += points
            state.bytes += bytes
        }
    }

    /// Every partition that is under way waits: the earliest end among their waits.
    package var commonWait: Wait? {
        state.withLock { state in
            if let preparation = state.preparation { return preparation }
            var earliest: Wait?
            for partition in state.partitions.values {
                switch partition.state {
                case .running: return nil
                case .waiting(let wait): if wait.until < earliest?.until ?? wait.until + .seconds(1) { earliest = wait }
                case .pending, .complete, .failed, .skipped: continue
                }
            }
            return earliest
        }
    }
}

extension StageStatus {
    /// All stages of a run with these counts. What was read and not committed is read again, so records are those of the
    /// counts; pages and time are told by `earlier`, where that is known.
    static func all(of counts: RecordCounts, earlier: [StageStatus]) -> [StageStatus] {
        Stage.allCases.map { stage in
            var status = earlier.first { $0.stage == stage } ?? StageStatus(stage: stage)
            status.records =
                switch stage {
                case .extract, .transform: counts.extracted
                case .validate: counts.extracted - counts.quarantined
                case .load, .index: counts.loaded
                }
            return status
        }
    }
}

/// Events a second over the last ten seconds or so (exponentially weighted).
package struct RateMeter: Sendable, Hashable {
    private var rate = 0.0
    private var pending = 0
    private var at: Instant?
    private static let halfLife = 5.0

    mutating func add(_ count: Int, at now: Instant) {
        guard let last = at else {
            // How long the first ones took is not known: the rate begins with those that follow.
            at = now
            return
        }
        pending += count
        let seconds = (now - last).inSeconds
        guard seconds >= 0.25 else { return }
        rate = perSecond(at: now)
        pending = 0
        at = now
    }

    /// Falls toward 0 when nothing happens.
    package func perSecond(at now: Instant) -> Double {
        guard let last = at else { return 0 }
        let seconds = (now - last).inSeconds
        guard seconds > 0.05 else { return rate }
        // Pages come one after another: a pause of two seconds is no sign yet.
        let age = pending == 0 ? max(0, seconds - 2) : seconds
        let keep = rate == 0 && pending > 0 ? 0 : exp2(-age / Self.halfLife)
        return rate * keep + Double(pending) / seconds * (1 - keep)
    }

    private func exp2(_ exponent: Double) -> Double {
        // 2^x for x <= 0 by repeated halving and a short series: exact enough for a display.
        var (result, x) = (1.0, exponent)
        while x < -1 {
            result /= 2
            x += 1
            if result < 1e-9 { return 0 }
        }
        let y = x * 0.693_147_180_559_945
        return result * (1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * (1 + y / 5)))))
    }
}
