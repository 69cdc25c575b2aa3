import PulseDomain
import Synchronization

/// Keeps everybody within the limits of the gateway: by address before it is known who asks, by principal after.
///
/// Levels are kept in the accounts' store every few seconds and at the end, so a restart gives nobody a full bucket.
package final class RequestThrottle: Sendable {
    /// What each may ask.
    package struct Limits: Sendable, Hashable {
        package var address = RateLimit(name: "address", quota: 1_200, window: .minutes(1))
        package var principal = RateLimit(name: "principal", quota: 600, window: .minutes(1))

        /// The usual limits are far above what a team's consoles and scripts need.
        package init(address: RateLimit? = nil, principal: RateLimit? = nil) {
            self.address = address ?? self.address
            self.principal = principal ?? self.principal
        }

        /// - Precondition: Both are above 0.
        package init(principalPerMinute: Int, addressPerMinute: Int) {
            self.init(
                address: RateLimit(name: "address", quota: addressPerMinute, window: .minutes(1)),
                principal: RateLimit(name: "principal", quota: principalPerMinute, window: .minutes(1)))
        }
    }

    enum Subject: Sendable, Hashable {
        case address(String)
        case principal(TenantID, String)

        var key: String {
            switch self {
            case .address(let address): "address \(address)"
            case .principal(let tenant, let name): "principal \(tenant) \(name)"
            }
        }
    }

    /// What a request is told, in headers.
    struct Verdict: Sendable, Hashable {
        var outcome: TokenBucket.Outcome
        var limit: RateLimit

        /// `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10 section 4).
        var header: String {
            "\"\(limit.name)\";r=\(outcome.remaining);t=\(Int(outcome.resetAfter.inSeconds.rounded(.up)))"
        }
    }

    private struct State {
        var buckets: [String: TokenBucket] = [:]
        /// Changed since they were kept.
        var changed: Set<String> = []
    }

    /// More subjects than this are not remembered: the fullest buckets are forgotten first.
    private static let mostSubjects = 50_000
    static let keepingInterval = Duration.seconds(5)

    private let limits: Limits
    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ limits: Limits = Limits(), time: any TimeSource) {
        self.limits = limits
        self.time = time
    }

    func take(_ subject: Subject) -> Verdict {
        let key = subject.key
        let limit = limit(of: key)
        let now = time.now
        return state.withLock { state in
            if state.buckets.count >= Self.mostSubjects { Self.forget(&state, at: now) }
            let outcome = state.buckets[key, default: TokenBucket(limit, at: now)].take(at: now)
            state.changed.insert(key)
            return Verdict(outcome: outcome, limit: limit)
        }
    }

    /// Takes up what a process before this one kept.
    func resume(from store: some AccountStore) async throws {
        let levels = try await store.buckets()
        let now = time.now
        state.withLock { state in
            for (key, level) in levels {
                state.buckets[key] = TokenBucket(limit(of: key), level: level, at: now)
            }
        }
    }

    /// Writes what changed. What could not be written is tried again next time.
    func keep(in store: some AccountStore) async throws {
        let levels = state.withLock { state in
            defer { state.changed = [] }
            return state.changed.reduce(into: [String: BucketLevel]()) { levels, key in
                levels[key] = state.buckets[key]?.level
            }
        }
        guard !levels.isEmpty else { return }
        do { try await store.keep(levels, at: time.now) } catch {
            state.withLock { $0.changed.formUnion(levels.keys) }
            throw error
        }
    }

    /// Subjects that are remembered.
    var count: Int { state.withLock { $0.buckets.count } }

    private func limit(of key: String) -> RateLimit { key.hasPrefix("address ") ? limits.address : limits.principal }

    /// Full buckets first; when none is, a tenth of all, whichever: an attacker with that many addresses gets no more
    /// than each address may.
    private static func forget(_ state: inout State, at now: Instant) {
        for key in Array(state.buckets.keys) where state.buckets[key]?.isFull(at: now) == true {
            state.buckets[key] = nil
        }
        guard state.buckets.count >= mostSubjects else { return }
        for key in state.buckets.keys.prefix(mostSubjects / 10) { state.buckets[key] = nil }
    }
}
