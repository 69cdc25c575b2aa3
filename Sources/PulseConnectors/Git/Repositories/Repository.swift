import PulseDomain

/// A repository as git describes it.
struct Repository: Sendable, Hashable {
    /// Top of the work tree, or the bare repository.
    var path: String
    /// Where objects and refs are: the same for all work trees of one repository.
    var commonFolder: String
    var isBare: Bool
    /// Whether history was cut off when it was cloned.
    var isShallow: Bool
    /// Whether blobs were left out when it was cloned, so that lines cannot be counted without the network.
    var isPartial: Bool
    /// Identity in rows: of the remote, else of the first commit, else of the path while there is neither.
    var id: String
    /// `owner/name` of the remote, else the folder's name.
    var name: String
    /// Web address of the remote, without credentials.
    var url: String?
    /// `nil` while there is no commit.
    var defaultBranch: String?

    /// Asks git about the repository at or above `path`.
    static func probe(_ path: String, with git: GitProgram) async throws -> Repository {
        let asked = try await git.output(
            of: [
                "rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--is-shallow-repository",
                "--path-format=absolute", "--git-common-dir",
            ], in: path)
        let answers = asked.lines
        guard answers.count == 4 else { throw GitFailure.unreadableName(path) }
        let isInside = answers[1] == "true"
        let top = isInside ? try await git.output(of: ["rev-parse", "--show-toplevel"], in: path).lines : [path]
        guard let top = top.first, top.hasPrefix("/") else { throw GitFailure.unreadableName(path) }
        var repository = Repository(
            path: top, commonFolder: answers[3], isBare: answers[0] == "true", isShallow: answers[2] == "true",
            isPartial: false, id: "", name: folderName(top), url: nil, defaultBranch: nil)
        let settings = try await settings(of: top, with: git)
        repository.isPartial = settings.contains { setting in
            setting.key == "extensions.partialclone"
                || (setting.key.hasPrefix("remote.") && setting.key.hasSuffix(".promisor") && setting.value == "true")
        }
        repository.defaultBranch = try await defaultBranch(of: repository, with: git)
        let remote = RemoteAddress.preferred(in: settings)
        repository.url = remote?.url
        if let fullName = remote?.fullName { repository.name = fullName }
        repository.id = try await identity(of: repository, remote: remote, with: git)
        return repository
    }

    /// The folder's name without `.git`.
    static func folderName(_ path: String) -> String {
        let name = String(path.split(separator: "/").last ?? "/")
        return name.hasSuffix(".git") && name.count > 4 ? String(name.dropLast(4)) : name
    }

    private static func settings(of path: String, with git: GitProgram) async throws -> [RemoteAddress.Setting] {
        let pattern = "^(remote\\..*\\.(url|promisor)|extensions\\.partialclone)$"
        let asked = try await git.outcome(of: ["config", "--null", "--get-regexp", pattern], in: path)
        // 1: no such setting (git-config(1)).
        guard asked.succeeded || asked.end == .exited(1) else {
            throw GitFailure.ended(asked.end, errors: asked.errors, folder: path)
        }
        return asked.output.split(separator: 0).map { entry in
            let parts = entry.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            return RemoteAddress.Setting(
                key: String(decoding: parts[0], as: UTF8.self),
                value: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "true")
        }
    }

    private static func defaultBranch(of repository: Repository, with git: GitProgram) async throws -> String? {
        let path = repository.path
        let remote = try await git.outcome(of: ["symbolic-ref", "-q", "refs/remotes/origin/HEAD"], in: path)
        let prefix = "refs/remotes/origin/"
        if remote.succeeded, remote.text.hasPrefix(prefix) { return String(remote.text.dropFirst(prefix.count)) }
        let format = "--format=%(refname:lstrip=2)"
        let usual = try await git.output(
            of: ["for-each-ref", format, "refs/heads/main", "refs/heads/master"], in: path)
        let head = try await git.outcome(of: ["symbolic-ref", "-q", "--short", "HEAD"], in: path)
        let current = head.succeeded ? head.text : nil
        // Of a bare repository HEAD is the default; of a work tree it is what somebody happens to work on.
        let names = usual.text.split(separator: "\n").map(String.init)
        let isBorn = try await git.outcome(of: ["rev-parse", "-q", "--verify", "HEAD^{commit}"], in: path).succeeded
        if repository.isBare, isBorn, let current { return current }
        return names.first ?? (isBorn ? current : nil)
    }

    private static func identity(
        of repository: Repository, remote: RemoteAddress?, with git: GitProgram
    ) async throws -> String {
        // The remote first: it survives rewritten history, orphan branches and shallow clones, which change roots.
        if let remote { return Fingerprint.of(remote.canonical) }
        let start = repository.defaultBranch.map { "refs/heads/\($0)" } ?? "HEAD"
        let root = try await git.outcome(
            of: ["rev-list", "--first-parent", "--max-parents=0", "--max-count=1", start, "--"], in: repository.path)
        if root.succeeded, root.text.utf8.count >= 40 { return String(root.text.prefix(16)) }
        return Fingerprint.of(repository.path)
    }
}

/// 64-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) in 16 hexadecimal digits: equal in every run and version.
struct Fingerprint: Sendable {
    private var word: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { word = (word ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    var text: String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func of(_ text: String) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(text.utf8)
        return fingerprint.text
    }
}
