import Glibc
import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct HostileRepositoryTests {
    /// Text with a byte that is no UTF-8, as bytes for fast-import.
    private func commit(author: [UInt8], message: [UInt8], date: String = "1700000000 +0000", parent: Bool = false)
        -> [UInt8]
    {
        Array("commit refs/heads/main\nauthor ".utf8) + author + Array(" \(date)\ncommitter ".utf8) + author
            + Array(" \(date)\ndata \(message.count)\n".utf8) + message
            + Array("\n\(parent ? "from refs/heads/main^0\n" : "")\n".utf8)
    }

    @Test func `names and messages in other encodings are made UTF-8`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let latin = Array("J".utf8) + [0xF6] + Array("rg <J".utf8) + [0xD6] + Array("RG@example.com>".utf8)
        try await laboratory.load(
            commit(author: latin, message: Array("Fix ".utf8) + [0x80, 0x93] + Array(" für \u{1E}PAY-3".utf8)))
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(harvest.texts(CommitColumns.authorName) == ["Jörg"])
        #expect(harvest.texts(CommitColumns.authorEmail) == ["jörg@example.com"])
        #expect(harvest.texts(CommitColumns.message) == ["Fix €“ für \u{1E}PAY-3"])
        #expect(harvest.texts(WorkItemCommitColumns.key) == ["PAY-3"])
    }

    @Test(arguments: ["0 +0000", "292277026596 +0000", "253402300799 +0000", "-9999999999999 +0000"])
    func `dates that nobody meant are left out`(date: String) async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let object =
            "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor A <a@b.c> \(date)\ncommitter A <a@b.c> \(date)\n\nx\n"
        try await laboratory.run(["hash-object", "-t", "tree", "-w", "/dev/null"], in: "pay")
        let hash = try await laboratory.run(
            ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], in: "pay", input: Array(object.utf8))
        try await laboratory.run(["update-ref", "refs/heads/main", hash], in: "pay")
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        let seconds = Int64(date.prefix { $0 != " " }) ?? 0
        let isReal = (0...253_402_300_799).contains(seconds)
        #expect(harvest.extracted == 1)
        if isReal {
            #expect(harvest.values(CommitColumns.authoredAt) == [.integer(seconds * 1_000_000)])
        } else {
            // What git cannot read it shows as nothing or as 1970.
            #expect(harvest.values(CommitColumns.authoredAt).allSatisfy { $0 == .null || $0 == .integer(0) })
        }
    }

    @Test func `a commit without names, dates and message is loaded`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let object = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor  <> \ncommitter garbage\n\n"
        try await laboratory.run(["hash-object", "-t", "tree", "-w", "/dev/null"], in: "pay")
        let hash = try await laboratory.run(
            ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], in: "pay", input: Array(object.utf8))
        try await laboratory.run(["update-ref", "--no-deref", "refs/heads/main", hash], in: "pay")
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(harvest.texts(CommitColumns.hash) == [hash])
        #expect(harvest.texts(CommitColumns.authorID) == ["null"] && harvest.texts(CommitColumns.message) == ["null"])
    }

    @Test func `a huge message is cut at a character and does not hide its neighbours`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        let huge = Array(String(repeating: "é", count: 600 << 10).utf8)
        let author = Array("A <a@b.c>".utf8)
        try await laboratory.load(
            commit(author: author, message: Array("first".utf8))
                + commit(author: author, message: huge, date: "1700000001 +0000")
                + commit(author: author, message: Array("last".utf8), date: "1700000002 +0000"))
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        let messages = harvest.texts(CommitColumns.message)
        #expect(messages.count == 3 && messages.first == "first" && messages.last == "last")
        #expect(messages[1].utf8.count == CommitContent.messageLimitInBytes && messages[1].allSatisfy { $0 == "é" })
    }

    @Test func `nothing that a repository's settings name is executed`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(
            FastImport.commit(
                "One", at: 1_700_000_000,
                FastImport.file("a.txt", "1\n") + FastImport.file(".gitattributes", "* diff=evil filter=evil\n"))
                + FastImport.commit("Two", at: 1_700_000_001, FastImport.file("a.txt", "2\n")))
        try await laboratory.run(["reset", "-q", "--hard"], in: "pay")
        let trap = laboratory.path("trap")
        let proof = laboratory.path("executed")
        try laboratory.write("#!/bin/sh\necho \"$0 $*\" >> \(proof)\ncat\n", to: "trap")
        for name in [
            "core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external", "diff.evil.textconv",
            "diff.evil.command", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "gpg.program",
            "core.askPass", "credential.helper", "core.alternateRefsCommand", "remote.origin.uploadpack", "pager.log",
            "alias.log", "alias.rev-list",
        ] {
            try await laboratory.run(["config", name, name.hasPrefix("alias") ? "!\(trap)" : trap], in: "pay")
        }
        try await laboratory.run(["config", "log.showSignature", "true"], in: "pay")
        try await laboratory.run(["config", "core.hooksPath", laboratory.folder], in: "pay")
        for hook in ["post-checkout", "reference-transaction", "post-index-change"] {
            symlink(trap, laboratory.path(hook))
        }
        unlink(proof)
        let connector = laboratory.connector()
        _ = try await connector.identify(through: NoClient())
        for stream in connector.streams {
            _ = try await laboratory.harvest(laboratory.walk(stream.id), with: connector)
        }
        #expect(access(proof, F_OK) != 0)
        // The trap itself works: the same git without the safety runs it.
        try await laboratory.run(["-c", "core.fsmonitor=\(trap)", "status"], in: "pay")
        let direct = try ChildProcess(
            executable: try #require(laboratory.git.executable),
            arguments: ["-C", laboratory.path("pay"), "log", "-p", "--ext-diff"],
            environment: laboratory.git.environment, input: nil, output: .pipe)
        _ = try direct.run { _ in true }
        #expect(access(proof, F_OK) == 0)
    }

    @Test func `a damaged repository is told of, and commits are loaded where only files are damaged`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        try await laboratory.load(FastImport.chain(1...3))
        let blob = try await laboratory.run(["rev-parse", "main~1:f"], in: "pay")
        try laboratory.damage(object: blob, in: "pay")
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(harvest.extracted == 3 && harvest.values(CommitColumns.additions) == [.null, .null, .null])
        let commit = try await laboratory.run(["rev-parse", "main~1"], in: "pay")
        try laboratory.damage(object: commit, in: "pay")
        let failure = await #expect(throws: Failure.self) {
            try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        }
        #expect(failure?.code == "git.repository.corrupt" && failure?.kind == .contractBroken)
    }
}

extension GitLaboratory {
    /// Removes a loose object.
    func damage(object: String, in name: String) throws {
        let file = path("\(name)/.git/objects/\(object.prefix(2))/\(object.dropFirst(2))")
        guard unlink(file) == 0 else { throw GitFailure.noSuchPath(file, errorNumber: errno) }
    }
}
