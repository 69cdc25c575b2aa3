import PulseDomain
import Synchronization

/// Brings events from tasks to the thread of the console.
final class EventMailbox: Sendable {
    private struct Contents {
        var events: [ConsoleEvent] = []
        /// While a draw is due anyway, waking the thread would only cost.
        var isQuiet = false
    }

    private let contents = Mutex(Contents())
    private let wake: @Sendable () -> Void

    /// `wake` makes the console's thread look; it is called without a lock held.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func post(_ event: ConsoleEvent) {
        let wakes = contents.withLock { contents in
            let wasEmpty = contents.events.isEmpty
            if case .happened(let new) = event, case .happened(var known) = contents.events.last {
                contents.events.removeLast()
                known += new
                contents.events.append(.happened(known))
            } else {
                contents.events.append(event)
            }
            return wasEmpty && !contents.isQuiet
        }
        if wakes { wake() }
    }

    /// Everything that came, in order.
    func take() -> [ConsoleEvent] {
        contents.withLock { contents in
            defer { contents.events = [] }
            return contents.events
        }
    }

    /// Whether the thread will look by itself soon. What came since it last took, while it was going to look anyway, is
    /// waiting unseen when that is over: the thread is woken for it.
    func setQuiet(_ isQuiet: Bool) {
        let wakes = contents.withLock { contents in
            defer { contents.isQuiet = isQuiet }
            return contents.isQuiet && !isQuiet && !contents.events.isEmpty
        }
        if wakes { wake() }
    }
}
