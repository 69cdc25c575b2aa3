import Foundation
package import PulseConnectors
package import PulseDomain
import PulseJSON
package import PulseStore
import Synchronization

/// Every quota and breaker of an engine: all requests of all runs pass here, so that siblings stop together. Engines
/// that share a store decide in it, one after the other, so that they are one client to a provider.
///
/// Kept on a time line that does not jump (``SteadyTime``), or on the store's; what is told is on the wall clock's.
package final class Limits: Sendable {
    /// Whether a request may be sent now.
    package enum Admission: Sendable {
        /// ``end(_:verdict:)`` or ``abandon(_:wasSent:)`` has to follow with the pass.
        case go(Pass)
        case wait(Wait)
        /// Ask again when the signal is raised, or after `recheck`: nobody tells when another engine's request ends.
        case full(Signal, recheck: Duration?)
    }

    /// What one request that was let through holds: its places in quotas and breaker.
    package struct Pass: Sendable, Codable {
        struct Share: Sendable, Codable {
            var quota: QuotaID
            var cost: Int
            var window: Int
        }

        var number: Int64
        var breaker: BreakerKey
        var isProbe: Bool
        /// The request's own quota first, then others that its answers told about.
        var shares: [Share]

        var identity: String { shares.first?.quota.identity ?? "" }
    }

    struct BreakerKey: Hashable, Codable, Sendable {
        var source: SourceID
        var endpoint: EndpointID
    }

    /// How engines share limits.
    package struct Sharing: Sendable {
        package var store: any StoreSharing
        /// Tells this engine from the others.
        package var name: String
        /// An engine that is silent for longer has nothing under way.
        package var lease: Duration

        package init(store: any StoreSharing, name: String, lease: Duration) {
            self.store = store
            self.name = name
            self.lease = lease
        }
    }

    private struct View {
        /// By identity: what is known, or, of what is shared, what was known when it was last seen.
        var states: [String: LimitsState] = [:]
        /// Those of them that are shared, as they were written last: reading them anew takes longer than changing them.
        var written: [String: (text: String, state: LimitsState)] = [:]
        /// What the store did not take yet, or was not told yet.
        var unsettled: [String: [@Sendable (inout LimitsState, Instant) -> Void]] = [:]
        /// Since when something was put off.
        var putOffAt: [String: Instant] = [:]
        var sources: [QuotaID: Set<SourceID>] = [:]
        var waiting: [QuotaID: Int] = [:]
        var freed: [QuotaID: Signal] = [:]
        var changedQuotas: Set<QuotaID> = []
        var changedBreakers: Set<BreakerKey> = []

        mutating func see(_ state: LimitsState, of identity: String) {
            guard state.version >= states[identity]?.version ?? 0 else { return }
            changedBreakers.formUnion(state.breakersChanged(since: states[identity] ?? LimitsState()))
            changedQuotas.formUnion(state.quotas.keys)
            states[identity] = state
        }
    }

    private let view = Mutex(View())
    private let breakerPolicy: BreakerState.Policy
    private let steady: SteadyTime
    private let sharing: Sharing?
    private static let recheck: Duration = .milliseconds(200)

    package init(
        time: any TimeSource, breakerPolicy: BreakerState.Policy = BreakerState.Policy(), sharing: Sharing? = nil
    ) {
        self.breakerPolicy = breakerPolicy
        self.sharing = sharing
        steady = SteadyTime(time)
    }

    // MARK: Requests

    /// Asks to send one request now. Throws `StoreError` where limits are shared.
    package func admit(
        _ request: SourceRequest, of source: SourceID, quota: QuotaID, policy: QuotaPolicy
    ) async throws -> Admission {
        view.withLock { _ = $0.sources[quota, default: []].insert(source) }
        let asking = LimitsState.Asking(
            source: source, endpoint: request.endpoint, cost: request.cost, quota: quota, policy: policy,
            breakerPolicy: breakerPolicy)
        let name = name
        let given = Given()
        let decision: LimitsState.Decision
        let now: Instant
        do {
            (decision, now) = try await change(quota.identity) { state, now in
                let decision = state.admit(asking, of: name, at: now)
                if case .go(let pass) = decision { given.set(pass) } else { given.set(nil) }
                return (decision, now)
            }
        } catch {
            // The store may have taken it all the same: nobody would give the place back.
            if let pass = given.pass {
                view.withLock { view in
                    view.unsettled[quota.identity, default: []].append { state, now in
                        state.abandon(pass, of: name, wasSent: false, at: now)
                    }
                }
            }
            throw error
        }
        switch decision {
        case .go(let pass): return .go(pass)
        case .wait(let reason, let until, let because):
            let wall = steady.wall
            return .wait(Wait(reason: reason, since: wall, until: wall + (until - now), because: because))
        case .full(let quota):
            let signal = view.withLock { view in
                let signal = view.freed[quota] ?? Signal()
                view.freed[quota] = signal
                return signal
            }
            return .full(signal, recheck: sharing == nil ? nil : Self.recheck)
        }
    }

    /// The pass that the last try to get one gave.
    private final class Given: Sendable {
        private let value = Mutex<Pass?>(nil)
        var pass: Pass? { value.withLock { $0 } }
        func set(_ pass: Pass?) { value.withLock { $0 = pass } }
    }

    /// A request was answered or failed.
    package func end(_ pass: Pass, verdict: ResponseVerdict) async {
        let (name, breakerPolicy) = (name, breakerPolicy)
        let isPutOff = putOff(pass, verdict)
        if !isPutOff {
            await settle(pass) { state, now in
                state.end(pass, of: name, verdict: verdict, breakerPolicy: breakerPolicy, at: now)
            }
        }
        view.withLock { view in
            guard let own = pass.shares.first?.quota else { return }
            for observation in verdict.observations {
                let id = QuotaID(identity: own.identity, bucket: observation.bucket)
                view.sources[id, default: []].formUnion(view.sources[own, default: []])
            }
        }
    }

    /// A request was given up before its answer. One that was sent counts as spent.
    package func abandon(_ pass: Pass, wasSent: Bool) async {
        let name = name
        await settle(pass) { state, now in state.abandon(pass, of: name, wasSent: wasSent, at: now) }
    }

    /// Leaves the end of a request to be told with the next one, where nobody misses it: one word to the store for each
    /// request instead of two. Until then the request counts as under way, and as spent.
    private func putOff(_ pass: Pass, _ verdict: ResponseVerdict) -> Bool {
        guard sharing != nil else { return false }
        let (name, breakerPolicy, answeredAt) = (name, breakerPolicy, steady.now)
        return view.withLock { view in
            let identity = pass.identity
            guard view.unsettled[identity, default: []].count < Self.mostPutOff, var state = view.states[identity],
                pass.shares.allSatisfy({ view.freed[$0.quota] == nil && view.waiting[$0.quota, default: 0] == 0 }),
                state.isUrgent(pass, verdict, placesLeft: 2 * Self.mostPutOff) == false
            else { return false }
            // Told later, and true for when it was answered: what it says of times counts from then.
            view.unsettled[identity, default: []].append { state, now in
                state.end(
                    pass, of: name, verdict: verdict, breakerPolicy: breakerPolicy, at: min(now, answeredAt))
            }
            view.putOffAt[identity] = view.putOffAt[identity] ?? answeredAt
            // For those who look on.
            state.end(pass, of: name, verdict: verdict, breakerPolicy: breakerPolicy, at: answeredAt)
            view.see(state, of: identity)
            return true
        }
    }

    private static let mostPutOff = 2

    /// Tells the store what was put off: after a moment without another request, or at once. Throws `StoreError`.
    package func tellPutOff(force: Bool) async throws {
        let now = steady.now
        let due = view.withLock { view in
            view.putOffAt.filter { force || now - $0.value >= .seconds(1) || now < $0.value }.keys.sorted()
        }
        for identity in due { try await change(identity) { _, _ in } }
    }

    /// What has happened is told, if not now then with the next word to the store.
    private func settle(_ pass: Pass, _ body: @escaping @Sendable (inout LimitsState, Instant) -> Void) async {
        do {
            try await change(pass.identity, body)
        } catch {
            let happenedAt = steady.now
            view.withLock { view in
                view.unsettled[pass.identity, default: []].append { body(&$0, min($1, happenedAt)) }
            }
        }
        let freed = view.withLock { view in pass.shares.compactMap { view.freed.removeValue(forKey: $0.quota) } }
        for signal in freed { signal.raise() }
    }

    /// Counts a request that waits, or no longer waits, for gauges.
    package func countWaiting(_ change: Int, for quota: QuotaID) {
        view.withLock { view in
            view.waiting[quota] = max(0, (view.waiting[quota] ?? 0) + change)
            view.changedQuotas.insert(quota)
        }
    }

    // MARK: Keeping

    private var name: String { sharing?.name ?? "" }

    @discardableResult
    private func change<Value: Sendable>(
        _ identity: String, _ body: @escaping @Sendable (inout LimitsState, Instant) -> Value
    ) async throws -> Value {
        guard let sharing else {
            return view.withLock { view in
                var state = view.states[identity] ?? LimitsState()
                let value = body(&state, steady.now)
                view.see(state, of: identity)
                return value
            }
        }
        let (unsettled, putOffAt) = view.withLock { view in
            (view.unsettled.removeValue(forKey: identity) ?? [], view.putOffAt.removeValue(forKey: identity))
        }
        do {
            let change = try await sharing.store.change(Self.note(identity), at: steady.now) { [self] text, now in
                var state = read(text, of: identity)
                state.hear(sharing.name, until: now + sharing.lease, at: now)
                for body in unsettled { body(&state, now) }
                let value = body(&state, now)
                state.hear(sharing.name, until: now + sharing.lease, at: now)
                state.version += 1
                let written = try JSONCoding.text(of: state)
                text = written
                // Also when it is not taken: what a text says stays true.
                view.withLock { $0.written[identity] = (written, state) }
                return (value: value, state: state, now: now)
            }
            steady.adopt(change.now)
            view.withLock { $0.see(change.state, of: identity) }
            return change.value
        } catch {
            view.withLock { view in
                view.unsettled[identity, default: []].insert(contentsOf: unsettled, at: 0)
                if let putOffAt { view.putOffAt[identity] = putOffAt }
            }
            throw error
        }
    }

    private static func note(_ identity: String) -> String { "limits \(identity)" }

    /// What cannot be read was written by another Pulse, and is learned anew.
    private func read(_ text: String?, of identity: String) -> LimitsState {
        guard let text else { return LimitsState() }
        if let written = view.withLock({ $0.written[identity] }), written.text == text { return written.state }
        return (try? JSONDecoder().decode(LimitsState.self, from: Data(text.utf8))) ?? LimitsState()
    }

    /// Looks at what engines know together of these identities, and tells them that this one is there. Throws
    /// `StoreError`; nothing where limits are not shared.
    package func lookAtShared(_ identities: Set<String>) async throws {
        guard let sharing else { return }
        for identity in identities.sorted() {
            let hasUnderWay = view.withLock {
                $0.unsettled[identity] != nil || $0.states[identity]?.hasUnderWay(sharing.name) == true
            }
            if hasUnderWay {
                try await change(identity) { _, _ in }
            } else {
                let (text, now) = try await sharing.store.change(Self.note(identity), at: steady.now) { ($0, $1) }
                steady.adopt(now)
                guard let text else { continue }
                let state = read(text, of: identity)
                view.withLock { $0.see(state, of: identity) }
            }
        }
    }

    // MARK: Telling

    package func restore(_ quota: QuotaID, policy: QuotaPolicy, knowledge: QuotaState.StoredKnowledge) {
        let (known, now) = (knowledge.shifted(by: .zero - steady.toWall), steady.now)
        view.withLock { view in
            view.states[quota.identity, default: LimitsState()].restore(
                quota, policy: policy, knowledge: known, at: now)
        }
    }

    /// `identity`: of the breaker's source.
    package func restore(_ breaker: BreakerStatus, of identity: String) {
        let known = breaker.shifted(by: .zero - steady.toWall)
        view.withLock { $0.states[identity, default: LimitsState()].restore(known, policy: breakerPolicy) }
    }

    package func quotaStatuses() -> [QuotaStatus] {
        let (now, shift) = (steady.now, steady.toWall)
        return view.withLock { view in
            view.states.values.flatMap(\.quotas.keys).sorted().compactMap {
                Self.status(of: $0, in: view, at: now, shift: shift)
            }
        }
    }

    private static func status(of id: QuotaID, in view: View, at now: Instant, shift: Duration) -> QuotaStatus? {
        view.states[id.identity]?.quotas[id]?.status(
            sources: view.sources[id, default: []].sorted(), waiting: view.waiting[id] ?? 0, at: now
        ).shifted(by: shift)
    }

    package func breakerStatuses() -> [BreakerStatus] {
        let shift = steady.toWall
        return view.withLock { view in
            view.states.values.flatMap(\.breakers.values).map { $0.status.shifted(by: shift) }.sorted {
                ($0.source.rawValue, $0.endpoint.rawValue) < ($1.source.rawValue, $1.endpoint.rawValue)
            }
        }
    }

    package func knowledge() -> [(QuotaID, QuotaState.StoredKnowledge)] {
        let shift = steady.toWall
        return view.withLock { view in
            view.states.values.flatMap(\.quotas.values).map { ($0.id, $0.knowledge.shifted(by: shift)) }
        }
    }

    /// What changed since the last call.
    package func takeChanges() -> (quotas: [QuotaStatus], breakers: [BreakerStatus]) {
        let (now, shift) = (steady.now, steady.toWall)
        return view.withLock { view in
            let quotas = view.changedQuotas.sorted().compactMap {
                Self.status(of: $0, in: view, at: now, shift: shift)
            }
            let known = view.states.values.reduce(into: [:]) { $0.merge($1.breakers) { _, new in new } }
            let breakers = view.changedBreakers.compactMap { known[$0]?.status.shifted(by: shift) }
            view.changedQuotas = []
            view.changedBreakers = []
            return (quotas, breakers)
        }
    }
}
