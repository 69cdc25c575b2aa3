import Foundation
import Glibc
import Synchronization

/// A private PostgreSQL for tests: a folder of its own, a socket in it and no port. It is stopped and removed when the
/// process ends.
///
/// Everybody is trusted but the role `pulse_guest`, which does not exist yet and will need a password.
///
/// As root it runs as the user `postgres`, because the server refuses to run as root.
package final class PostgresCluster: Sendable {
    /// Of what cannot be had: tests fail with it, they are never left out.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// Where its files are; it belongs to the user that the server runs as.
    package let folder: String
    private let tools: String
    private let settings: [String]
    private let number = Mutex(0)
    /// Held open as long as this process lives: its end is the server's end.
    private let lifeline: Int32

    /// The one that all tests of a process share, started with the first use.
    package static func shared() async throws -> PostgresCluster {
        try await starting.value
    }

    private static let starting = Task.detached { try await PostgresCluster.start() }

    /// Server settings for tests: nothing of the cluster outlives the process, so nothing has to reach the disk.
    package static let fleeting = ["fsync=off", "full_page_writes=off"]

    /// A cluster by itself, for tests that stop the server, and for benchmarks, which set it up as an ordinary one.
    package static func start(settings: [String] = fleeting) async throws -> PostgresCluster {
        try await onThread { try PostgresCluster(settings: settings) }
    }

    /// - Parameter primary: The cluster to follow; `nil` for one of its own.
    private init(settings: [String], following primary: PostgresCluster? = nil) throws {
        self.settings = settings
        tools = try Self.findTools()
        var template = Array((FileManager.default.temporaryDirectory.path + "/pulse-pg-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Missing(description: "no folder for a cluster can be made") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if geteuid() == 0 {
            guard let user = getpwnam("postgres") else {
                throw Missing(description: "there is no user postgres; config/setup.sh installs PostgreSQL")
            }
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Missing(description: "there is no descriptor left") }
        lifeline = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // Reads until this process is gone, however it ends, and takes everything away.
        _ = try Self.spawn(
            [
                "/bin/sh", "-c",
                "read -r line; '\(tools)/pg_ctl' -D '\(folder)/data' -m immediate -w stop; rm -rf '\(folder)'",
            ], in: folder, input: ends[0])
        Glibc.close(ends[0])
        if let primary {
            // Its roles, databases and rules of access are those of the primary; `-R` makes it follow.
            try run(
                "pg_basebackup", "--pgdata", folder + "/data", "--host", primary.folder, "--username", "pulse_owner",
                "--write-recovery-conf", "--checkpoint", "fast", "--no-sync")
            try begin()
            return
        }
        try run(
            "initdb", "--pgdata", folder + "/data", "--auth", "trust", "--username", "pulse_owner", "--encoding",
            "UTF8", "--locale", "C", "--no-sync")
        // One role that has to say a password: the first line that fits counts.
        let access = folder + "/data/pg_hba.conf"
        let trusting = try String(contentsOfFile: access, encoding: .utf8)
        try ("local all pulse_guest scram-sha-256\n" + trusting).write(
            toFile: access, atomically: false, encoding: .utf8)
        try begin()
        try run("createuser", "--host", folder, "--username", "pulse_owner", "pulse_engine")
    }

    deinit { Glibc.close(lifeline) }

    /// A cluster that follows this one over streaming replication, and may come to lead.
    package func makeStandby() async throws -> PostgresCluster {
        try await Self.onThread { [self] in try PostgresCluster(settings: settings, following: self) }
    }

    /// Makes a standby lead; returns when it takes changes.
    package func promote() async throws {
        try await Self.onThread { [self] in try run("pg_ctl", "-D", folder + "/data", "-w", "promote") }
    }

    /// Stops the server: `fast`, or `immediate`, which is as if it had crashed.
    package func stop(_ mode: String) async throws {
        try await Self.onThread { [self] in try run("pg_ctl", "-D", folder + "/data", "-w", "-m", mode, "stop") }
    }

    /// Starts the server, or starts it again.
    private func begin() throws {
        let options =
            "-c listen_addresses='' -c unix_socket_directories='\(folder)' -c max_connections=400 -c log_min_messages=panic"
            + settings.map { " -c \($0)" }.joined()
        try run("pg_ctl", "-D", folder + "/data", "-l", folder + "/log", "-w", "-t", "60", "-o", options, "start")
    }

    /// Stops the server and starts it again: `fast`, or `immediate`, which is as if it had crashed.
    package func restart(_ mode: String) async throws {
        try await Self.onThread { [self] in
            try run("pg_ctl", "-D", folder + "/data", "-w", "-m", mode, "stop")
            try begin()
        }
    }

    /// How to connect to a database: as the superuser, or as `pulse_engine`, for whom row-level security holds.
    package func connection(to database: String, user: String = "pulse_owner") -> String {
        "host=\(folder) user=\(user) dbname=\(database)"
    }

    /// The name of a database that does not exist yet.
    package func newName() -> String {
        number.withLock { number in
            number += 1
            return "t\(number)"
        }
    }

    /// Makes an empty database that `user` owns; how `user` connects to it.
    package func makeDatabase(of user: String = "pulse_owner") async throws -> String {
        let name = newName()
        try await Self.onThread { [self] in
            try run("createdb", "--host", folder, "--username", "pulse_owner", "--owner", user, name)
        }
        return connection(to: name, user: user)
    }

    /// Runs one of the tools that come with PostgreSQL (`psql`), with access to every database; throws ``Missing`` when it
    /// fails.
    package func perform(_ tool: String, _ arguments: [String]) async throws {
        try await Self.onThread { [self] in
            try run(tool, arguments: ["--host", folder, "--username", "pulse_owner"] + arguments)
        }
    }

    // MARK: Tools

    private static func findTools() throws -> String {
        let manager = FileManager.default
        let versions = (try? manager.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders =
            versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
            + ["/usr/local/bin", "/usr/bin"]
        guard let found = folders.first(where: { manager.isExecutableFile(atPath: $0 + "/initdb") }) else {
            throw Missing(description: "PostgreSQL's server is not installed; config/setup.sh installs it")
        }
        return found
    }

    private func run(_ tool: String, _ arguments: String...) throws { try run(tool, arguments: arguments) }

    private func run(_ tool: String, arguments: [String]) throws {
        let process = try Self.spawn([tools + "/" + tool] + arguments, in: folder, input: nil)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            let said = (try? String(contentsOfFile: folder + "/tools.log", encoding: .utf8)) ?? ""
            throw Missing(description: "\(tool) failed: \(said.suffix(600))")
        }
    }

    /// Starts a process as the user that the server may run as; its output goes to a file, because the server that
    /// `pg_ctl` leaves behind would hold a pipe open. Foundation's `Process` would wait for that server, too.
    private static func spawn(_ command: [String], in folder: String, input: Int32?) throws -> pid_t {
        let asUser =
            geteuid() == 0
            ? ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] + command : command
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, folder + "/tools.log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let words = Self.copies(asUser)
        let settings = Self.copies(["LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC"])
        defer { for text in words + settings { free(text) } }
        keepDescriptors()
        var process: pid_t = 0
        let code = posix_spawn(&process, asUser[0], &actions, nil, words, settings)
        guard code == 0 else { throw Missing(description: "\(asUser[0]) cannot be started (\(code))") }
        return process
    }

    /// The server lives as long as all tests: what they close has to be closed, and not to live on in it.
    private static func keepDescriptors() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// As C takes a list of texts: null at the end. To be freed.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Processes are waited for on a thread of their own: the pool's threads belong to all tests.
    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
