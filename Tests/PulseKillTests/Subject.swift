import Foundation
import Glibc
import PulseDomain
import Testing

/// A process that loads, to be killed, or whose database is. Waiting is done on threads of its own.
struct Subject: Sendable {
    enum End: Equatable {
        case exited(Int32)
        case killed
    }

    private let process: pid_t
    /// What it writes: a line when it begins to load.
    private let output: Int32

    /// - Parameter database: The path of an SQLite file, or how to connect to PostgreSQL.
    static func run(_ database: String) throws -> Subject {
        let program = Bundle.main.bundleURL.appending(path: "PulseKillSubject").path
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0, "there is no descriptor left")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var process = pid_t()
        let words: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(database)]
        defer { for word in words { free(word) } }
        let code = posix_spawn(&process, program, &actions, nil, words + [nil], environ)
        close(ends[1])
        try #require(code == 0, "\(program) cannot be started: \(code)")
        return Subject(process: process, output: ends[0])
    }

    /// Returns when it begins to load, or has ended before.
    func begun() async {
        await Self.onThread { [output] in
            var byte: UInt8 = 0
            while read(output, &byte, 1) < 0 && errno == EINTR {}
        }
    }

    /// Whether it has not ended yet.
    var isRunning: Bool {
        var status = siginfo_t()
        return waitid(P_PID, id_t(process), &status, WEXITED | WNOHANG | WNOWAIT) == 0 && status.si_signo == 0
    }

    /// Kills the process after so long, if it has not ended by then.
    func kill(after duration: Duration) async -> End {
        let process = process
        let timer = DispatchWorkItem { _ = Glibc.kill(process, SIGKILL) }
        DispatchQueue.global().asyncAfter(
            deadline: .now() + .microseconds(Int(duration.inMicroseconds)), execute: timer)
        defer { timer.cancel() }
        return await end()
    }

    /// Returns after so long.
    static func moment(_ duration: Duration) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(Int(duration.inMicroseconds))) {
                continuation.resume()
            }
        }
    }

    func end() async -> End {
        await Self.onThread { [process, output] in
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            close(output)
            let signal = status & 0x7F
            return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed
        }
    }

    private static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}

/// How many times something is done, set by an environment variable for the full proof.
func rounds(_ name: String, default few: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? few
}
