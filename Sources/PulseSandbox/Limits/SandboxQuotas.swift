package import PulseDomain

/// The limits that the simulated providers keep.
package struct SandboxQuotas: Sendable, Hashable {
    package var jira: JiraQuota
    package var github: GitHubQuota

    package init(jira: JiraQuota = JiraQuota(), github: GitHubQuota = GitHubQuota()) {
        self.jira = jira
        self.github = github
    }

    /// As the providers document them.
    package static let real = SandboxQuotas()
    /// Nobody is ever refused; headers are still sent.
    package static let unlimited = SandboxQuotas(
        jira: JiraQuota(burstCapacity: 1_000_000_000, burstPerSecond: 1_000_000_000),
        github: GitHubQuota(points: 1_000_000_000, pointsPerMinute: 1_000_000_000, concurrency: 1_000_000))
}

/// Jira Cloud: a bucket of requests for each endpoint and method, and points by the hour where an app has such a quota.
package struct JiraQuota: Sendable, Hashable {
    /// Requests that may come at once.
    package var burstCapacity: Int
    /// Requests that come back each second; writes half as many.
    package var burstPerSecond: Int
    /// `nil`: none, as for API tokens.
    package var pointsPerHour: Int?
    /// Data Center: requests that may come at once when its administrator limits them; `nil`: not limited.
    package var dataCenterCapacity: Int?
    /// Data Center: requests that come back each second.
    package var dataCenterPerSecond: Int

    package init(
        burstCapacity: Int = 350, burstPerSecond: Int = 100, pointsPerHour: Int? = nil, dataCenterCapacity: Int? = nil,
        dataCenterPerSecond: Int = 10
    ) {
        self.burstCapacity = burstCapacity
        self.burstPerSecond = burstPerSecond
        self.pointsPerHour = pointsPerHour
        self.dataCenterCapacity = dataCenterCapacity
        self.dataCenterPerSecond = dataCenterPerSecond
    }
}

/// GitHub GraphQL: points in a window, and the secondary limits.
package struct GitHubQuota: Sendable, Hashable {
    package var points: Int
    package var window: Duration
    /// In any minute; a query counts one whatever it costs.
    package var pointsPerMinute: Int
    /// Requests at the same time.
    package var concurrency: Int

    package init(
        points: Int = 5_000, window: Duration = .hours(1), pointsPerMinute: Int = 2_000, concurrency: Int = 100
    ) {
        self.points = points
        self.window = window
        self.pointsPerMinute = pointsPerMinute
        self.concurrency = concurrency
    }
}

/// One window of one quota, as it went.
package struct WindowUsage: Sendable, Hashable {
    /// `github.points`, `jira.points`, `jira.burst GET /rest/api/3/…`.
    package let bucket: String
    package let begin: Instant
    package let end: Instant
    package let limit: Int
    package internal(set) var used: Int
    /// Requests that were refused in it.
    package internal(set) var rejected: Int

    /// 0 to 1.
    package var share: Double { limit > 0 ? Double(used) / Double(limit) : 0 }
}
