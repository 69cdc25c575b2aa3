extension AnalystView {
    static let pullRequestPhases = AnalystView(
        name: "v_pull_request_phases",
        meaning: """
            How long each pull request took, in phases: coding (first commit to opening), pickup (opening to the first \
            review by somebody else), review (to the last approval, or the last review where nobody approved), merge \
            (to the merge) and deploy (to the first successful production deployment that contains it). Reviews by the \
            author, by programs and after the end do not count. A phase is null where its begin or end is not known, \
            did not happen, or came the other way round.
            """,
        columns: [
            .tenant, .source,
            .text("id", "The pull request's id."),
            .text("repository_id", "Its repository."),
            .text("repository", "Its repository's name."),
            .count("number", "Its number within its repository."),
            .text("title", "Its title."),
            .text("state", "open, merged or closed (without merge)."),
            .flag("is_draft", "Whether it is a draft now; when a draft became ready is not told by providers."),
            .text("author_id", "Who opened it; null for deleted accounts."),
            .flag("author_is_bot", "Whether the author is a program; null when not known."),
            .instant("first_commit_at", "When the first of its commits was written."),
            .instant("opened_at", "When it was opened."),
            .instant("first_review_at", "When somebody else first reviewed it."),
            .instant(
                "reviewed_at",
                "When somebody else last approved it, or last reviewed it where nobody approved."),
            .instant("merged_at", "When it was merged."),
            .instant("closed_at", "When it was merged or closed."),
            .instant(
                "deployed_at",
                """
                When a production deployment first succeeded whose commit is its merge commit or, for merges into the \
                default branch, one that came to that branch later (told from the commits' times). Null when there \
                was none, or environments, commits or the branch are not known.
                """),
            .count("reviews", "Reviews by others, as counted here."),
            .real("coding_hours", "From first_commit_at to opened_at."),
            .real("pickup_hours", "From opened_at to first_review_at; null for what is still a draft."),
            .real("review_hours", "From first_review_at to reviewed_at."),
            .real("merge_hours", "From reviewed_at to merged_at."),
            .real("deploy_hours", "From merged_at to deployed_at."),
            .real("open_hours", "From opened_at to closed_at."),
            .real(
                "lead_time_hours",
                "From first_commit_at to deployed_at: DORA's lead time for changes (dora.dev/guides/dora-metrics)."),
        ],
        query: { dialect in
            """
            WITH first_commits AS (
                SELECT tenant, source, pull_request_id, min(coalesce(authored_at, committed_at)) AS first_commit_at
                FROM pull_request_commits WHERE deleted_at IS NULL GROUP BY tenant, source, pull_request_id
            ), reviewed AS (
                SELECT review.tenant, review.source, review.pull_request_id, count(*) AS reviews,
                    min(review.submitted_at) AS first_review_at,
                    coalesce(
                        max(CASE WHEN review.state = 'approved' THEN review.submitted_at END),
                        max(review.submitted_at)) AS reviewed_at
                FROM pull_request_reviews AS review
                JOIN pull_requests AS request ON request.tenant = review.tenant AND request.source = review.source
                    AND request.id = review.pull_request_id
                LEFT JOIN people AS reviewer ON reviewer.tenant = review.tenant AND reviewer.source = review.source
                    AND reviewer.id = review.author_id
                WHERE review.deleted_at IS NULL AND review.state <> 'pending'
                    AND coalesce(review.author_id, '') <> coalesce(request.author_id, '')
                    AND reviewer.is_bot IS NOT TRUE
                    AND review.submitted_at
                        <= coalesce(request.merged_at, request.closed_at, review.submitted_at)
                GROUP BY review.tenant, review.source, review.pull_request_id
            ), arrivals AS (
                SELECT tenant, source, repository_id, commit_id, ended_at
                FROM (
            \(judgedDeployments)
                ) AS judged
                WHERE is_production IS TRUE AND outcome = 'succeeded'
            ), of_the_commit AS (
                SELECT tenant, source, repository_id, commit_id, min(ended_at) AS deployed_at
                FROM arrivals GROUP BY tenant, source, repository_id, commit_id
            ), line AS (
                SELECT arrival.tenant, arrival.source, arrival.repository_id, deployed.committed_at AS at,
                    arrival.ended_at, CAST(NULL AS text) AS pull_request_id
                FROM arrivals AS arrival
                JOIN commits AS deployed ON deployed.tenant = arrival.tenant AND deployed.source = arrival.source
                    AND deployed.id = arrival.repository_id || ':' || arrival.commit_id
                    AND deployed.deleted_at IS NULL
                UNION ALL
                SELECT request.tenant, request.source, request.repository_id,
                    coalesce(merged.committed_at, request.merged_at), NULL, request.id
                FROM pull_requests AS request
                JOIN repositories AS repository ON repository.tenant = request.tenant
                    AND repository.source = request.source AND repository.id = request.repository_id
                    AND repository.default_branch = request.base_branch
                LEFT JOIN commits AS merged ON merged.tenant = request.tenant AND merged.source = request.source
                    AND merged.id = request.repository_id || ':' || request.merge_commit_id
                    AND merged.deleted_at IS NULL
                WHERE request.merged_at IS NOT NULL AND request.deleted_at IS NULL
            ), later_on_the_branch AS (
                SELECT tenant, source, pull_request_id, min(ended_at) OVER (
                    PARTITION BY tenant, source, repository_id
                    ORDER BY at DESC, CASE WHEN pull_request_id IS NULL THEN 0 ELSE 1 END
                    ROWS UNBOUNDED PRECEDING) AS deployed_at
                FROM line
            ), requests AS (
                SELECT request.*, request.created_at AS opened_at, repository.name AS repository,
                    author.is_bot AS author_is_bot, first_commits.first_commit_at, reviewed.reviews,
                    reviewed.first_review_at, reviewed.reviewed_at,
                    CASE WHEN of_the_commit.deployed_at IS NULL
                            OR later_on_the_branch.deployed_at < of_the_commit.deployed_at
                        THEN later_on_the_branch.deployed_at ELSE of_the_commit.deployed_at END AS deployed_at
                FROM pull_requests AS request
                LEFT JOIN repositories AS repository ON repository.tenant = request.tenant
                    AND repository.source = request.source AND repository.id = request.repository_id
                    AND repository.deleted_at IS NULL
                LEFT JOIN people AS author ON author.tenant = request.tenant AND author.source = request.source
                    AND author.id = request.author_id
                LEFT JOIN first_commits ON first_commits.tenant = request.tenant
                    AND first_commits.source = request.source AND first_commits.pull_request_id = request.id
                LEFT JOIN reviewed ON reviewed.tenant = request.tenant AND reviewed.source = request.source
                    AND reviewed.pull_request_id = request.id
                LEFT JOIN of_the_commit ON of_the_commit.tenant = request.tenant
                    AND of_the_commit.source = request.source
                    AND of_the_commit.repository_id = request.repository_id
                    AND of_the_commit.commit_id = request.merge_commit_id AND request.merged_at IS NOT NULL
                LEFT JOIN later_on_the_branch ON later_on_the_branch.tenant = request.tenant
                    AND later_on_the_branch.source = request.source
                    AND later_on_the_branch.pull_request_id = request.id
                WHERE request.deleted_at IS NULL
            )
            SELECT requests.*,
                \(dialect.hours("first_commit_at", "opened_at")) AS coding_hours,
                CASE WHEN is_draft IS NOT TRUE THEN \(dialect.hours("opened_at", "first_review_at")) END
                    AS pickup_hours,
                \(dialect.hours("first_review_at", "reviewed_at")) AS review_hours,
                \(dialect.hours("reviewed_at", "merged_at")) AS merge_hours,
                \(dialect.hours("merged_at", "deployed_at")) AS deploy_hours,
                \(dialect.hours("opened_at", "closed_at")) AS open_hours,
                \(dialect.hours("first_commit_at", "deployed_at")) AS lead_time_hours
            FROM requests
            """
        })
}
