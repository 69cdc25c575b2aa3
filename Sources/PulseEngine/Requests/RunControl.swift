package import PulseDomain
import Synchronization

/// What a run's worker is told to do. Walks look at it between pages and while they wait.
package final class RunControl: Sendable {
    package enum Order: Sendable, Hashable {
        case go
        /// End at the next page boundary; what was fetched is committed.
        case pause
        /// Give up the request that is under way; what was fetched is committed.
        case stop
    }

    private let order = Mutex(Order.go)
    /// Raised when the walk is to end at the next boundary.
    package let interruption = Signal()
    /// Raised when even the request under way is to be given up.
    package let abort = Signal()

    package init() {}

    package var isInterrupted: Bool { interruption.isRaised }

    package func give(_ new: Order) {
        order.withLock { $0 = new }
        switch new {
        case .go:
            interruption.lower()
            abort.lower()
        case .pause:
            interruption.raise()
        case .stop:
            interruption.raise()
            abort.raise()
        }
    }
}

/// The walk was told to end: not a failure.
package struct WalkInterrupted: Error {}
