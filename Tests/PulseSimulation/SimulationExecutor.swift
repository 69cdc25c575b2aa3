import Foundation
package import PulseDomain
import Synchronization

/// Runs asynchronous code on one thread, one job after the other, against a clock that jumps to the next timer when
/// nothing else is left to do. Months pass in seconds, and the same program gives the same run.
///
/// Everything under test has to stay on it: no detached tasks, no other executors, no real sleeping. When nothing is
/// left to run and no timer is set, the program hangs, and ``run(_:)`` says so instead of waiting.
package final class SimulationExecutor: TaskExecutor, TimeSource {
    private struct Timer {
        var at: Int64
        var order: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var elapsed: Int64 = 0
        /// What the wall clock is ahead of `elapsed`; changed by ``jump(by:)``.
        var wall: Int64
        var timers: [Int: Timer] = [:]
        var order = 0
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>

    package init(startingAt start: Instant) { state = Mutex(State(wall: start.microseconds)) }

    // MARK: Time

    package var now: Instant { state.withLock { Instant(microseconds: $0.wall + $0.elapsed) } }
    package var elapsed: Duration { state.withLock { .microseconds($0.elapsed) } }

    /// Sets the wall clock forward or back, as a person or NTP does. Timers stay where they are.
    package func jump(by duration: Duration) { state.withLock { $0.wall += duration.inMicroseconds } }

    package func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let id = state.withLock { state in
            state.order += 1
            return state.order
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.timers[id] = Timer(
                        at: state.elapsed + max(1, duration.inMicroseconds), order: id, continuation: continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let timer = state.withLock { state in
                let timer = state.timers.removeValue(forKey: id)
                if timer == nil { state.cancelled.insert(id) }
                return timer
            }
            timer?.continuation.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(id) }
    }

    // MARK: Jobs

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Nothing is left to run although the program has not ended.
    package struct Stuck: Error, CustomStringConvertible {
        package let at: Instant
        package var description: String { "nothing is left to run and no timer is set at \(at)" }
    }

    /// Runs `body` to its end on a thread of its own: callers' threads are shared by all tests, and a simulation needs one
    /// for as long as it lasts.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let outcome = Outcome<Value>()
        // Begun here, so that it belongs to the caller's test.
        let task = Task(executorPreference: self) {
            do {
                outcome.set(.success(try await body()))
            } catch {
                outcome.set(.failure(error))
            }
        }
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { [self] in continuation.resume(with: drive(task, to: outcome)) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func drive<Value>(_ task: Task<Void, Never>, to outcome: Outcome<Value>) -> Result<Value, any Error> {
        while true {
            drain()
            if let result = outcome.result { return result }
            guard fireNextTimer() else {
                task.cancel()
                drain()
                return .failure(Stuck(at: now))
            }
        }
    }

    private final class Outcome<Value: Sendable>: Sendable {
        private let state = Mutex<Result<Value, any Error>?>(nil)

        var result: Result<Value, any Error>? { state.withLock { $0 } }
        func set(_ result: Result<Value, any Error>) { state.withLock { $0 = result } }
    }

    private func drain() {
        while true {
            let job = state.withLock { state -> UnownedJob? in
                guard state.head < state.jobs.count else {
                    state.jobs.removeAll(keepingCapacity: true)
                    state.head = 0
                    return nil
                }
                state.head += 1
                return state.jobs[state.head - 1]
            }
            guard let job else { return }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Moves the clock to the earliest timer and fires all that are due then; `false` when none is set.
    private func fireNextTimer() -> Bool {
        let due = state.withLock { state -> [Timer] in
            guard let at = state.timers.values.map(\.at).min() else { return [] }
            state.elapsed = max(state.elapsed, at)
            let due = state.timers.values.filter { $0.at <= state.elapsed }.sorted {
                ($0.at, $0.order) < ($1.at, $1.order)
            }
            for timer in due { state.timers[timer.order] = nil }
            return due
        }
        for timer in due { timer.continuation.resume() }
        return !due.isEmpty
    }
}
