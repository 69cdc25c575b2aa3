import Dispatch
import PulseDomain
import Synchronization

/// Hashes and checks passwords, one after another on a thread of its own: a wave of logins takes neither all memory
/// nor the threads that requests need.
final class PasswordDesk: Sendable {
    private let cost: PasswordHash.Cost
    /// As many may wait; a server that is asked for more says so at once.
    private let longestQueue: Int
    private let queue = DispatchQueue(label: "passwords")
    private let waiting = Mutex(0)
    private let derived = Mutex(0)
    /// Checked where there is no user: the work, and so the time, is that of one who exists.
    private let nobody: PasswordHash

    /// Heavy: makes the hash that stands for nobody.
    init(cost: PasswordHash.Cost = .usual, longestQueue: Int = 32) throws {
        self.cost = cost
        self.longestQueue = longestQueue
        var generator = SystemRandomNumberGenerator()
        nobody = try PasswordHash(of: Secret.text(bytes: 32, using: &generator), cost: cost)
    }

    /// Throws `Failure` when too many wait.
    func hash(_ password: String) async throws -> PasswordHash {
        let cost = cost
        return try await run { try PasswordHash(of: password, cost: cost) }
    }

    /// Whether `password` belongs to `hash`; with `nil` the same work is done for nothing. Throws `Failure` when too
    /// many wait.
    func check(_ password: String, against hash: PasswordHash?) async throws -> Bool {
        let nobody = nobody
        return try await run {
            let matches = try (hash ?? nobody).matches(password)
            return matches && hash != nil
        }
    }

    /// Whether a hash was made with less work than is usual now.
    func isOutdated(_ hash: PasswordHash) -> Bool { hash.cost != cost }

    /// How often the work of a password was done.
    var derivations: Int { derived.withLock { $0 } }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isTaken = waiting.withLock { waiting in
            guard waiting < longestQueue else { return false }
            waiting += 1
            return true
        }
        guard isTaken else { throw Self.busy }
        defer { waiting.withLock { $0 -= 1 } }
        derived.withLock { $0 += 1 }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }

    private static let busy = Failure(
        .rateLimited, code: "auth.busy", "Too many people log in at the same moment.",
        remedy: "Try again in a few seconds.")
}
