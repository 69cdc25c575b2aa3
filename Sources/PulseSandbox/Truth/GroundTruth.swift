package import PulseDomain
import Synchronization

/// What a complete and correct load holds at one moment, table by table, under the ids that the tables use.
///
/// It is the whole truth: what changed within the search's lag is in it, although a search does not tell it yet.
package struct GroundTruth: Sendable {
    package struct Issue: Sendable, Hashable {
        package var key: String
        package var projectID: String
        /// `nil` where the wire carries a title that cannot be compared (lone surrogates and the like).
        package var title: String?
        package var status: String
        /// Account id (Cloud); `nil`: nobody.
        package var assigneeID: String?
        package var parentID: String?
        package var points: Double?
        package var labels: [String]
        package var createdAt: Instant
        package var updatedAt: Instant
        package var resolvedAt: Instant?
    }

    package struct PullRequest: Sendable, Hashable {
        package var number: Int
        package var repositoryID: String
        /// As for issues.
        package var title: String?
        /// `open`, `merged` or `closed`.
        package var state: String
        package var headCommit: String
        package var createdAt: Instant
        package var updatedAt: Instant
        package var mergedAt: Instant?
    }

    package var at: Instant
    // Jira
    package var projects: Set<String> = []
    package var issueTypes: Set<String> = []
    package var statuses: Set<String> = []
    /// By id. Without those in ``poisoned``.
    package var issues: [String: Issue] = [:]
    /// Ids of issues that cannot be loaded: they belong into quarantine, and nothing of them into the tables.
    package var poisoned: Set<String> = []
    /// Ids of issues that were there and are gone.
    package var deletedIssues: Set<String> = []
    /// Former keys of moved issues, with the issue's id.
    package var aliases: [String: String] = [:]
    /// `history id:position`.
    package var changes: Set<String> = []
    package var comments: Set<String> = []
    package var worklogs: Set<String> = []
    /// `link id:outward`, `link id:inward`; without those for epics.
    package var links: Set<String> = []
    package var sprints: Set<String> = []
    /// `sprint id:issue id`.
    package var sprintIssues: Set<String> = []
    /// Versions of projects.
    package var versions: Set<String> = []
    // GitHub
    /// Full names by id.
    package var repositories: [String: String] = [:]
    package var pullRequests: [String: PullRequest] = [:]
    /// `pull request id:hash`.
    package var pullRequestCommits: Set<String> = []
    package var reviews: Set<String> = []
    /// On conversations and on lines.
    package var pullRequestComments: Set<String> = []
    /// `repository id:hash`, of default branches.
    package var commits: Set<String> = []
    package var releases: Set<String> = []
    package var deployments: Set<String> = []
}

extension Sandbox {
    /// The truth of this moment. Walks the whole world and holds all ids; for large worlds see ``forEachIssue(_:)``.
    package func groundTruth() -> GroundTruth {
        let now = time.now
        let (jira, github) = worlds(at: now)
        var truth = GroundTruth(at: now)
        jira.write(&truth, flaws: flaws, now: now.milliseconds)
        github.write(&truth, flaws: flaws)
        return truth
    }

    /// Id and newest change of every issue that a complete load holds, one after another, without keeping them.
    package func forEachIssue(_ body: (_ id: String, _ updatedAt: Instant) -> Void) {
        let (jira, _) = worlds(at: time.now)
        jira.forEachRecord { record in
            guard !jira.isPoisonable(record) || flaws.poison(record.id) == nil else { return }
            body(String(record.id), Instant(milliseconds: record.updatedAt))
        }
    }

    /// The world as it is; also what lets it catch up with the clock without a request.
    private func worlds(at now: Instant) -> (JiraWorld, GitHubWorld) {
        state.withLock { state in
            state.advance(to: now.milliseconds)
            return (state.jira, state.github)
        }
    }
}
