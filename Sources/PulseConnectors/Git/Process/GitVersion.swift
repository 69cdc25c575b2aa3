/// The version of a git program.
struct GitVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    /// `--since-as-filter` came last of what is used here (git's RelNotes/2.37.0).
    static let oldest = GitVersion(major: 2, minor: 37)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads `git version 2.39.5 (Apple Git-154)`; `nil` for what is written in another way.
    init?(_ text: String) {
        guard let match = text.firstMatch(of: /(\d{1,4})\.(\d{1,4})/), let major = Int(match.1),
            let minor = Int(match.2)
        else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: GitVersion, right: GitVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }
}
