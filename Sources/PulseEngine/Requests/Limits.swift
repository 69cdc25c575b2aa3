package import PulseConnectors
package import PulseDomain
import Synchronization

/// Every quota and breaker of an engine: all requests of all runs pass here, so that siblings stop together.
package final class Limits: Sendable {
    /// Whether a request may be sent now.
    package enum Admission: Sendable {
        case go
        case wait(Wait, isPacing: Bool)
        /// Ask again when the signal is raised.
        case full(Signal)
    }

    private struct BreakerKey: Hashable {
        var source: SourceID
        var endpoint: EndpointID
    }

    private struct State {
        var quotas: [QuotaID: QuotaState] = [:]
        var sources: [QuotaID: Set<SourceID>] = [:]
        var waiting: [QuotaID: Int] = [:]
        var freed: [QuotaID: Signal] = [:]
        var breakers: [BreakerKey: BreakerState] = [:]
        var changedQuotas: Set<QuotaID> = []
        var changedBreakers: Set<BreakerKey> = []
    }

    private let state = Mutex(State())
    private let breakerPolicy: BreakerState.Policy

    package init(breakerPolicy: BreakerState.Policy = BreakerState.Policy()) { self.breakerPolicy = breakerPolicy }

    /// Asks to send one request now. `.go` has to be followed by ``end(_:of:quota:verdict:at:)`` or
    /// ``abandon(_:of:quota:at:)``.
    package func admit(
        _ request: SourceRequest, of source: SourceID, quota: QuotaID, policy: QuotaPolicy, at now: Instant
    )
        -> Admission
    {
        state.withLock { state in
            var limit = state.quotas[quota] ?? QuotaState(id: quota, policy: policy)
            limit.policy = policy
            state.sources[quota, default: []].insert(source)
            let key = BreakerKey(source: source, endpoint: request.endpoint)
            var breaker =
                state.breakers[key]
                ?? BreakerState(source: source, endpoint: request.endpoint, policy: breakerPolicy)
            defer {
                state.quotas[quota] = limit
                state.breakers[key] = breaker
            }
            // The quota is asked first: a probe is only begun when it can be sent at once.
            let beforeQuota = limit
            switch limit.admit(cost: request.cost, at: now) {
            case .full:
                let signal = state.freed[quota] ?? Signal()
                state.freed[quota] = signal
                return .full(signal)
            case .wait(let until, let because, let isPacing):
                return .wait(
                    Wait(reason: .quota(quota), since: now, until: until, because: because), isPacing: isPacing)
            case .go: break
            }
            let position = breaker.status.position
            switch breaker.admit(at: now) {
            case .go:
                if breaker.status.position != position { state.changedBreakers.insert(key) }
                state.changedQuotas.insert(quota)
                return .go
            case .wait(let until, let because):
                limit = beforeQuota
                return .wait(
                    Wait(reason: .breaker(request.endpoint), since: now, until: until, because: because),
                    isPacing: false)
            }
        }
    }

    /// A request was answered or failed.
    package func end(
        _ request: SourceRequest, of source: SourceID, quota: QuotaID, verdict: ResponseVerdict, at now: Instant
    ) {
        let signal = state.withLock { state in
            state.quotas[quota]?.end(
                cost: request.cost, observations: verdict.observations, isSuccess: verdict.failure == nil, at: now)
            state.changedQuotas.insert(quota)
            let key = BreakerKey(source: source, endpoint: request.endpoint)
            let changed: Bool
            if let failure = verdict.failure, failure.kind == .transient {
                changed = state.breakers[key]?.fail(failure.sentence, at: now) ?? false
            } else {
                changed = state.breakers[key]?.succeed() ?? false
            }
            if changed { state.changedBreakers.insert(key) }
            return state.freed.removeValue(forKey: quota)
        }
        signal?.raise()
    }

    /// A request was given up before its answer.
    package func abandon(_ request: SourceRequest, of source: SourceID, quota: QuotaID, at now: Instant) {
        let signal = state.withLock { state in
            state.quotas[quota]?.cancel(cost: request.cost)
            state.breakers[BreakerKey(source: source, endpoint: request.endpoint)]?.abandon(at: now)
            return state.freed.removeValue(forKey: quota)
        }
        signal?.raise()
    }

    /// Counts a request that waits, or no longer waits, for gauges.
    package func countWaiting(_ change: Int, for quota: QuotaID) {
        state.withLock { state in
            state.waiting[quota] = max(0, (state.waiting[quota] ?? 0) + change)
            state.changedQuotas.insert(quota)
        }
    }

    // MARK: Telling and keeping

    package func restore(_ quota: QuotaID, policy: QuotaPolicy, knowledge: QuotaState.StoredKnowledge, at now: Instant)
    {
        state.withLock { state in
            var limit = QuotaState(id: quota, policy: policy)
            limit.restore(knowledge, at: now)
            state.quotas[quota] = limit
        }
    }

    package func restore(_ breaker: BreakerStatus) {
        state.withLock { state in
            state.breakers[BreakerKey(source: breaker.source, endpoint: breaker.endpoint)] =
                BreakerState(restoring: breaker, policy: breakerPolicy)
        }
    }

    package func quotaStatuses(at now: Instant) -> [QuotaStatus] {
        state.withLock { state in
            state.quotas.values.map { quota in
                quota.status(
                    sources: state.sources[quota.id, default: []].sorted(), waiting: state.waiting[quota.id] ?? 0,
                    at: now)
            }.sorted { $0.id < $1.id }
        }
    }

    package func breakerStatuses() -> [BreakerStatus] {
        state.withLock { state in
            state.breakers.values.map(\.status).sorted {
                ($0.source.rawValue, $0.endpoint.rawValue) < ($1.source.rawValue, $1.endpoint.rawValue)
            }
        }
    }

    package func knowledge() -> [(QuotaID, QuotaState.StoredKnowledge)] {
        state.withLock { state in state.quotas.values.map { ($0.id, $0.knowledge) } }
    }

    /// What changed since the last call.
    package func takeChanges(at now: Instant) -> (quotas: [QuotaStatus], breakers: [BreakerStatus]) {
        state.withLock { state in
            let quotas = state.changedQuotas.sorted().compactMap { id in
                state.quotas[id]?.status(
                    sources: state.sources[id, default: []].sorted(), waiting: state.waiting[id] ?? 0, at: now)
            }
            let breakers = state.changedBreakers.compactMap { state.breakers[$0]?.status }
            state.changedQuotas = []
            state.changedBreakers = []
            return (quotas, breakers)
        }
    }
}
