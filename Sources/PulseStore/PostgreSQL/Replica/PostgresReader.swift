import PulseDomain
import PulsePostgres

/// A store whose reads go to a replica while that may be asked, and to the store itself else. It writes as the store does.
final class PostgresReader: SQLStore {
    private let base: PostgresStore
    private let replica: PostgresReplica

    init(_ base: PostgresStore, _ replica: PostgresReplica) {
        self.base = base
        self.replica = replica
    }

    var location: String { base.location }
    var tenant: TenantID { base.tenant }
    var sharing: (any StoreSharing)? { base.sharing }
    var isConcurrent: Bool { base.isConcurrent }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await base.write(body)
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        guard await replica.status(beside: base.pool).detour == nil else { return try await base.read(body) }
        do {
            let value = try await replica.pool.transaction(isReadOnly: true) { connection in
                try body(PostgresSession(connection: connection, stopwatch: { .zero }))
            }
            if let value { return value }
        } catch let error as PostgresError where Self.isItsOwn(error) {
            replica.isAway(error)
        } catch let error as PostgresError {
            throw StoreError(error, location: location)
        }
        return try await base.read(body)
    }

    /// Whether the store itself may well answer: the replica is away, or what was read there was changed under it
    /// (manual, "Handling Query Conflicts"), or its rights and tables are not those of the store yet.
    private static func isItsOwn(_ error: PostgresError) -> Bool {
        switch error.kind {
        case .connection, .address, .access, .conflict, .locked, .cancelled, .resources, .damaged, .permission: true
        case .readOnly, .statement: error.state == "42P01"
        }
    }

    func prune(_ table: RetainedTable, before instant: Instant, limit: Int) async throws -> Int {
        try await base.prune(table, before: instant, limit: limit)
    }

    func pruneHistory(before instant: Instant, limit: Int) async throws -> Int {
        try await base.pruneHistory(before: instant, limit: limit)
    }

    func renewPartitions(_ retention: Retention, at now: Instant) async throws -> [String] {
        try await base.renewPartitions(retention, at: now)
    }

    func check() async throws -> [String] { try await base.check() }
    func close() async { await base.close() }
}
