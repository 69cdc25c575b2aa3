import Foundation
import Glibc
import PulseDomain

/// Files that hold secrets: nobody but their owner reads them.
package enum PrivateFile {
    /// Writes a file that was not there, whole or not at all. Throws `Failure`.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = "\(path).\(getpid()).new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw unwritable(path, errno) }
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        let isKept = written == bytes.count && fsync(file) == 0
        let problem = errno
        close(file)
        guard isKept, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw unwritable(path, problem)
        }
    }

    /// Makes an empty file where there is none.
    package static func touch(_ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw unwritable(path, errno) }
        close(file)
        try check(path)
    }

    /// The whole text. Throws `Failure`.
    static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw unreadable(path, EACCES) }
        return String(decoding: data, as: UTF8.self)
    }

    /// Throws `Failure` when others may read it or it is no plain file.
    package static func check(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(
                .ours, code: "file.kind", "\(path) is not a plain file.", remedy: "Move it away, or name another.")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure(
                .ours, code: "file.open_to_others", "The file \(path) holds secrets, and others may read it.",
                remedy: "Close it: chmod 600 \(path). Then make its keys anew, because they may have been read.")
        }
    }

    private static func unreadable(_ path: String, _ number: Int32) -> Failure {
        Failure(
            .ours, code: "file.unreadable", "The file \(path) cannot be read: \(String(cString: strerror(number))).",
            remedy: "Look at who owns it and its folder.")
    }

    private static func unwritable(_ path: String, _ number: Int32) -> Failure {
        Failure(
            .ours, code: "file.unwritable", "The file \(path) cannot be written: \(String(cString: strerror(number))).",
            remedy: "Look at who owns its folder and whether there is room.")
    }
}
