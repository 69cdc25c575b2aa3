import GRDB

extension SQLiteStore {
    package func check() async throws -> [String] {
        try await readDatabase { db in
            var findings = try String.fetchAll(db, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" }
                .map { "The database is damaged: \($0)." }
            for violation in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").prefix(20) {
                findings.append(
                    "A row of \(violation["table"] as String) refers to a row of \(violation["parent"] as String) "
                        + "that is not there.")
            }
            return findings
        }
    }
}
