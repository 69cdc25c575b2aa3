package import PulseDomain
package import PulsePostgres
import Synchronization

/// A store in a PostgreSQL database (15 or later), shared by any number of processes.
///
/// Every connection tells the server its tenant, and row-level security holds each statement to it: a statement without
/// a condition sees and changes nothing of another tenant.
///
/// Cancellation is not looked at: a call that was made happens whole, whatever becomes of its task.
package final class PostgresStore: SQLStore {
    package struct Options: Sendable {
        package var execution: PostgresPool.Execution
        package var limits: PostgresPool.Limits
        /// Measures the parts of a commit: time since an arbitrary start, never decreasing.
        package var stopwatch: @Sendable () -> Duration
        /// Whether leases and shared limits follow the server's clock, as processes on several machines need it; else
        /// they follow what callers say the time is.
        package var usesServerClock: Bool
        /// How long dropping and making partitions may hold others back.
        package var upkeepPatience: Duration = .seconds(2)

        package init(
            execution: PostgresPool.Execution = .background, limits: PostgresPool.Limits = .init(),
            usesServerClock: Bool? = nil,
            stopwatch: @escaping @Sendable () -> Duration = SQLiteStore.Options.monotonicClock()
        ) {
            self.execution = execution
            self.limits = limits
            self.usesServerClock = usesServerClock ?? (execution == .background)
            self.stopwatch = stopwatch
        }
    }

    package let location: String
    package let tenant: TenantID
    let options: Options
    let pool: PostgresPool
    private let replica: PostgresReplica?
    let isClosed = Mutex(false)
    /// Who hears of changes by other processes.
    let listeners = Mutex<[AsyncStream<Void>.Continuation]>([])
    private let novelty = Novelty()
    let sharedTexts = SharedTexts()

    /// How often a transaction that another one was in the way of is begun anew.
    private static let attempts = 5

    init(location: String, tenant: TenantID, options: Options, pool: PostgresPool) {
        self.location = location
        self.tenant = tenant
        self.options = options
        self.pool = pool
        replica = PostgresReplica(pool.settings, execution: options.execution)
    }

    package var reader: any Store { replica.map { PostgresReader(self, $0) } ?? self }
    package func readsStatus() async -> ReadsStatus? { await replica?.status(beside: pool) }

    package var isConcurrent: Bool { options.execution == .background }

    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await withSession { db in try db.connection.transaction { try body(db) } }
    }

    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await withSession { db in try db.connection.transaction(isReadOnly: true) { try body(db) } }
    }

    /// Runs `body`, in which every statement is a transaction by itself unless it begins one.
    func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession) throws -> Value
    ) async throws -> Value {
        guard !isClosed.withLock({ $0 }) else { throw StoreError.closed }
        let (stopwatch, usesServerClock, novelty) = (options.stopwatch, options.usesServerClock, novelty)
        var attempt = 1
        while true {
            do {
                let value = try await pool.withConnection { connection in
                    try body(
                        PostgresSession(
                            connection: connection, stopwatch: stopwatch, novelty: novelty,
                            usesServerClock: usesServerClock))
                }
                guard let value else { throw StoreError.closed }
                return value
            } catch let error as PostgresError where error.kind == .conflict && attempt < Self.attempts {
                // A deadlock or a serialization failure: nothing of it happened.
                attempt += 1
            } catch let error as PostgresError {
                throw StoreError(error, location: location, wasOpen: true)
            }
        }
    }

    package func check() async throws -> [String] {
        try await read { db in
            try db.rows(
                """
                SELECT conrelid::regclass::text AS at, conname::text AS name FROM pg_constraint
                WHERE connamespace = 'pulse'::regnamespace AND NOT convalidated
                """, []
            ).map { "The constraint \(try $0["name"] as String) of \(try $0["at"] as String) was never checked." }
        }
    }

    package func close() async {
        finish()
        await replica?.pool.close()
        await pool.close()
    }

    package func abandon() async {
        finish()
        await replica?.pool.abandon()
        await pool.abandon()
    }

    private func finish() {
        isClosed.withLock { $0 = true }
        for listener in listeners.withLock({ $0 }) { listener.finish() }
    }
}
