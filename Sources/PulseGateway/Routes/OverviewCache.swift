import PulseAPI
import PulseDomain
import Synchronization

/// The overview as it is sent, made once for all who ask while nothing happens: consoles ask together, after every gap.
///
/// It holds for a moment only, until the next event, and until a command is given here, so that nobody reads what was
/// before his own command.
final class OverviewCache: Sendable {
    /// What nothing tells of (ages, rates) may be so much behind. Engines tell changes ten times a second.
    private static let lifetime = Duration.milliseconds(100)

    private struct State {
        var reply: Reply?
        var mark: EventHub.Mark?
        var until: Duration = .zero
        /// Grows with each ``OverviewCache/forget()``: what was begun before it is not kept after it.
        var generation = 0
    }

    private let operations: any Operations
    private let hub: EventHub
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ operations: any Operations, hub: EventHub, time: any TimeSource) {
        self.operations = operations
        self.hub = hub
        self.time = time
    }

    /// Tagged by everything but its moment, which is new each time. Throws `Failure`.
    func reply() async throws -> Reply {
        // Before it is read: what happens meanwhile makes it old.
        let mark = hub.mark
        let (known, generation) = state.withLock { state in
            (state.mark == mark && time.elapsed < state.until ? state.reply : nil, state.generation)
        }
        if let known { return known }
        let begun = time.elapsed
        let bytes = try await operations.overview().json
        // The moment is the first member, and has no comma.
        let timeless = bytes.firstIndex(of: UInt8(ascii: ",")).map { bytes[$0...] } ?? bytes[...]
        let reply = Reply(status: 200, content: .bytes(bytes, mediaType: "application/json")).tagged(by: timeless)
        state.withLock { state in
            guard state.generation == generation else { return }
            (state.reply, state.mark, state.until) = (reply, mark, begun + Self.lifetime)
        }
        return reply
    }

    /// Something is asked of the engine: what was read before says nothing of it.
    func forget() {
        state.withLock { state in
            state.reply = nil
            state.generation += 1
        }
    }
}
