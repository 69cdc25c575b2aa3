import CSpawn
import Glibc
import Synchronization

/// How a child process ended.
enum ChildEnd: Sendable, Hashable {
    case exited(CInt)
    case signalled(CInt)
}

/// One running program, without a shell, in a process group of its own, reading and writing only what it was given.
///
/// The child is ended by ``terminate()`` or by the `deinit`, and never outlives this value.
final class ChildProcess: Sendable {
    /// The most that is kept of what it says on its standard error.
    static let errorLimitInBytes = 16 << 10

    private struct State {
        /// `nil` once the child was reaped: its number may belong to another process then.
        var running: pid_t?
    }

    private let state: Mutex<State>
    /// `nil` when the output goes to a file.
    private let output: CInt?
    private let errors: CInt

    /// Where the standard output goes.
    enum Output: Sendable {
        case pipe
        case file(TemporaryFile)
    }

    /// Starts `executable`.
    ///
    /// - Parameter environment: the whole environment, as `NAME=value`.
    /// - Throws: `Failure` when it cannot be started.
    init(
        executable: String, arguments: [String], environment: [String], input: TemporaryFile?, output: Output
    ) throws {
        var pipes: [CInt] = []
        defer { for end in pipes { close(end) } }
        func pipe() throws -> (reading: CInt, writing: CInt) {
            var ends: [CInt] = [-1, -1]
            // Sockets instead of a pipe: closed on exec from the first moment on (pipe2 is hidden from Swift), so that
            // no other child, started at the same time, holds the end of ours open.
            let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
                throw GitFailure.spawn(executable, errorNumber: errno)
            }
            pipes += ends
            return (ends[0], ends[1])
        }
        let errorPipe = try pipe()
        var outputPipe: (reading: CInt, writing: CInt)?
        let outputDescriptor: CInt
        switch output {
        case .file(let file): outputDescriptor = file.descriptor
        case .pipe:
            let ends = try pipe()
            outputPipe = ends
            outputDescriptor = ends.writing
        }
        let child = try Self.spawn(
            executable, arguments: arguments, environment: environment, input: input?.descriptor,
            output: outputDescriptor, errors: errorPipe.writing)
        state = Mutex(State(running: child))
        self.output = outputPipe?.reading
        errors = errorPipe.reading
        pipes.removeAll { $0 == errorPipe.reading || $0 == outputPipe?.reading }
    }

    deinit {
        terminate()
        _ = reap()
        if let output { close(output) }
        close(errors)
    }

    /// Ends the child and its children at once. Does nothing when it has ended.
    func terminate() {
        // Under the lock, so that the number cannot be reaped and given to another process in between.
        state.withLock { state in
            if let child = state.running { kill(-child, SIGKILL) }
        }
    }

    /// Reads what the child writes until it ends, handing on the output piece by piece; `consume` returns false to
    /// end it early. Blocks the thread: the child waits while `consume` works.
    func run(_ consume: (UnsafeRawBufferPointer) throws -> Bool) throws -> (end: ChildEnd, errors: [UInt8]) {
        var said: [UInt8] = []
        let size = 256 << 10
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var watched = [
            pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        while watched.contains(where: { $0.fd >= 0 }) {
            if poll(&watched, nfds_t(watched.count), -1) < 0, errno != EINTR { break }
            for index in watched.indices where watched[index].fd >= 0 && watched[index].revents != 0 {
                watched[index].revents = 0
                let count = read(watched[index].fd, buffer.baseAddress, size)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else {
                    watched[index].fd = -1
                    continue
                }
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                if index == 0 {
                    said.append(contentsOf: piece.prefix(Self.errorLimitInBytes - said.count))
                } else if try !consume(piece) {
                    terminate()
                    return (reap(), said)
                }
            }
        }
        return (reap(), said)
    }

    /// Waits for the end of the child; `exited(0)` for one that was reaped before.
    private func reap() -> ChildEnd {
        guard let child = state.withLock({ $0.running }) else { return .exited(0) }
        // Waits without reaping, so that `terminate` can still reach the child from another thread meanwhile.
        var info = siginfo_t()
        while waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return state.withLock { state in
            state.running = nil
            var status: CInt = 0
            var reaped: pid_t
            repeat { reaped = waitpid(child, &status, 0) } while reaped < 0 && errno == EINTR
            // Reaped by somebody else (SIGCHLD ignored): how it ended is lost, and must not pass for success.
            guard reaped == child else { return .exited(255) }
            let signal = status & 0x7F
            return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        }
    }

    private static func spawn(
        _ executable: String, arguments: [String], environment: [String], input: CInt?, output: CInt, errors: CInt
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        pulse_spawn_afresh(&attributes, 1)

        var child: pid_t = 0
        let result = withCStrings([executable] + arguments) { arguments in
            withCStrings(environment) { environment in
                posix_spawn(&child, executable, &actions, &attributes, arguments, environment)
            }
        }
        guard result == 0 else { throw GitFailure.spawn(executable, errorNumber: result) }
        // `terminate` sends to the group of this number; 0 and 1 would mean ourselves and everybody.
        precondition(child > 1, "a child without a number of its own")
        return child
    }

    /// Lends the strings as C wants them: an array of pointers that ends with a null one.
    private static func withCStrings<R>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers = strings.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // An array with at least the null pointer has an address; the unwrapping cannot fail.
        return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
