import Glibc
import PulseDomain

/// What rows of commits depend on beside the commits themselves.
enum Basis {
    /// Changes when rows are to be made anew: grows with what rows are made of.
    private static let version = 1

    /// A fingerprint of the mailmap of the default branch, the edge of a shallow clone and what is counted.
    ///
    /// The mailmap is not taken from the work tree: it would change with every branch that somebody looks at.
    static func fingerprint(of repository: Repository, countsLines: Bool, with git: GitProgram) async throws -> String {
        var fingerprint = Fingerprint()
        fingerprint.add("\(version) \(countsLines && !repository.isPartial)".utf8)
        for branch in [repository.defaultBranch.map { "refs/heads/\($0)" }, "HEAD"].compactMap(\.self) {
            let asked = try await git.outcome(
                of: ["rev-parse", "-q", "--verify", "\(branch):.mailmap"], in: repository.path)
            guard asked.succeeded else { continue }
            fingerprint.add(asked.output)
            break
        }
        if repository.isShallow {
            let path = "\(repository.commonFolder)/shallow"
            fingerprint.add(try await OffPool.run { try contents(of: path) })
        }
        return fingerprint.text
    }

    private static func contents(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        // Deepened to the end by somebody else meanwhile.
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer.prefix(count))
        }
    }
}
