/// How a terminal is to be used.
package struct TerminalOptions: Sendable {
    /// Descriptors to read keys from and draw on; nil means the controlling terminal `/dev/tty`, or standard input and
    /// output when there is none. The caller keeps them open and closes them.
    package var descriptors: (input: Int32, output: Int32)?
    /// The environment; see ``TerminalEnvironment``.
    package var environment: TerminalEnvironment
    /// Colours to use instead of those found; nil means find them.
    package var colorDepth: ColorDepth?
    /// Signs to use instead of those found; nil means find them.
    package var glyphs: GlyphMode?
    /// Whether mouse reports are asked for. The terminal's own selection then needs Shift.
    package var usesMouse = false
    /// Whether signals are caught, so that the terminal is restored whatever ends the process.
    package var catchesSignals = true
    /// Whether SIGTERM, SIGINT and SIGHUP are first delivered as `.terminate` (a second one ends at once), or end at once.
    package var endsGracefully = true
    /// The colours to begin with.
    package var theme: Theme

    /// The controlling terminal, with what the environment says.
    package init(environment: TerminalEnvironment, theme: Theme = .terminal) {
        self.environment = environment
        self.theme = theme
    }
}

/// Why there is no terminal to draw on.
package enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither `/dev/tty` nor standard input and output are a terminal.
    case notATerminal
    /// The terminal refuses to be set up; `errno` says why.
    case refused(operation: String, errno: Int32)
    /// Not even a plain description of a terminal can be found or made; names that were tried.
    case noDescription([String])

    /// What happened and what to do.
    package var description: String {
        switch self {
        case .notATerminal:
            "There is no terminal to draw on. Run Pulse in a terminal, or add --plain or --json to the command."
        case .refused(let operation, let errno):
            "The terminal could not be set up (\(operation): \(SystemMessage.text(errno))). "
                + "Open a new terminal, or add --plain to the command."
        case .noDescription(let names):
            "No description of this terminal was found (tried \(names.joined(separator: ", "))). "
                + "Install the package ncurses-base, set TERM to a known terminal, or add --plain to the command."
        }
    }

    /// A stable name for logs.
    package var code: String {
        switch self {
        case .notATerminal: "terminal.none"
        case .refused: "terminal.refused"
        case .noDescription: "terminal.no_description"
        }
    }
}
