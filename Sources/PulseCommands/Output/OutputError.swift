import Glibc

/// Why standard output takes nothing more.
package enum OutputError: Error, Sendable, Hashable {
    /// Whoever read it went away: nothing is left to do, and nobody to tell.
    case closed
    /// It cannot be written, with the system's number for why (errno(3)).
    case failed(Int32)

    init(code: Int32) { self = code == EPIPE ? .closed : .failed(code) }

    /// What is told of it; `nil` where nobody listens any more.
    var sentence: String? {
        guard case .failed(let code) = self else { return nil }
        return "What was to be printed cannot be written: \(String(cString: strerror(code)))."
    }

    /// What to do.
    var remedy: String {
        switch self {
        case .closed: ""
        case .failed(ENOSPC), .failed(EDQUOT): "Make room there, or let it go elsewhere."
        case .failed(EFBIG): "Raise the limit of the file's size (`ulimit -f`), or let it go elsewhere."
        case .failed(EBADF): "Standard output is closed: let it go to a terminal, a file or a pipe."
        case .failed: "Look at where standard output goes."
        }
    }
}
