import Glibc

/// Which file a path meant. SQLite goes on writing to a file that was removed, and everything is lost with its end
/// (https://www.sqlite.org/howtocorrupt.html, "Unlinking or renaming a database file while in use").
struct FilePlace: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// `nil` when there is no file at the path.
    init?(path: String) {
        guard let found = Self.identity(of: path) else { return nil }
        self.path = path
        (device, inode) = found
    }

    /// Whether the path means another file by now, or none.
    var isLeft: Bool { Self.identity(of: path).map { $0 != (device, inode) } ?? true }

    private static func identity(of path: String) -> (dev_t, ino_t)? {
        var status = stat()
        return stat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
    }
}
