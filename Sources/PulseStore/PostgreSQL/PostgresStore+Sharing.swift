package import PulseDomain
import PulsePostgres
import Synchronization

extension PostgresStore: StoreSharing {
    package var sharing: (any StoreSharing)? { self }

    /// What is notified there: the tenant of which something has changed.
    static let channel = "pulse"

    package func changes(after: Int64) async throws -> StoreChanges {
        let name = tenant.rawValue
        return try await read { db in
            let last: Int64? = try db.value(
                "SELECT value FROM counters WHERE tenant = ? AND name = ?", [name, NumberName.change.rawValue])
            guard let last, last != after else { return StoreChanges(last: after, jobs: []) }
            let jobs = try db.rows(
                "SELECT job FROM job_changes WHERE tenant = ? AND number > ? ORDER BY number", [name, after])
            return StoreChanges(last: last, jobs: try jobs.map { JobID(try $0["job"] as String) })
        }
    }

    package func notices() -> AsyncStream<Void> {
        // On one thread nothing can be waited for beside the caller.
        guard options.execution == .background else { return AsyncStream { $0.finish() } }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let tenant = tenant.rawValue
        let listener = PostgresListener(pool.settings, channel: Self.channel) { payload in
            if payload == nil || payload == tenant { continuation.yield() }
        }
        continuation.onTermination = { _ in listener.end() }
        isClosed.withLock { isClosed in
            if isClosed { continuation.finish() } else { listeners.withLock { $0.append(continuation) } }
        }
        return stream
    }

    package func expiredRuns(at now: Instant) async throws -> [StoredRun] {
        let name = tenant.rawValue
        return try await read { db in
            try db.rows(
                """
                SELECT * FROM runs WHERE tenant = ? AND state NOT IN ('stopped', 'failed', 'succeeded')
                    AND holder IS NOT NULL AND lease_until <= ?
                ORDER BY id
                """, [name, now + (try db.clockShift(now))]
            ).map(StoredRun.init(row:))
        }
    }

    package func change<Value: Sendable>(
        _ name: String, at now: Instant, _ body: @escaping @Sendable (inout String?, Instant) throws -> Value
    ) async throws -> Value {
        let tenant = tenant.rawValue
        return try await write { db in
            let held = "SELECT text FROM shared_notes WHERE tenant = ? AND name = ? FOR NO KEY UPDATE"
            var found = try db.row(held, [tenant, name])
            if found == nil {
                // The row has to be there to be held.
                try db.run(
                    "INSERT INTO shared_notes (tenant, name) VALUES (?, ?) ON CONFLICT DO NOTHING", [tenant, name])
                found = try db.row(held, [tenant, name])
            }
            let before = try found?["text"] as String?
            var text = before
            let value = try body(&text, now + (try db.clockShift(now)))
            if text != before {
                try db.run("UPDATE shared_notes SET text = ? WHERE tenant = ? AND name = ?", [text, tenant, name])
            }
            return value
        }
    }
}
