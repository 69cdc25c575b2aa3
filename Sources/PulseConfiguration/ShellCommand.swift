import CSpawn
import Foundation
import Glibc
import PulseDomain
import Synchronization

/// A command line that is run by `/bin/sh` for what it prints, in a process group of its own and watched by a thread of
/// its own.
struct ShellCommand: Sendable {
    enum Outcome: Sendable, Equatable {
        case printed([UInt8])
        /// It ended with another status than 0.
        case ended(status: Int32)
        case killed(signal: Int32)
        /// It took too long and was ended.
        case tooLong
        /// It printed more than 64 kB and was ended.
        case tooMuch
        case notStarted(errno: Int32)
    }

    private let command: String
    private let environment: [String: String]
    private let patience: Duration
    private let input: [UInt8]
    private let keepsOutput: Bool
    private static let mostOutput = 65_536
    /// How often the thread looks whether the command has ended or is no longer wanted.
    private static let step: Int32 = 20

    /// - Parameters:
    ///   - input: For its standard input.
    ///   - keepsOutput: Whether anybody wants what it prints; else that may be much, and is nothing.
    init(
        _ command: String, environment: [String: String], patience: Duration, input: [UInt8] = [],
        keepsOutput: Bool = true
    ) {
        self.input = input
        self.keepsOutput = keepsOutput
        self.command = command
        self.environment = environment
        self.patience = patience
    }

    /// Throws `CancellationError` when the task is cancelled; the command has been ended then.
    func output() async throws -> Outcome {
        let isCancelled = Mutex(false)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Outcome?, Never>) in
                Thread.detachNewThread {
                    watch(isCancelled: { isCancelled.withLock { $0 } }, told: { continuation.resume(returning: $0) })
                }
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
        guard let outcome else { throw CancellationError() }
        return outcome
    }

    /// Calls `told` once, with `nil` when cancelled.
    private func watch(isCancelled: () -> Bool, told: (Outcome?) -> Void) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return told(.notStarted(errno: errno)) }
        let (reading, writing) = (ends[0], ends[1])
        // A process that another thread starts just now may inherit them all the same: nothing here waits for their end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(reading) }
        let given: Int32
        switch Self.descriptor(holding: input) {
        case .success(let end): given = end
        case .failure(let error):
            close(writing)
            return told(.notStarted(errno: error.errno))
        }
        let process: pid_t
        let spawned = spawn(input: given, output: writing)
        close(given)
        switch spawned {
        case .success(let id): process = id
        case .failure(let error):
            close(writing)
            return told(.notStarted(errno: error.errno))
        }
        close(writing)
        _ = fcntl(reading, F_SETFL, fcntl(reading, F_GETFL) | O_NONBLOCK)
        let deadline = ContinuousClock.now + patience
        var bytes: [UInt8] = []
        var end: Outcome?
        var wasCancelled = false
        while true {
            let hasEnded = exitStatus(of: process)
            drain(reading, into: &bytes)
            if bytes.count > Self.mostOutput {
                end = .tooMuch
            } else if let hasEnded {
                end = hasEnded == .ended(status: 0) ? .printed(bytes) : hasEnded
            } else if ContinuousClock.now >= deadline {
                end = .tooLong
            } else if isCancelled() {
                wasCancelled = true
            }
            if end != nil || wasCancelled {
                if hasEnded == nil {
                    // With what it started: none of that may go on.
                    kill(-process, SIGKILL)
                    reap(process)
                }
                return told(end)
            }
            var wanted = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            if poll(&wanted, 1, Self.step) > 0, wanted.revents & Int16(POLLIN) == 0 {
                // It closed its output and goes on: there is nothing to poll for but its end.
                poll(nil, 0, Self.step)
            }
        }
    }

    private struct SpawnError: Error { var errno: Int32 }

    /// A descriptor from which `bytes` can be read, and then the end: in memory, so that nobody waits for a reader.
    private static func descriptor(holding bytes: [UInt8]) -> Result<Int32, SpawnError> {
        guard !bytes.isEmpty else {
            let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
            return nothing < 0 ? .failure(SpawnError(errno: errno)) : .success(nothing)
        }
        let descriptor = pulse_memory_file()
        guard descriptor >= 0 else { return .failure(SpawnError(errno: errno)) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else {
                let error = SpawnError(errno: errno)
                close(descriptor)
                return .failure(error)
            }
            rest = rest.dropFirst(max(0, count))
        }
        lseek(descriptor, 0, SEEK_SET)
        return .success(descriptor)
    }

    private func spawn(input: Int32, output: Int32) -> Result<pid_t, SpawnError> {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        pulse_spawn_afresh(&attributes, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup(command), nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, &variables)
        return failure == 0 ? .success(process) : .failure(SpawnError(errno: failure))
    }

    /// How it ended; `nil` while it goes on.
    private func exitStatus(of process: pid_t) -> Outcome? {
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else { return nil }
        // WIFEXITED, WEXITSTATUS and WTERMSIG of wait(2) are macros, which Swift does not see.
        let signal = status & 0x7F
        return signal == 0 ? .ended(status: (status >> 8) & 0xFF) : .killed(signal: signal)
    }

    /// Takes the end of a killed process; one that cannot end (a dead disk) is left to the system after a second.
    private func reap(_ process: pid_t) {
        for _ in 0..<100 {
            if exitStatus(of: process) != nil { return }
            poll(nil, 0, 10)
        }
    }

    private func drain(_ descriptor: Int32, into bytes: inout [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // Not longer than it takes to fill a pipe: the clock is to be looked at, too.
        for _ in 0...Self.mostOutput / buffer.count where bytes.count <= Self.mostOutput {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            if keepsOutput { bytes += buffer[..<count] }
        }
    }

    /// The program that a command line names, for an error: arguments may hold what nobody should see.
    static func program(of command: String) -> String {
        let words = command.split(whereSeparator: \.isWhitespace)
        // `NAME=value program`: assignments come first.
        let word = words.first { !$0.contains("=") } ?? "sh"
        let name = word.split(separator: "/").last.map(String.init) ?? "sh"
        let plain = name.unicodeScalars.filter {
            $0.properties.isAlphabetic || "0123456789-_.+".unicodeScalars.contains($0)
        }
        return String(String.UnicodeScalarView(plain.prefix(40)))
    }
}
