import PulseDomain
import Synchronization

/// Whether the store answers, as all know it who wait for it: the engine says so, its workers hear of it.
final class StoreReach: Sendable {
    private let state = Mutex((isAway: false, returned: Signal()))

    /// Whether the last that is known is that it does not answer.
    var isAway: Bool { state.withLock { $0.isAway } }

    /// Raised when the store answers after it did not, for good: taken before a question it tells whether the store came
    /// back since, and ends the wait for another try.
    var returned: Signal { state.withLock { $0.returned } }

    func leave() { state.withLock { $0.isAway = true } }

    /// Whoever waits for it tries at once.
    func comeBack() {
        let returned = state.withLock { state in
            defer { state = (false, Signal()) }
            return state.returned
        }
        returned.raise()
    }
}
