import Glibc

/// A folder that only its owner may enter (0700), deleted with everything in it by ``delete()``, or by the next start
/// where this process was killed before.
///
/// The owner holds a lock (flock(2)) on the folder itself, so a folder whose lock is free is left over: the kernel gives
/// the lock back however a process ends.
final class TemporaryFolder: Sendable {
    let path: String
    private let lock: CInt

    /// Deletes what others left over and makes a folder of its own in `place`; `nil` where none can be made.
    init?(in place: String, prefix: String) {
        Self.deleteLeftOvers(in: place, prefix: prefix)
        // Somebody who looks for left-over folders may be faster than the lock.
        for _ in 0..<8 {
            var template = Array("\(place)/\(prefix)XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { return nil }
            let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard let lock = Self.lock(path) else { continue }
            self.path = path
            self.lock = lock
            return
        }
        return nil
    }

    func delete() { Self.delete(path) }

    deinit { close(lock) }

    private static func deleteLeftOvers(in place: String, prefix: String) {
        guard let entries = opendir(place) else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(prefix), isOwn("\(place)/\(name)"), let lock = lock("\(place)/\(name)") else {
                continue
            }
            delete("\(place)/\(name)")
            close(lock)
        }
    }

    /// Whether it is a folder, not a link to one, and this user's.
    private static func isOwn(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
    }

    /// The locked folder; `nil` when another process has the lock, or it is not there any more.
    private static func lock(_ path: String) -> CInt? {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        var (opened, named) = (stat(), stat())
        guard flock(folder, LOCK_EX | LOCK_NB) == 0, fstat(folder, &opened) == 0, lstat(path, &named) == 0,
            opened.st_ino == named.st_ino, opened.st_dev == named.st_dev
        else {
            close(folder)
            return nil
        }
        return folder
    }

    /// Only files are in it. What cannot be deleted is left for the next start.
    private static func delete(_ path: String) {
        guard let entries = opendir(path) else { return }
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(entries)
        rmdir(path)
    }
}
