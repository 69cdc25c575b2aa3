package import PulseDomain
import PulseStore

/// A run whose end the store did not take while its engine ended: in the store it is still that engine's.
package struct LeftRun: Sendable, Hashable {
    package var job: JobID
    package var run: RunID
    /// When other engines may take it over; `nil` where the next start does it at once.
    package var takenOverAt: Instant?
    /// Why the store did not take it.
    package var because: String
}

extension Engine {
    /// The log of this engine alone, as it happens: also while the store does not take it. Ends with ``endLog()``.
    package nonisolated func log() -> AsyncStream<LogLine> { logs.follow() }

    /// To be called when ``run(untilIdle:)`` has returned for good.
    package nonisolated func endLog() { logs.end() }

    /// The jobs that have a worker here.
    package var jobsUnderWay: [JobID] { working }

    /// What the engine waits for before it can end, the longest wait first: phrases that follow "waiting for".
    package func awaited(at now: Instant) -> [String] {
        var found: [(since: Instant, text: String)] = []
        for id in working {
            // What was asked last for a partition is what it waits for; what was asked before waits for that.
            let unanswered = entries[id]?.worker?.metrics.unanswered ?? []
            let last = Dictionary(unanswered.map { ($0.partition, $0) }) { _, newer in newer }
            for asked in last.values {
                let place = [id.rawValue, asked.partition.map(\.rawValue)].compactMap { $0 }.joined(separator: " ")
                let seconds = max(0, Int((now - asked.since).inSeconds))
                let whom =
                    switch asked.whom {
                    case .source(let endpoint): "the answer of \(id.source) to \(endpoint)"
                    case .store: "the store"
                    }
                found.append((asked.since, "\(whom) (\(place), \(seconds) s)"))
            }
        }
        if found.isEmpty {
            return working.isEmpty ? ["the store, which is told of the end"] : working.map { "the run of \($0)" }
        }
        return found.sorted { ($0.since, $0.text) < ($1.since, $1.text) }.map(\.text)
    }

    /// Notes a run that nobody is told of: it stays this engine's until its lease is over.
    func leave(_ job: JobID, because error: any Error) {
        guard let run = entries[job]?.run else { return }
        let renewed = heartbeatAt.map { $0 + settings.lease }
        let lease = [run.leaseUntil, renewed].compactMap { $0 }.max()
        leftRuns.append(
            LeftRun(
                job: job, run: run.id, takenOverAt: store.sharing == nil ? nil : lease,
                because: Failure(describing: error).sentence))
    }
}
