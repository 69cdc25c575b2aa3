import PulseDomain
import PulseStore
import Synchronization

/// What a run spent and no transaction has kept yet. Each request is in it until it is in the store.
final class LedgerCounter: Sendable {
    private let spent = Mutex<[QuotaID: (requests: Int, points: Int)]>([:])

    init() {}

    func add(_ quota: QuotaID, points: Int) {
        spent.withLock { spent in
            spent[quota, default: (0, 0)].requests += 1
            spent[quota, default: (0, 0)].points += points
        }
    }

    /// What is to be stored now. ``giveBack(_:)`` has to follow when that fails.
    func take() -> [LedgerEntry] {
        spent.withLock { spent in
            defer { spent = [:] }
            return spent.sorted { $0.key < $1.key }.map {
                LedgerEntry(quota: $0.key, requests: $0.value.requests, points: $0.value.points)
            }
        }
    }

    /// The store did not take it.
    func giveBack(_ entries: [LedgerEntry]) {
        spent.withLock { spent in
            for entry in entries {
                spent[entry.quota, default: (0, 0)].requests += entry.requests
                spent[entry.quota, default: (0, 0)].points += entry.points
            }
        }
    }
}
