package import PulseConfiguration
package import PulseDomain
package import PulseSandbox

/// The demo: simulated sources, an engine on them, everything real but the providers.
package enum Demo {
    /// A world in which something happens every few seconds.
    package static func world(seed: UInt64) -> SandboxOptions {
        var options = SandboxOptions(seed: seed)
        options.jira.eventsPerHour = 900
        options.github.eventsPerHour = 400
        return options
    }

    /// The configuration that the demo runs with; the same that an operator would write, in more of a hurry.
    package static func configuration(for options: SandboxOptions) -> Configuration {
        let jira = SourceConfiguration(
            name: "jira-main", kind: .jira, url: options.jira.url, user: options.jira.user,
            token: .environment("DEMO_JIRA_TOKEN"), schedule: ScheduleDefinition(cron: "*/2 * * * *"),
            census: ScheduleDefinition(cron: "*/20 * * * *"), concurrency: 3, staleAfter: .minutes(30))
        let github = SourceConfiguration(
            name: "github", kind: .github, url: options.github.url, token: .environment("DEMO_GITHUB_TOKEN"),
            organizations: [options.github.organization], schedule: ScheduleDefinition(cron: "*/3 * * * *"),
            census: ScheduleDefinition(cron: "10,30,50 * * * *"), reserve: .share(0.1), concurrency: 3,
            staleAfter: .minutes(30))
        return Configuration(tenant: "demo", sources: [jira, github])
    }

    /// The tokens of the simulated accounts.
    package static func token(for options: SandboxOptions) -> @Sendable (SecretReference, SourceID) throws -> String {
        { _, source in source == "github" ? options.github.token : options.jira.token }
    }
}
