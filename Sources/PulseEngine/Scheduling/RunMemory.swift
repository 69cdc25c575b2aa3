import Foundation
import PulseDomain
import PulseStore

/// What an engine has promised about a job's present run beside what the store's own record says of it: kept, so that
/// a restart takes nothing back.
struct RunMemory: Codable, Sendable, Equatable {
    struct Skipped: Codable, Sendable, Equatable {
        var key: PartitionKey
        var by: Principal
        var reason: String
    }

    var run: RunID
    /// Failures in a row without progress between them.
    var failures = 0
    var countsAtFailure = 0
    /// When the failed run is taken up again by itself.
    var retriesAt: Instant?
    /// Partitions left out by command.
    var skipped: [Skipped] = []
    /// Where the time of its attempts went; `nil` in what an older Pulse wrote.
    var stages: [StageStatus]?
    /// That it was taken from an engine that fell silent; `nil` otherwise.
    var takeOver: TakeOver?
    /// The engine that ended and left it to others; `nil` while one has it.
    var handedOverBy: String?

    init(run: RunID, of entry: JobEntry) {
        self.run = run
        failures = entry.failures
        countsAtFailure = entry.countsAtFailure
        retriesAt = entry.retriesAt
        skipped = entry.skipped.sorted { $0.key < $1.key }.map {
            Skipped(key: $0.key, by: $0.value.by, reason: $0.value.reason)
        }
        stages = entry.stages
        takeOver = entry.takeOver
        handedOverBy = entry.handedOverBy
    }

    static func note(_ job: JobID) -> String { "run:\(job)" }
}

extension Engine {
    /// Keeps what is promised about the run of `job`, with `change` made to it; the engine's own memory stays as it is.
    func remember(_ job: JobID, _ change: (inout RunMemory) -> Void = { _ in }) async throws {
        guard let entry = entries[job], let run = entry.run else { return }
        var memory = RunMemory(run: run.id, of: entry)
        change(&memory)
        let json = String(decoding: try JSONEncoder().encode(memory), as: UTF8.self)
        try await store.setNote(RunMemory.note(job), to: json)
    }

    /// Takes up what an earlier process, or another one, promised about the job's present run.
    func recall(_ id: JobID) async throws {
        let json = try await store.note(RunMemory.note(id))
        guard let run = entries[id]?.run else { return }
        // What cannot be read was written by another Pulse, and is derived as if it were not there.
        let memory = json.flatMap { try? JSONDecoder().decode(RunMemory.self, from: Data($0.utf8)) }
        if let memory, memory.run == run.id {
            entries[id]?.earlierStages = memory.stages ?? []
            entries[id]?.takeOver = memory.takeOver
            entries[id]?.handedOverBy = memory.handedOverBy
            entries[id]?.failures = memory.failures
            entries[id]?.countsAtFailure = memory.countsAtFailure
            entries[id]?.skipped = Dictionary(
                memory.skipped.map { ($0.key, RunWorker.Skip(by: $0.by, reason: $0.reason)) },
                uniquingKeysWith: { _, newest in newest })
            if run.state.name == .failed { entries[id]?.retriesAt = memory.retriesAt }
        } else if case .failed(let failure) = run.state {
            // The process ended between the failure and its note.
            let failures = max(0, run.attempts - 1)
            entries[id]?.failures = failures + 1
            entries[id]?.countsAtFailure = run.counts.extracted
            entries[id]?.retriesAt = nextRetry(after: failure, failures: failures, from: run.stateSince)
        }
    }

    /// When a run that failed is taken up again by itself, after `failures` others without progress between them;
    /// `nil`: a person is needed.
    func nextRetry(after failure: Failure, failures: Int, from now: Instant) -> Instant? {
        guard failure.kind.isRetried || failure.mayPassWithTheStore, let last = settings.runRetries.last else {
            return nil
        }
        guard failures < settings.runRetries.count || failure.passesWithTheStore else { return nil }
        if let stated = failure.retryAt { return max(stated, now) }
        let wait = failures < settings.runRetries.count ? settings.runRetries[failures] : last
        return now + wait * random.use { Double.random(in: 0.8...1.2, using: &$0) }
    }

    /// The store takes what is written again: runs that ended because it did not are taken up now.
    func storeWorksAgain() {
        let now = time.now
        let waiting = entries.ids {
            guard case .failed(let failure)? = $0.run?.state, let retriesAt = $0.retriesAt else { return false }
            return failure.passesWithTheStore && retriesAt > now
        }
        for id in waiting {
            entries[id]?.retriesAt = now
            dirtyJobs.insert(id)
            wake.raise()
        }
    }
}

extension Failure {
    /// A state of the store that passes when somebody makes room, lets go of the file or mends the disk. Tried again for
    /// as long as it takes: that a run could be marked as failed shows that something works already.
    var passesWithTheStore: Bool {
        [
            "store.full", "store.locked", "store.unavailable", "store.unreachable", "store.disk_error", "store.removed",
            "store.read_only", "store.forbidden", "store.damaged",
        ].contains(code)
    }

    /// Also what the database said without us knowing what it means: tried again some times.
    var mayPassWithTheStore: Bool { passesWithTheStore || code == "store.database" }
}
