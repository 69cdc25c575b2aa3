import Dispatch
import Foundation
import Synchronization

/// A thread that runs what it is given, in order: libpq waits, and no thread that others need may wait for it.
final class ConnectionThread: Sendable {
    private typealias Job = @Sendable () -> Void
    private struct State {
        var jobs: [Job] = []
        var isEnded = false
    }
    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)

    init(name: String) {
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.start()
    }

    func run(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        arrived.signal()
    }

    /// Ends the thread after what it was given before.
    func end() {
        state.withLock { $0.isEnded = true }
        arrived.signal()
    }

    private func run() {
        while true {
            arrived.wait()
            let (job, isEnded): (Job?, Bool) = state.withLock { state in
                (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isEnded)
            }
            if let job { job() } else if isEnded { return }
        }
    }
}
