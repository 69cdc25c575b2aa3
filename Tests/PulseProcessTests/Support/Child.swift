import CSpawn
import Foundation
import Glibc
import PulseDomain
import Synchronization

/// A process under test. Its output and its end are waited for on threads of their own; one that takes too long is
/// killed, which its end tells.
final class Child: Sendable {
    enum End: Hashable, Sendable {
        case exited(Int32)
        case killed(Int32)
    }

    /// Where standard output goes.
    enum Sink: Sendable {
        case kept
        /// A pipe that nobody reads.
        case closedPipe
        case file(String)
        /// No standard output at all.
        case none
    }

    struct StartFailed: Error { var program: String, code: Int32 }

    let pid: pid_t
    let out: Text
    let error: Text
    private let ending: AsyncStream<End>
    private static let starting = NSLock()
    private let hasEnded = EndMark()

    init(
        _ program: String, _ arguments: [[UInt8]], environment: [String: String], output: Sink = .kept,
        input: String? = nil, within deadline: Duration = .seconds(60)
    ) throws {
        // One after the other: between making a pipe and closing it to children there is a moment.
        Self.starting.lock()
        defer { Self.starting.unlock() }
        let (outPipe, errorPipe, inPipe) = (try Pipe(), try Pipe(), try Pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inPipe.reading, STDIN_FILENO)
        switch output {
        case .kept, .closedPipe: posix_spawn_file_actions_adddup2(&actions, outPipe.writing, STDOUT_FILENO)
        case .file(let path): posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, path, O_WRONLY | O_CREAT, 0o600)
        case .none: posix_spawn_file_actions_addclose(&actions, STDOUT_FILENO)
        }
        posix_spawn_file_actions_adddup2(&actions, errorPipe.writing, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        pulse_spawn_afresh(&attributes, 0)

        let words = ([Array(program.utf8)] + arguments).map { Self.copy($0) } + [nil]
        let settings = environment.map { Self.copy(Array("\($0.key)=\($0.value)".utf8)) } + [nil]
        defer { for text in words + settings { free(text) } }
        if case .closedPipe = output { outPipe.closeReading() }
        var spawned = pid_t()
        let code = posix_spawn(&spawned, program, &actions, &attributes, words, settings)
        outPipe.closeWriting()
        errorPipe.closeWriting()
        inPipe.closeReading()
        guard code == 0 else { throw StartFailed(program: program, code: code) }
        let process = spawned
        pid = process
        if let input { _ = write(inPipe.writing, input, input.utf8.count) }
        inPipe.closeWriting()
        if case .closedPipe = output { out = Text(nil) } else { out = Text(outPipe.takeReading()) }
        error = Text(errorPipe.takeReading())

        let (stream, continuation) = AsyncStream<End>.makeStream()
        ending = stream
        let hasEnded = self.hasEnded
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(deadline.inSeconds * 1_000))) {
            hasEnded.kill(process, SIGKILL)
        }
        Thread.detachNewThread {
            // The number stays the process's own until it is collected (waitid(2), WNOWAIT).
            var end = siginfo_t()
            while waitid(P_PID, id_t(process), &end, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
            hasEnded.raise()
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            let signal = status & 0x7F
            continuation.yield(signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal))
            continuation.finish()
        }
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar>? {
        strdup(bytes.map { CChar(bitPattern: $0) } + [0])
    }

    func send(_ signal: Int32) { hasEnded.kill(pid, signal) }

    /// How it ended; for one caller.
    func end() async -> End {
        for await end in ending { return end }
        return .killed(0)
    }

    /// What it wrote, as it comes.
    final class Text: Sendable {
        private let text = Mutex("")
        private let whole: AsyncStream<Void>
        private let parts: AsyncStream<Void>

        fileprivate init(_ descriptor: Int32?) {
            let (whole, isWhole) = AsyncStream<Void>.makeStream()
            let (parts, hasPart) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            (self.whole, self.parts) = (whole, parts)
            guard let descriptor else {
                isWhole.finish()
                hasPart.finish()
                return
            }
            Thread.detachNewThread { [self] in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                var pending: [UInt8] = []
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count < 0 && errno == EINTR { continue }
                    guard count > 0 else { break }
                    pending += buffer[..<count]
                    text.withLock { $0 = String(decoding: pending, as: UTF8.self) }
                    hasPart.yield()
                }
                close(descriptor)
                hasPart.finish()
                isWhole.finish()
            }
        }

        /// So far.
        var now: String { text.withLock(\.self) }

        /// When nothing more comes.
        var all: String {
            get async {
                for await _ in whole {}
                return now
            }
        }

        /// Waits until `part` has come; `false` when the process closed its output before. For one caller at a time.
        func contains(_ part: String) async -> Bool {
            if now.contains(part) { return true }
            for await _ in parts where now.contains(part) { return true }
            return now.contains(part)
        }
    }
}

/// A pipe whose ends no other child inherits.
private final class Pipe {
    private(set) var reading: Int32
    private(set) var writing: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Child.StartFailed(program: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    func takeReading() -> Int32 {
        defer { reading = -1 }
        return reading
    }

    func closeReading() { close(&reading) }
    func closeWriting() { close(&writing) }

    private func close(_ end: inout Int32) {
        if end >= 0 { Glibc.close(end) }
        end = -1
    }

    deinit {
        closeReading()
        closeWriting()
    }
}

/// Whether a process has ended: signals after that would reach another one of its number.
private final class EndMark: Sendable {
    private let isRaised = Mutex(false)

    func raise() { isRaised.withLock { $0 = true } }

    func kill(_ process: pid_t, _ signal: Int32) {
        isRaised.withLock { if !$0 { _ = Glibc.kill(process, signal) } }
    }
}
