import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct GitCommitWalkTests {
    @Test func `commits become rows with people, counts, parents and work items`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(
            FastImport.commit("PAY-1: begin", at: 1_700_000_000, FastImport.file("a", "one\ntwo\n"))
                + FastImport.commit(
                    "OPS-2 more", branch: "feature/pay-7-x", by: "Bot[bot] <7+bot@Users.Noreply.GitHub.com>",
                    at: 1_700_000_060, "from refs/heads/main\n" + FastImport.file("a", "one\n3\n"))
                + FastImport.commit(
                    "Merge branch 'feature/pay-7-x'", at: 1_700_000_120,
                    "merge refs/heads/feature/pay-7-x\n" + FastImport.file("a", "one\n3\n")))
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        let hashes = try await laboratory.run(["rev-list", "--reverse", "main"], in: "pay").split(separator: "\n")
            .map(String.init)
        let id = String(hashes[0].prefix(16))
        #expect(harvest.extracted == 3)
        #expect(harvest.texts(CommitColumns.id) == hashes.map { "\(id):\($0)" })
        #expect(harvest.texts(CommitColumns.repositoryID) == [id, id, id])
        #expect(
            harvest.texts(CommitColumns.message) == ["PAY-1: begin", "OPS-2 more", "Merge branch 'feature/pay-7-x'"])
        #expect(harvest.texts(CommitColumns.authorID)[1] == "7+bot@users.noreply.github.com")
        #expect(harvest.texts(CommitColumns.committerEmail)[0] == "bob@example.com")
        #expect(
            harvest.texts(CommitColumns.parents)
                == ["[]", "[\"\(hashes[0])\"]", "[\"\(hashes[0])\",\"\(hashes[1])\"]"])
        #expect(harvest.values(CommitColumns.isMerge) == [.integer(0), .integer(0), .integer(1)])
        #expect(harvest.values(CommitColumns.additions) == [.integer(2), .integer(1), .null])
        #expect(harvest.values(CommitColumns.deletions) == [.integer(0), .integer(1), .null])
        #expect(harvest.values(CommitColumns.changedFiles) == [.integer(1), .integer(1), .null])
        #expect(harvest.values(CommitColumns.committedAt)[0] == .integer(1_700_000_000_000_000))
        #expect(harvest.texts(PersonColumns.login) == ["null", "bot"])
        #expect(harvest.values(PersonColumns.isBot) == [.null, .integer(1)])
        #expect(harvest.texts(WorkItemCommitColumns.key) == ["PAY-1", "OPS-2", "PAY-7"])
        #expect(harvest.texts(WorkItemCommitColumns.evidence) == ["[\"message\"]", "[\"message\"]", "[\"branch\"]"])
        #expect(harvest.texts(WorkItemCommitColumns.commitID)[2] == "\(id):\(hashes[2])")
    }

    @Test(arguments: [1, 3, 7, 100])
    func `a walk killed after any page goes on without losing or repeating a commit`(pageSize: Int) async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...9))
        try await laboratory.load(FastImport.chain(10...14, branch: "b", from: "refs/heads/main~4"))
        let whole = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        let walk = laboratory.walk(GitConnector.commitsStream, pageSize: pageSize)
        let restarted = try await laboratory.harvest(walk, isRestarted: true)
        #expect(whole.extracted == 14)
        #expect(restarted.texts(CommitColumns.id) == whole.texts(CommitColumns.id))
        #expect(restarted.contents.count == (14 + pageSize - 1) / pageSize)
        #expect(restarted.watermark == whole.watermark)
        #expect(restarted.contents.allSatisfy { $0.expected == 14 })
        #expect(restarted.contents.dropLast().allSatisfy { $0.highWater == nil })
    }

    @Test func `branches that move during a walk do not disturb it`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...6))
        let walk = laboratory.walk(GitConnector.commitsStream, pageSize: 2)
        let before = try await laboratory.harvest(walk)
        try await laboratory.load(FastImport.chain(7...9, from: "refs/heads/main^0", start: 1_600_000_000))
        let after = try await laboratory.harvest(walk, from: before.cursors[1])
        #expect(after.texts(CommitColumns.id) == Array(before.texts(CommitColumns.id)[2...]))
        let rest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: after.watermark))
        #expect(rest.texts(CommitColumns.message) == ["Change 7", "Change 8", "Change 9"])
    }

    @Test func `a list in another order than before is walked again from its beginning`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...4))
        let walk = laboratory.walk(GitConnector.commitsStream, pageSize: 2)
        let before = try await laboratory.harvest(walk)
        var cursor = try GitCursor(before.cursors[1])
        cursor.last = String(repeating: "a", count: 40)
        #expect(try await laboratory.harvest(walk, from: cursor.cursor).extracted == 4)
    }

    @Test func `the next walk loads what is new and nothing else`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...3))
        let first = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(first.scope == nil)
        let idle = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: first.watermark))
        #expect(idle.extracted == 0 && idle.contents.count == 1 && idle.watermark == first.watermark)
        try await laboratory.load(FastImport.chain(4...5, branch: "b", from: "refs/heads/main^0"))
        let second = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: idle.watermark))
        #expect(second.texts(CommitColumns.message) == ["Change 4", "Change 5"])
        #expect(second.scope == nil && second.censusIDs.isEmpty)
    }

    @Test(arguments: [false, true])
    func `rewritten history is noticed and what is gone is found by a census`(isCollected: Bool) async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...5))
        let first = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        try await laboratory.run(["update-ref", "refs/heads/main", "main~2"], in: "pay")
        try await laboratory.load(FastImport.chain(8...8, from: "refs/heads/main^0"))
        if isCollected {
            try await laboratory.run(["reflog", "expire", "--expire=now", "--all"], in: "pay")
            try await laboratory.run(["gc", "-q", "--prune=now"], in: "pay")
        }
        let walk = laboratory.walk(GitConnector.commitsStream, since: first.watermark, pageSize: 2)
        let second = try await laboratory.harvest(walk, isRestarted: true)
        #expect(second.texts(CommitColumns.message).last == "Change 8")
        // Without the former head nobody can tell which of its ancestors were loaded: all that is there comes again.
        #expect(second.extracted == (isCollected ? 4 : 1))
        let kept = Set(first.texts(CommitColumns.id).prefix(3) + second.texts(CommitColumns.id))
        #expect(Set(second.censusIDs) == kept)
        #expect(second.scope?.table == "commits" && second.scope?.column == "repository_id")
        #expect(second.scope?.value == first.texts(CommitColumns.repositoryID).first)
        let third = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: second.watermark))
        #expect(third.extracted == 0 && third.scope == nil)
    }

    @Test func `the last branch that goes leaves a census of nothing`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...2))
        let first = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        try await laboratory.run(["update-ref", "-d", "refs/heads/main"], in: "pay")
        let walk = laboratory.walk(GitConnector.commitsStream, since: first.watermark)
        let second = try await laboratory.harvest(walk)
        #expect(second.extracted == 0 && second.censusIDs.isEmpty && second.scope != nil)
    }

    @Test func `heads that were collected while a walk was stopped begin it anew`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...5))
        let walk = laboratory.walk(GitConnector.commitsStream, pageSize: 2)
        let before = try await laboratory.harvest(walk)
        try await laboratory.run(["update-ref", "refs/heads/main", "main~2"], in: "pay")
        try await laboratory.run(["reflog", "expire", "--expire=now", "--all"], in: "pay")
        try await laboratory.run(["gc", "-q", "--prune=now"], in: "pay")
        let after = try await laboratory.harvest(walk, from: before.cursors[1])
        #expect(after.texts(CommitColumns.message) == ["Change 1", "Change 2", "Change 3"])
    }

    @Test func `a census lists every commit, a full walk as well`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...3))
        let census = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, .census))
        let full = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, .full, pageSize: 2))
        #expect(census.extracted == 0 && census.watermark == nil && census.scope != nil)
        #expect(full.extracted == 3 && full.scope == census.scope)
        #expect(census.censusIDs == full.texts(CommitColumns.id) && full.censusIDs == census.censusIDs)
    }

    @Test func `a range holds the commits from its beginning to before its end, whatever the order of clocks`()
        async throws
    {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let times = [100, 500, 50, 200, 300, 20]
        try await laboratory.load(
            times.map { FastImport.commit("at \($0)", at: 1_700_000_000 + $0) }.joined())
        let mode = RunMode.range(from: Instant(seconds: 1_700_000_100), to: Instant(seconds: 1_700_000_300))
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, mode))
        #expect(Set(harvest.texts(CommitColumns.message)) == ["at 100", "at 200"])
        #expect(harvest.watermark == nil && harvest.scope == nil)
    }

    @Test func `many heads are kept as those that no other reaches`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let resets = (0..<100).map { "reset refs/heads/b\($0)\nfrom refs/heads/main~\($0)\n\n" }.joined()
        try await laboratory.load(FastImport.chain(1...120) + FastImport.chain(130...130, branch: "side"))
        try await laboratory.load(resets)
        let first = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(first.extracted == 121)
        #expect(GitWatermark(first.watermark)?.tips.count == 2)
        try await laboratory.load(FastImport.chain(121...122, from: "refs/heads/main^0"))
        let second = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: first.watermark))
        #expect(second.texts(CommitColumns.message) == ["Change 121", "Change 122"])
        #expect(second.scope == nil && GitWatermark(second.watermark)?.tips.count == 2)
    }

    @Test func `a changed mailmap and another way of counting ask for everything again`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...2))
        let first = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(first.texts(PersonColumns.id) == ["ada@example.com"])
        let mailmap = "Ada Lovelace <ada@lovelace.org> <ada@example.com>\n"
        try laboratory.write(mailmap, to: "pay/.mailmap")
        try await laboratory.run(["reset", "-q", "--mixed"], in: "pay")
        try await laboratory.run(["add", ".mailmap"], in: "pay")
        try await laboratory.run(["commit", "-q", "-m", "Names"], in: "pay")
        let second = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: first.watermark))
        #expect(second.extracted == 3 && second.texts(PersonColumns.id) == ["ada@lovelace.org"])
        #expect(second.texts(PersonColumns.name) == ["Ada Lovelace"])
        let plain = laboratory.connector(countsLines: false)
        let third = try await laboratory.harvest(
            laboratory.walk(GitConnector.commitsStream, since: second.watermark), with: plain)
        #expect(third.extracted == 3 && third.values(CommitColumns.additions) == [.null, .null, .null])
    }

    @Test func `an empty repository and a detached head are nothing special`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let empty = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(empty.extracted == 0 && empty.watermark != nil && empty.scope == nil)
        try await laboratory.load(FastImport.chain(1...3))
        try await laboratory.run(["checkout", "-q", "--detach", "main~1"], in: "pay")
        try await laboratory.run(["update-ref", "-d", "refs/heads/main"], in: "pay")
        let walk = laboratory.walk(GitConnector.commitsStream, since: empty.watermark)
        #expect(try await laboratory.harvest(walk).extracted == 2)
    }
}
