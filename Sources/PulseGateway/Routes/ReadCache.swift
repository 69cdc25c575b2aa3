import PulseDomain
import Synchronization

/// What consoles and dashboards read again and again, made once for all who ask while nothing happens: they ask together,
/// after every gap.
///
/// An answer holds for a moment only, until the next event, and until a command is given here, so that nobody reads what
/// was before his own command.
final class ReadCache: Sendable {
    /// What nothing tells of (ages, rates) may be so much behind. Engines tell changes ten times a second.
    private static let lifetime = Duration.milliseconds(100)
    /// Beyond, all are made anew: a list has many parts, and addresses can be written in many ways.
    private static let most = 256

    private struct Entry {
        var reply: Reply
        var until: Duration
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Where the events stood when they were read.
        var mark: EventHub.Mark?
        /// Grows with each ``ReadCache/forget()``: what was begun before it is not kept after it.
        var generation = 0
    }

    private let hub: EventHub
    private let time: any TimeSource
    private let state = Mutex(State())

    init(hub: EventHub, time: any TimeSource) {
        self.hub = hub
        self.time = time
    }

    /// The answer to an address, if there is one that still holds.
    func known(_ target: String) -> Reply? {
        let (mark, now) = (hub.mark, time.elapsed)
        return state.withLock { state in
            guard state.mark == mark, let entry = state.entries[target], now < entry.until else { return nil }
            return entry.reply
        }
    }

    /// The answer to an address, made by `body` if there is none that holds. Throws what `body` throws.
    func reply(to target: String, _ body: () async throws -> Reply) async throws -> Reply {
        if let known = known(target) { return known }
        // Before it is read: what happens meanwhile makes it old.
        let (mark, begun) = (hub.mark, time.elapsed)
        let generation = state.withLock(\.generation)
        let reply = try await body().shared
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.mark != mark || state.entries.count >= Self.most { state.entries = [:] }
            state.mark = mark
            state.entries[target] = Entry(reply: reply, until: begun + Self.lifetime)
        }
        return reply
    }

    /// Something is asked of the engine: what was read before says nothing of it.
    func forget() {
        state.withLock { state in
            state.entries = [:]
            state.generation += 1
        }
    }
}
