import Glibc
package import PulseDomain

/// Sessions in a file that its owner alone can read (mode 0600), shared by all consoles of a user.
///
/// It is written whole beside itself and moved into place, so a reader never sees half of it. Whoever changes it holds
/// a lock beside it, across processes, so a refresh token is spent once.
package struct CredentialsFile: Sendable {
    package let path: String
    let time: any TimeSource

    package init(path: String, time: any TimeSource) {
        self.path = path
        self.time = time
    }

    /// The session that is meant; `nil` when there is none. Throws `Failure` for a file that others can read, or that is
    /// none of ours.
    package func session(_ key: SessionKey) throws -> StoredSession? {
        let sessions = try sessions()
        return key.place(among: sessions).map { sessions[$0] }
    }

    package func sessions() throws -> [StoredSession] {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT { return [] }
        guard descriptor >= 0 else { throw failure("cannot be read", errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read", errno) }
        guard status.st_mode & 0o077 == 0 else {
            throw Failure(
                .ours, code: "credentials.exposed", "The credentials in \(path) can be read by others.",
                remedy: "chmod 600 \(path); then take back what others may have read: log out, or `pulse token revoke`."
            )
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot be read", errno) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        do throws(WireError) {
            return try [StoredSession](json: bytes, limit: 1 << 20)
        } catch {
            throw Failure(
                .ours, code: "credentials.unreadable", "The file \(path) holds no credentials. \(error.sentence)",
                remedy: "Move it away and log in again.")
        }
    }

    /// Changes what is kept while nobody else does. `body` may take its time: it may ask the gateway.
    package func update<Value: Sendable>(
        _ body: @Sendable (inout [StoredSession]) async throws -> Value
    ) async throws -> Value {
        let lock = try await locked()
        defer { close(lock) }
        let before = try sessions()
        var sessions = before
        let value = try await body(&sessions)
        if sessions != before { try write(sessions) }
        return value
    }

    private func write(_ sessions: [StoredSession]) throws {
        let beside = "\(path).\(getpid()).new"
        unlink(beside)
        let descriptor = Glibc.open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be written", errno) }
        var rest = sessions.json[...]
        var problem: Int32 = 0
        while !rest.isEmpty, problem == 0 {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { problem = errno }
        }
        if problem == 0, fsync(descriptor) != 0 { problem = errno }
        close(descriptor)
        if problem == 0, rename(beside, path) != 0 { problem = errno }
        guard problem == 0 else {
            unlink(beside)
            throw failure("cannot be written", problem)
        }
    }

    /// The lock's descriptor: closing it lets go. Waits without holding a thread, at most 30 seconds.
    private func locked() async throws -> Int32 {
        let descriptor = Glibc.open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("cannot be locked", errno) }
        let began = time.elapsed
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let number = errno
            guard number == EWOULDBLOCK || number == EINTR, time.elapsed - began < .seconds(30) else {
                close(descriptor)
                throw failure("cannot be locked: another console holds it", number)
            }
            do {
                try await time.sleep(for: .milliseconds(50))
            } catch {
                close(descriptor)
                throw error
            }
        }
        return descriptor
    }

    private func failure(_ what: String, _ number: Int32) -> Failure {
        Failure(
            .ours, code: "credentials.file",
            "The credentials in \(path) \(what): \(String(cString: strerror(number))).",
            remedy: "Check the folder's owner and rights, and the space on its disk.")
    }
}
