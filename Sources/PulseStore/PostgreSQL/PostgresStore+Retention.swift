package import PulseDomain
import PulsePostgres

/// Whole partitions are dropped when no tenant keeps them; until then each tenant's old rows are deleted.
extension PostgresStore {
    package func renewPartitions(_ retention: Retention, at now: Instant) async throws -> [String] {
        let tenant = tenant
        let horizons = try await write { db in
            try db.note(retention, of: tenant)
            let time = now + (try db.clockShift(now))
            return try RetainedTable.allCases.compactMap { table in
                try db.keptLongest(table).map { (table, time - $0) }
            }
        }
        let patience = options.upkeepPatience
        do {
            let dropped = try await pool.withConnection { connection in
                try PostgresPartitions.makeAhead(connection, patience: patience)
                return try horizons.flatMap { table, horizon in
                    try PostgresPartitions.drop(table, before: horizon, connection, patience: patience)
                }
            }
            guard let dropped else { throw StoreError.closed }
            return dropped
        } catch let error as PostgresError {
            throw StoreError(error, location: location)
        }
    }

    /// Deletes from what is not going to be dropped whole: rows of times that have no partition, and those of partitions
    /// that other tenants keep for longer.
    package func prune(_ table: RetainedTable, before instant: Instant, limit: Int) async throws -> Int {
        let tenant = tenant
        return try await write { db in
            guard let session = db as? PostgresSession else { return 0 }
            let isKeptByOthers = try db.isKeptLonger(table, than: tenant)
            var deleted = 0
            for partition in try PostgresPartitions.all(of: table, session.connection) where deleted < limit {
                let isOver = partition.end.map { $0 <= instant } ?? false
                guard partition.isOpen || (isOver && isKeptByOthers) else { continue }
                deleted += try db.run(
                    """
                    DELETE FROM \(partition.name) WHERE tenant = ?1 AND ctid = ANY (ARRAY(
                        SELECT ctid FROM \(partition.name) WHERE tenant = ?1 AND \(table.time) < ?2
                        ORDER BY \(table.time) LIMIT ?3))
                    """, [tenant.rawValue, instant, max(0, limit - deleted)])
            }
            return deleted
        }
    }
}

extension SQLSession {
    /// Keeps what a tenant wants, for all to see who drop partitions.
    func note(_ retention: Retention, of tenant: TenantID) throws {
        for table in RetainedTable.allCases {
            try run(
                """
                INSERT INTO retention (tenant, table_name, kept_for) VALUES (?1, ?2, ?3)
                ON CONFLICT (tenant, table_name) DO UPDATE SET kept_for = excluded.kept_for
                WHERE retention.kept_for IS DISTINCT FROM excluded.kept_for
                """, [tenant.rawValue, table.rawValue, retention[table]?.inMicroseconds])
        }
    }

    /// How long the tenant keeps a table that keeps it the longest; `nil`: one keeps it for ever, or has not said yet.
    fileprivate func keptLongest(_ table: RetainedTable) throws -> Duration? {
        try upkeep {
            let isKept = """
                SELECT EXISTS (SELECT 1 FROM tenants AS t
                    LEFT JOIN retention AS r ON r.tenant = t.tenant AND r.table_name = ?1
                    WHERE r.kept_for IS NULL)
                """
            guard try value(isKept, [table.rawValue]) as Bool? == false else { return nil }
            let longest: Int64? = try value(
                "SELECT max(kept_for) FROM retention WHERE table_name = ?1", [table.rawValue])
            return longest.map { .microseconds($0) }
        }
    }

    /// Whether another tenant keeps a table for longer, or has not said how long.
    fileprivate func isKeptLonger(_ table: RetainedTable, than tenant: TenantID) throws -> Bool {
        let own: Int64? = try value(
            "SELECT kept_for FROM retention WHERE tenant = ? AND table_name = ?", [tenant.rawValue, table.rawValue])
        return try keptLongest(table).map { $0 > .microseconds(own ?? .max) } ?? true
    }

    /// Sees which tenants there are and how long they keep what, and nothing else of them.
    private func upkeep<Value>(_ body: () throws -> Value) throws -> Value {
        try run("SELECT set_config('pulse.upkeep', 'on', TRUE)")
        let value = try body()
        try run("SELECT set_config('pulse.upkeep', '', TRUE)")
        return value
    }
}
