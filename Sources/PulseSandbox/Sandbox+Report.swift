import Synchronization

/// What the sandbox has seen of its client.
package struct SandboxReport: Sendable, Hashable {
    /// Requests that arrived.
    package var requests = 0
    /// Requests that were answered with a limit.
    package var rejected = 0
    /// Requests that arrived although an answer that the client had already got forbade them until later.
    package var violations = 0
    /// Requests at the same time at most, at any one provider.
    package var mostAtOnce = 0
    /// Windows of point quotas, oldest first, the running one last; then the running hour of each burst bucket.
    package var windows: [WindowUsage] = []
}

/// Which simulated provider.
package enum SandboxSource: Sendable, Hashable, CaseIterable {
    case jiraCloud, jiraDataCenter, github

    var door: Sandbox.Door {
        switch self {
        case .jiraCloud: .cloud
        case .jiraDataCenter: .dataCenter
        case .github: .github
        }
    }
}

extension Sandbox {
    /// What was counted so far; of one provider, or of all.
    package func report(_ source: SandboxSource? = nil) -> SandboxReport {
        state.withLock { state in
            var report = SandboxReport()
            for one in SandboxSource.allCases where source == nil || source == one {
                report.requests += state.requests[one.door] ?? 0
                report.rejected += state.rejected[one.door] ?? 0
                report.violations += state.violations[one.door] ?? 0
                report.mostAtOnce = max(report.mostAtOnce, state.mostInFlight[one.door] ?? 0)
                switch one {
                case .github:
                    report.windows += state.githubPoints.past + [state.githubPoints.current].compactMap(\.self)
                case .jiraCloud:
                    report.windows +=
                        (state.jiraPoints?.past ?? []) + [state.jiraPoints?.current].compactMap(\.self) + state.bursts
                case .jiraDataCenter: break
                }
            }
            return report
        }
    }

    /// Accepts credentials again after ``FaultPlan/credentialsExpireAfter``, as if new ones had been configured.
    package func renewCredentials() { state.withLock { $0.isRenewed = true } }
}
