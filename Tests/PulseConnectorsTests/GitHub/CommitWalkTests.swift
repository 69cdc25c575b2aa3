import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct `Walking over the commits of a default branch` {
    typealias Reply = ScriptedGitHub.Reply

    private func edge(_ hash: String, _ parents: [String], _ day: Int = 1, message: String = "m") -> String {
        let nodes = parents.map { #"{"oid":"\#($0)"}"# }.joined(separator: ",")
        return """
            {"cursor":"at-\(hash)","node":{"oid":"\(hash)","message":"\(message)",\
            "authoredDate":"2026-01-0\(day)T00:00:00Z","committedDate":"2026-01-0\(day)T00:00:00Z","additions":1,\
            "deletions":0,"changedFilesIfAvailable":1,"author":{"name":"Ada","email":"ada@x.org","user":null},\
            "committer":{"name":"GitHub","email":"noreply@github.com"},\
            "parents":{"totalCount":\(parents.count),"nodes":[\(nodes)]}}}
            """
    }

    private func history(_ edges: [String], end: String?) -> String {
        """
        {"totalCount":9,"pageInfo":{"hasNextPage":\(end != nil),"endCursor":\(end.map { "\"\($0)\"" } ?? "null")},\
        "edges":[\(edges.joined(separator: ","))]}
        """
    }

    private func first(_ head: String, _ edges: [String], end: String? = nil) -> Reply {
        .data(
            "BranchCommits",
            """
            {"repository":{"id":"R_1","defaultBranchRef":{"name":"main",\
            "target":{"oid":"\(head)","history":\(history(edges, end: end))}}}}
            """)
    }

    private func further(_ head: String, _ edges: [String], end: String? = nil) -> Reply {
        .data(
            "CommitHistory",
            """
            {"repository":{"id":"R_1","object":{"oid":"\(head)","history":\(history(edges, end: end))}}}
            """)
    }

    private func watermark(head: String, tip: [String] = []) throws -> Watermark {
        Watermark(
            changedAt: Instant(parsing: "2026-01-03T00:00:00Z"),
            state: try GitHubJSON.encode(CommitState(repository: "R_1", head: head, tip: tip)))
    }

    private func state(_ run: GitHubFixture.Run) throws -> CommitState {
        try GitHubJSON.decode(CommitState.self, try #require(run.watermark?.state), what: "watermark")
    }

    @Test func `all pages start from the tip that the first one had, whatever is pushed meanwhile`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.commits, pageSize: 2),
            [
                first("c", [edge("c", ["b"], 3), edge("b", ["a"], 2)], end: "c 1"),
                further("c", [edge("a", [], 1, message: "PAY-3")]),
            ])
        #expect(run.requests[1].variables["head"] == "c" && run.requests[1].variables["after"] == "c 1")
        #expect(run.ids("commits") == ["R_1:c", "R_1:b", "R_1:a"])
        #expect(run.ids("work_item_commits") == ["R_1:a:PAY-3"])
        #expect(run.watermark?.changedAt == Instant(parsing: "2026-01-03T00:00:00Z"))
        let state = try state(run)
        #expect(state.head == "c" && state.tip == ["c", "b", "a"] && state.rewrites == nil)
        #expect(run.isBalanced)
    }

    @Test func `commits of a branch merged late are loaded although they stand behind the known tip`() async throws {
        let fixture = try GitHubFixture()
        // m merges y, which is older than the tip k that was known.
        let run = try await fixture.run(
            fixture.walk(.commits, .incremental, watermark: watermark(head: "k"), pageSize: 2),
            [
                first("m", [edge("m", ["k", "y"], 5), edge("k", ["j"], 3)], end: "m 1"),
                further("m", [edge("y", ["j"], 2), edge("j", ["i"], 1)], end: "m 3"),
            ])
        #expect(run.ids("commits").contains("R_1:y"))
        #expect(run.operations == ["BranchCommits", "CommitHistory"])
        #expect(try state(run).head == "m")
        #expect(try state(run).rewrites == nil)
    }

    @Test func `a commit that turns out to be known is not waited for`() {
        var walk = BranchWalk(name: "main", head: "m", former: CommitState(repository: nil, head: "k", tip: ["k"]))
        // y, which is new, names j before the known k does.
        walk.list([("m", ["k", "y"]), ("y", ["j"])])
        #expect(walk.pending == ["j"])
        walk.list([("k", ["j"])])
        #expect(walk.isComplete)
    }

    @Test func `nothing new ends the walk with the first page`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.commits, .incremental, watermark: watermark(head: "k")),
            [first("k", [edge("k", ["j"])], end: "k 0")])
        #expect(run.operations == ["BranchCommits"])
        #expect(try state(run).head == "k")
    }

    @Test func `a rewritten branch is noticed, and walked to where the histories part`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.commits, .incremental, watermark: watermark(head: "old2", tip: ["old2", "old1", "base"])),
            [
                first("new2", [edge("new2", ["new1"], 5), edge("new1", ["base"], 4)], end: "new2 1"),
                further("new2", [edge("base", ["root"], 1)], end: "new2 2"),
            ])
        #expect(run.operations == ["BranchCommits"])
        #expect(run.ids("commits") == ["R_1:new2", "R_1:new1"])
        #expect(try state(run).rewrites == 1)
        #expect(run.unused == 1)
    }

    @Test func `a branch rewritten beyond what is remembered is walked whole`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.commits, .incremental, watermark: watermark(head: "old")),
            [first("n2", [edge("n2", ["n1"])], end: "n2 0"), further("n2", [edge("n1", [])])])
        #expect(run.ids("commits") == ["R_1:n2", "R_1:n1"])
        #expect(try state(run).rewrites == 1)
    }

    @Test func `a tip that vanished begins the walk again from the present one`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.commits),
            [
                first("x", [edge("x", ["w"])], end: "x 0"),
                .data("CommitHistory", #"{"repository":{"id":"R_1","object":null}}"#),
                first("z", [edge("z", [])]),
            ])
        #expect(run.ids("commits") == ["R_1:x", "R_1:z"])
        #expect(try state(run).head == "z")
    }

    @Test func `an empty repository has no commits and no fault`() async throws {
        let fixture = try GitHubFixture()
        let run = try await fixture.run(
            fixture.walk(.commits),
            [.data("BranchCommits", #"{"repository":{"id":"R_1","defaultBranchRef":null}}"#)])
        #expect(run.ids("commits").isEmpty && run.pages.count == 1 && run.watermark == nil)
    }

    @Test func `a range bounds the history itself`() async throws {
        let fixture = try GitHubFixture()
        let from = try #require(Instant(parsing: "2026-01-02T00:00:00Z"))
        let to = try #require(Instant(parsing: "2026-01-03T00:00:00Z"))
        let run = try await fixture.run(
            fixture.walk(.commits, .range(from: from, to: to)),
            [first("c", [edge("c", ["b"], 3), edge("b", ["a"], 2)])])
        #expect(run.requests[0].variables["since"] == "2026-01-02T00:00:00Z")
        #expect(run.requests[0].variables["until"] == "2026-01-03T00:00:01Z")
        #expect(run.ids("commits") == ["R_1:b"])
        #expect(run.contents[0].filtered == 1 && run.watermark == nil && run.isBalanced)
    }

    @Test func `a census of commits stays at one tip, too`() async throws {
        let fixture = try GitHubFixture()
        func page(_ hash: String, end: String?) -> Reply {
            .data(
                "CommitIDs",
                """
                {"repository":{"id":"R_1","object":{"oid":"c","history":\
                \(history(["{\"cursor\":\"x\",\"node\":{\"oid\":\"\(hash)\"}}"], end: end))}}}
                """)
        }
        let run = try await fixture.run(
            fixture.walk(.commits, .census), [page("c", end: "c 0"), page("b", end: nil)])
        #expect(run.requests.map { $0.variables["expression"] } == ["HEAD", "c"])
        #expect(run.contents.flatMap(\.censusIDs) == ["R_1:c", "R_1:b"])
        #expect(run.pages.last?.censusScope == CensusScope(table: "commits", column: "repository_id", value: "R_1"))
    }

    // MARK: Where a walk may end, on random histories

    @Test(arguments: 0..<60)
    func `the end is not reached before every new commit was listed`(_ seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        // A random history; commit 0 is the root, the newest is the tip; times follow numbers.
        let count = 40
        let parents: [[Int]] = (0..<count).map { number in
            guard number > 0 else { return [] }
            let merges = Int.random(in: 0..<4, using: &generator) == 0 ? 2 : 1
            return Set((0..<merges).map { _ in Int.random(in: max(0, number - 6)..<number, using: &generator) })
                .sorted()
        }
        func ancestors(of tip: Int) -> Set<Int> {
            var (found, open): (Set<Int>, [Int]) = ([], [tip])
            while let next = open.popLast() { if found.insert(next).inserted { open += parents[next] } }
            return found
        }
        let tip = count - 1
        let reachable = ancestors(of: tip)
        let former = try #require(reachable.filter { $0 < tip }.randomElement(using: &generator))
        let new = reachable.subtracting(ancestors(of: former))
        var walk = BranchWalk(
            name: "main", head: "\(tip)", former: CommitState(repository: nil, head: "\(former)", tip: []))
        var listed: Set<Int> = []
        for number in reachable.sorted(by: >) {
            if walk.isComplete { break }
            walk.list([("\(number)", parents[number].map(String.init))])
            listed.insert(number)
        }
        #expect(new.isSubset(of: listed))
    }
}

/// Reproducible random numbers (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
