/// Why a store could not do what it was asked.
package enum StoreError: Error, Sendable, Hashable {
    /// The writer's fence is stale: another worker took the run over (invariant 5). Nothing was written.
    case fenced
    /// No room on the disk. Nothing was written.
    case full(location: String)
    /// Another process holds the database longer than we wait.
    case locked(location: String, holder: String?)
    /// The file is damaged; `detail` is the database's own word.
    case damaged(location: String, detail: String)
    /// The file is not a database of Pulse.
    case foreign(location: String)
    /// A newer Pulse wrote it.
    case tooNew(location: String, found: String)
    /// An older Pulse wrote it, and it is only to be looked at.
    case tooOld(location: String, found: String, needed: String)
    /// It cannot be opened: permission, missing folder.
    case unavailable(location: String, detail: String)
    /// It does not answer, or takes nothing for now: a server that is gone, restarts or follows another one, a disk with
    /// errors. What was under way may have happened.
    case unreachable(location: String, detail: String)
    /// The file was moved, removed or replaced while it was open: what is written there would be lost. Nothing was
    /// written.
    case removed(location: String)
    /// It may not be written to.
    case readOnly(location: String)
    /// The database does not let the role of this process do that; its word. Nothing was written.
    case forbidden(String)
    /// The partition's newest checkpoint is another one than the writer goes on from: its last commit happened although
    /// its answer was lost, or what was committed is gone with a server that failed over. Nothing was written.
    case superseded
    /// What was to be written contradicts itself or belongs to another tenant: a mistake of the caller. Nothing was
    /// written.
    case inconsistent(String)
    /// Anything else the database said: its code (SQLite's number, PostgreSQL's SQLSTATE) and message, without bound
    /// values.
    case database(code: String, message: String)
    /// It was closed.
    case closed

    /// Stable, for logs and scripts.
    package var code: String {
        switch self {
        case .fenced: "store.fenced"
        case .full: "store.full"
        case .locked: "store.locked"
        case .damaged: "store.damaged"
        case .foreign: "store.foreign"
        case .tooNew: "store.too_new"
        case .tooOld: "store.too_old"
        case .unavailable: "store.unavailable"
        case .unreachable(let location, _): Self.isFile(location) ? "store.disk_error" : "store.unreachable"
        case .removed: "store.removed"
        case .readOnly: "store.read_only"
        case .forbidden: "store.forbidden"
        case .superseded: "store.superseded"
        case .inconsistent: "store.inconsistent"
        case .database: "store.database"
        case .closed: "store.closed"
        }
    }

    /// What happened, as a sentence.
    package var sentence: String {
        switch self {
        case .fenced: "Another worker took this run over; nothing was written."
        case .full(let location): "There is no room left on the disk of \(location); nothing was written."
        case .locked(let location, let holder): "\(location) is in use\(holder.map { " by \($0)" } ?? "")."
        case .damaged(let location, let detail): "\(location) is damaged: \(detail)."
        case .foreign(let location): "\(location) is not a database of Pulse."
        case .tooNew(let location, let found): "\(location) was written by a newer Pulse (schema \(found))."
        case .tooOld(let location, let found, let needed):
            "\(location) has the tables of an older Pulse (schema \(found); this one needs \(needed))."
        case .unavailable(let location, let detail): "\(location) cannot be opened: \(detail)."
        case .unreachable(let location, let detail):
            "\(location) \(Self.isFile(location) ? "cannot be read or written" : "does not answer"): \(detail)."
        case .removed(let location): "The file of \(location) was moved, removed or replaced while it was open."
        case .readOnly(let location): "\(location) may not be written to."
        case .forbidden(let detail): "The database does not let Pulse's role do that: \(detail)."
        case .superseded: "Another checkpoint of the partition is the newest; nothing was written."
        case .inconsistent(let what): "What was to be stored contradicts itself: \(what)."
        case .database(let code, let message): "The database refused (\(Self.named(code))): \(message)."
        case .closed: "The store was closed already."
        }
    }

    /// Five characters are an SQLSTATE (SQL standard; PostgreSQL manual, appendix A), numbers are SQLite's.
    private static func named(_ code: String) -> String {
        code.isEmpty ? "without a code" : code.utf8.count == 5 ? "SQLSTATE \(code)" : "SQLite \(code)"
    }

    /// What to do next.
    package var remedy: String {
        switch self {
        case .fenced: "Nothing needs to be done: the other worker goes on."
        case .full: "Make room; the run goes on from its last checkpoint."
        case .locked: "End the other program, or choose another store with --store."
        case .damaged:
            "Restore a backup, or move the file away and load anew; `sqlite3 FILE .recover` saves what is readable."
        case .foreign: "Choose another file with --store."
        case .tooNew: "Update pulse, or choose another file with --store."
        case .tooOld:
            "`pulse store migrate` brings them up to date, as every start of an engine does; older engines are refused from "
                + "then on."
        case .unreachable(let location, _):
            Self.isFile(location)
                ? "Look after the disk: its room, its limits, its health. Runs go on by themselves when it works."
                : "Work goes on by itself when it answers: check the server and the network between."
        case .superseded: "Nothing needs to be done: the partition goes on from its newest checkpoint."
        case .removed: "Put the file back and the engine goes on; or end pulse, and start it again on a new file."
        case .forbidden:
            "Grant it back, or make the role the owner of the tables in the schema pulse; the run goes on from its last "
                + "checkpoint."
        case .unavailable, .readOnly:
            "Check that it is there and may be written to (path and permissions, or server and network), or choose "
                + "another store with --store."
        case .inconsistent, .database, .closed: "Run `pulse doctor`; please report it when it finds nothing."
        }
    }
}

extension StoreError {
    /// Whether waiting may be all that it takes: what was tried is worth trying again, for as long as it lasts.
    ///
    /// A full disk is waited for where it is the machine's own. A server's has an administrator, who has to be told by a
    /// failure.
    package var isOutage: Bool {
        switch self {
        case .unreachable, .locked, .removed: true
        case .full(let location): Self.isFile(location)
        case .fenced, .damaged, .foreign, .tooNew, .tooOld, .unavailable, .readOnly, .forbidden, .superseded,
            .inconsistent,
            .database, .closed:
            false
        }
    }
}

extension StoreError {
    private static func isFile(_ location: String) -> Bool { location.hasPrefix("sqlite:") }
}

extension StoreError: CustomStringConvertible {
    package var description: String { "\(sentence) \(remedy)" }
}
