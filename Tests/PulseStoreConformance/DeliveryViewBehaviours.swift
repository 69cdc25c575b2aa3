import PulseDomain
import Testing

let deliveryViewBehaviours: [Behaviour] = [
    Behaviour("phases of pull requests are what is known of them, and null where nothing is") { fixture in
        let world = try await PullRequestCase.load(PullRequestCase.all, fixture)
        try await world.expect(
            "v_pull_request_phases", by: "id",
            Dictionary(uniqueKeysWithValues: PullRequestCase.all.map { ($0.id, $0.expected) }))
    },
    Behaviour("environments are production, another or unknown, by their names") { fixture in
        let names: [String: Answer] = [
            "production": 1, "Production": 1, "prod": 1, "prod-eu": 1, "eu_prod": 1, "Production – web": 1,
            "live": 1, "web/live": 1, "staging": 0, "pre-prod": 0, "preprod": 0, "non-production": 0,
            "Preview – web": 0, "qa": 0, "dev": 0, "prod-test": 0, "review/feature-12": 0, "blue": nil,
            "github-pages": nil, "products": nil, "olive": nil,
        ]
        let world = try await ViewWorld(fixture)
        try await world.load(
            DeploymentColumns.self,
            names.keys.map { [.id: .text($0), .environment: .text($0), .state: "succeeded"] }
                + [[.id: "none", .state: "succeeded"]])
        var expected = names.mapValues { ["is_production": $0] }
        expected["none"] = ["is_production": nil, "repository": nil]
        try await world.expect("v_deployment_outcomes", by: "id", expected)
    },
    Behaviour("DORA's measures are those of deployments to production, unknown ones told apart") { fixture in
        let world = try await DoraWorld.load(fixture)
        try await world.expect(
            "v_deployment_outcomes", by: "id",
            [
                "1": ["outcome": "succeeded", "recovered_at": nil, "recovery_hours": nil],
                "2": ["outcome": "failed", "recovered_at": .hour("12:00"), "recovery_hours": 12],
                "3": ["outcome": "succeeded", "is_production": 0], "4": ["outcome": "succeeded"],
                "5": ["outcome": "failed", "recovered_at": "2025-01-07T02:00:00Z", "recovery_hours": 2],
                "6": ["outcome": "succeeded", "ended_at": "2025-01-07T02:00:00Z"], "7": ["is_production": nil],
                "8": ["outcome": nil, "ended_at": "2025-01-09T00:00:00Z"], "9": ["is_production": nil],
                "10": ["outcome": "failed", "recovered_at": nil, "recovery_hours": nil], "11": ["is_production": 0],
            ])
        try await world.expect(
            "v_dora_by_week", by: "week",
            [
                "2025-W01": [
                    "repository": "acme/web", "week_begins_on": "2024-12-30", "deployments": 1,
                    "failed_deployments": 0, "unknown_deployments": 0, "changes": nil, "lead_time_hours": nil,
                    "change_failure_rate": 0, "recovery_time_hours": nil,
                ],
                "2025-W02": [
                    "deployments": 2, "failed_deployments": 2, "unknown_deployments": 2, "changes": 3,
                    "lead_time_hours": 18, "change_failure_rate": 0.5, "recovery_time_hours": 7,
                ],
                "2025-W03": [
                    "deployments": nil, "failed_deployments": nil, "unknown_deployments": 1, "changes": nil,
                    "lead_time_hours": nil, "change_failure_rate": nil, "recovery_time_hours": nil,
                ],
                "2025-W04": [
                    "deployments": 0, "failed_deployments": 1, "unknown_deployments": 0, "change_failure_rate": 1,
                    "recovery_time_hours": nil,
                ],
            ])
        try await world.expect(
            "v_pull_request_throughput_by_week", by: "week",
            ["2025-W02": ["opened": 4, "merged": 3, "closed": 1, "open_hours": 2.5, "pickup_hours": nil]])
    },
    Behaviour("deployments, pull requests and reviews that are gone count nowhere") { fixture in
        let world = try await DoraWorld.load(fixture)
        try await world.keepOnly(["4"], of: "deployments")
        try await world.keepOnly(["one"], of: "pull_requests")
        try await world.expect("v_deployment_outcomes", by: "id", ["4": [:]])
        try await world.expect(
            "v_dora_by_week", by: "week",
            ["2025-W02": ["deployments": 1, "changes": 1, "failed_deployments": 0, "unknown_deployments": 0]])
        try await world.expect("v_pull_request_phases", by: "id", ["one": ["deploy_hours": 2]])
        try await world.expect(
            "v_pull_request_throughput_by_week", by: "week", ["2025-W02": ["opened": 1, "merged": 1, "closed": 0]])
    },
    Behaviour("views of a tenant and a source know nothing of others with the same ids") { fixture in
        let world = try await DoraWorld.load(fixture)
        let views = ["v_pull_request_phases", "v_deployment_outcomes", "v_dora_by_week"]
        var before: [Set<[String: Answer]>] = []
        for view in views { before.append(Set(try await world.rows(of: view))) }
        let rival = try await DoraWorld.load(fixture, tenant: "rival", only: ["2", "4"])
        let other = try await DoraWorld.load(fixture, source: "other", only: ["5"])
        for (view, rows) in zip(views, before) {
            let all = try await other.rows(of: view)
            #expect(Set(all.filter { $0["source"] == "github" }) == rows)
            #expect(all.count > rows.count && all.allSatisfy { $0["tenant"] == "acme" })
        }
        try await rival.expect("v_deployment_outcomes", by: "id", ["2": ["recovery_hours": 12], "4": [:]])
        #expect(try await rival.rows(of: "v_deployment_outcomes").allSatisfy { $0["tenant"] == "rival" })
    },
]

/// Deployments of one repository around weeks' ends, and pull requests that they bring to production.
private enum DoraWorld {
    static func load(
        _ fixture: any StoreFixture, tenant: TenantID = "acme", source: SourceID = "github", only: Set<String>? = nil
    ) async throws -> ViewWorld {
        let world = try await ViewWorld(fixture, tenant: tenant, source: source)
        try await world.load(RepositoryColumns.self, [[.id: "r", .name: "acme/web", .defaultBranch: "main"]])
        let commits: [(String, Answer)] = [
            ("m0", "2025-01-04 00:00"), ("m1", .hour("10:00")), ("m3", .hour("10:30")), ("m2", .hour("11:00")),
        ]
        try await world.load(
            CommitColumns.self,
            commits.map { [.id: .text("r:\($0)"), .repositoryID: "r", .hash: .text($0), .committedAt: $1] })
        let deployments: [(id: String, environment: Answer, state: Answer, commit: Answer, ended: Answer)] = [
            ("1", "production", "succeeded", "m0", "2025-01-05T23:59:59.999Z"),
            ("2", "production", "failed", "m1", "2025-01-06T00:00:00Z"),
            ("3", "staging", "succeeded", "m1", "2025-01-06T06:00:00Z"),
            ("4", "production", "succeeded", "m1", "2025-01-06T12:00:00Z"),
            ("5", "production", "failed", "m2", "2025-01-07T00:00:00Z"),
            ("6", "production", "inactive", "m2", "2025-01-07T02:00:00Z"),
            ("7", "blue", "succeeded", "m2", "2025-01-08T00:00:00Z"),
            ("8", "production", "in_progress", "m2", "2025-01-09T00:00:00Z"),
            ("9", "blue", "succeeded", "m2", "2025-01-14T00:00:00Z"),
            ("10", "production", "failed", "m2", "2025-01-21T00:00:00Z"),
            ("11", "staging", "succeeded", "m2", "2025-01-28T00:00:00Z"),
        ]
        try await world.load(
            DeploymentColumns.self,
            deployments.filter { only?.contains($0.id) ?? true }.map { deployment in
                // What has not ended, or was taken down, does not tell when it ended.
                let isOver = deployment.state == "succeeded" || deployment.state == "failed"
                return [
                    .id: .text(deployment.id), .repositoryID: "r", .environment: deployment.environment,
                    .state: deployment.state, .commitID: deployment.commit,
                    .createdAt: isOver ? "2024-12-31 00:00" : deployment.ended,
                    .finishedAt: isOver ? deployment.ended : nil,
                ]
            })
        func request(_ id: String, from opened: String, to ended: String, commit: Answer) -> [PullRequestColumns:
            Answer]
        {
            [
                .id: .text(id), .repositoryID: "r", .baseBranch: "main", .state: commit == nil ? "closed" : "merged",
                .createdAt: .hour(opened), .closedAt: .hour(ended), .mergedAt: commit == nil ? nil : .hour(ended),
                .mergeCommitID: commit,
            ]
        }
        try await world.load(
            PullRequestColumns.self,
            [
                request("one", from: "08:00", to: "10:00", commit: "m1"),
                request("two", from: "08:00", to: "11:00", commit: "m2"),
                request("three", from: "08:00", to: "10:30", commit: "m3"),
                request("four", from: "08:00", to: "09:00", commit: nil),
            ])
        try await world.load(
            PullRequestCommitColumns.self,
            [
                [.id: "one:a", .pullRequestID: "one", .commitID: "a", .authoredAt: .hour("00:00")],
                [.id: "two:b", .pullRequestID: "two", .commitID: "b", .authoredAt: .hour("02:00")],
                [.id: "three:c", .pullRequestID: "three", .commitID: "c"],
            ])
        return world
    }
}
