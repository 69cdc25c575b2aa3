import Glibc
import PulseDomain
import PulseFuzzing
import Synchronization
import Testing

@testable import PulseConnectors

@Suite struct GitPartsTests {
    @Test(arguments: 1...9)
    func `records are cut alike wherever the output is split`(size: Int) {
        let output = Array("\n\u{1E}a\0\u{1E}b\0 stat\n\u{1E}c\0\0\u{1E}d\0e\0tail".utf8)
        var splitter = RecordSplitter(fieldCount: 2, header: Array("H".utf8)) { _, _, _ in .keep }
        for start in stride(from: 0, to: output.count, by: size) {
            let piece = Array(output[start..<min(start + size, output.count)])
            #expect(piece.withUnsafeBytes { splitter.take($0) })
        }
        splitter.finish()
        #expect(splitter.count == 3)
        #expect(splitter.bytes == Array("H".utf8) + output.dropFirst())
        var seen: [[String]] = []
        RecordFields.forEach(in: splitter.bytes, from: 1, fieldCount: 2) { record in
            seen.append(record.fields.indices.map(record.string))
        }
        #expect(seen == [["a", "\u{1E}b"], ["c", ""], ["d", "e"]])
    }

    @Test func `a record beyond the page is left to the next one`() {
        var splitter = RecordSplitter(fieldCount: 1) { _, kept, _ in kept >= 1 ? .stop : .keep }
        let wantsMore = Array("\u{1E}a\0\u{1E}b\0\u{1E}c\0".utf8).withUnsafeBytes { splitter.take($0) }
        #expect(!wantsMore && splitter.isStopped && splitter.count == 1)
        #expect(splitter.bytes == Array("\u{1E}a\0".utf8))
    }

    @Test func `a record beyond all measure is cut and the next one is whole`() {
        var splitter = RecordSplitter(fieldCount: 2, recordLimitInBytes: 6) { _, _, _ in .keep }
        let output = Array("\u{1E}a\0bbbbbbbbbbbbbbbbbbbb\0 stat\u{1E}c\0d\0".utf8)
        #expect(output.withUnsafeBytes { splitter.take($0) })
        splitter.finish()
        #expect(splitter.count == 2)
        #expect(splitter.bytes == Array("\u{1E}a\0bbb\0\u{1E}c\0d\0".utf8))
    }

    @Test func `a cursor says the same after it was written and read`() throws {
        var cursor = GitCursor(step: .commits)
        cursor.repository = "abc"
        cursor.offset = 3
        cursor.tips = [String(repeating: "1", count: 40)]
        cursor.excluded = [String(repeating: "2", count: 64)]
        cursor.last = String(repeating: "3", count: 40)
        cursor.since = -5
        cursor.countsLines = true
        cursor.watermark = GitWatermark(repository: "abc", basis: "b", refs: "r", tips: cursor.tips)
        #expect(try GitCursor(cursor.cursor) == cursor)
        cursor.watermark?.tips = cursor.excluded
        #expect(try GitCursor(cursor.cursor) == cursor)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"v":2,"step":"begin"}"#, #"{"v":1,"step":"commits","tips":["--output=/tmp/x"]}"#,
        #"{"v":1,"step":"commits","tips":[],"not":["a b"]}"#, #"{"v":1,"step":"commits","offset":-1}"#,
    ])
    func `a foreign or forged cursor is refused`(json: String) {
        let failure = #expect(throws: Failure.self) { try GitCursor(Cursor(json: json)) }
        #expect(failure?.code == "git.cursor")
    }

    @Test(arguments: [
        "", "x", "{\"format\":1}", "{\"format\":1,\"kind\":\"commits\"}", "{\"format\":9,\"kind\":\"tags\"}\0",
    ])
    func `a page that is none of ours is refused`(body: String) {
        let failure = #expect(throws: Failure.self) { try PageHeader.read(Array(body.utf8)) }
        #expect(failure?.kind == .contractBroken)
    }

    @Test func `a record that cannot be read is rejected by itself and can be replayed`() throws {
        let laboratory = try GitLaboratory()
        let connector = laboratory.connector()
        let walk = laboratory.walk(GitConnector.commitsStream)
        let whole = "\u{1E}\(String(repeating: "a", count: 40))\0\0A\0a@b.c\u{0}1\0A\0a@b.c\u{0}1\0m\0\n"
        let body =
            PageHeader(.commits, repository: "r").bytes
            + Array((whole + "\u{1E}zz\0\0\0\0\0\0\0\0m\0" + whole + "\u{1E}cut\0x").utf8)
        let page = RawPage(
            partition: walk.partition, cursor: Cursor(json: "{}"), request: "git commits", body: body,
            fetchedAt: .epoch, correlation: "c")
        let content = try connector.content(of: page, walk: walk)
        #expect(content.extracted == 4 && content.rejected.count == 2)
        #expect(content.batches.last?.count == 2)
        let replayed = try connector.content(ofRejected: content.rejected[0], at: page.cursor, walk: walk)
        #expect(replayed.extracted == 1 && replayed.rejected.map(\.code) == ["git.commit.malformed"])
    }

    @Test func `a page of random bytes does no harm`() throws {
        var generator = SeededGenerator(seed: 5)
        let header = PageHeader(.commits, repository: "r")
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                [0x1E, 0, 0, 0, 0x61, 0xE9, 0x20, 0x2D, 0x31].randomElement(using: &generator) ?? UInt8(0)
            }
            let content = CommitContent.content(of: bytes, from: 0, header: header)
            let rows = content.batches.first { $0.table.name == "commits" }?.count ?? 0
            #expect(content.extracted == content.rejected.count + rows)
        }
    }

    @Test(arguments: [
        ("git version 2.39.5", true), ("git version 2.37.0.rc1", true), ("git version 3.0.0 (Apple Git-1)", true),
        ("git version 2.36.9", false), ("git version 1.99", false),
    ])
    func `versions of git are told apart`(text: String, isNewEnough: Bool) {
        #expect(GitVersion(text).map { $0 >= .oldest } == isNewEnough)
    }

    static let merges: [(String, String?)] = [
        ("Merge branch 'feature/pay-1' into main", "feature/pay-1"),
        ("Merge remote-tracking branch 'origin/pay-1'", "origin/pay-1"),
        ("Merge pull request #3 from acme/feature/pay-1\n\nText", "acme/feature/pay-1"),
        ("Merged in feature/pay-1 (pull request #3)", "feature/pay-1"), ("Merge things from here", nil), ("Merge", nil),
        ("Merge pull request #3", nil), ("Change Merge branch 'x'", nil),
    ]

    @Test(arguments: merges)
    func `merges name their branch`(message: String, branch: String?) {
        let found = MergedBranch.name(in: Array(message.utf8)[...])
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == branch)
    }

    @Test func `cancelling ends git and what git started`() async throws {
        let laboratory = try GitLaboratory()
        let started = AsyncStream<Void>.makeStream()
        let git = laboratory.git
        // Never ends by itself: git waits for a program of its own, as for a slow file system.
        let task = Task {
            _ = try await git.stream(
                ["-c", "alias.forever=!echo; exec cat /dev/zero", "forever"], in: nil, into: 0
            ) { _, _ in
                started.continuation.yield()
                return true
            }
        }
        for await _ in started.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a reader that has enough ends a git that would write for ever`() async throws {
        let laboratory = try GitLaboratory()
        let result = try await laboratory.git.outcome(
            of: ["-c", "alias.forever=!exec cat /dev/zero", "forever"], in: nil, limitInBytes: 100_000)
        #expect(result.output.count == 100_000 && result.end == .signalled(SIGKILL))
    }

    @Test func `a child that complains without end is not stuck`() async throws {
        let child = try ChildProcess(
            executable: "/bin/sh", arguments: ["-c", "yes error | head -c 1000000 >&2; echo done"],
            environment: ["PATH=/usr/bin:/bin"], input: nil, output: .pipe)
        let heard = Mutex<[UInt8]>([])
        let result = try child.run { piece in
            heard.withLock { $0.append(contentsOf: piece) }
            return true
        }
        #expect(result.end == .exited(0) && result.errors.count == ChildProcess.errorLimitInBytes)
        #expect(heard.withLock { $0 } == Array("done\n".utf8))
    }
}
