import PulseDomain
import Synchronization

/// What users may do now, remembered for some seconds: so long after it, at most, a user is still let in who was
/// disabled, removed or logged out by another process. What this process does itself takes effect at once.
final class Standings: Sendable {
    struct Standing: Sendable, Hashable {
        var roles: [TenantID: Role]
        var mustChangePassword: Bool
    }

    private struct Key: Hashable {
        var user: String
        var family: String?
    }

    private struct Memory {
        /// `nil`: not to be let in.
        var standing: Standing?
        var until: Duration
    }

    private struct State {
        var memories: [Key: Memory] = [:]
        /// Grows with each ``Standings/forget()``: what was read before it is not remembered after it.
        var generation = 0
    }

    static let memory = Duration.seconds(5)
    private static let most = 20_000

    private let store: any AccountStore
    private let time: any TimeSource
    private let state = Mutex(State())

    init(store: any AccountStore, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    /// `nil` when the user is gone or disabled, or the family has ended.
    func standing(of user: String, family: String?) async throws -> Standing? {
        let key = Key(user: user, family: family)
        let (known, generation) = state.withLock { ($0.memories[key], $0.generation) }
        if let known, known.until > time.elapsed { return known.standing }
        let standing = try await read(key)
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.memories.count >= Self.most { state.memories = [:] }
            state.memories[key] = Memory(standing: standing, until: time.elapsed + Self.memory)
        }
        return standing
    }

    /// Something changed: everything is read again.
    func forget() {
        state.withLock { state in
            state.memories = [:]
            state.generation += 1
        }
    }

    private func read(_ key: Key) async throws -> Standing? {
        if let family = key.family, try await !store.isAlive(family, at: time.now) { return nil }
        guard let user = try await store.user(key.user), !user.isDisabled else { return nil }
        return Standing(roles: user.roles, mustChangePassword: user.mustChangePassword)
    }
}
