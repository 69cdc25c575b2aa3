import Synchronization

/// Tasks that end with their owner.
final class TaskBag: Sendable {
    private struct Contents {
        var tasks: [Int: Task<Void, Never>] = [:]
        var next = 0
        var isClosed = false
    }

    /// Where at most one task is: the next one cancels the one before.
    final class Place: Sendable {
        fileprivate let present = Mutex<Int?>(nil)
    }

    private let contents = Mutex(Contents())

    /// Starts a task; not any more once the bag was cancelled.
    func start(at place: Place? = nil, _ work: @escaping @Sendable () async -> Void) {
        contents.withLock { contents in
            guard !contents.isClosed else { return }
            let number = contents.next
            contents.next += 1
            let former = place?.present.withLock { present in
                defer { present = number }
                return present
            }
            if let former { contents.tasks[former]?.cancel() }
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
