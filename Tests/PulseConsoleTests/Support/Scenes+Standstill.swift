import PulseDomain

extension Scene {
    /// Nothing is wrong, and nothing moves: all jobs wait for a quota, or behind those that do, and nothing was ever
    /// loaded but some records that are in quarantine.
    static func standstill(_ now: Instant = Scene.moment) -> Overview {
        let spent = Wait(
            reason: .quota(quota), since: now - .minutes(20), until: now + .seconds(252),
            because: "The reserve of 500 points is reached; GitHub resets the budget at 14:36.")
        func queued(_ reason: WaitReason, _ because: String) -> Wait {
            Wait(reason: reason, since: now - .minutes(20), until: now + .seconds(21), because: because)
        }
        let slot = queued(.capacity, "2 runs are under way, as many as may be.")
        let first = queued(
            .dependency("github-oss/repositories"), "github-oss/repositories has to succeed once before.")
        let jobs = [
            job(
                "github-oss/repositories", "Repositories",
                run(1, .waiting(spent), now: now, counts: counts(40), done: 40),
                now: now, next: .seconds(21), lastSuccess: nil),
            job(
                "github-oss/pull_requests", "Pull requests with commits, reviews and comments",
                run(
                    2, .waiting(spent), now: now, counts: counts(1_240, quarantined: 4), done: 1_240,
                    partitions: (0, 22)), now: now, next: .seconds(21), lastSuccess: nil, quarantined: 4),
            job(
                "github-oss/commits", "Commits of default branches", run(3, .queued, now: now, queued: first), now: now,
                next: .seconds(21), lastSuccess: nil),
            job(
                "jira-cloud/issues", "Issues", run(4, .queued, now: now, queued: slot), now: now, next: .seconds(21),
                lastSuccess: nil),
        ]
        return Overview(asOf: now, engine: engine(now), jobs: jobs)
    }
}
