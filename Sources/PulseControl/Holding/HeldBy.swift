import Glibc
package import PulseDomain

/// Who holds a store, as it says in the lock file.
package struct HeldBy: Sendable, Hashable, Codable {
    package var host: String
    package var pid: Int32
    package var since: Instant
    /// The version of Pulse that holds it.
    package var version: String
    /// Where it listens to other processes.
    package var socketPath: String

    package init(host: String, pid: Int32, since: Instant, version: String, socketPath: String) {
        self.host = host
        self.pid = pid
        self.since = since
        self.version = version
        self.socketPath = socketPath
    }

    /// This process.
    static func own(version: String, socketPath: String, since: Instant) -> HeldBy {
        HeldBy(host: hostName, pid: getpid(), since: since, version: version, socketPath: socketPath)
    }

    /// Whether it runs on this machine.
    package var isOnThisHost: Bool { host == Self.hostName }

    /// Whether there is such a process. Only this machine's processes can be seen: `false` for others.
    ///
    /// The lock, not this, says whether the store is held: a process in another container holds it unseen.
    package var isAlive: Bool {
        // Signal 0 only asks (kill(2)); EPERM means that there is one, of another user.
        isOnThisHost && (kill(pid, 0) == 0 || errno == EPERM)
    }

    /// The name of this machine.
    package static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
