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
        let (tenant, sharedTexts, options) = (tenant.rawValue, sharedTexts, options)
        return try await withSession { db in
            try sharedTexts.change(name, of: tenant, at: now, options, db, body)
        }
    }
}

/// The texts that engines share, as this process knows them.
///
/// Who changed a text last knows it, and changes it again with one statement that proves that it still is what it was. Where
/// engines work by turns, that is not tried: the text is held while it is changed.
final class SharedTexts: Sendable {
    fileprivate struct Seen {
        var text: String?
        var confidence = Confidence()
    }
    fileprivate struct State {
        var seen: [String: Seen] = [:]
        /// What the server's clock read when the stopwatch told that.
        var clock: (time: Instant, at: Duration)?
    }
    /// Held during a change, on a connection's own thread: those of one process are not in each other's way.
    private let state = Mutex(State())

    func change<Value: Sendable>(
        _ name: String, of tenant: String, at now: Instant, _ options: PostgresStore.Options, _ db: PostgresSession,
        _ body: (inout String?, Instant) throws -> Value
    ) throws -> Value {
        try state.withLock { state in
            var seen = state.seen[name] ?? Seen()
            defer { state.seen[name] = seen }
            if seen.confidence.isEarned, let time = state.time(now, options) {
                var text = seen.text
                let value = try body(&text, time)
                if let told = try db.replace(seen.text, by: text, of: name, tenant) {
                    state.clock = (told, options.stopwatch())
                    seen.text = text
                    return value
                }
                seen.confidence.refute()
            }
            let (value, before, after, time) = try db.connection.transaction {
                try db.change(name, of: tenant, at: now, body)
            }
            state.clock = (time, options.stopwatch())
            if before == seen.text { seen.confidence.confirm() } else { seen.confidence.refute() }
            seen.text = after
            return value
        }
    }
}

extension SharedTexts.State {
    /// What the clock reads that is gone by; `nil` when the server has to be asked.
    fileprivate func time(_ now: Instant, _ options: PostgresStore.Options) -> Instant? {
        options.usesServerClock ? clock.map { $0.time + (options.stopwatch() - $0.at) } : now
    }
}

extension PostgresSession {
    /// Changes a text unless it is another than it was; `nil` then, else what the server's clock read.
    fileprivate func replace(_ before: String?, by text: String?, of name: String, _ tenant: String) throws -> Instant?
    {
        guard text != before else {
            // A text that was never kept is none.
            return try value(
                """
                SELECT clock_timestamp() WHERE (
                    SELECT text FROM shared_notes WHERE tenant = ? AND name = ?) IS NOT DISTINCT FROM ?
                """, [tenant, name, before])
        }
        return try value(
            """
            UPDATE shared_notes SET text = ? WHERE tenant = ? AND name = ? AND text IS NOT DISTINCT FROM ?
            RETURNING clock_timestamp()
            """, [text, tenant, name, before])
    }

    /// Changes a text that is held until the transaction ends; with it the text before and after, and the time.
    fileprivate func change<Value>(
        _ name: String, of tenant: String, at now: Instant, _ body: (inout String?, Instant) throws -> Value
    ) throws -> (Value, before: String?, after: String?, time: Instant) {
        let held = "SELECT text FROM shared_notes WHERE tenant = ? AND name = ? FOR NO KEY UPDATE"
        var found = try row(held, [tenant, name])
        if found == nil {
            // Who only looks leaves nothing.
            let time = now + (try clockShift(now))
            var text: String?
            let value = try body(&text, time)
            guard text != nil else { return (value, nil, nil, time) }
            // The row has to be there to be held.
            try run("INSERT INTO shared_notes (tenant, name) VALUES (?, ?) ON CONFLICT DO NOTHING", [tenant, name])
            found = try row(held, [tenant, name])
        }
        let before = try found?["text"] as String?
        let time = now + (try clockShift(now))
        var text = before
        let value = try body(&text, time)
        if text != before {
            try run("UPDATE shared_notes SET text = ? WHERE tenant = ? AND name = ?", [text, tenant, name])
        }
        return (value, before, text, time)
    }
}
