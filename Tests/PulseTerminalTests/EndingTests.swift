import CSpawn
import Glibc
import Testing

@testable import PulseTerminal

/// Whatever ends a program, the terminal is as it was, and the parent sees how the program ended. A program of its own
/// is ended each time; the test holds the terminal's other side.
@Suite(.serialized) struct EndingTests {
    @Test(arguments: [
        SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP,
    ])
    func `a signal restores the terminal and ends the program by itself`(signal: Int32) throws {
        let subject = try Subject("wait")
        try subject.waitUntilReady()
        kill(subject.process, signal)
        #expect(try subject.ending() == .signal(signal))
        subject.expectRestored()
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func `a program that no longer listens ends at the second request`(signal: Int32) throws {
        let subject = try Subject("stuck")
        try subject.waitUntilReady()
        kill(subject.process, signal)
        // The first is noted in the handler; the second must find it noted. Both are delivered in order of the calls
        // once the first is no longer pending.
        try subject.waitUntilDelivered(signal)
        kill(subject.process, signal)
        #expect(try subject.ending() == .signal(signal))
        subject.expectRestored()
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a second request while work is finished ends the program at once`(signal: Int32) throws {
        let subject = try Subject("slow")
        try subject.waitUntilReady()
        kill(subject.process, SIGTERM)
        try subject.waitUntilShown("FINISHING")
        kill(subject.process, signal)
        #expect(try subject.ending() == .signal(signal))
        subject.expectRestored()
    }

    @Test(arguments: ["trap", "thread", "overflow", "pool"])
    func `a mistake in the program restores the terminal`(kind: String) throws {
        let subject = try Subject(kind)
        let ending = try subject.ending()
        // What a trap raises depends on the processor.
        #expect([.signal(SIGILL), .signal(SIGTRAP), .signal(SIGSEGV)].contains(ending), "\(ending)")
        subject.expectRestored()
    }

    @Test func `leaving by exit restores the terminal`() throws {
        let subject = try Subject("exit")
        #expect(try subject.ending() == .exit(7))
        subject.expectRestored()
    }

    @Test func `quitting restores the terminal`() throws {
        let subject = try Subject("wait")
        try subject.waitUntilReady()
        subject.pty.type("q")
        #expect(try subject.ending() == .exit(0))
        subject.expectRestored()
    }

    @Test(arguments: [SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGSEGV])
    func `a signal while a secret is typed leaves a terminal that shows what is typed`(signal: Int32) throws {
        let subject = try Subject("ask")
        try subject.waitUntilReady()
        #expect(subject.leftovers == ["line editing"])
        kill(subject.process, signal)
        #expect(try subject.ending() == .signal(signal))
        subject.expectRestored()
    }

    @Test func `an answered question leaves the terminal as it was`() throws {
        let subject = try Subject("ask")
        try subject.waitUntilReady()
        subject.pty.type("secretq")
        #expect(try subject.ending() == .exit(0))
        subject.expectRestored()
    }

    @Test func `a terminal that had another size for a moment is drawn anew`() throws {
        let subject = try Subject("wait")
        try subject.waitUntilReady()
        // Too short for the program to see: what it sent for the former size stands where nobody knows.
        subject.pty.resize(Size(30, 4))
        subject.pty.resize(Size(40, 6))
        kill(subject.process, SIGWINCH)
        try subject.waitUntilShown("READY", times: 2)
        subject.pty.type("q")
        #expect(try subject.ending() == .exit(0))
        subject.expectRestored()
    }

    @Test func `a lost link ends the program`() throws {
        let subject = try Subject("wait")
        try subject.waitUntilReady()
        subject.pty.hangUp()
        #expect(try subject.ending() == .signal(SIGHUP))
    }

    @Test func `without a handler something would be left behind`() throws {
        // Shows that these tests can fail: nobody can clean up after SIGKILL.
        let subject = try Subject("wait")
        try subject.waitUntilReady()
        kill(subject.process, SIGKILL)
        #expect(try subject.ending() == .signal(SIGKILL))
        #expect(!subject.leftovers.isEmpty)
    }
}

/// A running `PulseTerminalSubject` and the terminal that it draws on.
final class Subject {
    enum Ending: Hashable {
        case exit(Int32)
        case signal(Int32)
    }

    enum Trouble: Error {
        case notStarted(errno: Int32)
        case stillRunning(shown: String)
    }

    let pty: Pty
    private(set) var process: pid_t = 0
    private let modes: [UInt32]
    // Its other end closes with the process, whatever ends it.
    private let life: Int32
    private var shown: [UInt8] = []
    private var hasEnded = false
    // A stuck machine, not a slow one.
    private static let patience = Duration.seconds(20)

    init(_ ending: String) throws {
        pty = try Pty(Size(40, 6))
        modes = pty.modes
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        life = ends[0]
        _ = fcntl(life, F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO] {
            posix_spawn_file_actions_adddup2(&actions, pty.slave, descriptor)
        }
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        pulse_spawn_afresh(&attributes, 0)
        var path = [CChar](repeating: 0, count: 4_096)
        try #require(readlink("/proc/self/exe", &path, path.count - 1) > 0)
        let folder = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: "/").dropLast().joined(separator: "/")
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("PulseTerminalSubject"), strdup(ending), nil]
        var variables: [UnsafeMutablePointer<CChar>?] = [
            strdup("TERM=xterm-256color"), strdup("COLORTERM=truecolor"), strdup("LANG=C.UTF-8"), nil,
        ]
        defer {
            for text in arguments + variables { free(text) }
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        let code = posix_spawn(
            &process, "/\(folder)/PulseTerminalSubject", &actions, &attributes, &arguments, &variables)
        close(ends[1])
        guard code == 0 else {
            close(life)
            hasEnded = true
            throw Trouble.notStarted(errno: code)
        }
    }

    deinit {
        if !hasEnded {
            kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
            close(life)
        }
    }

    func waitUntilReady() throws { try waitUntilShown("READY") }

    func waitUntilShown(_ text: String, times: Int = 1) throws {
        try wait { _ in String(decoding: shown, as: UTF8.self).ranges(of: text).count >= times }
    }

    /// Waits until a signal is pending no more, as proc(5) tells.
    func waitUntilDelivered(_ signal: Int32) throws {
        try wait { _ in
            guard let file = fopen("/proc/\(process)/status", "r") else { return true }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 512)
            while fgets(&line, Int32(line.count), file) != nil {
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                guard text.hasPrefix("SigPnd") || text.hasPrefix("ShdPnd") else { continue }
                let mask = UInt64(text.dropFirst(7).filter(\.isHexDigit), radix: 16) ?? 0
                if mask & (1 << UInt64(signal - 1)) != 0 { return false }
            }
            return true
        }
    }

    /// How it ended, once it has.
    func ending() throws -> Ending {
        try wait { $0 }
        hasEnded = true
        close(life)
        var status: Int32 = 0
        try #require(waitpid(process, &status, 0) == process)
        let signal = status & 0x7F
        return signal == 0 ? .exit(status >> 8 & 0xFF) : .signal(signal)
    }

    /// What the terminal still has that it had not before; empty when all was given back.
    var leftovers: [String] {
        let text = String(decoding: shown, as: UTF8.self)
        func last(_ sequence: String) -> Int { text.ranges(of: sequence).last.map { offset($0.lowerBound) } ?? -1 }
        func offset(_ index: String.Index) -> Int { text.utf8.distance(from: text.startIndex, to: index) }
        var left: [String] = []
        for (mode, name) in [("?1049", "alternate screen"), ("?2004", "bracketed paste"), ("?1", "cursor keys")]
        where last("\u{1B}[\(mode)h") > last("\u{1B}[\(mode)l") { left.append(name) }
        if last("\u{1B}[?25l") > max(last("\u{1B}[?25h"), last("\u{1B}[?12;25h")) { left.append("hidden cursor") }
        if last("\u{1B}=") > last("\u{1B}>") { left.append("keypad") }
        if last("48;") > max(last("\u{1B}[m"), last("\u{1B}[0m")) { left.append("colours") }
        if pty.modes != modes { left.append("line editing") }
        return left
    }

    func expectRestored(sourceLocation: SourceLocation = #_sourceLocation) {
        let text = String(decoding: shown, as: UTF8.self)
        #expect(text.contains("READY"), sourceLocation: sourceLocation)
        #expect(leftovers.isEmpty, "\(text.debugDescription)", sourceLocation: sourceLocation)
    }

    /// Reads what is drawn until the condition holds; it is given whether the process is gone.
    private func wait(until isFulfilled: (Bool) -> Bool) throws {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            var descriptors = [
                pollfd(fd: pty.isHungUp ? -1 : pty.master, events: Int16(POLLIN), revents: 0),
                pollfd(fd: life, events: Int16(POLLIN), revents: 0),
            ]
            // Looked at every 10 ms too, for what no descriptor tells.
            poll(&descriptors, 2, 10)
            let hasEnded = descriptors[1].revents != 0
            if !pty.isHungUp { shown += Array(pty.output().utf8) }
            if isFulfilled(hasEnded) { return }
            guard !hasEnded, ContinuousClock.now < deadline else {
                throw Trouble.stillRunning(shown: String(decoding: shown, as: UTF8.self))
            }
        }
    }
}
