import Synchronization

/// A result that one task waits for and that whoever comes first provides; later ones are ignored.
final class OneShot<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, HTTPError>

    private enum State {
        case pending
        case awaited(CheckedContinuation<Outcome, Never>)
        case resolved(Outcome)
        case finished
    }

    private let state = Mutex(State.pending)

    /// Waits for the result. `begin` runs once the waiting is arranged, and not at all when there is a result already.
    func value(begin: () -> Void) async -> Outcome {
        await withCheckedContinuation { continuation in
            let early: Outcome? = state.withLock { state in
                switch state {
                case .pending:
                    state = .awaited(continuation)
                    return nil
                case .resolved(let outcome):
                    state = .finished
                    return outcome
                case .awaited, .finished:
                    preconditionFailure("the result of an exchange is awaited once")
                }
            }
            if let early {
                continuation.resume(returning: early)
            } else {
                begin()
            }
        }
    }

    /// Provides the result.
    ///
    /// - Returns: whether it was the first.
    @discardableResult
    func resolve(_ outcome: Outcome) -> Bool {
        let (isFirst, waiting): (Bool, CheckedContinuation<Outcome, Never>?) = state.withLock { state in
            switch state {
            case .pending:
                state = .resolved(outcome)
                return (true, nil)
            case .awaited(let continuation):
                state = .finished
                return (true, continuation)
            case .resolved, .finished:
                return (false, nil)
            }
        }
        waiting?.resume(returning: outcome)
        return isFirst
    }

    /// Whether there is no result yet.
    var isPending: Bool {
        state.withLock { state in
            switch state {
            case .pending, .awaited: true
            case .resolved, .finished: false
            }
        }
    }
}
