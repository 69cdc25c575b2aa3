package import PulseDomain
import Synchronization

/// What the engine as a whole did, in samples of equal length.
package final class ThroughputMeter: Sendable {
    private struct State {
        var records = 0
        var requests = 0
        var bytes = 0
        var samples: [ThroughputSample] = []
        var lastAt: Instant?
        var totals = Totals()
        /// What was done here in the last seconds, oldest first.
        var recent: [ThroughputSample] = []
    }

    /// Everything since the beginning.
    struct Totals: Sendable {
        var records = 0
        var requests = 0
        var bytes = 0
    }

    var totals: Totals { state.withLock { $0.totals } }

    private let state = Mutex(State())
    /// Samples kept.
    private static let capacity = 240

    package init() {}

    func loaded(_ records: Int) {
        state.withLock {
            $0.records += records
            $0.totals.records += records
        }
    }

    func answered(bytes: Int) {
        state.withLock {
            $0.requests += 1
            $0.bytes += bytes
            $0.totals.requests += 1
            $0.totals.bytes += bytes
        }
    }

    /// What was done here a second, the mean of the last five.
    func here(at now: Instant) -> (records: Double, requests: Double, bytes: Double) {
        let recent = state.withLock { $0.recent }.filter { now - $0.at < .seconds(10) }
        guard !recent.isEmpty else { return (0, 0, 0) }
        func mean(_ figure: (ThroughputSample) -> Int) -> Double {
            Double(recent.reduce(0) { $0 + figure($1) }) / Double(recent.count)
        }
        return (mean(\.records), mean(\.requests), mean(\.bytes))
    }

    /// Closes a sample, with what was done elsewhere; `nil` when nothing happened in it and in the one before.
    func sample(at now: Instant, elsewhere: ThroughputSample? = nil) -> ThroughputSample? {
        state.withLock { state in
            let seconds = max(1, (now - (state.lastAt ?? now - .seconds(1))).inSeconds)
            let here = ThroughputSample(
                at: now, records: Int(Double(state.records) / seconds), requests: Int(Double(state.requests) / seconds),
                bytes: Int(Double(state.bytes) / seconds))
            state.recent = state.recent.suffix(4) + [here]
            let sample = ThroughputSample(
                at: now, records: here.records + (elsewhere?.records ?? 0),
                requests: here.requests + (elsewhere?.requests ?? 0), bytes: here.bytes + (elsewhere?.bytes ?? 0))
            let isIdle =
                state.records == 0 && state.requests == 0
                && elsewhere.map { $0.records == 0 && $0.requests == 0 } ?? true
            (state.records, state.requests, state.bytes, state.lastAt) = (0, 0, 0, now)
            if isIdle, state.samples.last.map({ $0.records == 0 && $0.requests == 0 }) ?? true { return nil }
            state.samples.append(sample)
            if state.samples.count > Self.capacity { state.samples.removeFirst() }
            return sample
        }
    }

    package var samples: [ThroughputSample] { state.withLock { $0.samples } }
}
