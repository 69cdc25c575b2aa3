import Dispatch
import GRDB
package import PulseDomain
import Synchronization

/// A store in one SQLite file (or in memory), by itself or shared by several processes.
///
/// Durability: the journal is a write-ahead log with `synchronous=NORMAL`. A committed transaction is in the operating
/// system's hands, so it survives the end of the process, `kill -9` included; a loss of power may take the newest
/// transactions, but never parts of one (https://www.sqlite.org/pragma.html#pragma_synchronous).
///
/// Cancellation is not looked at: a call that was made happens whole, whatever becomes of its task.
package final class SQLiteStore: SQLStore {
    /// Where the database's work is done.
    package enum Execution: Sendable, Hashable {
        /// On the database's own threads: nobody else's thread is ever held.
        case background
        /// On the calling thread, before the call returns: for simulations on one thread.
        case inline
    }

    package struct Options: Sendable {
        package var execution: Execution
        /// How long a call waits for other processes before it throws `StoreError.locked`.
        package var patience: Duration
        /// Measures the parts of a commit: time since an arbitrary start, never decreasing.
        package var stopwatch: @Sendable () -> Duration

        package init(
            execution: Execution = .background, patience: Duration = .seconds(5),
            stopwatch: @escaping @Sendable () -> Duration = Options.monotonicClock()
        ) {
            self.execution = execution
            self.patience = patience
            self.stopwatch = stopwatch
        }

        /// The machine's monotonic clock, from now.
        package static func monotonicClock() -> @Sendable () -> Duration {
            let start = ContinuousClock.now
            return { ContinuousClock.now - start }
        }
    }

    package let location: String
    package let tenant: TenantID
    /// Its file belongs to one process at a time.
    package var sharing: (any StoreSharing)? { nil }
    let options: Options
    let writer: any DatabaseWriter
    private let isClosed = Mutex(false)
    /// Where the file was when it was opened; `nil` in memory.
    private let place: FilePlace?

    init(location: String, tenant: TenantID, options: Options, writer: any DatabaseWriter) {
        place = FilePlace(path: writer.path)
        self.location = location
        self.tenant = tenant
        self.options = options
        self.writer = writer
    }

    /// Ends every use: calls under way finish first.
    package func close() async {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        // A connection that cannot be closed now is closed when the last reference goes; the file is whole either way.
        await onDatabaseThread { [writer] in try? Self.close(writer) }
    }

    /// Closes readers first: the last connection moves the log into the file and takes it away, which one that may only
    /// read cannot do.
    static func close(_ writer: any DatabaseWriter) throws {
        (writer as? DatabasePool)?.invalidateReadOnlyConnections()
        try writer.close()
    }

    // MARK: Running on the database

    package var isConcurrent: Bool { options.execution == .background }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try checkIsOpen()
        switch options.execution {
        case .inline: return try writeInline(body)
        case .background:
            return try await withCheckedThrowingContinuation { continuation in
                writer.asyncWriteWithoutTransaction { [self] db in
                    continuation.resume(with: Result { try transaction(db, body) })
                }
            }
        }
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await readDatabase { [self] in try body(session($0)) }
    }

    /// As ``read(_:)``, for what only SQLite can do.
    func readDatabase<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try checkIsOpen()
        switch options.execution {
        case .inline: return try readInline(body)
        case .background:
            return try await withCheckedThrowingContinuation { continuation in
                writer.asyncRead { [self] database in
                    continuation.resume(with: Result { try translating { try body(database.get()) } })
                }
            }
        }
    }

    // Not async, so that GRDB's synchronous variants are meant.
    private func writeInline<Value>(_ body: (any SQLSession) throws -> Value) throws -> Value {
        try writer.writeWithoutTransaction { try transaction($0, body) }
    }

    private func readInline<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try translating { try writer.read(body) }
    }

    private func transaction<Value>(_ db: Database, _ body: (any SQLSession) throws -> Value) throws -> Value {
        if place?.isLeft == true { throw StoreError.removed(location: location) }
        return try translating {
            var result: Value?
            try db.inTransaction(.immediate) {
                result = try body(session(db))
                return .commit
            }
            guard let result else { throw StoreError.closed }
            return result
        }
    }

    private func session(_ db: Database) -> SQLiteSession { SQLiteSession(db: db, stopwatch: options.stopwatch) }

    private func translating<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch {
            if isClosed.withLock({ $0 }) { throw StoreError.closed }
            throw StoreError(error, location: location)
        }
    }

    private func checkIsOpen() throws {
        if isClosed.withLock({ $0 }) { throw StoreError.closed }
    }

    private func onDatabaseThread(_ body: @escaping @Sendable () -> Void) async {
        switch options.execution {
        case .inline: body()
        case .background: await Self.onBackgroundThread(body)
        }
    }

    /// Runs blocking work beside the cooperative threads.
    static func onBackgroundThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(returning: body()) }
        }
    }
}
