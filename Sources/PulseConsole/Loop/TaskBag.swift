import Synchronization

/// Tasks that end with their owner.
final class TaskBag: Sendable {
    private struct Contents {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
        var isClosed = false
    }

    private let contents = Mutex(Contents())

    /// Starts a task; not any more once the bag was cancelled.
    func start(_ work: @escaping @Sendable () async -> Void) {
        contents.withLock { contents in
            guard !contents.isClosed else { return }
            let number = contents.next
            contents.next += 1
            // The task cannot remove itself before it was added: both need the lock.
            contents.tasks[number] = Task.detached {
                await work()
                self.contents.withLock { _ = $0.tasks.removeValue(forKey: number) }
            }
        }
    }

    /// Cancels all tasks and takes no more.
    func cancel() {
        let tasks = contents.withLock { contents in
            defer {
                contents.tasks = [:]
                contents.isClosed = true
            }
            return Array(contents.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}
