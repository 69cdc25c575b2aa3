import PulseDomain
import Synchronization

/// Something took longer than it may.
struct DeadlinePassed: Error {}

/// Ends what takes longer than it may. One timer serves all: nearly everything is over long before its end, and a timer
/// for each would cost more than most of the work.
final class Deadlines: Sendable {
    private struct Watch {
        var end: Duration
        var cancel: @Sendable () -> Void
    }

    private struct State {
        var watches: [Int: Watch] = [:]
        var next = 0
        var timer: Task<Void, Never>?
        /// When the timer looks.
        var looksAt: Duration?
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(time: any TimeSource) { self.time = time }

    deinit { state.withLock { $0.timer }?.cancel() }

    /// `body`, or ``DeadlinePassed`` when it takes longer; it is cancelled then, or with the caller, and waited for.
    func within<Value: Sendable>(
        _ patience: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let end = time.elapsed + patience
        // Begun here: what is over without waiting needs no other thread.
        let task = Task.immediate { try await body() }
        let number = watch(until: end) { task.cancel() }
        let outcome = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        let isInTime = state.withLock { $0.watches.removeValue(forKey: number) != nil }
        if !isInTime, case .failure = outcome { throw DeadlinePassed() }
        return try outcome.get()
    }

    private func watch(until end: Duration, _ cancel: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.next += 1
            state.watches[state.next] = Watch(end: end, cancel: cancel)
            if state.looksAt.map({ end < $0 }) ?? true { look(&state, at: end) }
            return state.next
        }
    }

    private func look(_ state: inout State, at end: Duration) {
        state.timer?.cancel()
        state.looksAt = end
        let wait = end - time.elapsed
        // Nothing holds it but its owner: with that it goes.
        state.timer = Task { [weak self, time] in
            guard (try? await time.sleep(for: wait)) != nil else { return }
            self?.look()
        }
    }

    /// Ends what is overdue, and looks again when the next one would be.
    private func look() {
        let now = time.elapsed
        let overdue = state.withLock { state in
            let overdue = state.watches.filter { $0.value.end <= now }
            for number in overdue.keys { state.watches[number] = nil }
            state.looksAt = nil
            if let next = state.watches.values.map(\.end).min() { look(&state, at: next) }
            return overdue.values.map(\.cancel)
        }
        for cancel in overdue { cancel() }
    }
}
