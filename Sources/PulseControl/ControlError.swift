import Glibc
package import PulseDomain

/// Why control between two Pulse processes fails.
package enum ControlError: Error, Sendable, Hashable {
    /// The folder of the sockets cannot be used, and why.
    case unusableFolder(String, String)
    /// The socket's path is taken by a living process.
    case alreadyServed(String)
    /// Something that is no socket is at the socket's path.
    case notASocket(String)
    /// A call of the system failed on the socket: call and what the system said.
    case socketFailed(String, call: String, String)
    /// The server was run before.
    case alreadyRun
    /// Nobody listens at the socket.
    case nobodyThere(String)
    /// Somebody listens, but does not take connections now.
    case busy(String)
    /// The process at the other end is another user's.
    case otherUser
    /// The two processes speak different protocols: theirs and their version, ours and our version.
    case protocolMismatch(theirs: Int, theirVersion: String, ours: Int, ourVersion: String)
    /// As many clients as there may be are connected.
    case tooManyClients(Int)
    /// The other end sent what the protocol does not have, and what that was.
    case broken(String)
    /// A client said nothing for too long.
    case silent
    /// The process that runs the engine ended, or closed the link.
    case holderEnded
    /// No answer within so many seconds; whether what was asked may have been done all the same.
    case timedOut(seconds: Int, mayHaveHappened: Bool)
    /// A request or an answer is larger than a frame may be, in bytes.
    case tooLarge(Int)
    /// One client asks for more at once than it may.
    case tooManyStreams(Int)
    /// The engine threw what is no `Failure`.
    case unexpected(String)
    /// What was asked was given up.
    case cancelled
}

extension ControlError {
    /// The error as a person meets it.
    package var failure: Failure {
        switch self {
        case .unusableFolder(let path, let reason):
            Failure(
                .ours, code: "control.folder",
                "The folder \(path) cannot hold Pulse's control socket: \(reason).",
                remedy: "Make it a folder of yours that others cannot enter (mode 700), or set XDG_RUNTIME_DIR.")
        case .alreadyServed(let path):
            Failure(
                .ours, code: "control.served", "Another process answers at the control socket \(path).",
                remedy: "End that process, or use another store.")
        case .notASocket(let path):
            Failure(
                .ours, code: "control.not_a_socket",
                "The control socket cannot be made: \(path) is another kind of file.",
                remedy: "Move that file away.")
        case .socketFailed(let path, let call, let reason):
            Failure(
                .ours, code: "control.socket", "The control socket \(path) failed (\(call)): \(reason).",
                remedy: "Look at the folder's rights and at the limits of open files and threads.")
        case .alreadyRun:
            Failure(.ours, code: "control.run_twice", "The control server was run before.", remedy: "Make a new one.")
        case .nobodyThere(let path):
            Failure(
                .transient, code: "control.nobody", "Nobody answers at the control socket \(path).",
                remedy: "If the process that holds the store is just starting, try again in a moment.")
        case .busy(let path):
            Failure(
                .transient, code: "control.busy",
                "The process at the control socket \(path) takes no more connections now.",
                remedy: "Try again in a moment; if that stays so, end that process.")
        case .otherUser:
            Failure(
                .unauthorised, code: "control.other_user", "The process at the other end belongs to another user.",
                remedy: "Run Pulse as the user that runs the engine.")
        case .protocolMismatch(let theirs, let theirVersion, let ours, let ourVersion):
            Failure(
                .ours, code: "control.protocol",
                "The two Pulse processes do not understand each other: version \(theirVersion) speaks control protocol "
                    + "\(theirs), version \(ourVersion) speaks \(ours).",
                remedy: "Use the same version for both, or end the process that runs the engine and start it anew.")
        default: linkFailure
        }
    }

    private var linkFailure: Failure {
        switch self {
        case .tooManyClients(let count):
            Failure(
                .transient, code: "control.clients",
                "\(count) consoles and commands are connected to the engine already; there may be no more.",
                remedy: "Close one of them.")
        case .broken(let what):
            Failure(
                .contractBroken, code: "control.broken", "The link between two Pulse processes broke: \(what).",
                remedy: "Use the same version for both; if they are, please report it.")
        case .silent:
            Failure(
                .transient, code: "control.silent", "The client was dropped, because it left a message unfinished.",
                remedy: "Connect again.")
        case .holderEnded:
            Failure(
                .transient, code: "control.ended", "The Pulse process that ran the engine has ended.",
                remedy: "Start Pulse again; it takes over the store.")
        case .timedOut(let seconds, let mayHaveHappened):
            Failure(
                .transient, code: "control.timed_out",
                "The Pulse process that runs the engine has not answered within \(seconds) s.",
                remedy: mayHaveHappened
                    ? "Look at the job before asking again: the command may have been carried out."
                    : "Try again; if that stays so, end that process.")
        case .tooLarge(let size):
            Failure(
                .ours, code: "control.too_large", "The message is too large for the control socket (\(size) bytes).",
                remedy: "Ask for fewer records at once.")
        case .tooManyStreams(let count):
            Failure(
                .ours, code: "control.streams", "This client listens to \(count) event streams already.",
                remedy: "End one of them.")
        case .unexpected(let what):
            Failure(
                .ours, code: "control.unexpected", "The engine could not answer: \(what).",
                remedy: "The engine's log tells more.")
        default:
            Failure(.transient, code: "control.cancelled", "The request was given up.", remedy: "Ask again.")
        }
    }
}
