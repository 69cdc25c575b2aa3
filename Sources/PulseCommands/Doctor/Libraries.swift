import CLibcurl
import CLibpq
import CNcurses
import CSimdjson
import CZlib
import Foundation
import GRDBSQLite

extension Doctor {
    /// The libraries that this process runs with.
    func libraries() -> [Look] {
        [
            // Each returns a static text.
            Look(what: "libcurl", verdict: .good, finding: String(cString: curl_version())),
            // 150004 is 15.4 (PostgreSQL manual, "libpq Control Functions").
            Look(what: "libpq", verdict: .good, finding: "\(PQlibVersion() / 10_000).\(PQlibVersion() % 10_000)"),
            Look(what: "simdjson", verdict: .good, finding: String(cString: pulse_json_version())),
            Look(what: "ncurses", verdict: .good, finding: String(cString: curses_version())),
            Look(what: "SQLite", verdict: .good, finding: String(cString: sqlite3_libversion())),
            Look(what: "zlib", verdict: .good, finding: String(cString: zlibVersion())),
        ]
    }
}

/// What a program says of itself.
enum ProgramVersion {
    /// The first line of its output; `nil` when it cannot be run.
    static func of(_ program: String, _ arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
    }
}
