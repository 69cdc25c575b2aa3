import PulseDomain
import PulseStoreConformance
import Testing

@testable import PulseStore

/// What analysts' views are in SQLite they are in PostgreSQL, too.
@Suite struct AnalystViewTests {
    @Test func `every row of every view is the same in SQLite and in PostgreSQL`() async throws {
        let lite = try await ViewWorld(SQLiteFixture(), source: "all")
        let postgres = try await ViewWorld(PostgresFixture(), source: "all")
        for world in [lite, postgres] {
            var rows = ScatteredRows(seed: 2_025)
            try await rows.load(into: world)
        }
        for view in AnalystView.all {
            let rows = try await lite.rows(of: view.name)
            let others = try await postgres.rows(of: view.name)
            #expect(rows.count > 20, "\(view.name)")
            #expect(rows.count == others.count, "\(view.name)")
            let differences = Set(rows).symmetricDifference(others)
            #expect(differences.isEmpty, "\(view.name)")
            for column in view.columns {
                #expect(rows.contains { $0[column.name] ?? nil != nil }, "\(view.name).\(column.name) is always null")
            }
        }
    }

    /// A join that finds its rows by tenant and source alone takes a time that grows with the square of the rows.
    @Test(arguments: AnalystView.all.map(\.name))
    func `SQLite finds what a view joins by its whole key`(name: String) async throws {
        let store = try await SQLiteStore.open(.memory, tenant: "acme")
        let steps = try await store.read { db in
            try db.rows("EXPLAIN QUERY PLAN SELECT * FROM \(name)", []).map { try $0["detail"] as String }
        }
        await store.close()
        #expect(steps.contains { $0.hasPrefix("SEARCH") })
        for step in steps { #expect(!step.contains("(tenant=? AND source=?)")) }
    }

    @Test(arguments: AnalystView.all.map(\.name))
    func `a view tells what it and each of its columns mean, also to SQLite's shell`(name: String) throws {
        let view = try #require(AnalystView.all.first { $0.name == name })
        #expect(Set(view.columns.map(\.name)).count == view.columns.count)
        for text in view.columns.map(\.meaning) + [view.meaning] {
            #expect(text.hasSuffix(".") && !text.contains("\n"))
            #expect(view.sqlite.contains("-- \(text)"))
        }
    }
}

/// Rows whose ids and times are scattered over a few values, so that they meet in every way.
private struct ScatteredRows {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number below `limit`; the same seed gives the same ones.
    private mutating func number(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
    private mutating func some(_ values: Answer...) -> Answer { values[number(below: values.count)] }
    private mutating func id(_ prefix: String, below limit: Int) -> Answer { .text("\(prefix)\(number(below: limit))") }
    /// One in ten is not known; milliseconds of the ten weeks around New Year.
    private mutating func time(isKnown: Bool = false) -> Answer {
        guard isKnown || number(below: 10) > 0 else { return .none }
        let begin = 1_733_011_200_000
        return .text(Instant(milliseconds: Int64(begin + number(below: 6_048) * 1_000_003)).iso8601)
    }

    mutating func load(into world: ViewWorld) async throws {
        try await world.load(PersonColumns.self, (0..<8).map { [.id: .text("p\($0)"), .isBot: some(0, 0, 1, nil)] })
        try await world.load(ProjectColumns.self, (0..<3).map { [.id: .text("j\($0)"), .key: .text("J\($0)")] })
        try await world.load(
            StatusColumns.self,
            (0..<7).map {
                [
                    .id: .text("s\($0)"), .name: $0 == 3 ? "In Review" : .text("Status \($0)"),
                    .category: ["todo", "todo", "in_progress", "in_progress", "done", "done", "unknown"][$0],
                ]
            })
        try await world.load(
            WorkItemColumns.self,
            (0..<250).map {
                [
                    .id: .text("w\($0)"), .key: .text("J-\($0)"), .projectID: id("j", below: 4),
                    .type: some("Bug", nil),
                    .statusID: id("s", below: 7), .status: "Status", .createdAt: time(), .resolvedAt: time(),
                    .statusCategory: some("done", "done", "todo", "in_progress", nil), .storyPoints: some(1, 0.5, nil),
                ]
            })
        try await world.load(
            WorkItemChangeColumns.self,
            (0..<900).map {
                [
                    .id: .text("c\($0)"), .workItemID: id("w", below: 300), .field: some("status", "status", "labels"),
                    .fieldID: some("status", nil), .fromID: id("s", below: 8), .fromText: "In Review",
                    .toID: id("s", below: 8), .toText: some("In Review", "Other"), .changedAt: time(isKnown: true),
                ]
            })
        try await world.load(
            RepositoryColumns.self,
            (0..<4).map {
                [.id: .text("r\($0)"), .name: .text("acme/\($0)"), .defaultBranch: some("main", "main", nil)]
            })
        try await loadDelivery(into: world)
    }

    private mutating func loadDelivery(into world: ViewWorld) async throws {
        try await world.load(
            CommitColumns.self,
            (0..<200).map { number in
                [.id: .text("r\(number % 5):h\(number)"), .repositoryID: "r", .hash: "h", .committedAt: time()]
            })
        try await world.load(
            PullRequestColumns.self,
            (0..<200).map {
                let merged = some(nil, time(), time())
                return [
                    .id: .text("q\($0)"), .number: .number(Double($0)), .title: "T", .repositoryID: id("r", below: 5),
                    .state: some("merged", "open"), .isDraft: some(0, 0, 1, nil),
                    .authorID: some(id("p", below: 9), nil),
                    .baseBranch: some("main", "main", "next"), .mergeCommitID: id("h", below: 220), .createdAt: time(),
                    .mergedAt: merged, .closedAt: merged == nil ? some(nil, time()) : merged,
                ]
            })
        try await world.load(
            PullRequestCommitColumns.self,
            (0..<500).map {
                [
                    .id: .text("k\($0)"), .pullRequestID: id("q", below: 220), .commitID: "h", .authoredAt: time(),
                    .committedAt: time(),
                ]
            })
        try await world.load(
            PullRequestReviewColumns.self,
            (0..<600).map {
                [
                    .id: .text("v\($0)"), .pullRequestID: id("q", below: 220), .authorID: some(id("p", below: 9), nil),
                    .state: some("approved", "commented", "changes_requested", "dismissed", "pending"),
                    .submittedAt: time(),
                ]
            })
        try await world.load(
            DeploymentColumns.self,
            (0..<300).map {
                [
                    .id: .text("d\($0)"), .repositoryID: some(id("r", below: 5), id("r", below: 5), nil),
                    .environment: some("production", "Prod EU", "staging", "blue", nil),
                    .state: some("succeeded", "failed", "inactive", "pending", "unknown"),
                    .commitID: id("h", below: 220), .createdAt: time(), .finishedAt: time(),
                ]
            })
    }
}
