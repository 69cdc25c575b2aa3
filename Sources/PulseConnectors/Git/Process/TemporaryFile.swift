import Glibc

/// A file without a name, gone when its last user lets go of it, also when the program is killed.
final class TemporaryFile: Sendable {
    let descriptor: CInt

    /// - Throws: `Failure` when there is no room or no permission in the folder for temporary files.
    init() throws {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = "\(folder)/pulse-git-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw GitFailure.temporaryFile(folder: folder, errorNumber: errno) }
        unlink(path)
        self.descriptor = descriptor
    }

    /// A file that holds `bytes` and is read from its beginning.
    convenience init(holding bytes: [UInt8]) throws {
        try self.init()
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw GitFailure.temporaryFile(folder: "the temporary folder", errorNumber: errno) }
            rest = rest.dropFirst(count)
        }
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    var sizeInBytes: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Up to `count` bytes from `offset` on; fewer at the end.
    func read(at offset: Int, count: Int) throws -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                guard got > 0 else { return }
                filled += got
            }
        }
        if failed { throw GitFailure.temporaryFile(folder: "the temporary folder", errorNumber: errno) }
        return bytes
    }
}
