import Foundation
import GRDB

extension StoreError {
    /// What an error of SQLite or GRDB means. Its message names tables and columns and never holds values.
    init(_ error: any Error, location: String) {
        guard let error = error as? DatabaseError else {
            self =
                error is DecodingError || error is StoredValueError
                ? .damaged(location: location, detail: "a stored value cannot be read (\(error))")
                : .database(code: "0", message: "\(error)")
            return
        }
        let message = error.message ?? "no message"
        self =
            switch error.resultCode {
            case .SQLITE_FULL: .full(location: location)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(location: location, holder: LockHolder.find(location))
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(location: location, detail: message)
            case .SQLITE_READONLY: .readOnly(location: location)
            case .SQLITE_IOERR: .unreachable(location: location, detail: message)
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_NOLFS:
                .unavailable(location: location, detail: message)
            default: .database(code: "\(error.extendedResultCode.rawValue)", message: message)
            }
    }
}

/// A stored text or number that has no meaning for this Pulse.
struct StoredValueError: Error, CustomStringConvertible {
    let description: String
}

/// Who holds locks on a database's file.
enum LockHolder {
    /// `process 4711`; `nil` when that cannot be told.
    ///
    /// Read from `/proc/locks`: asking by `fcntl` would mean to open and close the file, and closing any descriptor of
    /// it drops this process's own locks (https://www.sqlite.org/howtocorrupt.html, 2.2).
    static func find(_ location: String) -> String? {
        let path = String(location.trimmingPrefix("sqlite:"))
        let files = [path, path + "-shm"].compactMap { path -> UInt64? in
            var status = stat()
            return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
        }
        guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return nil }
        for line in locks.split(separator: "\n") {
            // "1: POSIX  ADVISORY  WRITE 4711 fe:01:1234 120 120": number, kind, kind, mode, process, file, range.
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[3] == "WRITE", let process = Int32(fields[4]), process != getpid(),
                let inode = fields[5].split(separator: ":").last.flatMap({ UInt64($0) }), files.contains(inode)
            else { continue }
            return "process \(process)"
        }
        return nil
    }
}
