import PulseDomain

/// The commits that branches, remote branches, tags and HEAD point to.
struct Heads: Sendable, Hashable {
    /// Sorted, each once.
    var tips: [String]
    /// Of ``tips``.
    var fingerprint: String
    /// Seconds since 1970 of the newest of them that is not in the future.
    var newest: Int64?

    /// As many heads go into a cursor without asking which of them others reach.
    static let fewTips = 64

    /// Reads `refs/heads`, `refs/remotes`, `refs/tags` and HEAD; not the stash, notes and pull requests of a mirror.
    static func read(_ path: String, now: Instant, with git: GitProgram) async throws -> Heads {
        let fields = [
            "objecttype", "objectname", "committerdate:unix", "*objecttype", "*objectname", "*committerdate:unix",
        ]
        let format = "--format=" + fields.map { "%(\($0))" }.joined(separator: "|")
        let listed = try await git.output(
            of: ["for-each-ref", format, "refs/heads", "refs/remotes", "refs/tags"], in: path)
        var tips: Set<String> = []
        var newest: Int64?
        for line in listed.output.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            guard fields.count == 6 else { continue }
            let target = fields[0] == "tag" ? fields[3...5] : fields[0...2]
            guard let first = target.first, first == "commit" else { continue }
            tips.insert(target[target.startIndex + 1])
            if let date = Int64(target[target.startIndex + 2]), date <= now.seconds {
                newest = max(newest ?? date, date)
            }
        }
        // Detached, or in a work tree whose branch others moved.
        let head = try await git.outcome(of: ["rev-parse", "-q", "--verify", "HEAD^{commit}"], in: path)
        if head.succeeded, head.text.isObjectName { tips.insert(head.text) }
        let sorted = tips.sorted()
        var fingerprint = Fingerprint()
        for tip in sorted { fingerprint.add(tip.utf8) }
        return Heads(tips: sorted, fingerprint: fingerprint.text, newest: newest)
    }

    /// The heads that no other head reaches, when the commits that `known` reach are walked around.
    ///
    /// - Parameter known: former heads, none of which reaches another, all still reachable from these heads.
    func independent(of known: [String], in path: String, with git: GitProgram) async throws -> [String] {
        guard tips.count > Self.fewTips else { return tips }
        struct Search: Sendable {
            var candidates: Set<String>
            var listed: Set<String> = []
            var line: [UInt8] = []

            mutating func endLine() {
                let names = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
                line.removeAll(keepingCapacity: true)
                guard let commit = names.first else { return }
                if candidates.contains(commit) { listed.insert(commit) }
                for parent in names.dropFirst() { candidates.remove(parent) }
            }
        }
        let input = try TemporaryFile(holding: Self.revisions(from: tips, excluding: known))
        let start = Search(candidates: Set(tips + known))
        let result = try await git.stream(["rev-list", "--parents", "--stdin"], in: path, input: input, into: start) {
            search, piece in
            for byte in piece {
                if byte == UInt8(ascii: "\n") { search.endLine() } else { search.line.append(byte) }
            }
            return true
        }
        guard result.end == .exited(0) else {
            throw GitFailure.ended(result.end, errors: result.errors, folder: path)
        }
        return result.value.candidates.intersection(result.value.listed.union(known)).sorted()
    }

    /// Which of the object names exist as commits.
    static func existing(_ names: [String], in path: String, with git: GitProgram) async throws -> [String] {
        guard !names.isEmpty else { return [] }
        let input = try TemporaryFile(holding: Array(names.map { "\($0)\n" }.joined().utf8))
        let answers = try await git.output(
            of: ["cat-file", "--batch-check=%(objectname) %(objecttype)"], in: path, input: input)
        return answers.lines.filter { $0.hasSuffix(" commit") }.map { String($0.dropLast(7)) }
    }

    /// Whether every commit that `former` reach is reached by these heads.
    func reachAll(of former: [String], in path: String, with git: GitProgram) async throws -> Bool {
        guard !former.isEmpty else { return true }
        let input = try TemporaryFile(holding: Self.revisions(from: former, excluding: tips))
        return try await git.output(of: ["rev-list", "--max-count=1", "--stdin"], in: path, input: input).output.isEmpty
    }

    /// What `git rev-list --stdin` reads.
    static func revisions(from tips: [String], excluding excluded: [String]) -> [UInt8] {
        Array((tips.map { "\($0)\n" } + excluded.map { "^\($0)\n" }).joined().utf8)
    }
}
