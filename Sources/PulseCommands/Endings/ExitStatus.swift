/// What the end of a command tells the shell. Documented in `pulse help exit-codes` and kept stable.
package enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
    case ok = 0
    /// Something went wrong that the command could not mend.
    case failed = 1
    /// What was typed or configured is wrong.
    case usage = 2
    /// The engine refused the command, the gateway whoever gave it (nobody is logged in, the role does not allow it), or the
    /// person did.
    case refused = 3
    /// Another process holds the store and does not answer, or a server or a link is down.
    case unreachable = 4
    /// Done, but with problems: failed jobs, quarantined records, alerts that nobody has acknowledged.
    case problems = 5
    /// The terminal went away (SIGHUP).
    case hungUp = 129
    /// SIGINT ended it.
    case interrupted = 130
    /// Whoever read the output closed it.
    case outputClosed = 141
    /// SIGTERM ended it.
    case terminated = 143

    /// When it is used, as a sentence without its end.
    package var meaning: String {
        switch self {
        case .ok: "everything was done"
        case .failed: "something went wrong"
        case .usage: "the command line or the configuration is wrong"
        case .refused:
            "refused: by the engine, by the gateway (nobody is logged in, or the role does not allow it), or not confirmed"
        case .unreachable:
            "it cannot be reached: another process holds the store, or its server, the gateway or every engine behind that "
                + "is away"
        case .problems:
            "done, but there are problems: jobs failed, records are in quarantine, an alert waits for somebody, or a check "
                + "found something"
        case .hungUp: "the terminal went away (SIGHUP)"
        case .interrupted: "interrupted (SIGINT)"
        case .outputClosed: "the reader of the output went away (SIGPIPE)"
        case .terminated: "told to end (SIGTERM)"
        }
    }

    /// Of a command that `signal` ended.
    package init(signal: Int32) {
        self = ExitStatus(rawValue: 128 + signal) ?? .failed
    }

    /// The table that the help shows.
    package static var table: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: max(0, 5 - number.count)) + "\(number)  \(status.meaning)\n"
        }.joined()
    }
}
