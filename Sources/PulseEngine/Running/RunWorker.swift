import PulseConnectors
import PulseDomain
import PulseStore

/// Carries out one claimed run: finds the partitions, walks them side by side, and says how it ended.
struct RunWorker: Sendable {
    let run: StoredRun
    let job: JobDefinition
    let source: EngineSource
    let stream: StreamDescriptor
    let store: any Store
    let time: any TimeSource
    let limits: Limits
    let control: RunControl
    let metrics: RunMetrics
    let fence: Fence
    /// What is spent and not stored yet: commits take it along, the engine stores the rest at the end.
    let ledger: LedgerCounter
    let identities: IdentityCache
    let settings: EngineSettings
    let random: SharedRandom
    let reach: StoreReach
    let skipped: [PartitionKey: Skip]
    let hooks: Hooks

    /// A partition left out by command.
    struct Skip: Sendable {
        var by: Principal
        var reason: String
    }

    /// What the engine hears while the run goes on.
    struct Hooks: Sendable {
        /// Something that screens show has changed.
        var changed: @Sendable () -> Void
        /// Waits began or ended.
        var waits: @Sendable () -> Void
        /// A store that did not answer does again.
        var storeAnswered: @Sendable (_ askedAt: Instant) async -> Void
        var logs: @Sendable (LogLevel, PartitionKey?, String, [LogLine.Fact]) -> Void
        var answered: @Sendable (_ bytes: Int) -> Void
        var loaded: @Sendable (CommitResult) -> Void
    }

    enum Outcome: Sendable {
        /// With the partitions that are suspicious.
        case completed(SuccessFlags, suspicious: [PartitionKey])
        /// Ended between two pages, as it was told to.
        case interrupted
        case failed(Failure)
        /// Another worker holds the run now.
        case fenced
    }

    func perform() async -> Outcome {
        do {
            return try await walkAll()
        } catch is WalkInterrupted {
            return .interrupted
        } catch is CancellationError {
            return .interrupted
        } catch StoreError.fenced {
            return .fenced
        } catch {
            return .failed(Failure(describing: error))
        }
    }

    // MARK: Partitions

    private func walkAll() async throws -> Outcome {
        let client = self.client(for: nil)
        let identity = try await patience.call(for: nil, asking: .source("identity")) { _ in
            try await identities.identity(of: source, through: client)
        }
        for warning in identity.warnings { hooks.logs(.warning, nil, "The source warns.", [.init("warning", warning)]) }
        let descriptors = try await source.connector.partitions(of: stream.id, identity: identity, through: client)
        let checkpoints = try await patience.call(for: nil) { _ in
            try await store.savePartitions(
                descriptors.map { StoredPartition(key: $0.key, title: $0.title, reference: $0.reference) }, of: job.id)
            return try await store.newestCheckpoints(of: job.id)
        }
        try await tellUnlisted(descriptors, checkpoints)
        metrics.setPartitions(
            descriptors.map { descriptor in
                let checkpoint = checkpoints[descriptor.key]
                return PartitionStatus(
                    key: descriptor.key, title: descriptor.title,
                    state: state(of: descriptor.key, checkpoint: checkpoint), checkpoint: checkpoint)
            })
        hooks.changed()
        var pending = descriptors.filter { descriptor in
            skipped[descriptor.key] == nil && !isDone(checkpoints[descriptor.key])
        }
        // What was begun is finished first: page tokens grow old.
        pending.sort { left, right in
            let (isLeft, isRight) = (isBegun(checkpoints[left.key]), isBegun(checkpoints[right.key]))
            return isLeft != isRight ? isLeft : left.key < right.key
        }
        var failures: [PartitionKey: Failure] = [:]
        var isInterrupted = false
        for round in 1...max(1, settings.partitionTries) {
            let results = try await walk(pending, identity: identity)
            // What failed for good in an earlier round stays failed.
            let walked = Set(pending.map(\.key))
            failures = failures.filter { !walked.contains($0.key) }
            failures.merge(results.failures) { _, newest in newest }
            isInterrupted = results.isInterrupted
            pending = pending.filter { failures[$0.key]?.kind.isRetried == true || results.untouched.contains($0.key) }
            if isInterrupted || pending.isEmpty || round == settings.partitionTries { break }
            try await rest(before: round + 1, because: failures)
        }
        if isInterrupted { return .interrupted }
        return outcome(failures: failures, partitions: descriptors.count)
    }

    private func outcome(failures: [PartitionKey: Failure], partitions: Int) -> Outcome {
        var flags: SuccessFlags = []
        let gone = failures.filter { $0.value.kind == .notFound }
        // That everything is gone at once is what a lost login looks like (FACTS §2.20).
        if gone.count == partitions, let (_, failure) = gone.min(by: { $0.key < $1.key }) { return .failed(failure) }
        let serious = failures.filter { $0.value.kind != .notFound }
        if let (key, failure) = serious.min(by: { $0.key < $1.key }) {
            var told = failure
            if serious.count > 1 {
                told.sentence = "\(serious.count) partitions failed, \(key) first: \(failure.sentence)"
            } else if key != .whole {
                told.sentence = "\(key): \(failure.sentence)"
            }
            return .failed(told)
        }
        if !gone.isEmpty || !skipped.isEmpty { flags.insert(.withSkippedPartitions) }
        let snapshot = metrics.snapshot
        if snapshot.counts.quarantined > 0 { flags.insert(.withQuarantine) }
        let suspicious = snapshot.partitions.values.compactMap(\.checkpoint).filter {
            $0.run == run.id && $0.isSuspicious
        }
        if !suspicious.isEmpty { flags.insert(.suspicious) }
        return .completed(flags, suspicious: suspicious.map(\.partition.key).sorted())
    }

    /// A partition that was loaded before and is not listed any more is not walked, which nobody would notice. Told
    /// once, as its project may have been archived on purpose.
    private func tellUnlisted(_ descriptors: [PartitionDescriptor], _ known: [PartitionKey: Checkpoint]) async throws {
        let listed = Set(descriptors.map(\.key))
        let unlisted = known.keys.filter { !listed.contains($0) }.sorted().map(\.rawValue)
        let note = "unlisted:\(job.id)"
        let noted = try await patience.call(for: nil) { _ in try await store.note(note) }
        let told = noted?.split(separator: "\n").map(String.init) ?? []
        guard told != unlisted else { return }
        for key in unlisted where !told.contains(key) {
            hooks.logs(
                .warning, PartitionKey(key), "A partition that was loaded before is not listed any more.",
                [.init("rows", "left as they are")])
        }
        try await patience.call(for: nil, isChange: true) { _ in
            try await store.setNote(note, to: unlisted.isEmpty ? nil : unlisted.joined(separator: "\n"))
        }
    }

    /// Waits before partitions that failed for a passing reason are tried again.
    private func rest(before round: Int, because failures: [PartitionKey: Failure]) async throws {
        guard let failure = failures.values.first(where: { $0.kind.isRetried }) else { return }
        let pause = random.use { settings.backoff.wait(beforeRetry: round + 3, using: &$0) }
        let wait = Wait(
            reason: .backoff(attempt: round), since: time.now, until: time.now + pause, because: failure.sentence)
        for (key, failure) in failures where failure.kind.isRetried { metrics.set(key, .waiting(wait)) }
        hooks.waits()
        if try await time.sleep(until: wait.until, unless: control.interruption) { throw WalkInterrupted() }
    }

    private struct Results: Sendable {
        var failures: [PartitionKey: Failure] = [:]
        var untouched: Set<PartitionKey> = []
        var isInterrupted = false
    }

    private func walk(_ pending: [PartitionDescriptor], identity: SourceIdentity) async throws -> Results {
        try await withThrowingTaskGroup(of: (PartitionKey, Result<PartitionWalk.End, Failure>).self) { group in
            var results = Results()
            var waiting = pending[...]
            func addNext() {
                guard !control.isInterrupted, let descriptor = waiting.popFirst() else { return }
                group.addTask { try await (descriptor.key, walk(descriptor, identity: identity)) }
            }
            for _ in 0..<max(1, job.concurrency) { addNext() }
            while let (key, result) = try await group.next() {
                switch result {
                case .success(.complete): metrics.set(key, .complete)
                case .success(.interrupted):
                    results.isInterrupted = true
                    metrics.set(key, .pending)
                case .failure(let failure):
                    results.failures[key] = failure
                    metrics.set(key, .failed(failure))
                    hooks.logs(
                        .error, key, "A partition failed.",
                        [.init("failure.code", failure.code), .init("failure", failure.sentence)])
                }
                hooks.changed()
                addNext()
            }
            results.untouched = Set(waiting.map(\.key))
            if !waiting.isEmpty { results.isInterrupted = true }
            return results
        }
    }

    /// Failures of one partition are its own; those that concern all (credential, store, fence) end the run.
    private func walk(_ descriptor: PartitionDescriptor, identity: SourceIdentity) async throws
        -> Result<PartitionWalk.End, Failure>
    {
        metrics.set(descriptor.key, .running)
        hooks.changed()
        do {
            var attempt = 1
            while true {
                do {
                    return .success(try await walkOnce(descriptor, identity: identity, attempt: attempt))
                } catch StoreError.superseded where attempt < Self.walkTries {
                    // What was committed last is gone with a server that failed over, or somebody rewound the partition:
                    // the walk goes on from what the store has.
                    attempt += 1
                    hooks.logs(.warning, descriptor.key, "A partition goes on from another checkpoint.", [])
                }
            }
        } catch let failure as Failure {
            switch failure.kind {
            case .unauthorised:
                await identities.forget(source.id)
                throw failure
            case .store, .ours: throw failure
            case .transient, .rateLimited, .notFound, .contractBroken, .pageTooHeavy, .badRecord:
                return .failure(failure)
            }
        } catch is WalkInterrupted {
            return .success(.interrupted)
        }
    }

    /// How often a partition goes on from another checkpoint than it knew within a run.
    private static let walkTries = 10

    private func walkOnce(_ descriptor: PartitionDescriptor, identity: SourceIdentity, attempt: Int) async throws
        -> PartitionWalk.End
    {
        let partition = PartitionID(
            tenant: store.tenant, source: source.id, stream: stream.id, key: descriptor.key)
        let newest = try await patience.call(for: descriptor.key) { _ in
            attempt == 1
                ? try await store.checkpoint(of: partition)
                : try await store.settledCheckpoint(of: partition, run: run.id)
        }
        if attempt > 1 { metrics.fellBack(descriptor.key, to: newest) }
        if isDone(newest) { return .complete }
        var walk = Walk(
            partition: partition, descriptor: descriptor, mode: run.mode, identity: identity,
            watermark: newest?.watermark, pageSize: stream.pageSize, startedAt: run.startedAt ?? run.createdAt,
            correlation: run.correlation)
        let begun = newest.flatMap { isBegun($0) ? $0 : nil }
        if let begun {
            walk.mode = begun.mode
            walk.startedAt = begun.walk?.startedAt ?? walk.startedAt
        } else {
            walk.startedAt = time.now
        }
        if walk.mode == .full { walk.watermark = nil }
        let start =
            try begun?.continued(by: run.id)
            ?? Checkpoint(
                partition: partition, sequence: newest?.sequence ?? 0, run: run.id, mode: run.mode,
                cursor: try source.connector.firstCursor(of: walk),
                watermark: newest?.watermark, pageSize: newest?.pageSize,
                walk: WalkOrigin(number: (newest?.sequence ?? 0) + 1, startedAt: walk.startedAt), savedAt: time.now)
        let partitionWalk = PartitionWalk(
            source: source, stream: stream, store: store, time: time,
            client: client(for: descriptor.key), control: control, metrics: metrics, fence: fence, ledger: ledger,
            settings: settings, patience: patience,
            onCommit: { result in
                hooks.loaded(result)
                hooks.changed()
            })
        return try await partitionWalk.run(walk, from: start)
    }

    // MARK: Checkpoints

    /// Whether an unfinished walk is gone on with: one of this run always; one of an earlier run when it does what this
    /// one is to do, or more.
    private func continues(_ checkpoint: Checkpoint) -> Bool {
        // A census that does not know what it listed so far begins anew.
        if checkpoint.mode == .census, checkpoint.walk == nil { return false }
        if checkpoint.run == run.id { return true }
        switch (run.mode, checkpoint.mode) {
        case (.incremental, .incremental), (.incremental, .full), (.full, .full), (.census, .census): return true
        default: return false
        }
    }

    private func isDone(_ checkpoint: Checkpoint?) -> Bool {
        guard let checkpoint else { return false }
        return checkpoint.run == run.id && checkpoint.isComplete
    }

    private func isBegun(_ checkpoint: Checkpoint?) -> Bool {
        guard let checkpoint else { return false }
        return !checkpoint.isComplete && continues(checkpoint)
    }

    private func state(of key: PartitionKey, checkpoint: Checkpoint?) -> PartitionStatus.State {
        if let skip = skipped[key] { return .skipped(by: skip.by, reason: skip.reason) }
        return isDone(checkpoint) ? .complete : .pending
    }

    private var patience: StorePatience {
        StorePatience(
            time: time, control: control, metrics: metrics, backoff: settings.storeBackoff, random: random,
            reach: reach, told: hooks.waits, answered: hooks.storeAnswered)
    }

    private func client(for key: PartitionKey?) -> GatedClient {
        let ledger = ledger
        return GatedClient(
            source: source, limits: limits, control: control, time: time, correlation: run.correlation,
            random: random,
            observer: GatedClient.Observer(
                waits: { wait in
                    if let key {
                        metrics.set(key, wait.map { .waiting($0) } ?? .running)
                    } else {
                        metrics.setPreparation(wait)
                    }
                    hooks.waits()
                },
                asks: { endpoint in
                    let call = metrics.ask(.source(endpoint), for: key, at: time.now)
                    return { metrics.answered(call) }
                },
                sent: { ledger.add($0, points: $1) },
                answered: { _, points, bytes in
                    metrics.answered(points: points, bytes: bytes)
                    hooks.answered(bytes)
                },
                logs: { hooks.logs($0, key, $1, $2) }),
            patience: patience, partition: key, backoff: settings.backoff, tries: settings.requestTries)
    }
}

extension Checkpoint {
    /// The same position, gone on with by another run: counts are of the walk and stay.
    func continued(by run: RunID) -> Checkpoint {
        var copy = self
        copy.run = run
        return copy
    }
}

extension Failure {
    /// Any error as a failure: whatever is not foreseen is a mistake of ours.
    package init(describing error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as StoreError:
            self.init(.store, code: error.code, error.sentence, remedy: error.remedy)
        default:
            self.init(
                .ours, code: "engine.unexpected", "Something unexpected happened: \(error).",
                remedy: "Please report it, with the log around this time.")
        }
    }
}
