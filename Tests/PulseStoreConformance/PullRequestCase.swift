import PulseDomain

/// A pull request in a repository of its own, opened at ten and merged at six in the afternoon unless it says otherwise.
struct PullRequestCase {
    let id: String
    var request: [PullRequestColumns: Answer] = [:]
    /// When its commits were written.
    var commits: [String] = []
    var reviews: [(by: Answer, state: Answer, at: String)] = []
    /// Commits of the default branch, by hash.
    var branch: [String: String] = ["m": "18:00"]
    var deployments: [(environment: Answer, state: Answer, commit: Answer, at: String)] = []
    let expected: [String: Answer]

    static let all: [PullRequestCase] = [
        PullRequestCase(
            id: "whole", commits: ["09:00", "08:00", "11:00"],
            reviews: [("bob", "commented", "12:00"), ("bob", "approved", "15:00"), ("cyd", "approved", "16:00")],
            deployments: [("production", "succeeded", "m", "20:00")],
            expected: [
                "repository": "acme/whole", "author_is_bot": 0, "first_commit_at": .hour("08:00"),
                "opened_at": .hour("10:00"), "first_review_at": .hour("12:00"), "reviewed_at": .hour("16:00"),
                "deployed_at": .hour("20:00"), "reviews": 3, "coding_hours": 2, "pickup_hours": 2, "review_hours": 4,
                "merge_hours": 2, "deploy_hours": 2, "open_hours": 8, "lead_time_hours": 12,
            ]),
        PullRequestCase(
            id: "closed without merge", request: [.state: "closed", .mergedAt: nil, .mergeCommitID: nil],
            reviews: [("bob", "commented", "12:00"), ("bob", "changes_requested", "13:00")],
            deployments: [("production", "succeeded", "m", "20:00")],
            expected: [
                "merged_at": nil, "pickup_hours": 2, "review_hours": 1, "merge_hours": nil, "deployed_at": nil,
                "deploy_hours": nil, "open_hours": 8, "lead_time_hours": nil, "coding_hours": nil,
            ]),
        PullRequestCase(
            id: "still a draft",
            request: [.state: "open", .isDraft: 1, .mergedAt: nil, .closedAt: nil, .mergeCommitID: nil],
            reviews: [("bob", "commented", "12:00")],
            expected: [
                "is_draft": 1, "first_review_at": .hour("12:00"), "pickup_hours": nil, "review_hours": 0,
                "merge_hours": nil, "open_hours": nil,
            ]),
        PullRequestCase(
            id: "reviewed by nobody else", reviews: [("ada", "commented", "11:00"), ("robo", "approved", "11:30")],
            expected: [
                "reviews": nil, "first_review_at": nil, "reviewed_at": nil, "pickup_hours": nil, "review_hours": nil,
                "merge_hours": nil, "open_hours": 8,
            ]),
        PullRequestCase(
            id: "accounts that are gone", request: [.authorID: nil], reviews: [(nil, "approved", "11:00")],
            expected: ["author_is_bot": nil, "first_review_at": nil]),
        PullRequestCase(
            id: "reviewer that is gone", reviews: [(nil, "approved", "11:00")],
            expected: ["first_review_at": .hour("11:00"), "pickup_hours": 1, "review_hours": 0, "merge_hours": 7]),
        PullRequestCase(
            id: "reviewed too late", reviews: [("bob", "pending", "11:00"), ("bob", "approved", "19:00")],
            expected: ["first_review_at": nil, "reviews": nil, "pickup_hours": nil]),
        PullRequestCase(
            id: "nobody approved", reviews: [("bob", "commented", "12:00"), ("cyd", "dismissed", "14:00")],
            expected: ["reviewed_at": .hour("14:00"), "review_hours": 2, "merge_hours": 4]),
        PullRequestCase(
            id: "deployed later", branch: ["m": "18:00", "n": "18:30"],
            deployments: [
                ("production", "failed", "m", "19:00"), ("staging", "succeeded", "m", "19:10"),
                ("blue", "succeeded", "m", "19:20"), (nil, "succeeded", "m", "19:30"),
                ("production", "pending", "m", "19:40"), ("production", "succeeded", "n", "22:00"),
                ("production", "succeeded", "m", "23:00"),
            ],
            expected: ["deployed_at": .hour("22:00"), "deploy_hours": 4, "lead_time_hours": nil]),
        PullRequestCase(
            id: "merged elsewhere", request: [.baseBranch: "release"], branch: ["n": "18:30"],
            deployments: [("production", "succeeded", "n", "20:00")], expected: ["deployed_at": nil]),
        PullRequestCase(
            id: "merged elsewhere and deployed itself", request: [.baseBranch: "release"], branch: [:],
            deployments: [("production", "succeeded", "m", "20:00")],
            expected: ["deployed_at": .hour("20:00"), "deploy_hours": 2]),
        PullRequestCase(
            id: "only older commits deployed", branch: ["l": "17:59", "m": "18:00"],
            deployments: [("production", "succeeded", "l", "20:00"), ("production", "succeeded", "x", "21:00")],
            expected: ["deployed_at": nil, "deploy_hours": nil]),
        PullRequestCase(
            id: "commits written anew", commits: ["11:00"],
            expected: ["first_commit_at": .hour("11:00"), "coding_hours": nil]),
        PullRequestCase(
            id: "deployed before it was merged", branch: ["m": "16:00"],
            deployments: [("production", "succeeded", "m", "17:00")],
            expected: ["deployed_at": .hour("17:00"), "deploy_hours": nil]),
    ]

    static func load(_ cases: [PullRequestCase], _ fixture: any StoreFixture) async throws -> ViewWorld {
        let world = try await ViewWorld(fixture, source: "github")
        try await world.load(
            PersonColumns.self,
            [
                [.id: "ada", .isBot: 0], [.id: "bob", .isBot: 0], [.id: "cyd"], [.id: "robo", .isBot: 1],
            ])
        for item in cases { try await item.load(into: world) }
        return world
    }

    private func load(into world: ViewWorld) async throws {
        let own: Answer = .text(id)
        try await world.load(
            RepositoryColumns.self, [[.id: own, .name: .text("acme/\(id)"), .defaultBranch: "main"]])
        let usual: [PullRequestColumns: Answer] = [
            .id: own, .repositoryID: own, .state: "merged", .isDraft: 0, .authorID: "ada", .baseBranch: "main",
            .mergeCommitID: "m", .createdAt: .hour("10:00"), .mergedAt: .hour("18:00"), .closedAt: .hour("18:00"),
        ]
        try await world.load(PullRequestColumns.self, [usual.merging(request) { $1 }])
        try await world.load(
            PullRequestCommitColumns.self,
            commits.map {
                [.id: .text("\(id):\($0)"), .pullRequestID: own, .commitID: .text($0), .authoredAt: .hour($0)]
            })
        try await world.load(
            PullRequestReviewColumns.self,
            reviews.enumerated().map { index, review in
                [
                    .id: .text("\(id):\(index)"), .pullRequestID: own, .authorID: review.by, .state: review.state,
                    .submittedAt: .hour(review.at),
                ]
            })
        try await world.load(
            CommitColumns.self,
            branch.map { [.id: .text("\(id):\($0)"), .repositoryID: own, .hash: .text($0), .committedAt: .hour($1)] })
        try await world.load(
            DeploymentColumns.self,
            deployments.enumerated().map { index, deployment in
                [
                    .id: .text("\(id):\(index)"), .repositoryID: own, .environment: deployment.environment,
                    .state: deployment.state, .commitID: deployment.commit, .createdAt: .hour(deployment.at),
                    .finishedAt: .hour(deployment.at),
                ]
            })
    }
}
