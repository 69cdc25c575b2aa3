import Foundation
import GRDB
package import PulseDomain

extension SQLiteStore {
    /// Where the database is.
    package enum Place: Sendable, Hashable {
        /// A file; it is created when it is not there, its folder is not.
        case file(String)
        /// Gone when the store is closed.
        case memory
    }

    /// Opens the database and brings its schema up to date. A file that is not Pulse's is left exactly as it is.
    ///
    /// Throws `StoreError`: `foreign`, `tooNew`, `damaged`, `unavailable`, `readOnly`, `locked`, `full`.
    package static func open(_ place: Place, tenant: TenantID, options: Options = Options()) async throws -> SQLiteStore
    {
        switch options.execution {
        case .inline: try openNow(place, tenant: tenant, options: options)
        case .background:
            try await onBackgroundThread { Result { try openNow(place, tenant: tenant, options: options) } }.get()
        }
    }

    /// The tenants that have jobs in a database, by name: whose data can be opened. Throws as ``open(_:tenant:options:)``.
    package static func tenants(inFile path: String, options: Options = Options()) async throws -> [TenantID] {
        try await onBackgroundThread { Result { try tenantsNow(path, options: options) } }.get()
    }

    private static func tenantsNow(_ path: String, options: Options) throws -> [TenantID] {
        try looking(path, options: options) { db in
            try db.rows("SELECT DISTINCT tenant FROM jobs WHERE is_listed = TRUE ORDER BY tenant", [])
                .map { TenantID(try $0["tenant"] as String) }
        } ?? []
    }

    /// What is kept of the tenants that were removed from a file, newest first. Throws as ``open(_:tenant:options:)``.
    package static func removals(
        inFile path: String, options: Options = Options()
    ) async throws -> [TenantRemoval.Record] {
        try await onBackgroundThread { Result { try looking(path, options: options, TenantRemoval.records) ?? [] } }
            .get()
    }

    /// Lends a look at all tenants of a file; `nil` where it has no tables yet.
    private static func looking<Value>(
        _ path: String, options: Options, _ body: (any SQLSession) throws -> Value
    ) throws -> Value? {
        let location = "sqlite:\(path)"
        do {
            guard try FileHeader.examine(path, location: location) == .pulse else { return nil }
            let pool = try connect(.file(path), location: location, options: options)
            let value = Result { try pool.read { try body(SQLiteSession(db: $0, stopwatch: options.stopwatch)) } }
            try close(pool)
            return try value.get()
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(error, location: location)
        }
    }

    private static func openNow(_ place: Place, tenant: TenantID, options: Options) throws -> SQLiteStore {
        let location =
            switch place {
            case .file(let path): "sqlite:\(path)"
            case .memory: "sqlite::memory:"
            }
        do {
            let writer = try connect(place, location: location, options: options)
            let store = SQLiteStore(location: location, tenant: tenant, options: options, writer: writer)
            try store.addTenant()
            return store
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(error, location: location)
        }
    }

    private static func connect(_ place: Place, location: String, options: Options) throws -> any DatabaseWriter {
        let configuration = configuration(options)
        guard case .file(let path) = place else {
            let queue = try DatabaseQueue(configuration: configuration)
            try Migrations.migrate(queue)
            return queue
        }
        if try FileHeader.examine(path, location: location) == .absent {
            // The mark has to be in the file itself before the write-ahead log comes into play: whoever looks at the
            // file's first bytes, as `FileHeader` does, does not see the log.
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA application_id = \(Migrations.applicationID)")
            }
            try queue.close()
        }
        guard access(path, W_OK) == 0 else { throw StoreError.readOnly(location: location) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        do {
            let found = try pool.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard found <= Migrations.version else {
                throw StoreError.tooNew(location: location, found: "\(found)")
            }
            try Migrations.migrate(pool)
        } catch {
            // The first error is the one to tell.
            try? close(pool)
            throw error
        }
        return pool
    }

    /// Memory: 8 MB of cache for the writer, 1 MB for each of at most three readers, no mapped file.
    private static func configuration(_ options: Options) -> Configuration {
        var configuration = Configuration()
        configuration.label = "pulse.store"
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 3
        configuration.busyMode = .timeout(options.patience.inSeconds)
        configuration.prepareDatabase { db in
            let size = db.configuration.readonly ? 1_000 : 8_000
            try db.execute(
                sql: """
                    PRAGMA cache_size = -\(size);
                    PRAGMA mmap_size = 0;
                    PRAGMA temp_store = MEMORY;
                    """)
            if !db.configuration.readonly {
                try db.execute(
                    sql: """
                        PRAGMA synchronous = NORMAL;
                        PRAGMA wal_autocheckpoint = 4000;
                        PRAGMA journal_size_limit = 67108864;
                        """)
            }
        }
        return configuration
    }

    /// Every key refers to the tenant. Reading first: an ordinary start waits for nobody who writes.
    private func addTenant() throws {
        let name = tenant.rawValue
        let isThere = try writer.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM tenants WHERE tenant = ?)", arguments: [name])
        }
        guard isThere != true else { return }
        try writer.write { db in
            try db.execute(sql: "INSERT INTO tenants VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
        }
    }
}

/// The first bytes of a file, looked at without SQLite, which would touch the file.
enum FileHeader {
    enum Finding: Equatable { case absent, pulse }

    /// Whether the file is missing (or empty) or Pulse's own. Throws for anything else.
    ///
    /// Offsets are those of https://www.sqlite.org/fileformat2.html#the_database_header.
    static func examine(_ path: String, location: String) throws -> Finding {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw unavailable(location) }
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard access(folder, F_OK) == 0 else {
                throw StoreError.unavailable(location: location, detail: "the folder \(folder) is not there")
            }
            guard access(folder, W_OK) == 0 else { throw unavailable(location) }
            return .absent
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw StoreError.unavailable(
                location: location, detail: isFolder ? "it is a folder" : "it is not an ordinary file")
        }
        guard let file = fopen(path, "rb") else { throw unavailable(location) }
        defer { fclose(file) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = fread(&header, 1, header.count, file)
        if count == 0 && ferror(file) == 0 && status.st_size == 0 { return .absent }
        guard ferror(file) == 0 else { throw unavailable(location) }
        let magic = Array("SQLite format 3\0".utf8)
        let identifier = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        guard count == 100, Array(header.prefix(16)) == magic, identifier == Migrations.applicationID else {
            throw StoreError.foreign(location: location)
        }
        return .pulse
    }

    private static func unavailable(_ location: String) -> StoreError {
        .unavailable(location: location, detail: String(cString: strerror(errno)))
    }
}
