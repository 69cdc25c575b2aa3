package import PulseDomain

/// Why a store could not be taken.
package enum HolderError: Error, Sendable, Hashable {
    /// Another process holds it; `nil` when it has not yet said who it is.
    case held(database: String, by: HeldBy?)
    /// There is no such folder.
    case noFolder(String)
    /// Nothing can be written beside the store, and what the system said.
    case notWritable(lock: String, String)
    /// The file system has no locks (some network file systems do not), and what the system said.
    case notLockable(lock: String, String)
    /// A call of the system failed.
    case failed(lock: String, call: String, String)

    /// Who holds the store, where that is the reason and is known.
    package var holder: HeldBy? {
        guard case .held(_, let holder) = self else { return nil }
        return holder
    }

    /// The error as a person meets it.
    package var failure: Failure {
        switch self {
        case .held(let database, nil):
            Failure(
                .store, code: "holder.held",
                "Another process holds the store \(database) and has not yet said who it is.",
                remedy: "Try again in a moment.")
        case .held(let database, let holder?):
            Failure(
                .store, code: "holder.held",
                "The store \(database) is held by Pulse \(holder.version), process \(holder.pid) on \(holder.host), "
                    + "since \(holder.since.iso8601ToSecond).",
                remedy: holder.isOnThisHost
                    ? "Connect to that process, or end it." : "Use Pulse on \(holder.host), or end that process.")
        case .noFolder(let path):
            Failure(
                .store, code: "holder.no_folder", "There is no folder \(path) for the store.",
                remedy: "Make it, or name another path.")
        case .notWritable(let lock, let reason):
            Failure(
                .store, code: "holder.not_writable", "The lock file \(lock) cannot be written: \(reason).",
                remedy: "Put the store into a folder that you may write to.")
        case .notLockable(let lock, let reason):
            Failure(
                .store, code: "holder.not_lockable",
                "The file system of \(lock) has no file locks (\(reason)), so two processes could write to the store at once.",
                remedy: "Put the store on a local disk.")
        case .failed(let lock, let call, let reason):
            Failure(
                .store, code: "holder.failed", "The lock file \(lock) failed (\(call)): \(reason).",
                remedy: "Look at the folder and at the limit of open files.")
        }
    }
}
