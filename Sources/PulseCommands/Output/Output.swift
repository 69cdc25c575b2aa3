import Glibc
import PulseDomain
import PulseEngine
package import PulseTerminal

/// Standard output and error as a command uses them.
package struct Output: Sendable {
    /// Columns of a line; `nil`, where what is printed is no terminal's: nothing is cut then.
    package var width: Int?
    /// Columns of a line of progress on standard error.
    package var progressWidth = 80
    /// Columns that sentences on standard error are wrapped to, between words; `nil` where it is no terminal.
    package var noteWidth: Int?
    /// Whether standard output is a file that others can read: no place for a secret.
    package var isReadableByOthers: @Sendable () -> Bool = { false }
    /// Whether standard output is a terminal.
    package var isTerminal: Bool
    /// Whether standard input and error are one: then a person can be asked.
    package var canAsk: Bool
    /// Whether standard error is a terminal: then a line of progress may change in place.
    package var showsProgress: Bool
    package var usesColor: Bool
    package var glyphs: GlyphMode
    private let write: @Sendable (Stream, String) throws(OutputError) -> Void
    private let isGone: @Sendable () -> Bool

    /// Where a text goes.
    package enum Stream: Int32, Sendable { case out = 1, error = 2 }

    package init(
        width: Int?, isTerminal: Bool, canAsk: Bool = false, showsProgress: Bool = false, usesColor: Bool = false,
        glyphs: GlyphMode = .unicode, isGone: @escaping @Sendable () -> Bool = { false },
        write: @escaping @Sendable (Stream, String) throws(OutputError) -> Void
    ) {
        self.width = width
        self.isTerminal = isTerminal
        self.canAsk = canAsk
        self.showsProgress = showsProgress
        self.usesColor = usesColor
        self.glyphs = glyphs
        self.isGone = isGone
        self.write = write
    }

    /// The process's own. Colours and signs follow the terminal and `NO_COLOR` (https://no-color.org).
    ///
    /// The width is that of the terminal; a pipe and a file have none.
    package static func standard(environment: [String: String]) -> Output {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        // The first of these that is set decides (POSIX, Base Definitions 8.2).
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let isUTF8 = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        let wantsColor = environment["NO_COLOR"].map(\.isEmpty) ?? true
        let isDumb = environment["TERM"].map { $0.isEmpty || $0 == "dumb" } ?? true
        var output = Output(
            width: isTerminal ? columns(of: STDOUT_FILENO, environment) : nil, isTerminal: isTerminal,
            canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
            showsProgress: isatty(STDERR_FILENO) == 1 && !isDumb,
            usesColor: isTerminal && wantsColor && !isDumb, glyphs: isUTF8 ? .unicode : .ascii,
            isGone: Self.isReaderGone,
            write: { stream, text throws(OutputError) in try Self.writeAll(text, to: stream.rawValue) })
        output.progressWidth = columns(of: STDERR_FILENO, environment)
        output.noteWidth = isatty(STDERR_FILENO) == 1 ? output.progressWidth : nil
        output.isReadableByOthers = {
            var status = stat()
            return fstat(STDOUT_FILENO, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
                && status.st_mode & 0o077 != 0
        }
        return output
    }

    /// Of a terminal; where it does not tell, of `COLUMNS`, or 80.
    private static func columns(of terminal: Int32, _ environment: [String: String]) -> Int {
        var size = winsize()
        let isTold = ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return min(max(isTold ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init) ?? 80, 40), 400)
    }

    /// What outlives sanitising: a pipe and a file do not have to know how wide something is.
    package var fidelity: TextFidelity { isTerminal ? .cells : .clusters }

    /// As for an output that is no terminal.
    package var plain: Output {
        var output = self
        (output.width, output.noteWidth, output.isTerminal) = (nil, nil, false)
        (output.showsProgress, output.usesColor) = (false, false)
        return output
    }

    /// Runs `body` until it ends. Throws `OutputError.closed` soon after the reader of the output went away, also when
    /// there is nothing to write.
    func whileRead(
        _ time: any TimeSource = SystemClock(), _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isGone = isGone
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !isGone() { try await time.sleep(for: .seconds(1)) }
                throw OutputError.closed
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Prints as it is: text ends with its own line break.
    package func print(_ text: String) throws(OutputError) { try write(.out, text) }

    /// Lines on standard error, for the person and not for the next program in the pipe. Sentences quote what was typed,
    /// configured or answered; no control sequence of that reaches the terminal (invariant 10).
    package func note(_ text: String) {
        // Nobody reads errors any more: there is nobody left to tell.
        try? write(.error, Self.lines(of: text, noteWidth))
    }

    /// A sentence on standard output.
    package func say(_ sentence: String) throws(OutputError) { try print(Self.lines(of: sentence, width)) }

    private static func lines(of text: String, _ width: Int?) -> String {
        TerminalText.sanitizedLines(text).flatMap { line in width.map { SentenceWrap.lines(of: line, to: $0) } ?? [line]
        }
        .map { $0 + "\n" }.joined()
    }

    /// Says on a terminal what is waited for while `body` lasts, and leaves no trace of that.
    func waiting<Value>(for what: String, _ body: () async throws -> Value) async rethrows -> Value {
        guard showsProgress else { return try await body() }
        let text = TerminalText.truncate(
            what + (glyphs == .unicode ? "…" : "..."), to: max(20, progressWidth - 1))
        // Carriage return and erasing to the end of the line (ECMA-48 EL).
        noteRaw("\r\(text)\u{1B}[K")
        defer { noteRaw("\r\u{1B}[K") }
        return try await body()
    }

    /// Without a line break, for progress and questions.
    package func noteRaw(_ text: String) { try? write(.error, text) }

    private static func writeAll(_ text: String, to descriptor: Int32) throws(OutputError) {
        var text = text
        let failure: Int32? = text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return nil
        }
        if let failure { throw OutputError(code: failure) }
    }

    /// Whether nobody can read standard output any more, which is known without writing only of pipes, sockets and
    /// terminals. POLLERR is set for a pipe without a reader (poll(2)).
    private static func isReaderGone() -> Bool {
        var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        return poll(&output, 1, 0) > 0 && Int32(output.revents) & (POLLERR | POLLHUP) != 0
    }
}
