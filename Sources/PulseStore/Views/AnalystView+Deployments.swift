extension AnalystView {
    static let deploymentOutcomes = AnalystView(
        name: "v_deployment_outcomes",
        meaning: """
            What became of each deployment. Whether an environment is production is told from its name: null where the \
            name does not say. A deployment that is inactive now counts as succeeded, because GitHub gives that state \
            to deployments that had succeeded (docs.github.com, REST API, deployment statuses, auto_inactive).
            """,
        columns: [
            .tenant, .source,
            .text("id", "The deployment's id."),
            .text("repository_id", "The repository; null when not known."),
            .text("repository", "The repository's name."),
            .text("environment", "The environment's name; null when not known."),
            .flag(
                "is_production",
                """
                True where the name has the word prod, production or live, false where it has a word of other \
                environments, such as staging or test; null where it says neither.
                """),
            .text("state", "The provider's state, in our words."),
            .text("outcome", "succeeded or failed; null while it goes on, or when not known."),
            .text("commit_id", "The hash that was deployed."),
            .instant("created_at", "When it was created."),
            .instant("ended_at", "When it succeeded or failed; where that is not told, when it was created."),
            .instant(
                "recovered_at",
                """
                Of a deployment that failed: when the next one of its repository to its environment succeeded. Null \
                while none did, and where repository or environment is not known.
                """),
            .real("recovery_hours", "From ended_at to recovered_at."),
        ],
        query: { dialect in
            """
            SELECT recovered.*, repository.name AS repository,
                \(dialect.hours("ended_at", "recovered_at")) AS recovery_hours
            FROM (
                SELECT judged.*, CASE
                    WHEN outcome = 'failed' AND repository_id IS NOT NULL AND environment IS NOT NULL
                    THEN min(CASE WHEN outcome = 'succeeded' THEN ended_at END) OVER (
                        PARTITION BY tenant, source, repository_id, environment ORDER BY ended_at DESC, id DESC
                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                    END AS recovered_at
                FROM (
            \(judgedDeployments)
                ) AS judged
            ) AS recovered
            LEFT JOIN repositories AS repository ON repository.tenant = recovered.tenant
                AND repository.source = recovered.source AND repository.id = recovered.repository_id
                AND repository.deleted_at IS NULL
            """
        })

    /// Deployments with `is_production`, `outcome` and `ended_at`.
    static let judgedDeployments = """
        SELECT tenant, source, id, repository_id, environment, state, commit_id, created_at,
            coalesce(finished_at, created_at) AS ended_at,
            CASE WHEN state IN ('succeeded', 'inactive') THEN 'succeeded' WHEN state = 'failed' THEN 'failed' END
                AS outcome,
            CASE
                WHEN \(spoken(otherWords)) THEN FALSE
                WHEN \(spoken(productionWords)) THEN TRUE
            END AS is_production
        FROM (
            SELECT deployments.*, '-' || \(hyphenated("lower(environment)")) || '-' AS spoken
            FROM deployments WHERE deleted_at IS NULL
        ) AS named
        """

    private static let productionWords = ["prod", "production", "live"]
    /// Looked for first: `pre-prod` is not production.
    private static let otherWords = [
        "preprod", "preproduction", "pre", "nonprod", "non", "staging", "stage", "test", "testing", "qa", "uat", "dev",
        "development", "preview", "review", "sandbox", "demo", "integration", "local",
    ]

    private static func spoken(_ words: [String]) -> String {
        words.map { "spoken LIKE '%-\($0)-%'" }.joined(separator: " OR ")
    }

    /// Whatever parts the words of a name becomes a hyphen.
    private static func hyphenated(_ name: String) -> String {
        ["_", " ", "/", ".", ":", "(", ")"].reduce(name) { "replace(\($0), '\($1)', '-')" }
    }
}
