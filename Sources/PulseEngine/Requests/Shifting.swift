import PulseDomain

// The same knowledge, told on another time line (``SteadyTime``).

extension QuotaStatus {
    func shifted(by distance: Duration) -> QuotaStatus {
        var copy = self
        copy.windowStartedAt = windowStartedAt.map { $0 + distance }
        copy.resetsAt = resetsAt.map { $0 + distance }
        copy.blockedUntil = blockedUntil.map { $0 + distance }
        copy.runsOutAt = runsOutAt.map { $0 + distance }
        return copy
    }
}

extension BreakerStatus {
    func shifted(by distance: Duration) -> BreakerStatus {
        var copy = self
        copy.openedAt = openedAt.map { $0 + distance }
        copy.probesAt = probesAt.map { $0 + distance }
        return copy
    }
}

extension QuotaState.StoredKnowledge {
    func shifted(by distance: Duration) -> QuotaState.StoredKnowledge {
        var copy = self
        copy.resetsAt = resetsAt.map { $0 + distance }
        copy.blockedUntil = blockedUntil.map { $0 + distance }
        return copy
    }
}
