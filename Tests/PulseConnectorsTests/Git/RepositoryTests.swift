import Glibc
import PulseDomain
import Testing

@testable import PulseConnectors

@Suite struct RepositoryTests {
    @Test func `folders with repositories, bare ones, work trees and sub-folders lead to repositories`() async throws {
        let laboratory = try GitLaboratory()
        for folder in ["group", "group/deep", "other", "node_modules", ".hidden"] {
            mkdir(laboratory.path(folder), 0o755)
        }
        try await laboratory.repository("pay")
        try await laboratory.repository("group/deep/api")
        try await laboratory.repository("other/api")
        try await laboratory.repository("mirror.git", "--bare")
        try await laboratory.repository("node_modules/dependency")
        try await laboratory.repository(".hidden/secret")
        try await laboratory.load(FastImport.chain(1...1))
        try await laboratory.load(FastImport.chain(2...2), into: "group/deep/api")
        try await laboratory.run(
            ["worktree", "add", "-q", laboratory.path("pay-second"), "-b", "second", "main"], in: "pay")
        let list = try await RepositoryList.load([laboratory.folder, laboratory.path("pay")], with: laboratory.git)
        #expect(list.partitions.map(\.key.rawValue) == ["deep/api", "mirror", "other/api", "pay"])
        #expect(list.partitions.last?.reference == laboratory.path("pay"))
        #expect(list.isComplete && list.warnings.isEmpty)
        mkdir(laboratory.path("pay/sources"), 0o755)
        let inside = try await RepositoryList.load([laboratory.path("pay/sources")], with: laboratory.git)
        #expect(inside.partitions.map(\.reference) == [laboratory.path("pay")])
    }

    @Test func `repositories of one name in one folder have keys of their own`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository("x")
        try await laboratory.repository("x.git", "--bare")
        let keys = try await RepositoryList.load([laboratory.folder], with: laboratory.git).partitions.map(\.key)
        #expect(Set(keys).count == 2)
    }

    @Test func `two clones of one remote are loaded once, with a warning`() async throws {
        let laboratory = try GitLaboratory()
        for name in ["a", "b"] {
            try await laboratory.repository(name)
            try await laboratory.run(
                ["config", "remote.origin.url", "https://me:secret@Example.com/Acme/Pay.git"], in: name)
        }
        let connector = laboratory.connector()
        let identity = try await connector.identify(through: NoClient())
        #expect(identity.warnings.count == 1 && identity.warnings[0].contains(laboratory.path("b")))
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.repositoriesStream))
        #expect(harvest.texts(RepositoryColumns.name) == ["Acme/Pay"])
        #expect(harvest.texts(RepositoryColumns.url) == ["https://example.com/Acme/Pay"])
        #expect(harvest.texts(RepositoryColumns.defaultBranch) == ["null"])
        #expect(harvest.scope == CensusScope(table: "repositories") && harvest.censusIDs.count == 1)
    }

    static let addresses: [(String, String, String?)] = [
        ("https://github.com/acme/pay.git", "github.com/acme/pay", "https://github.com/acme/pay"),
        ("git@github.com:acme/pay.git", "github.com/acme/pay", "https://github.com/acme/pay"),
        ("ssh://git@github.com/acme/pay/", "github.com/acme/pay", "https://github.com/acme/pay"),
        ("https://u:p%40x@w@Git.Acme.org:8443/a/b/c?x=1", "git.acme.org:8443/a/b/c", "https://git.acme.org:8443/a/b/c"),
        ("ssh://git@bitbucket.acme.org:7999/pay/x.git", "bitbucket.acme.org:7999/pay/x", nil),
        ("/srv/git/pay.git", "file:srv/git/pay", nil), ("file:///srv/git/pay", "file:file:///srv/git/pay", nil),
        ("../pay", "file:../pay", nil),
    ]

    @Test(arguments: addresses)
    func `addresses of remotes lose credentials and spelling`(text: String, canonical: String, url: String?) {
        let address = RemoteAddress(text)
        #expect(address.canonical == canonical)
        #expect(address.url == url)
    }

    @Test func `what cannot be looked at is said, and nothing is taken for gone because of it`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        mkdir(laboratory.path("empty"), 0o755)
        let missing = laboratory.path("missing")
        for (paths, code) in [
            ([missing], "git.path.missing"), ([laboratory.path("empty")], "git.path.not_a_repository"),
            ([], "git.paths.empty"),
        ] {
            let failure = await #expect(throws: Failure.self) {
                try await laboratory.connector(paths).partitions(
                    of: "commits", identity: SourceIdentity(account: "", product: ""), through: NoClient())
            }
            #expect(failure?.code == code)
        }
        let connector = laboratory.connector([laboratory.path("pay"), missing])
        let identity = try await connector.identify(through: NoClient())
        #expect(identity.warnings.contains { $0.contains(missing) } && identity.product.hasPrefix("git 2."))
        let harvest = try await laboratory.harvest(laboratory.walk(GitConnector.repositoriesStream), with: connector)
        #expect(harvest.extracted == 1 && harvest.scope == nil && harvest.censusIDs.isEmpty)
    }

    @Test func `a missing git is said`() async throws {
        let connector = GitConnector(
            SourceConfiguration(name: "local", kind: .git, paths: ["/tmp"]),
            git: GitProgram(environment: ["PATH": "/nowhere:."]))
        let failure = await #expect(throws: Failure.self) { try await connector.identify(through: NoClient()) }
        #expect(failure?.code == "git.missing")
    }

    @Test func `repositories of other users are refused with the way to allow them`() async throws {
        // Giving a folder away needs to be root; elsewhere git's answer is only read.
        let answer = "fatal: detected dubious ownership in repository at '/x'\n"
        #expect(GitFailure.ended(.exited(128), errors: answer, folder: "/x").code == "git.repository.owner")
        guard geteuid() == 0 else { return }
        let laboratory = try GitLaboratory()
        try await laboratory.repository()
        for path in ["pay", "pay/.git"] { chown(laboratory.path(path), 4_321, 4_321) }
        let failure = await #expect(throws: Failure.self) {
            try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        }
        #expect(failure?.code == "git.repository.owner")
        #expect(failure?.remedy.contains("safe.directory \(laboratory.path("pay"))") == true)
    }

    @Test func `a shallow clone is warned of, its edge counts nothing, and its deepening is noticed`() async throws {
        let laboratory = try GitLaboratory()
        try await laboratory.repository("origin")
        try await laboratory.load(FastImport.chain(1...5), into: "origin")
        let url = "file://\(laboratory.path("origin"))"
        try await laboratory.cloneUnsafely(["clone", "-q", "--depth=2", url, laboratory.path("pay")])
        let identity = try await laboratory.connector([laboratory.path("pay")]).identify(through: NoClient())
        #expect(identity.warnings.count == 1 && identity.warnings[0].contains("shallow"))
        let first = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream))
        #expect(first.extracted == 2)
        #expect(first.values(CommitColumns.additions) == [.null, .integer(1)])
        #expect(first.texts(CommitColumns.parents)[0] == "null")
        try await laboratory.cloneUnsafely(["-C", laboratory.path("pay"), "fetch", "-q", "--unshallow"])
        let second = try await laboratory.harvest(laboratory.walk(GitConnector.commitsStream, since: first.watermark))
        #expect(second.extracted == 5)
    }
}

extension GitLaboratory {
    /// Runs git with transports, which the connector never does.
    func cloneUnsafely(_ arguments: [String]) async throws {
        let environment = git.environment.filter { !$0.hasPrefix("GIT_ALLOW_PROTOCOL") }
        guard let executable = git.executable else { throw GitFailure.missingProgram }
        let child = try ChildProcess(
            executable: executable, arguments: arguments, environment: environment, input: nil, output: .pipe)
        let result = try child.run { _ in true }
        guard result.end == .exited(0) else {
            throw GitFailure.ended(result.end, errors: String(decoding: result.errors, as: UTF8.self), folder: nil)
        }
    }
}
