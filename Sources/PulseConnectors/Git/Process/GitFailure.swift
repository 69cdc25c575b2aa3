import Glibc
import PulseDomain

/// What can go wrong with git and with repositories, as failures for people.
enum GitFailure {
    static let missingProgram = Failure(
        .ours, code: "git.missing", "The program git was not found in PATH.",
        remedy: "Install git (apt-get install git) or correct PATH, then start the run again.")

    static func tooOld(_ version: String) -> Failure {
        Failure(
            .ours, code: "git.too_old", "The program git is too old: \(printable(version)).",
            remedy: "Install git \(GitVersion.oldest) or newer.")
    }

    static func spawn(_ executable: String, errorNumber: CInt) -> Failure {
        let isTransient = errorNumber == EAGAIN || errorNumber == ENOMEM || errorNumber == EMFILE
        return Failure(
            isTransient ? .transient : .ours, code: "git.spawn",
            "\(executable) could not be started: \(reason(errorNumber)).",
            remedy: "Check that it may be executed and that the system has processes and memory left.")
    }

    static func temporaryFile(folder: String, errorNumber: CInt) -> Failure {
        Failure(
            errorNumber == ENOSPC ? .transient : .ours, code: "git.temporary_file",
            "A temporary file in \(folder) could not be used: \(reason(errorNumber)).",
            remedy: "Make room there, or let TMPDIR name a folder that can be written.")
    }

    static func noSuchPath(_ path: String, errorNumber: CInt) -> Failure {
        Failure(
            .ours, code: errorNumber == EACCES ? "git.path.denied" : "git.path.missing",
            "The folder \(path) cannot be opened: \(reason(errorNumber)).",
            remedy: "Correct `paths` of this source, or give the account that runs Pulse access to it.")
    }

    static func noRepository(_ path: String) -> Failure {
        Failure(
            .ours, code: "git.path.not_a_repository",
            "\(path) is no git repository and holds none within \(RepositorySearch.depth) levels.",
            remedy: "Correct `paths` of this source; a folder that is not mounted looks the same.")
    }

    static let noPaths = Failure(
        .ours, code: "git.paths.empty", "The source names no folder.",
        remedy: "Add `paths` with repositories, or with folders that hold some, to the source.")

    static func unreadableName(_ path: String) -> Failure {
        Failure(
            .ours, code: "git.path.name", "The path of the repository at \(path) contains a line break.",
            remedy: "Rename the folder: git's answers cannot be read otherwise.")
    }

    static func brokenCursor(_ json: String) -> Failure {
        Failure(
            .ours, code: "git.cursor", "The cursor of a git walk cannot be read: \(printable(json)).",
            remedy: "Rewind the partition to an older checkpoint or start a full run.")
    }

    static func brokenPage(_ why: String) -> Failure {
        Failure(
            .contractBroken, code: "git.page", "A page of git's output cannot be read: \(why).",
            remedy: "Start the run again; report it with the version of git when it happens twice.")
    }

    /// A git that ended with an error, by what it said.
    static func ended(_ end: ChildEnd, errors: String, folder: String?) -> Failure {
        let place = folder ?? "the system"
        let said = firstComplaint(in: errors)
        if errors.contains("detected dubious ownership") || errors.contains("unsafe repository") {
            return Failure(
                .ours, code: "git.repository.owner",
                "git refuses \(place), which belongs to another user than the one that runs Pulse.",
                remedy: "Run Pulse as its owner, or allow it: git config --global --add safe.directory \(place)")
        }
        if errors.contains("not a git repository") { return noRepository(place) }
        if errors.contains("Permission denied") {
            return Failure(
                .ours, code: "git.repository.denied", "Parts of the repository \(place) may not be read: \(said).",
                remedy: "Give the account that runs Pulse permission to read it.")
        }
        if case .signalled(let signal) = end {
            return Failure(
                .transient, code: "git.killed", "git was ended by signal \(signal) in \(place).",
                remedy: "If it was for want of memory, give the machine more or lower the source's concurrency.")
        }
        let damages = [
            "corrupt", "bad object", "bad tree object", "missing", "unable to read", "inflate", "Could not read",
            "could not read", "unable to parse", "unable to find", "not a valid object", "loose object",
        ]
        if damages.contains(where: errors.contains) {
            return Failure(
                .contractBroken, code: "git.repository.corrupt", "The repository \(place) is damaged: \(said).",
                remedy: "Run git fsck there; fetch the missing objects again or clone it anew.")
        }
        return Failure(
            .contractBroken, code: "git.failed", "git failed in \(place): \(said).",
            remedy: "Try the same with git in that folder.")
    }

    /// Whether a failure says that commits a cursor names are not there any more.
    static func isMissingObject(_ failure: Failure) -> Bool { failure.code == "git.repository.corrupt" }

    private static func firstComplaint(in errors: String) -> String {
        let lines = errors.split(separator: "\n")
        let line = lines.first { $0.hasPrefix("fatal:") } ?? lines.first { $0.hasPrefix("error:") } ?? lines.first
        return printable(String(line ?? "it gave no reason").trimming(suffix: "."))
    }

    /// Without control characters, at most 300 characters.
    static func printable(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(300).map { scalar -> Character in
            let isControl =
                scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            return isControl ? " " : Character(scalar)
        }
        return String(scalars)
    }

    private static func reason(_ errorNumber: CInt) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        // The XSI variant fills the buffer; the GNU one returns a pointer, which a constant text may lie behind.
        _ = strerror_r(errorNumber, &buffer, buffer.count)
        let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return text.isEmpty ? "error \(errorNumber)" : String(decoding: text, as: UTF8.self)
    }
}

extension String {
    fileprivate func trimming(suffix: Character) -> String { last == suffix ? String(dropLast()) : self }
}
