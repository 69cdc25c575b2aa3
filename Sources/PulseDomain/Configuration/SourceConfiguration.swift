/// The kind of service that a source is.
package enum SourceKind: String, Sendable, Hashable, Codable, CaseIterable {
    case jira, github, git
}

/// Where a secret comes from. The secret itself is never in the configuration.
package enum SecretReference: Sendable, Hashable {
    case environment(String)
    /// A file whose first line is the secret.
    case file(String)
    /// A shell command whose first line of output is the secret.
    case command(String)
}

/// A share of a quota that is left to others.
package enum QuotaReserve: Sendable, Hashable, Codable {
    /// 0 to 0.9 of the limit.
    case share(Double)
    /// So many points or requests.
    case amount(Int)
}

/// A source as the operator configured it.
package struct SourceConfiguration: Sendable, Hashable {
    package var name: SourceID
    package var kind: SourceKind
    /// Base address; `nil` for kinds that need none (git).
    package var url: String?
    /// Login name for basic authentication (Jira Cloud).
    package var user: String?
    package var token: SecretReference?
    /// Jira: keys of projects; empty: all that are visible.
    package var projects: [String]
    /// GitHub: logins of organisations.
    package var organizations: [String]
    /// GitHub: `owner/name`.
    package var repositories: [String]
    /// git: local folders.
    package var paths: [String]
    package var schedule: ScheduleDefinition?
    package var census: ScheduleDefinition?
    package var reserve: QuotaReserve
    /// Only these streams; empty: all.
    package var streams: [StreamID]
    package var priority: Int
    /// Partitions side by side, 1 or more.
    package var concurrency: Int
    package var staleAfter: Duration?

    package init(
        name: SourceID, kind: SourceKind, url: String? = nil, user: String? = nil, token: SecretReference? = nil,
        projects: [String] = [], organizations: [String] = [], repositories: [String] = [], paths: [String] = [],
        schedule: ScheduleDefinition? = nil, census: ScheduleDefinition? = nil, reserve: QuotaReserve = .share(0.1),
        streams: [StreamID] = [], priority: Int = 0, concurrency: Int = 2, staleAfter: Duration? = nil
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.user = user
        self.token = token
        self.projects = projects
        self.organizations = organizations
        self.repositories = repositories
        self.paths = paths
        self.schedule = schedule
        self.census = census
        self.reserve = reserve
        self.streams = streams
        self.priority = priority
        self.concurrency = concurrency
        self.staleAfter = staleAfter
    }
}
