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
    }

    private let state = Mutex(State())
    /// Samples kept.
    private static let capacity = 240

    package init() {}

    func loaded(_ records: Int) { state.withLock { $0.records += records } }

    func answered(bytes: Int) {
        state.withLock {
            $0.requests += 1
            $0.bytes += bytes
        }
    }

    /// Closes a sample; `nil` when nothing happened in it and in the one before.
    func sample(at now: Instant) -> ThroughputSample? {
        state.withLock { state in
            let seconds = max(1, (now - (state.lastAt ?? now - .seconds(1))).inSeconds)
            let sample = ThroughputSample(
                at: now, records: Int(Double(state.records) / seconds), requests: Int(Double(state.requests) / seconds),
                bytes: Int(Double(state.bytes) / seconds))
            let isIdle = state.records == 0 && state.requests == 0
            (state.records, state.requests, state.bytes, state.lastAt) = (0, 0, 0, now)
            if isIdle, state.samples.last.map({ $0.records == 0 && $0.requests == 0 }) ?? true { return nil }
            state.samples.append(sample)
            if state.samples.count > Self.capacity { state.samples.removeFirst() }
            return sample
        }
    }

    package var samples: [ThroughputSample] { state.withLock { $0.samples } }
}
