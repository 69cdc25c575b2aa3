import PulseConnectors
import PulseDomain
import PulseStore

/// A job as the engine holds it in memory.
struct JobEntry: Sendable {
    var definition: JobDefinition
    let source: EngineSource
    let stream: StreamDescriptor
    let schedule: Schedule?
    let census: Schedule?
    var hold: Hold?
    /// The present run, or the last one.
    var run: StoredRun?
    /// A run is being added: no second one may be.
    var isAdding = false
    /// When the newest census was begun; `nil` when none ever was.
    var lastCensusAt: Instant?
    var nextRunAt: Instant?
    var nextCensusAt: Instant?
    /// A run that was due while another was under way, with the policy `queue`.
    var queued: Queued?
    struct Queued: Sendable {
        var mode: RunMode
        var due: Instant
    }
    var lastSuccessAt: Instant?
    var lastSuccessExtracted: Int?
    /// Partitions of the last run that answered with too little (invariant 8).
    var suspicious: [PartitionKey] = []
    /// Due runs that were left out since a run is under way, and the first of them.
    var leftOut: LeftOut?
    var quarantined = 0
    var retriesAt: Instant?
    /// Failures in a row without progress between them.
    var failures = 0
    var countsAtFailure = 0
    var queuedBecause: Wait?
    var skipped: [PartitionKey: RunWorker.Skip] = [:]
    var history: [Double] = []
    /// Quarantined an hour ago and when that was, for the alert about growth.
    var quarantinedBefore = 0
    var quarantineLookedAt: Instant?
    /// The mark of a run whose addition failed, and which may be in the store all the same.
    var unsureRun: CorrelationID?
    /// A run that was claimed, and whose worker could not begin yet because the store failed between.
    var claim: Fence?
    var worker: ActiveWorker?
    /// Kept of the last worker, for the job's own screen.
    var lastMetrics: RunMetrics?
    /// The stages of the present run's attempts in an earlier process.
    var earlierStages: [StageStatus] = []

    /// What another engine that works on the run told of it last.
    var told: ToldRun?
    /// What is known of the other engine that holds the run.
    var holder: HolderSeen?
    /// That the present run was taken over.
    var takeOver: TakeOver?
    /// The engine that ended and handed the present run over; `nil` where none did, or one has it.
    var handedOverBy: String?

    struct LeftOut: Sendable {
        var count: Int
        var since: Instant
    }

    struct ActiveWorker: Sendable {
        var control: RunControl
        var metrics: RunMetrics
        var fence: Fence
    }

    var id: JobID { definition.id }
    var isOpen: Bool { run.map { !$0.state.name.isFinal } ?? false }

    func status(at now: Instant) -> JobStatus {
        JobStatus(
            definition: definition, hold: hold, run: run.map { runStatus($0, at: now) },
            nextRunAt: [nextRunAt, nextCensusAt].compactMap { $0 }.min(), lastSuccessAt: lastSuccessAt,
            retriesAt: retriesAt, quarantined: quarantined, history: history)
    }

    /// Records a second at this moment; `nil` where that is not known: another engine works on it and has not told, or
    /// is silent.
    func ratePerSecond(at now: Instant) -> Double? {
        if let worker { return worker.metrics.snapshot.rate.perSecond(at: now) }
        guard let told, told.report.run == run?.id, run?.state.name.isHeld == true, holder?.isSilent(at: now) != true
        else {
            return nil
        }
        return told.report.ratePerSecond
    }

    private func runStatus(_ run: StoredRun, at now: Instant) -> RunStatus {
        let live = (worker?.metrics ?? lastMetrics)?.snapshot
        let isElsewhere = worker == nil && run.state.name.isHeld
        // A worker whose run is over still looks after what it leaves.
        let isRunning = worker != nil && !run.state.name.isFinal
        let rate = isRunning ? live?.rate.perSecond(at: now) ?? 0 : 0
        var status = RunStatus(run)
        if let live {
            (status.counts, status.requests) = (live.counts, live.requests)
            status.progress = Progress(live, of: run.id)
        }
        status.isElsewhere = isElsewhere
        status.ratePerSecond = isElsewhere ? nil : rate
        if isElsewhere {
            let isSilent = holder?.isSilent(at: now) ?? false
            if isSilent { status.takenOverAt = holder?.leaseUntil }
            if let told, told.report.run == run.id {
                (status.progress, status.toldAt) = (told.report.progress, told.at)
                if let extracted = told.report.extracted {
                    // The store knows what was committed since.
                    status.progress.goOn(by: status.counts.extracted - extracted)
                }
                if !isSilent {
                    (status.ratePerSecond, status.endsAt) = (told.report.ratePerSecond, told.report.endsAt)
                }
            }
        }
        if run.state.name == .queued { status.queuedBecause = queuedBecause }
        if isRunning, let expected = status.progress.expected, rate > 0.01 {
            let seconds = Double(max(0, expected - status.progress.done)) / rate
            let end = now + .microseconds(Int64(min(seconds, 3e6) * 1e6))
            status.endsAt = if case .waiting(let wait) = run.state { max(end, wait.until) } else { end }
        }
        return status
    }

    /// Where the partitions of the present (or last) run stand.
    func partitions(at now: Instant) -> [PartitionStatus] {
        guard let live = (worker?.metrics ?? lastMetrics)?.snapshot else { return [] }
        let storeWaits = Dictionary(
            live.storeWaits.values.compactMap { wait in wait.partition.map { ($0, wait.wait) } }
        ) { $0.until < $1.until ? $0 : $1 }
        return live.order.compactMap { key in
            guard var partition = live.partitions[key] else { return nil }
            if let wait = storeWaits[key] { partition.state = .waiting(wait) }
            if worker != nil { partition.ratePerSecond = live.rates[key]?.perSecond(at: now) ?? 0 }
            return partition
        }
    }

    /// What passed the stages in the present (or last) run, as its counts tell it.
    var stages: [StageStatus] {
        if let live = (worker?.metrics ?? lastMetrics)?.snapshot { return live.stages }
        if let told, told.report.run == run?.id {
            // Its records are those of the run's counts, so that both tell of one moment.
            return StageStatus.all(of: run?.counts ?? RecordCounts(), earlier: told.report.stages)
        }
        return StageStatus.all(of: run?.counts ?? RecordCounts(), earlier: earlierStages)
    }
}

extension RunStatus {
    /// As the store knows the run.
    init(_ run: StoredRun) {
        self.init(
            id: run.id, state: run.state, mode: run.mode, startedBy: run.by, createdAt: run.createdAt,
            startedAt: run.startedAt, endedAt: run.endedAt, stateSince: run.stateSince, counts: run.counts,
            progress: Progress(done: run.counts.extracted), requests: run.requests, attempts: run.attempts,
            correlation: run.correlation)
        if run.state.name.isHeld { engine = run.holder }
        reason = run.reason
    }
}
