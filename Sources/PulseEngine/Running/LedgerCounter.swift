package import PulseDomain
import PulseStore
import Synchronization

/// What a walk spent since its last commit.
package final class LedgerCounter: Sendable {
    private let spent = Mutex<[QuotaID: (requests: Int, points: Int)]>([:])
    /// When the walk began.
    let walkStartedAt: Instant

    package init(walkStartedAt: Instant) { self.walkStartedAt = walkStartedAt }

    func add(_ quota: QuotaID, points: Int) {
        spent.withLock { spent in
            spent[quota, default: (0, 0)].requests += 1
            spent[quota, default: (0, 0)].points += points
        }
    }

    func take() -> [LedgerEntry] {
        spent.withLock { spent in
            defer { spent = [:] }
            return spent.sorted { $0.key < $1.key }.map {
                LedgerEntry(quota: $0.key, requests: $0.value.requests, points: $0.value.points)
            }
        }
    }
}
