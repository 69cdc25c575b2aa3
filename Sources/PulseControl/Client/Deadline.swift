import PulseDomain

/// Ends a wait that takes too long.
struct Deadline: Sendable {
    let time: any TimeSource
    let limit: Duration
    /// Whether what was asked may have been done although no answer came.
    let mayHaveHappened: Bool

    /// What `work` returns or throws, or the failure that says it took too long; `work` is cancelled then.
    func within<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await time.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            if case .some(.some(let value)) = try await group.next() { return value }
            let seconds = Int(limit.components.seconds)
            throw ControlError.timedOut(seconds: seconds, mayHaveHappened: mayHaveHappened).failure
        }
    }
}
