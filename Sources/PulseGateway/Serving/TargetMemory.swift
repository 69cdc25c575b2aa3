import PulseAPI
import Synchronization

/// What addresses mean that were asked for before: the same few are asked for again and again.
final class TargetMemory: Sendable {
    /// What a sound request is for.
    struct Meaning: Sendable {
        let route: Route
        let arguments: Arguments
    }

    /// Beyond, all are forgotten. Addresses are as long as a request's head may be: long ones are not remembered.
    private static let most = 1_000
    private static let longest = 256

    private let known = Mutex<[String: Meaning]>([:])

    subscript(_ target: String) -> Meaning? { known.withLock { $0[target] } }

    func remember(_ target: String, _ meaning: Meaning) {
        guard target.utf8.count <= Self.longest else { return }
        known.withLock { known in
            if known.count >= Self.most { known = [:] }
            known[target] = meaning
        }
    }
}
