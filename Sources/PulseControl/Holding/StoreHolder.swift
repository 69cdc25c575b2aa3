import Foundation
import Glibc
package import PulseDomain

/// The exclusive right to run an engine on a store's file. Given back when the last reference goes, and by the kernel
/// however the process ends.
///
/// The right is a flock(2) on `<database>.lock`. The file stays when the right is given back: removing it would let two
/// processes lock two files of the same name.
package final class StoreHolder: Sendable {
    /// This process, as others are told.
    package let identity: HeldBy
    /// The holder before this one, where it ended without giving the store back (killed, crashed, power lost).
    package let predecessor: HeldBy?
    private let lock: Descriptor

    private init(identity: HeldBy, predecessor: HeldBy?, lock: Descriptor) {
        self.identity = identity
        self.predecessor = predecessor
        self.lock = lock
    }

    deinit {
        // An empty file says that the store was given back. When that fails, the next holder is only told more.
        _ = ftruncate(lock.number, 0)
    }

    /// Takes the store, or tells at once who holds it. Never waits.
    ///
    /// - Parameters:
    ///   - databasePath: The store's file, which need not exist yet; its folder must. Names that lead to the same file
    ///     contend for the same right.
    ///   - socketPath: Where this process will listen, see ``ControlSocket/path(forDatabase:in:)``.
    package static func acquire(
        databasePath: String, socketPath: String, version: String, at now: Instant
    ) throws(HolderError) -> StoreHolder {
        let database = StorePath.canonical(databasePath)
        let path = database + ".lock"
        // Somebody may remove the file between opening and locking; then the lock is on a file that nobody else finds.
        for _ in 0..<8 {
            let lock = try open(path)
            guard try isLocked(lock, path: path) else { throw .held(database: database, by: content(of: lock)) }
            guard isSame(lock, path) else { continue }
            let predecessor = content(of: lock)
            let identity = HeldBy.own(version: version, socketPath: socketPath, since: now)
            try write(identity, to: lock, path: path)
            return StoreHolder(identity: identity, predecessor: predecessor, lock: lock)
        }
        throw .failed(lock: path, call: "flock", "Somebody keeps removing the file")
    }

    private static func open(_ path: String) throws(HolderError) -> Descriptor {
        while true {
            let number = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
            if number >= 0 { return Descriptor(number) }
            let failure = SystemError("open")
            switch failure.code {
            case EINTR: continue
            case EACCES, EPERM, EROFS, EISDIR, ELOOP: throw .notWritable(lock: path, failure.text)
            case ENOENT, ENOTDIR:
                let folder = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
                // Some folders of the system take no files and say that there is none.
                guard access(folder, F_OK) == 0 else { throw .noFolder(folder) }
                throw .notWritable(lock: path, failure.text)
            default: throw .failed(lock: path, call: failure.call, failure.text)
            }
        }
    }

    private static func isLocked(_ lock: Descriptor, path: String) throws(HolderError) -> Bool {
        while true {
            if flock(lock.number, LOCK_EX | LOCK_NB) == 0 { return true }
            let failure = SystemError("flock")
            switch failure.code {
            case EINTR: continue
            case EWOULDBLOCK: return false
            case ENOLCK, ENOTSUP, EINVAL, ENOSYS, EBADF: throw .notLockable(lock: path, failure.text)
            default: throw .failed(lock: path, call: failure.call, failure.text)
            }
        }
    }

    private static func isSame(_ lock: Descriptor, _ path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        guard fstat(lock.number, &opened) == 0, stat(path, &named) == 0 else { return false }
        return opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// Who is named in the first line; `nil` when it is empty or not ours.
    private static func content(of lock: Descriptor) -> HeldBy? {
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = pread(lock.number, &bytes, bytes.count, 0)
        guard count > 0, let end = bytes[..<count].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return try? JSONDecoder().decode(HeldBy.self, from: Data(bytes[..<end]))
    }

    /// Over what is there and then cut to length: a reader in between finds a whole first line.
    private static func write(_ identity: HeldBy, to lock: Descriptor, path: String) throws(HolderError) {
        let line: [UInt8]
        do {
            line = Array(try JSONEncoder().encode(identity)) + [UInt8(ascii: "\n")]
        } catch {
            throw .failed(lock: path, call: "encode", "The holder cannot be written as JSON")
        }
        let isWritten = pwrite(lock.number, line, line.count, 0) == line.count
        guard isWritten, ftruncate(lock.number, off_t(line.count)) == 0 else {
            let failure = SystemError(isWritten ? "ftruncate" : "write")
            throw .failed(lock: path, call: failure.call, failure.text)
        }
    }
}
