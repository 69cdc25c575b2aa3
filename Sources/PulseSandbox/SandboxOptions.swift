package import PulseDomain

/// How large the simulated world is, how quickly it changes, and under which names it is found.
package struct SandboxOptions: Sendable, Hashable {
    /// Everything made up follows from it: the same seed, clock and requests give the same bytes.
    package var seed: UInt64
    /// From when on the world lives, that is, issues and pull requests change. `nil`: from the first look at the clock.
    package var startsAt: Instant?
    /// How far the records reach back from the start, in days, 1 or more.
    package var historyInDays: Int
    package var jira: JiraOptions
    package var github: GitHubOptions
    package var latency: LatencyOptions

    package init(
        seed: UInt64 = 1, startsAt: Instant? = nil, historyInDays: Int = 730, jira: JiraOptions = JiraOptions(),
        github: GitHubOptions = GitHubOptions(), latency: LatencyOptions = LatencyOptions()
    ) {
        self.seed = seed
        self.startsAt = startsAt
        self.historyInDays = historyInDays
        self.jira = jira
        self.github = github
        self.latency = latency
    }

    /// A world for unit tests: 600 issues, 150 pull requests, no latency, nothing that changes by itself.
    package static let small = SandboxOptions(
        jira: JiraOptions(projects: 4, issues: 600, eventsPerHour: 0, indexLag: .zero),
        github: GitHubOptions(repositories: 8, pullRequests: 150, eventsPerHour: 0), latency: .none)

    /// The same world with `factor` times the issues and pull requests. Needs no more memory: untouched records are
    /// made when they are asked for.
    package func scaled(by factor: Int) -> SandboxOptions {
        var options = self
        options.jira.issues *= factor
        options.github.pullRequests *= factor
        return options
    }
}

/// The simulated Jira, Cloud and Data Center: two doors to the same issues.
package struct JiraOptions: Sendable, Hashable {
    /// 1 to 12. The last of four is team-managed: it has statuses and types of its own with the same names.
    package var projects: Int
    /// Issues that exist at the start, over all projects.
    package var issues: Int
    /// Paragraphs of a long description; 3 make an issue of about 13 KB with all its fields.
    package var paragraphs: Int
    /// Custom fields of every issue, 4 or more.
    package var customFields: Int
    /// Changes an hour, on average; 0: nothing ever changes.
    package var eventsPerHour: Int
    /// How long it may take until the search index knows of a change; each change has its own lag up to this.
    package var indexLag: Duration
    /// The zone of the account that asks: Jira renders instants in it and reads dates without a zone as of it.
    package var zone: SandboxZone
    package var host: String
    package var dataCenterHost: String
    /// Login of the account that may read everything in Cloud; its password is `token`.
    package var user: String
    package var token: String
    /// Personal access token for Data Center (`Authorization: Bearer`).
    package var dataCenterToken: String
    /// How much memory rendered issues may fill, in MiB, for benchmarks that load the same issues again; 0: none are kept.
    package var cacheInMegabytes: Int
    /// Most issues a page of `/search/jql` holds when more than ids are asked for.
    package var pageLimit: Int

    package init(
        projects: Int = 8, issues: Int = 5_000, paragraphs: Int = 3, customFields: Int = 60, eventsPerHour: Int = 120,
        indexLag: Duration = .seconds(8), zone: SandboxZone = .kolkata, host: String = "acme.atlassian.net",
        dataCenterHost: String = "jira.acme.example", user: String = "pulse@acme.example",
        token: String = "sandbox-jira-token", dataCenterToken: String = "sandbox-data-center-token",
        pageLimit: Int = 100, cacheInMegabytes: Int = 0
    ) {
        self.projects = projects
        self.issues = issues
        self.paragraphs = paragraphs
        self.customFields = customFields
        self.eventsPerHour = eventsPerHour
        self.indexLag = indexLag
        self.zone = zone
        self.host = host
        self.dataCenterHost = dataCenterHost
        self.user = user
        self.token = token
        self.dataCenterToken = dataCenterToken
        self.pageLimit = pageLimit
        self.cacheInMegabytes = cacheInMegabytes
    }

    /// Base address for a source's configuration.
    package var url: String { "https://\(host)" }
    /// Base address of the Data Center door.
    package var dataCenterURL: String { "https://\(dataCenterHost)" }
}

/// The simulated GitHub: one organisation.
package struct GitHubOptions: Sendable, Hashable {
    package var organization: String
    /// 1 or more; the last one is empty (no commit, no default branch) when there are at least two.
    package var repositories: Int
    /// Pull requests that exist at the start, over all repositories; the first repositories have most.
    package var pullRequests: Int
    /// Changes an hour, on average; 0: nothing ever changes.
    package var eventsPerHour: Int
    package var host: String
    package var token: String
    /// A query that costs more nodes than this answers 502 after ten seconds.
    package var heavyNodes: Int
    /// A query that costs more nodes than this, but not ``heavyNodes``, loses parts with `RESOURCE_LIMITS_EXCEEDED`.
    package var limitedNodes: Int

    package init(
        organization: String = "acme", repositories: Int = 40, pullRequests: Int = 3_000, eventsPerHour: Int = 60,
        host: String = "api.github.com", token: String = "sandbox-github-token", heavyNodes: Int = 250_000,
        limitedNodes: Int = 150_000
    ) {
        self.organization = organization
        self.repositories = repositories
        self.pullRequests = pullRequests
        self.eventsPerHour = eventsPerHour
        self.host = host
        self.token = token
        self.heavyNodes = heavyNodes
        self.limitedNodes = limitedNodes
    }

    /// Address of the GraphQL endpoint.
    package var url: String { "https://\(host)/graphql" }
}

/// How long the simulated servers think. The wait goes through the clock that the sandbox was given.
package struct LatencyOptions: Sendable, Hashable {
    /// For every request.
    package var base: Duration
    /// For every KiB of the answer.
    package var perKilobyte: Duration
    /// Up to this share of the whole is added at random, 0 or more.
    package var jitter: Double

    package init(base: Duration = .milliseconds(60), perKilobyte: Duration = .microseconds(80), jitter: Double = 0.5) {
        self.base = base
        self.perKilobyte = perKilobyte
        self.jitter = jitter
    }

    /// Answers at once, without asking the clock to wait.
    package static let none = LatencyOptions(base: .zero, perKilobyte: .zero, jitter: 0)
}

/// A time zone with one offset all year round.
package struct SandboxZone: Sendable, Hashable {
    /// IANA name.
    package var name: String
    /// Minutes east of Greenwich.
    package var offsetInMinutes: Int

    package init(name: String, offsetInMinutes: Int) {
        self.name = name
        self.offsetInMinutes = offsetInMinutes
    }

    package static let kolkata = SandboxZone(name: "Asia/Kolkata", offsetInMinutes: 330)
    package static let utc = SandboxZone(name: "Etc/UTC", offsetInMinutes: 0)
    package static let honolulu = SandboxZone(name: "Pacific/Honolulu", offsetInMinutes: -600)
}
