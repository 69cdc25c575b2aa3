import PulseDomain
import PulseHTTP
import PulseJSON
import Testing

@testable import PulseSandbox

@Suite struct `The living world` {
    let time = VirtualTime()

    private func sandbox(lag: Duration = .zero, faults: FaultPlan = .none) -> Sandbox {
        var options = SandboxOptions.small
        options.jira.eventsPerHour = 120
        options.jira.indexLag = lag
        options.github.eventsPerHour = 200
        return Sandbox(options, time: time, faults: faults, quotas: .unlimited)
    }

    @Test func `as time goes on, everything that can happen happens`() {
        let sandbox = sandbox()
        let before = sandbox.groundTruth()
        time.advance(by: .days(3))
        let after = sandbox.groundTruth()
        #expect(!after.deletedIssues.isEmpty && !after.aliases.isEmpty)
        #expect(Set(after.issues.keys).subtracting(before.issues.keys).count > 500)
        #expect(
            after.changes.isSuperset(
                of: before.changes.filter {
                    !$0.isEmpty && after.issues[String($0.prefix { $0 != ":" }.dropLast(4))] != nil
                }))
        #expect(after.issues.values.allSatisfy { $0.updatedAt <= time.now })
        let rewritten = before.pullRequests.filter { after.pullRequests[$0.key]?.headCommit != $0.value.headCommit }
        #expect(!rewritten.isEmpty)
        #expect(!before.commits.isSubset(of: after.commits) || before.commits.count < after.commits.count)
        #expect(after.releases.count > before.releases.count && after.deployments.count > before.deployments.count)
    }

    @Test func `the same moment is the same world, however it was reached`() {
        let (first, second) = (sandbox(lag: .seconds(8)), sandbox(lag: .seconds(8)))
        for _ in 0..<50 {
            time.advance(by: .minutes(29))
            first.forEachIssue { _, _ in }
        }
        let (one, two) = (first.groundTruth(), second.groundTruth())
        #expect(one.issues == two.issues && one.changes == two.changes && one.aliases == two.aliases)
        #expect(
            one.pullRequests == two.pullRequests && one.pullRequestComments == two.pullRequestComments
                && one.commits == two.commits)
    }

    @Test func `incremental searches with an overlap reach the truth but for deletions`() async throws {
        let client = NaiveClient(sandbox: sandbox(lag: .seconds(8)))
        var loaded = NaiveClient.Loaded()
        for project in ["PAY", "CHK", "MOB", "SRCH"] {
            try await client.load("project = \(project) ORDER BY updated ASC, key ASC", into: &loaded)
        }
        for _ in 0..<12 {
            let from = time.now - .minutes(10)
            time.advance(by: .hours(2))
            for project in ["PAY", "CHK", "MOB", "SRCH"] {
                try await client.load(
                    "project = \(project) AND updated >= \(from.milliseconds) ORDER BY updated ASC, key ASC",
                    into: &loaded)
            }
        }
        time.advance(by: .minutes(1))
        let truth = client.sandbox.groundTruth()
        // What happened in the last minute is not loaded yet.
        let known = truth.issues.filter { time.now - $0.value.updatedAt > .minutes(1) }
        #expect(known.count > 500)
        for (id, issue) in known { #expect(loaded.issues[id] == issue.key) }
        #expect(Set(loaded.issues.keys).subtracting(truth.issues.keys).isSubset(of: truth.deletedIssues))
    }

    @Test func `a changed issue is found late, and its new state is shown at once`() async throws {
        let client = NaiveClient(sandbox: sandbox(lag: .seconds(600)))
        time.advance(by: .hours(1))
        let truth = client.sandbox.groundTruth()
        let changed = truth.issues.filter { $0.value.updatedAt > client.sandbox.startsAt }
        var loaded = NaiveClient.Loaded()
        for project in ["PAY", "CHK", "MOB", "SRCH"] {
            try await client.load(
                "project = \(project) AND updated >= \(client.sandbox.startsAt.milliseconds)", into: &loaded)
        }
        let missing = Set(changed.keys).subtracting(loaded.issues.keys)
        #expect(!missing.isEmpty && missing.count < changed.count)
        time.advance(by: .seconds(600))
        for project in ["PAY", "CHK", "MOB", "SRCH"] {
            try await client.load(
                "project = \(project) AND updated >= \(client.sandbox.startsAt.milliseconds)", into: &loaded)
        }
        #expect(missing.isSubset(of: Set(loaded.issues.keys).union(client.sandbox.groundTruth().deletedIssues)))
    }

    @Test func `a moved issue keeps its id, and its old key still finds it; a deleted one is gone`() async throws {
        let client = NaiveClient(sandbox: sandbox())
        time.advance(by: .days(2))
        let truth = client.sandbox.groundTruth()
        let (former, id) = try #require(truth.aliases.first { truth.issues[$0.value] != nil })
        try await client.read(.get, "/rest/api/3/issue/\(former)?fields=summary") { issue in
            #expect(
                issue["id"].string == id && issue["key"].string == truth.issues[id]?.key
                    && issue["key"].string != former)
        }
        let gone = try #require(truth.deletedIssues.first)
        #expect(try await client.response(.get, "/rest/api/3/issue/\(gone)").status == 404)
        #expect(
            try await client.response(.post, "/rest/api/3/search/jql", body: #"{"jql":"id = \#(gone)"}"#).status == 400)
    }

    @Test func `pull requests that change while they are walked by update are not lost`() async throws {
        let client = NaiveClient(sandbox: sandbox())
        var after: String?
        var seen: Set<String> = []
        repeat {
            time.advance(by: .minutes(5))
            let cursor = after.map { "\"\($0)\"" } ?? "null"
            after = try await client.graph(GitHubTestsQuery.walk, #"{"after":\#(cursor)}"#) { root in
                let list = root["data"]["repository"]["pullRequests"]
                list["nodes"].forEachElement { seen.insert($0["id"].string ?? "") }
                return list["pageInfo"]["hasNextPage"].bool == true ? list["pageInfo"]["endCursor"].string : nil
            }
        } while after != nil
        let repository = try #require(
            client.sandbox.groundTruth().repositories.first { $0.value == "acme/checkout" }?.key)
        let all = client.sandbox.groundTruth().pullRequests.filter { $0.value.repositoryID == repository }
        #expect(seen.isSuperset(of: all.filter { $0.value.updatedAt < time.now - .minutes(5) }.keys))
    }

    @Test func `a world a hundred times as large is there at once`() async throws {
        var options = SandboxOptions.small
        options.jira.issues = 500_000
        options.github.pullRequests = 300_000
        let client = NaiveClient(sandbox: Sandbox(options, time: time, quotas: .unlimited))
        let body = try await client.searchPage(
            "project = PAY AND updated >= \((time.now - .hours(30)).milliseconds) ORDER BY updated ASC, key ASC",
            token: nil)
        var reader = JSONReader()
        try reader.read(body) { #expect($0["issues"].count > 50) }
    }
}

enum GitHubTestsQuery {
    static let walk = """
        query($after: String) { repository(owner: "acme", name: "checkout") {
        pullRequests(first: 5, after: $after, orderBy: {field: UPDATED_AT, direction: ASC}) { pageInfo { hasNextPage endCursor } nodes { id } } } }
        """
}
