package import PulseDomain

/// Removes everything of a tenant from a store, for good: every table that has its rows, a batch a transaction. What is
/// kept is who removed it, when and why.
///
/// One that was interrupted goes on with the next call. No engine of the tenant may run meanwhile.
package struct TenantRemoval: Sendable {
    /// What is kept of a removal.
    package struct Record: Sendable, Hashable {
        package var tenant: TenantID
        package var begunAt: Instant
        /// `nil` of one that was interrupted.
        package var endedAt: Instant?
        package var by: Principal
        package var reason: String
        package var rows: Int
    }

    package struct Table: Sendable, Hashable {
        package var name: String
        package var rows: Int
    }

    /// How far it is.
    package struct Progress: Sendable, Hashable {
        /// The table under way.
        package var table: String
        package var removed: Int
        package var total: Int
    }

    private let store: any SQLStore
    private let batch: Int

    /// Rows that are removed together, about: others wait for as long as that takes.
    package static let usualBatch = 5_000

    package init(_ store: SQLiteStore, batch: Int) { (self.store, self.batch) = (store, batch) }
    package init(_ store: PostgresStore, batch: Int) { (self.store, self.batch) = (store, batch) }

    /// What there is of the tenant, by table, those that others refer to last.
    package func tables() async throws -> [Table] {
        let tenant = store.tenant
        return try await store.read { db in
            try RemovedTable.all(db).map { Table(name: $0.name, rows: try db.rows(in: $0.name, tenant)) }
        }
    }

    /// Removes it. How many rows it were; of one that was gone on with, those that were removed now.
    ///
    /// - Parameter now: the time at the end.
    package func run(
        _ change: AdministrativeChange, now: @Sendable () -> Instant, telling: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Int {
        let (tenant, batch) = (store.tenant.rawValue, batch)
        let begunAt = try await begin(change)
        let total = try await tables().reduce(0) { $0 + $1.rows }
        var removed = 0
        for table in try await store.read({ try RemovedTable.all($0) }) {
            while true {
                telling(Progress(table: table.name, removed: removed, total: total))
                let count = try await store.write { db in
                    let count = try table.remove(batch, of: tenant, db)
                    try db.run(
                        "UPDATE removed_tenants SET row_count = row_count + ? WHERE tenant = ? AND begun_at = ?",
                        [count, tenant, begunAt])
                    return count
                }
                removed += count
                if count < batch { break }
            }
        }
        let endedAt = now()
        try await store.write { db in
            try db.run("DELETE FROM tenants WHERE tenant = ?", [tenant])
            try db.run(
                "UPDATE removed_tenants SET ended_at = ? WHERE tenant = ? AND begun_at = ?",
                [endedAt, tenant, begunAt])
        }
        return removed
    }

    /// Notes that it begins; one that was interrupted is gone on with.
    private func begin(_ change: AdministrativeChange) async throws -> Instant {
        let tenant = store.tenant.rawValue
        return try await store.write { db in
            let open: Instant? = try db.value(
                "SELECT begun_at FROM removed_tenants WHERE tenant = ? AND ended_at IS NULL ORDER BY begun_at", [tenant]
            )
            if let open { return open }
            try db.run(
                """
                INSERT INTO removed_tenants (tenant, begun_at, principal, reason, row_count, correlation)
                VALUES (?, ?, ?, ?, 0, ?)
                """, [tenant, change.at, change.by.name, change.reason, change.correlation.rawValue])
            return change.at
        }
    }

    /// The removals that a session sees, newest first.
    static func records(_ db: any SQLSession) throws -> [Record] {
        try db.rows("SELECT * FROM removed_tenants ORDER BY begun_at DESC, tenant", []).map { row in
            try Record(
                tenant: TenantID(try row["tenant"] as String), begunAt: row["begun_at"], endedAt: row["ended_at"],
                by: Principal(row["principal"]), reason: row["reason"], rows: row["row_count"])
        }
    }
}
