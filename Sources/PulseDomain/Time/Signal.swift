import Synchronization

/// A flag that tasks can wait for. Once raised it stays raised until it is lowered.
package final class Signal: Sendable {
    private struct State {
        var isRaised = false
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    package init() {}

    package var isRaised: Bool { state.withLock { $0.isRaised } }

    package func raise() {
        let waiters = state.withLock { state in
            state.isRaised = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    package func lower() { state.withLock { $0.isRaised = false } }

    /// Returns as soon as the flag is raised. Throws `CancellationError` when the task is cancelled.
    package func wait() async throws {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(waiter) != nil { return .failure(CancellationError()) }
                    if state.isRaised { return .success(()) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                let continuation = state.waiters.removeValue(forKey: waiter)
                // The wait may not have begun; it finds the mark when it does.
                if continuation == nil { state.cancelled.insert(waiter) }
                return continuation
            }
            continuation?.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(waiter) }
    }
}

extension TimeSource {
    /// Sleeps until `instant` (for ever when `nil`) unless `signal` is raised before; whether it was raised.
    package func sleep(until instant: Instant?, unless signal: Signal) async throws -> Bool {
        if signal.isRaised { return true }
        guard let instant else {
            try await signal.wait()
            return true
        }
        return try await sleep(for: instant - now, unless: signal)
    }

    /// Sleeps for `duration` unless one of `signals` is raised before; whether one was.
    package func sleep(for duration: Duration, unless signals: Signal...) async throws -> Bool {
        if signals.contains(where: \.isRaised) { return true }
        guard duration > .zero else {
            try Task.checkCancellation()
            return false
        }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.sleep(for: duration)
                return false
            }
            for signal in signals {
                group.addTask {
                    try await signal.wait()
                    return true
                }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
    }
}
