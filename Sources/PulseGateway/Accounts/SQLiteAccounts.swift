import Foundation
import GRDB
package import PulseDomain

/// Accounts in one SQLite file that only its owner may read. `pulse-server user` changes it beside a running gateway.
package final class SQLiteAccounts: AccountStore {
    private let writer: any DatabaseWriter

    private init(_ writer: any DatabaseWriter) { self.writer = writer }

    /// Opens the file, making it where there is none, and brings its tables up to date. Throws `Failure`.
    package static func open(path: String) throws -> SQLiteAccounts {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(
                .ours, code: "accounts.folder", "The folder \(folder) for the gateway's accounts cannot be made.",
                remedy: "Make it so that the gateway's user owns it, or choose another with --data.")
        }
        // SQLite gives its journal the permissions of the file.
        try PrivateFile.touch(path)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        return try translating { try migrated(DatabasePool(path: path, configuration: configuration)) }
    }

    /// For tests: nothing is kept.
    static func inMemory() throws -> SQLiteAccounts {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        return try translating { try migrated(DatabaseQueue(configuration: configuration)) }
    }

    private static func migrated(_ writer: any DatabaseWriter) throws -> SQLiteAccounts {
        let migrator = AccountSchema.migrator
        let isNewer = try writer.read { try migrator.hasBeenSuperseded($0) }
        guard !isNewer else {
            throw Failure(
                .store, code: "accounts.newer", "The gateway's accounts were written by a newer Pulse.",
                remedy: "Use that Pulse.")
        }
        try migrator.migrate(writer)
        return SQLiteAccounts(writer)
    }

    // MARK: Running

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await writer.write(body) } catch { throw Self.translated(error) }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await writer.read(body) } catch { throw Self.translated(error) }
    }

    private static func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch { throw translated(error) }
    }

    private static func translated(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return Failure(
            .store, code: "accounts.database",
            "The gateway's accounts cannot be read or written: \(error.message ?? "SQLite error")"
                + " (\(error.extendedResultCode.rawValue)).",
            remedy: "Look at whether there is room on the disk and who owns the file.")
    }

    package func close() async {
        // What cannot be closed now is closed with the process; the file is whole either way.
        try? writer.close()
    }

    package func check() async throws {
        try await write { db in try db.execute(sql: "UPDATE users SET name = name WHERE 0") }
    }

    package func prune(at now: Instant) async throws {
        try await write { db in
            let now = now.microseconds
            // Ended families are kept for a while, with why they ended. Logins of nobody are soon of no use.
            try db.execute(
                sql: "DELETE FROM refresh_families WHERE expires_at < ?", arguments: [now])
            try db.execute(
                sql: "DELETE FROM personal_tokens WHERE expires_at < ?",
                arguments: [now - Self.expiredTokensKept.inMicroseconds])
            try db.execute(
                sql: "DELETE FROM login_failures WHERE last_at < ?",
                arguments: [now - LoginThrottle.memory.inMicroseconds])
            try db.execute(
                sql: "DELETE FROM audit WHERE at < ? OR tenant = '' AND at < ?",
                arguments: [now - Duration.days(730).inMicroseconds, now - Duration.days(30).inMicroseconds])
            try db.execute(
                sql: "DELETE FROM buckets WHERE at < ?", arguments: [now - Duration.hours(1).inMicroseconds])
        }
    }
}
