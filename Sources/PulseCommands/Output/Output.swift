import Glibc
package import PulseTerminal

/// Whoever read standard output went away: nothing is left to do, and nobody to tell.
package struct OutputClosed: Error, Sendable, Hashable {}

/// Standard output and error as a command uses them.
package struct Output: Sendable {
    /// Columns of a line.
    package var width: Int
    /// Whether standard output is a terminal.
    package var isTerminal: Bool
    /// Whether standard input and error are one: then a person can be asked.
    package var canAsk: Bool
    package var usesColor: Bool
    package var glyphs: GlyphMode
    private let write: @Sendable (Stream, String) throws(OutputClosed) -> Void

    /// Where a text goes.
    package enum Stream: Int32, Sendable { case out = 1, error = 2 }

    package init(
        width: Int, isTerminal: Bool, canAsk: Bool = false, usesColor: Bool = false, glyphs: GlyphMode = .unicode,
        write: @escaping @Sendable (Stream, String) throws(OutputClosed) -> Void
    ) {
        self.width = width
        self.isTerminal = isTerminal
        self.canAsk = canAsk
        self.usesColor = usesColor
        self.glyphs = glyphs
        self.write = write
    }

    /// The process's own. Colours and signs follow the terminal and `NO_COLOR` (https://no-color.org).
    ///
    /// The width is that of the terminal, of `COLUMNS`, or 160 where there is neither: wide enough to cut nothing that
    /// matters, and still lines.
    package static func standard(environment: [String: String]) -> Output {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var size = winsize()
        var width = environment["COLUMNS"].flatMap(Int.init) ?? 160
        if isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { width = Int(size.ws_col) }
        // The first of these that is set decides (POSIX, Base Definitions 8.2).
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let isUTF8 = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        let wantsColor = environment["NO_COLOR"].map(\.isEmpty) ?? true
        let isDumb = environment["TERM"].map { $0.isEmpty || $0 == "dumb" } ?? true
        return Output(
            width: min(max(width, 40), 400), isTerminal: isTerminal,
            canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
            usesColor: isTerminal && wantsColor && !isDumb, glyphs: isUTF8 ? .unicode : .ascii,
            write: { stream, text throws(OutputClosed) in try Self.writeAll(text, to: stream.rawValue) })
    }

    /// Prints as it is: text ends with its own line break.
    package func print(_ text: String) throws(OutputClosed) { try write(.out, text) }

    /// One line on standard error, for the person and not for the next program in the pipe.
    package func note(_ line: String) {
        // Nobody reads errors any more: there is nobody left to tell.
        try? write(.error, line + "\n")
    }

    /// Without a line break, for progress and questions.
    package func noteRaw(_ text: String) { try? write(.error, text) }

    private static func writeAll(_ text: String, to descriptor: Int32) throws(OutputClosed) {
        var text = text
        let isWhole = text.withUTF8 { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
        if !isWhole { throw OutputClosed() }
    }
}
