/// The screens that have a number.
enum ScreenName: Int, CaseIterable, Sendable, Hashable {
    case jobs = 1
    case limits, recovery, logs, alerts, audit, health, data

    var title: String {
        switch self {
        case .jobs: "Jobs"
        case .limits: "Limits"
        case .recovery: "Recovery"
        case .logs: "Logs"
        case .alerts: "Alerts"
        case .audit: "Audit"
        case .health: "Health"
        case .data: "Data"
        }
    }
}
