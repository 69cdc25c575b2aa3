import PulseDomain

/// What jobs are sorted by. Ties are in the order of names.
enum JobSort: String, CaseIterable, Sendable, Hashable {
    case attention, name, progress, rate, lastSuccess, nextRun, quarantined

    var title: String {
        switch self {
        case .attention: "attention"
        case .name: "name"
        case .progress: "progress"
        case .rate: "rate"
        case .lastSuccess: "last success"
        case .nextRun: "next run"
        case .quarantined: "quarantined"
        }
    }

    /// The number that decides; lower comes first.
    func key(_ status: JobStatus) -> Double {
        switch self {
        case .attention: Double(JobCondition(status).rank)
        case .name: 0
        case .progress: -(status.run?.progress.share ?? -1)
        case .rate: -(JobCondition(status).isUnderWay ? status.run?.ratePerSecond ?? 0 : 0)
        case .lastSuccess: Double(status.lastSuccessAt?.seconds ?? 0)
        case .nextRun: Double(status.nextRunAt?.seconds ?? .max)
        case .quarantined: -Double(status.quarantined)
        }
    }
}
