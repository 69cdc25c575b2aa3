package import PulseConnectors
package import PulseDomain
import Synchronization

/// Every quota and breaker of an engine: all requests of all runs pass here, so that siblings stop together.
///
/// Kept on a time line that does not jump (``SteadyTime``); what is told and stored is on the wall clock's.
package final class Limits: Sendable {
    /// Whether a request may be sent now.
    package enum Admission: Sendable {
        /// ``end(_:verdict:)`` or ``abandon(_:wasSent:)`` has to follow with the pass.
        case go(Pass)
        case wait(Wait)
        /// Ask again when the signal is raised.
        case full(Signal)
    }

    /// What one request that was let through holds: its places in quotas and breaker.
    package struct Pass: Sendable {
        fileprivate struct Share {
            var quota: QuotaID
            var cost: Int
            var window: Int
        }

        fileprivate var breaker: BreakerKey
        fileprivate var isProbe: Bool
        /// The request's own quota first, then others that its answers told about.
        fileprivate var shares: [Share]
    }

    fileprivate struct BreakerKey: Hashable {
        var source: SourceID
        var endpoint: EndpointID
    }

    private struct State {
        var quotas: [QuotaID: QuotaState] = [:]
        var sources: [QuotaID: Set<SourceID>] = [:]
        var waiting: [QuotaID: Int] = [:]
        var freed: [QuotaID: Signal] = [:]
        /// Other limits that answers to requests of a quota told about: such requests spend from them as well.
        var companions: [QuotaID: Set<QuotaID>] = [:]
        var breakers: [BreakerKey: BreakerState] = [:]
        var changedQuotas: Set<QuotaID> = []
        var changedBreakers: Set<BreakerKey> = []
    }

    private let state = Mutex(State())
    private let breakerPolicy: BreakerState.Policy
    private let steady: SteadyTime

    package init(time: any TimeSource, breakerPolicy: BreakerState.Policy = BreakerState.Policy()) {
        self.breakerPolicy = breakerPolicy
        steady = SteadyTime(time)
    }

    /// Asks to send one request now.
    package func admit(_ request: SourceRequest, of source: SourceID, quota: QuotaID, policy: QuotaPolicy) -> Admission
    {
        state.withLock { state in
            let now = steady.now
            state.sources[quota, default: []].insert(source)
            let key = BreakerKey(source: source, endpoint: request.endpoint)
            var breaker =
                state.breakers[key]
                ?? BreakerState(source: source, endpoint: request.endpoint, policy: breakerPolicy)
            // Quotas are asked first: a probe is only begun when it can be sent at once. What one of them gave is taken
            // back when another refuses.
            var before: [QuotaID: QuotaState] = [:]
            var pass = Pass(breaker: key, isProbe: false, shares: [])
            for id in [quota] + state.companions[quota, default: []].sorted() {
                var limit = state.quotas[id] ?? QuotaState(id: id, policy: policy)
                if id == quota { limit.policy = policy }
                before[id] = limit
                let cost = id == quota ? request.cost : max(1, Int(limit.usualCost.rounded(.up)))
                let answer = limit.admit(cost: cost, at: now)
                state.quotas[id] = limit
                guard case .go = answer else {
                    state.quotas.merge(before.filter { $0.key != id }) { _, old in old }
                    return refusal(answer, of: id, state: &state, at: now)
                }
                pass.shares.append(Pass.Share(quota: id, cost: cost, window: limit.windowNumber))
            }
            let position = breaker.status.position
            let answer = breaker.admit(at: now)
            state.breakers[key] = breaker
            switch answer {
            case .go(let isProbe):
                pass.isProbe = isProbe
                if breaker.status.position != position { state.changedBreakers.insert(key) }
                state.changedQuotas.formUnion(before.keys)
                return .go(pass)
            case .wait(let until, let because):
                state.quotas.merge(before) { _, old in old }
                return .wait(wait(.breaker(request.endpoint), for: until - now, because: because))
            }
        }
    }

    /// As the wall clock tells it.
    private func wait(_ reason: WaitReason, for duration: Duration, because: String) -> Wait {
        let now = steady.wall
        return Wait(reason: reason, since: now, until: now + duration, because: because)
    }

    private func refusal(
        _ answer: QuotaState.Admission, of quota: QuotaID, state: inout State, at now: Instant
    ) -> Admission {
        if case .wait(let until, let because, let isPacing) = answer {
            return .wait(wait(isPacing ? .pacing(quota) : .quota(quota), for: until - now, because: because))
        }
        let signal = state.freed[quota] ?? Signal()
        state.freed[quota] = signal
        return .full(signal)
    }

    /// A request was answered or failed.
    package func end(_ pass: Pass, verdict: ResponseVerdict) {
        let signals = state.withLock { state in
            let now = steady.now
            guard let own = pass.shares.first?.quota else { return [Signal]() }
            for observation in verdict.observations {
                let id = QuotaID(identity: own.identity, bucket: observation.bucket)
                guard id != own else { continue }
                if state.quotas[id] == nil, let policy = state.quotas[own]?.policy {
                    state.quotas[id] = QuotaState(id: id, policy: policy.forCompanion)
                }
                state.sources[id, default: []].formUnion(state.sources[own, default: []])
                state.companions[own, default: []].insert(id)
            }
            var told = Dictionary(grouping: verdict.observations) {
                QuotaID(identity: own.identity, bucket: $0.bucket)
            }
            for share in pass.shares {
                let seen = told.removeValue(forKey: share.quota) ?? []
                state.quotas[share.quota]?.end(
                    cost: share.cost, sentIn: share.window, observations: seen, isSuccess: verdict.failure == nil,
                    asksToWait: share.quota == own && Self.asksToWaitWithoutEnd(verdict), at: now)
                state.changedQuotas.insert(share.quota)
            }
            for (id, seen) in told {
                state.quotas[id]?.observe(seen, at: now)
                state.changedQuotas.insert(id)
            }
            let changed: Bool
            if let failure = verdict.failure, failure.kind == .transient {
                changed = state.breakers[pass.breaker]?.fail(failure.sentence, isProbe: pass.isProbe, at: now) ?? false
            } else {
                changed = state.breakers[pass.breaker]?.succeed() ?? false
            }
            if changed { state.changedBreakers.insert(pass.breaker) }
            return pass.shares.compactMap { state.freed.removeValue(forKey: $0.quota) }
        }
        for signal in signals { signal.raise() }
    }

    /// Whether an answer refuses for a limit without a word about how long. Everybody who shares the limit waits then,
    /// not only who met it.
    private static func asksToWaitWithoutEnd(_ verdict: ResponseVerdict) -> Bool {
        verdict.failure?.kind == .rateLimited
            && !verdict.observations.contains {
                $0.retryAfter != nil || ($0.remaining == 0 && $0.limit ?? 0 > 0 && $0.resetsIn != nil)
            }
    }

    /// A request was given up before its answer. One that was sent counts as spent.
    package func abandon(_ pass: Pass, wasSent: Bool) {
        let signals = state.withLock { state in
            let now = steady.now
            for share in pass.shares {
                state.quotas[share.quota]?.abandon(cost: share.cost, wasSent: wasSent)
                state.changedQuotas.insert(share.quota)
            }
            state.breakers[pass.breaker]?.abandon(isProbe: pass.isProbe, at: now)
            if pass.isProbe { state.changedBreakers.insert(pass.breaker) }
            return pass.shares.compactMap { state.freed.removeValue(forKey: $0.quota) }
        }
        for signal in signals { signal.raise() }
    }

    /// Counts a request that waits, or no longer waits, for gauges.
    package func countWaiting(_ change: Int, for quota: QuotaID) {
        state.withLock { state in
            state.waiting[quota] = max(0, (state.waiting[quota] ?? 0) + change)
            state.changedQuotas.insert(quota)
        }
    }

    // MARK: Telling and keeping

    package func restore(_ quota: QuotaID, policy: QuotaPolicy, knowledge: QuotaState.StoredKnowledge) {
        state.withLock { state in
            var limit = QuotaState(id: quota, policy: policy)
            limit.restore(knowledge.shifted(by: .zero - steady.toWall), at: steady.now)
            state.quotas[quota] = limit
        }
    }

    package func restore(_ breaker: BreakerStatus) {
        state.withLock { state in
            state.breakers[BreakerKey(source: breaker.source, endpoint: breaker.endpoint)] =
                BreakerState(restoring: breaker.shifted(by: .zero - steady.toWall), policy: breakerPolicy)
        }
    }

    package func quotaStatuses() -> [QuotaStatus] {
        let (now, shift) = (steady.now, steady.toWall)
        return state.withLock { state in
            state.quotas.keys.sorted().compactMap { Self.status(of: $0, in: state, at: now, shift: shift) }
        }
    }

    private static func status(of id: QuotaID, in state: State, at now: Instant, shift: Duration) -> QuotaStatus? {
        state.quotas[id]?.status(
            sources: state.sources[id, default: []].sorted(), waiting: state.waiting[id] ?? 0, at: now
        ).shifted(by: shift)
    }

    package func breakerStatuses() -> [BreakerStatus] {
        let shift = steady.toWall
        return state.withLock { state in
            state.breakers.values.map { $0.status.shifted(by: shift) }.sorted {
                ($0.source.rawValue, $0.endpoint.rawValue) < ($1.source.rawValue, $1.endpoint.rawValue)
            }
        }
    }

    package func knowledge() -> [(QuotaID, QuotaState.StoredKnowledge)] {
        let shift = steady.toWall
        return state.withLock { state in state.quotas.values.map { ($0.id, $0.knowledge.shifted(by: shift)) } }
    }

    /// What changed since the last call.
    package func takeChanges() -> (quotas: [QuotaStatus], breakers: [BreakerStatus]) {
        let (now, shift) = (steady.now, steady.toWall)
        return state.withLock { state in
            let quotas = state.changedQuotas.sorted().compactMap {
                Self.status(of: $0, in: state, at: now, shift: shift)
            }
            let breakers = state.changedBreakers.compactMap { state.breakers[$0]?.status.shifted(by: shift) }
            state.changedQuotas = []
            state.changedBreakers = []
            return (quotas, breakers)
        }
    }
}
