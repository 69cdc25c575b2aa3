extension AnalystView {
    static let doraByWeek = AnalystView(
        name: "v_dora_by_week",
        meaning: """
            DORA's four key measures of software delivery for each repository and week, as far as deployments tell \
            (dora.dev/guides/dora-metrics): deployment frequency (deployments), change lead time, change fail rate and \
            failed deployment recovery time. What providers tell is whether a deployment failed, not whether it \
            impaired the service later, so incidents are not in it. Weeks have a row when something was deployed to \
            production or to an environment whose kind is not known. Null is what is not known.
            """,
        columns: [.tenant, .source]
            + [
                .text("repository_id", "The repository; null when not known."),
                .text("repository", "The repository's name."),
            ] + Column.week + [
                .count(
                    "deployments",
                    """
                    Deployments to production that succeeded. Null when the outcome or the environment of all that \
                    could be such is not known.
                    """),
                .count("failed_deployments", "Deployments to production that failed; null as deployments."),
                .count(
                    "unknown_deployments",
                    "Deployments that are in neither count: the outcome or the kind of environment is not known."),
                .count(
                    "changes",
                    "Pull requests that came to production for the first time; null when none is known."),
                .real(
                    "lead_time_hours",
                    "Median time from their first commit to production; null when not known of any."),
                .real(
                    "change_failure_rate", "Share of failed_deployments in all with an outcome, 0 to 1; null when none."
                ),
                .real(
                    "recovery_time_hours",
                    "Median time from a failed deployment of this week to the next that succeeded; null when none did."),
            ],
        query: { dialect in
            let keys = ["tenant", "source", "repository_id", "monday"]
            let list = keys.joined(separator: ", ")
            return """
                WITH deployed AS (
                    SELECT outcomes.*, \(dialect.monday(of: "ended_at")) AS monday
                    FROM (
                \(deploymentOutcomes.query(dialect))
                    ) AS outcomes
                    WHERE is_production IS NOT FALSE AND ended_at IS NOT NULL
                ), weeks AS (
                    SELECT \(list), repository,
                        count(CASE WHEN is_production IS TRUE AND outcome = 'succeeded' THEN 1 END) AS succeeded,
                        count(CASE WHEN is_production IS TRUE AND outcome = 'failed' THEN 1 END) AS failed,
                        count(CASE WHEN is_production IS NULL OR outcome IS NULL THEN 1 END) AS unknown
                    FROM deployed GROUP BY \(list), repository
                ), shipped AS (
                    SELECT tenant, source, repository_id, \(dialect.monday(of: "deployed_at")) AS monday,
                        lead_time_hours
                    FROM (
                \(pullRequestPhases.query(dialect))
                    ) AS phases
                    WHERE deployed_at IS NOT NULL
                ), changes AS (
                    SELECT \(list), count(*) AS changes FROM shipped GROUP BY \(list)
                ), leads AS (
                \(SQLDialect.median(of: "lead_time_hours", in: "shipped", by: keys))
                ), failures AS (
                    SELECT \(list), recovery_hours FROM deployed WHERE is_production IS TRUE
                ), recoveries AS (
                \(SQLDialect.median(of: "recovery_hours", in: "failures", by: keys))
                )
                SELECT weeks.tenant, weeks.source, weeks.repository_id, weeks.repository,
                    \(dialect.isoWeek(ofMonday: "weeks.monday")) AS week, weeks.monday AS week_begins_on,
                    CASE WHEN succeeded + failed > 0 THEN succeeded END AS deployments,
                    CASE WHEN succeeded + failed > 0 THEN failed END AS failed_deployments,
                    unknown AS unknown_deployments, changes.changes, leads.lead_time_hours,
                    CASE WHEN succeeded + failed > 0
                        THEN CAST(failed AS double precision) / (succeeded + failed) END AS change_failure_rate,
                    recoveries.recovery_hours AS recovery_time_hours
                FROM weeks
                \(joins(["changes", "leads", "recoveries"], on: keys))
                """
        })

    static let workItemThroughput = AnalystView(
        name: "v_work_item_throughput_by_week",
        meaning: """
            Work items created and done in each project and week; weeks in which neither happened have no row. An item \
            counts as done once, in the week of its done_at in v_work_item_times: one that was reopened counts when it \
            was done at last.
            """,
        columns: [.tenant, .source]
            + [
                .text("project_id", "The project."),
                .text("project_key", "The project's key; null while the project is not loaded."),
            ] + Column.week + [
                .count("created", "Items created."),
                .count("done", "Items done."),
                .real("done_points", "Story points of the items done; null when none of them has points."),
                .real("lead_time_hours", "Median lead time of the items done; null when not known of any."),
                .real("cycle_time_hours", "Median cycle time of the items done; null when not known of any."),
            ],
        query: { dialect in
            byWeek(
                dialect, subject: ["project_id", "project_key"],
                rows: """
                    times AS (
                    \(workItemTimes.query(dialect))
                    ), ended AS (
                        SELECT tenant, source, project_id, project_key, \(dialect.monday(of: "done_at")) AS monday,
                            story_points, lead_time_hours, cycle_time_hours
                        FROM times WHERE done_at IS NOT NULL
                    )
                    """,
                events: """
                    SELECT tenant, source, project_id, project_key, \(dialect.monday(of: "created_at")) AS monday,
                        1 AS created, 0 AS done, NULL AS done_points
                    FROM times WHERE created_at IS NOT NULL
                    UNION ALL
                    SELECT tenant, source, project_id, project_key, monday, 0, 1, story_points FROM ended
                    """,
                sums: ["created", "done", "done_points"], medians: ["lead_time_hours", "cycle_time_hours"])
        })

    static let pullRequestThroughput = AnalystView(
        name: "v_pull_request_throughput_by_week",
        meaning: """
            Pull requests opened, merged and closed without merge in each repository and week; weeks in which nothing \
            of it happened have no row.
            """,
        columns: [.tenant, .source]
            + [
                .text("repository_id", "The repository."),
                .text("repository", "The repository's name."),
            ] + Column.week + [
                .count("opened", "Pull requests opened."),
                .count("merged", "Pull requests merged."),
                .count("closed", "Pull requests closed without merge."),
                .real("open_hours", "Median time from opening to merge of those merged; null when none was."),
                .real("pickup_hours", "Median time to the first review of those merged; null when not known of any."),
            ],
        query: { dialect in
            byWeek(
                dialect, subject: ["repository_id", "repository"],
                rows: """
                    phases AS (
                    \(pullRequestPhases.query(dialect))
                    ), ended AS (
                        SELECT tenant, source, repository_id, repository,
                            \(dialect.monday(of: "coalesce(merged_at, closed_at)")) AS monday,
                            CASE WHEN merged_at IS NOT NULL THEN 1 ELSE 0 END AS merged,
                            CASE WHEN merged_at IS NOT NULL THEN open_hours END AS open_hours,
                            CASE WHEN merged_at IS NOT NULL THEN pickup_hours END AS pickup_hours
                        FROM phases WHERE merged_at IS NOT NULL OR closed_at IS NOT NULL
                    )
                    """,
                events: """
                    SELECT tenant, source, repository_id, repository, \(dialect.monday(of: "opened_at")) AS monday,
                        1 AS opened, 0 AS merged, 0 AS closed
                    FROM phases WHERE opened_at IS NOT NULL
                    UNION ALL
                    SELECT tenant, source, repository_id, repository, monday, 0, merged, 1 - merged FROM ended
                    """,
                sums: ["opened", "merged", "closed"], medians: ["open_hours", "pickup_hours"])
        })

    /// Sums of `events` for each subject (its id and its name) and week, and beside them medians of what ended then.
    ///
    /// `rows` are the common table expressions that `events` reads, `ended` among them, which has the medians' columns.
    private static func byWeek(
        _ dialect: SQLDialect, subject: [String], rows: String, events: String, sums: [String], medians: [String]
    ) -> String {
        let keys = ["tenant", "source", subject[0], "monday"]
        let list = (keys + subject.dropFirst()).joined(separator: ", ")
        let middles = medians.map { "\($0)_medians AS (\n\(SQLDialect.median(of: $0, in: "ended", by: keys))\n)" }
        return """
            WITH \(rows), weeks AS (
                SELECT \(list), \(sums.map { "sum(\($0)) AS \($0)" }.joined(separator: ", "))
                FROM (
                \(events)
                ) AS events
                GROUP BY \(list)
            ), \(middles.joined(separator: ", "))
            SELECT weeks.tenant, weeks.source, \(subject.map { "weeks.\($0)" }.joined(separator: ", ")),
                \(dialect.isoWeek(ofMonday: "weeks.monday")) AS week, weeks.monday AS week_begins_on,
                \((sums + medians).joined(separator: ", "))
            FROM weeks
            \(joins(medians.map { "\($0)_medians" }, on: keys))
            """
    }

    /// Joins to `weeks` what may be there for the same keys.
    private static func joins(_ names: [String], on keys: [String]) -> String {
        names.map { name in
            "LEFT JOIN \(name) ON " + keys.map { "\(name).\($0) = weeks.\($0)" }.joined(separator: " AND ")
        }.joined(separator: "\n")
    }
}
