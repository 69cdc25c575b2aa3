import PulseConnectors
import PulseDomain

/// The quotas and breakers of one identity (a credential), with the requests that are under way. Pure: time comes in,
/// decisions go out; the time that is given to it never goes back by more than clocks differ.
///
/// Engines that share a store share it too, and are told apart by their names.
struct LimitsState: Sendable, Codable {
    /// Whether a request may be sent.
    enum Decision: Sendable {
        case go(Limits.Pass)
        case wait(reason: WaitReason, until: Instant, because: String)
        /// As many are under way as may be.
        case full(QuotaID)
    }

    /// What one engine has under way.
    struct Sender: Sendable, Codable {
        var passes: [Int64: Limits.Pass] = [:]
        /// Who is silent for longer is gone; `nil` for ever.
        var until: Instant?
    }

    /// Grows with every change.
    var version: Int64 = 0
    private(set) var quotas: [QuotaID: QuotaState] = [:]
    /// Other limits that answers to requests of a quota told about: such requests spend from them as well.
    private var companions: [QuotaID: Set<QuotaID>] = [:]
    /// Those that are not as they were made, and where the others are: what is at rest needs not be told at length with
    /// every request.
    private var troubled: [Limits.BreakerKey: BreakerState] = [:]
    private var resting: Set<Limits.BreakerKey> = []
    private var senders: [String: Sender] = [:]
    private var lastPass: Int64 = 0

    /// What a request asks for.
    struct Asking: Sendable {
        var source: SourceID
        var endpoint: EndpointID
        var cost: Int
        var quota: QuotaID
        var policy: QuotaPolicy
        var breakerPolicy: BreakerState.Policy
    }

    /// Asks to send one request now. One that may go has to be ended with ``end(_:of:verdict:breakerPolicy:at:)`` or
    /// ``abandon(_:of:wasSent:at:)``.
    mutating func admit(_ asking: Asking, of sender: String, at now: Instant) -> Decision {
        let key = Limits.BreakerKey(source: asking.source, endpoint: asking.endpoint)
        var breaker = breaker(key, asking.breakerPolicy)
        // Quotas are asked first: a probe is only begun when it can be sent at once. What one of them gave is taken back
        // when another refuses.
        var before: [QuotaID: QuotaState] = [:]
        var pass = Limits.Pass(number: lastPass + 1, breaker: key, isProbe: false, shares: [])
        for id in [asking.quota] + companions[asking.quota, default: []].sorted() {
            var limit = quotas[id] ?? QuotaState(id: id, policy: asking.policy)
            if id == asking.quota { limit.policy = asking.policy }
            before[id] = limit
            let cost = id == asking.quota ? asking.cost : max(1, Int(limit.usualCost.rounded(.up)))
            let answer = limit.admit(cost: cost, at: now)
            quotas[id] = limit
            guard case .go = answer else {
                quotas.merge(before.filter { $0.key != id }) { _, old in old }
                if case .wait(let until, let because, let isPacing) = answer {
                    return .wait(reason: isPacing ? .pacing(id) : .quota(id), until: until, because: because)
                }
                return .full(id)
            }
            pass.shares.append(Limits.Pass.Share(quota: id, cost: cost, window: limit.windowNumber))
        }
        let answer = breaker.admit(at: now)
        keep(breaker, at: key)
        switch answer {
        case .go(let isProbe):
            pass.isProbe = isProbe
            lastPass = pass.number
            senders[sender, default: Sender()].passes[pass.number] = pass
            return .go(pass)
        case .wait(let until, let because):
            quotas.merge(before) { _, old in old }
            return .wait(reason: .breaker(asking.endpoint), until: until, because: because)
        }
    }

    /// A request was answered or failed.
    mutating func end(
        _ pass: Limits.Pass, of sender: String, verdict: ResponseVerdict, breakerPolicy: BreakerState.Policy,
        at now: Instant
    ) {
        guard let own = pass.shares.first?.quota else { return }
        // The place of an engine that was silent for too long was given to others; what it heard is true all the same.
        let isCounted = senders[sender]?.passes.removeValue(forKey: pass.number) != nil
        for observation in verdict.observations {
            let id = QuotaID(identity: own.identity, bucket: observation.bucket)
            guard id != own else { continue }
            if quotas[id] == nil, let policy = quotas[own]?.policy {
                quotas[id] = QuotaState(id: id, policy: policy.forCompanion)
            }
            companions[own, default: []].insert(id)
        }
        var told = Dictionary(grouping: verdict.observations) {
            QuotaID(identity: own.identity, bucket: $0.bucket)
        }
        for share in pass.shares where isCounted {
            let seen = told.removeValue(forKey: share.quota) ?? []
            quotas[share.quota]?.end(
                cost: share.cost, sentIn: share.window, observations: seen, isSuccess: verdict.failure == nil,
                asksToWait: share.quota == own && Self.asksToWaitWithoutEnd(verdict), at: now)
        }
        for (id, seen) in told { quotas[id]?.observe(seen, at: now) }
        var breaker = breaker(pass.breaker, breakerPolicy)
        if let failure = verdict.failure, failure.kind == .transient {
            _ = breaker.fail(failure.sentence, isProbe: pass.isProbe, at: now)
        } else {
            _ = breaker.succeed()
        }
        keep(breaker, at: pass.breaker)
    }

    /// Whether other engines have to hear at once of a request's end: it failed, it says something new, or places are
    /// scarce.
    func isUrgent(_ pass: Limits.Pass, _ verdict: ResponseVerdict, placesLeft: Int) -> Bool {
        guard verdict.failure == nil, !pass.isProbe, troubled[pass.breaker] == nil else { return true }
        let known = Set(pass.shares.map(\.quota.bucket))
        guard verdict.observations.allSatisfy({ known.contains($0.bucket) }) else { return true }
        return !pass.shares.allSatisfy { share in
            guard let quota = quotas[share.quota] else { return false }
            return quota.isAtEase(placesLeft: placesLeft)
                && verdict.observations.allSatisfy { $0.bucket != share.quota.bucket || quota.expects($0) }
        }
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
    mutating func abandon(_ pass: Limits.Pass, of sender: String, wasSent: Bool, at now: Instant) {
        guard senders[sender]?.passes.removeValue(forKey: pass.number) != nil else { return }
        for share in pass.shares { quotas[share.quota]?.abandon(cost: share.cost, wasSent: wasSent) }
        troubled[pass.breaker]?.abandon(isProbe: pass.isProbe, at: now)
    }

    /// Notes that `sender` is there until then, and gives up what those have under way who were silent for too long.
    mutating func hear(_ sender: String, until: Instant, at now: Instant) {
        if senders[sender]?.passes.isEmpty == true { senders[sender] = nil }
        senders[sender]?.until = until
        for (name, other) in senders where name != sender {
            guard let until = other.until, until <= now else { continue }
            for pass in other.passes.values { abandon(pass, of: name, wasSent: true, at: now) }
            senders[name] = nil
        }
    }

    // MARK: Breakers

    var breakers: [Limits.BreakerKey: BreakerState] {
        resting.reduce(into: troubled) { $0[$1] = BreakerState(source: $1.source, endpoint: $1.endpoint) }
    }

    /// Nearly always none: all are at rest, and the same.
    func breakersChanged(since before: LimitsState) -> Set<Limits.BreakerKey> {
        var changed = resting.symmetricDifference(before.resting)
        for (key, breaker) in troubled where before.troubled[key] != breaker { changed.insert(key) }
        return changed.filter { resting.contains($0) || troubled[$0] != nil }
    }

    private func breaker(_ key: Limits.BreakerKey, _ policy: BreakerState.Policy) -> BreakerState {
        troubled[key] ?? BreakerState(source: key.source, endpoint: key.endpoint, policy: policy)
    }

    private mutating func keep(_ breaker: BreakerState, at key: Limits.BreakerKey) {
        if breaker.isAtRest {
            troubled[key] = nil
            resting.insert(key)
        } else {
            troubled[key] = breaker
            resting.remove(key)
        }
    }

    func hasUnderWay(_ sender: String) -> Bool { senders[sender]?.passes.isEmpty == false }

    // MARK: Restoring

    mutating func restore(_ quota: QuotaID, policy: QuotaPolicy, knowledge: QuotaState.StoredKnowledge, at now: Instant)
    {
        var limit = QuotaState(id: quota, policy: policy)
        limit.restore(knowledge, at: now)
        quotas[quota] = limit
    }

    mutating func restore(_ breaker: BreakerStatus, policy: BreakerState.Policy) {
        keep(
            BreakerState(restoring: breaker, policy: policy),
            at: Limits.BreakerKey(source: breaker.source, endpoint: breaker.endpoint))
    }
}
